"""A button of an action: named by its text key, showing its key, doing what the key does."""

from collections.abc import Callable

from pos_app.ui.runtime.desk import Desk
from pos_app.ui.widgets.buttons import Button, Look


class ActionButton(Button):
    """The button of one action. Its words are ``action.<name>``."""

    def __init__(self, desk: Desk, action: str, run: Callable[[], object], *, look: Look = "plain", height: int = 56,
                 size: str = "body") -> None:  # fmt: skip
        super().__init__(desk.theme, look=look, height=height, size=size)
        self.action = action
        self.set_key(desk.actions.keymap.chord(action))
        desk.texts.bind(self._name, f"action.{action}")
        self.clicked.connect(lambda _checked: run())

    def _name(self, words: str) -> None:
        self.setText(words)
        self.setAccessibleName(words)
        self.updateGeometry()
        self.update()
