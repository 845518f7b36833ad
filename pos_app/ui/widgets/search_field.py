"""The search box. It keeps the letters; keys that are actions pass it by, and so do `+ * -` while it is empty."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit

from pos_app.ui.runtime.icons import icon
from pos_app.ui.runtime.keymap import chord_of
from pos_app.ui.runtime.theme import Theme
from pos_app.ui.widgets import painting

_EDITING = (
    Qt.Key.Key_Left,
    Qt.Key.Key_Right,
    Qt.Key.Key_Home,
    Qt.Key.Key_End,
    Qt.Key.Key_Backspace,
    Qt.Key.Key_Delete,
)
_COPYING = (Qt.Key.Key_A, Qt.Key.Key_C, Qt.Key.Key_V, Qt.Key.Key_X)
_COMMANDING = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


class SearchField(QLineEdit):
    """A line that is searched for as it is typed."""

    def __init__(self, theme: Theme, key: str, signs: frozenset[str]) -> None:
        """Take the key that leads here, and the signs that are actions while nothing is typed."""
        super().__init__()
        self._theme = theme
        self._signs = signs
        self.key = key
        self.setObjectName("search")
        self.setFixedHeight(56)
        self.setMaxLength(80)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setTextMargins(44, 0, painting.cap_width(theme, key) + 8, 0)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        commanding = event.modifiers() & _COMMANDING
        sign = not self.text() and chord_of(event) in self._signs
        typing = event.text().isprintable() and len(event.text()) == 1 and not sign and not commanding
        if event.key() in _EDITING or typing or (commanding and event.key() in _COPYING):
            super().keyPressEvent(event)
        else:
            event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        soft = self._theme.color("ink_soft")
        painter.drawPixmap(16, 16, icon("search", soft, 24, self.devicePixelRatioF()))
        room = QRect(0, 0, self.width() - 16, self.height())
        painting.key_cap(painter, self._theme, room, self.key, ink=soft)
