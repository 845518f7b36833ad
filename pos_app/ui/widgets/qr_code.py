"""A QR code on the screen. Loads `qrcode`: a room that shows one is loaded late."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

from pos_app.ui.runtime.theme import Theme

_QUIET = 4
"""Empty modules around it (ISO/IEC 18004, 6.3.8)."""


class QrCode(QWidget):
    """A square with one text in it, black on white in every theme: scanners want it so."""

    def __init__(self, theme: Theme, side: int) -> None:
        super().__init__()
        self._theme = theme
        self._modules: list[list[bool]] = []
        self.text = ""
        self.setFixedSize(side, side)

    def show_text(self, text: str) -> None:
        """Show another code; nothing shows none."""
        self.text = text
        self._modules = _modules_of(text) if text else []
        self.update()

    def sizeHint(self) -> QSize:
        return self.size()

    def paintEvent(self, _event: QPaintEvent) -> None:
        count = len(self._modules)
        if not count:
            return
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.white)
        step = self.width() // (count + 2 * _QUIET)
        edge = (self.width() - step * count) // 2
        for down, row in enumerate(self._modules):
            for along, dark in enumerate(row):
                if dark:
                    painter.fillRect(QRect(edge + along * step, edge + down * step, step, step), Qt.GlobalColor.black)


def _modules_of(text: str) -> list[list[bool]]:
    code = QRCode(error_correction=ERROR_CORRECT_M, border=0)
    code.add_data(text)
    code.make(fit=True)
    return [[bool(each) for each in row] for row in code.modules]
