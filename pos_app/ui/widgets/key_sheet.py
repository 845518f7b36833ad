"""Every key that works here and now (F1), over the whole window; any of Esc, Enter, F1 or a touch closes it."""

from collections.abc import Callable

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from pos_app.ui.runtime.actions import Layer
from pos_app.ui.runtime.desk import Desk
from pos_app.ui.widgets import painting

_ROW = 40
_COLUMN = 312
_COLUMNS = 2


class KeySheet(QWidget):
    """The sheet. Scans pass it by: they do not go through layers."""

    def __init__(self, desk: Desk, parent: QWidget, closed: Callable[[], object]) -> None:
        super().__init__(parent)
        self._over = parent
        self._desk = desk
        self._closed = closed
        self.listed: list[str] = []
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.layer = Layer(
            {"panel.back": closed, "panel.confirm": closed, "window.keys": closed}, typing=lambda _: True, closed=True
        )
        self.hide()

    def open(self, actions: list[str]) -> None:
        """Show the keys of these actions."""
        self.listed = actions
        self.setGeometry(self._over.rect())
        self.show()
        self.raise_()

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        self._closed()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        theme, tr = self._desk.theme, self._desk.texts.tr
        color = theme.color
        painter.fillRect(self.rect(), color("shade"))
        rows = -(-len(self.listed) // _COLUMNS)
        card = QRect(0, 0, _COLUMNS * _COLUMN + 96, rows * _ROW + 96)
        card.moveCenter(self.rect().center())
        painting.box(painter, card, color("surface"), color("rule"))
        title = QRect(card.left() + 32, card.top() + 24, card.width() - 64, 32)
        head = theme.font("title", bold=True)
        painting.text(painter, title, tr("keys.title"), font=head, color=color("ink"), align=painting.LEFT)
        painting.key_cap(painter, theme, title, self._desk.actions.keymap.chord("panel.back"), ink=color("ink_soft"))
        for at, action in enumerate(self.listed):
            column, row = divmod(at, rows)
            left, top = card.left() + 32 + column * (_COLUMN + 32), card.top() + 72 + row * _ROW
            place = QRect(left, top, _COLUMN, _ROW)
            words = tr(f"action.{action}")
            font = theme.font("body")
            painting.text(painter, place, words, font=font, color=color("ink"), align=painting.LEFT)
            key = self._desk.actions.keymap.chord(action)
            painting.key_cap(painter, theme, place, key, ink=color("ink_soft"))
