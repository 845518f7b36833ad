"""A line of plain text: letters go in, everything else passes by to the keys of the page."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit

_PASSED_BY = (Qt.Key.Key_Escape, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
_PASSED_BY_IF = Qt.KeyboardModifier.AltModifier


class PlainField(QLineEdit):
    """One field of a form."""

    focus_moved = Signal()
    """The cursor came here or went."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(48)
        self.setMaxLength(200)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setInputMethodHints(Qt.InputMethodHint.ImhPreferLatin | Qt.InputMethodHint.ImhNoPredictiveText)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        function_key = Qt.Key.Key_F1 <= event.key() <= Qt.Key.Key_F35
        if event.key() == Qt.Key.Key_Escape:
            self.clearFocus()
        if event.key() in _PASSED_BY or event.modifiers() & _PASSED_BY_IF or function_key:
            event.ignore()
        else:
            super().keyPressEvent(event)
            event.accept()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focus_moved.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.focus_moved.emit()
