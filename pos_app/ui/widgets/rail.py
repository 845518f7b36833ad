"""The rail at the left: the house's sign, the rooms that exist, the keys, and the lock."""

from collections.abc import Callable
from functools import partial
from typing import Protocol

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from pos_app.ui.runtime.desk import Desk
from pos_app.ui.runtime.icons import icon
from pos_app.ui.widgets.buttons import RailButton
from pos_app.ui.widgets.displays import Ground

WIDTH = 72
_SIGN = 40


class RailVerbs(Protocol):
    """What the rail asks of the window."""

    def open_room(self, name: str) -> None: ...
    def show_keys(self) -> None: ...
    def lock(self) -> None: ...


class Rail(Ground):
    """One button a room, in the order of their keys."""

    def __init__(self, desk: Desk, rooms: list[str], window: RailVerbs) -> None:
        super().__init__(desk.theme, "rail")
        self.setFixedWidth(WIDTH)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 8)
        column.setSpacing(4)
        column.addWidget(_Sign(desk))
        column.addSpacing(8)
        self.rooms: dict[str, RailButton] = {}
        for room in rooms:
            button = self._button(desk, f"room.{room}", room, partial(window.open_room, room))
            button.setCheckable(True)
            column.addWidget(button)
            self.rooms[room] = button
        column.addStretch(1)
        self.keys = self._button(desk, "window.keys", "keys", window.show_keys)
        column.addWidget(self.keys)
        self.lock = self._button(desk, "window.lock", "lock", window.lock)
        column.addWidget(self.lock)

    def show_room(self, room: str) -> None:
        """Mark the room that is open."""
        for name, button in self.rooms.items():
            button.setChecked(name == room)

    @staticmethod
    def _button(desk: Desk, action: str, icon_name: str, run: Callable[[], object]) -> RailButton:
        button = RailButton(desk.theme, icon_name, desk.actions.keymap.chord(action))
        desk.texts.bind(button.setText, f"action.{action}")
        button.clicked.connect(lambda _checked: run())
        return button


class _Sign(QWidget):
    """The ear of grain."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._theme = desk.theme
        self.setFixedSize(WIDTH, 56)

    def paintEvent(self, _event: QPaintEvent) -> None:
        sign = icon("grain", self._theme.color("accent"), _SIGN, self.devicePixelRatioF())
        QPainter(self).drawPixmap((WIDTH - _SIGN) // 2, 8, sign)
