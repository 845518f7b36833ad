"""The touch pad of digits. Knows nothing of where its digits go."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from pos_app.ui.runtime.theme import Theme
from pos_app.ui.widgets.buttons import PadKey
from pos_app.ui.widgets.entry import BACKSPACE

_DIGITS = ("7", "8", "9", "4", "5", "6", "1", "2", "3")
_COLUMNS = 3


class NumberPad(QWidget):
    """Twelve keys: the digits as on a numeric keyboard, one for the point or double nought, and one to take back."""

    typed = Signal(str)

    def __init__(self, theme: Theme, corner: str) -> None:
        """Put ``corner`` (``.`` or ``00``) at the bottom left."""
        super().__init__()
        self._keys: list[PadKey] = []
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(8)
        shown = [*((digit, digit) for digit in _DIGITS), (corner, corner), ("0", "0"), ("⌫", BACKSPACE)]
        for place, (words, typed) in enumerate(shown):
            key = PadKey(theme, words, typed)
            key.clicked.connect(lambda _checked, key=key: self.typed.emit(key.typed))
            grid.addWidget(key, place // _COLUMNS, place % _COLUMNS)
            self._keys.append(key)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def key(self, typed: str) -> PadKey:
        """Give the key that types something."""
        return next(key for key in self._keys if key.typed == typed)

    def turn_corner(self, corner: str) -> None:
        """Put another key at the bottom left."""
        self._keys[len(_DIGITS)].turn(corner)
