"""An icon standing alone, in a token's colour."""

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from pos_app.ui.runtime.icons import icon
from pos_app.ui.runtime.theme import Theme


class Picture(QWidget):
    """One icon."""

    def __init__(self, theme: Theme, name: str, ink: str, px: int) -> None:
        super().__init__()
        self._theme, self._name, self._ink, self._px = theme, name, ink, px
        self.setFixedSize(px, px)
        theme.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        drawn = icon(self._name, self._theme.color(self._ink), self._px, self.devicePixelRatioF())
        QPainter(self).drawPixmap(0, 0, drawn)
