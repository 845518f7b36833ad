"""The one question before something is thrown away. Enter does it, Esc does not."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout

from pos_app.ui.runtime.actions import Layer
from pos_app.ui.runtime.desk import Desk
from pos_app.ui.widgets.action_button import ActionButton
from pos_app.ui.widgets.displays import Ground, Words
from pos_app.ui.widgets.picture import Picture


class ConfirmPanel(Ground):
    """Asks whether the basket should go."""

    def __init__(self, desk: Desk, confirmed: Callable[[], object], closed: Callable[[], object]) -> None:
        super().__init__(desk.theme)
        title = Words(desk.theme, "title", bold=True).centred()
        desk.texts.bind(title.set_words, "ask.clear")
        about = Words(desk.theme, "body", ink="ink_soft").centred()
        desk.texts.bind(about.set_words, "ask.clear_about")
        self.confirm = ActionButton(desk, "panel.confirm", confirmed, look="primary", height=72, size="title")
        desk.texts.bind(self.confirm.setText, "action.checkout.clear")
        self.back = ActionButton(desk, "panel.back", closed, look="plain", height=72, size="title")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 24, 0, 0)
        column.setSpacing(8)
        picture = Picture(desk.theme, "warning", "accent_deep", 48)
        column.addStretch(1)
        column.addWidget(picture, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(8)
        column.addWidget(title)
        column.addWidget(about)
        column.addStretch(1)
        column.addWidget(self.confirm)
        column.addWidget(self.back)
        self.layer = Layer({"panel.confirm": self.confirm.click, "panel.back": self.back.click})
