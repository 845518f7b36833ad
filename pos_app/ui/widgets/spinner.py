"""A sign that something is waited for: a turning arc. It keeps its room, and turns only while it is asked to."""

from PySide6.QtCore import QRect, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from pos_app.ui.runtime.theme import Theme

SIZE = 40
TURN_MS = 60
_STEP_DEGREES, _ARC_DEGREES, _QT_DEGREE = 24, 270, 16


class Spinner(QWidget):
    """The arc."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._at = 0
        self._timer = QTimer(self, interval=TURN_MS)
        self._timer.timeout.connect(self._turn)
        self.setFixedSize(SIZE, SIZE)

    @property
    def running(self) -> bool:
        """Whether it is seen."""
        return self._timer.isActive()

    def start(self) -> None:
        """Show it."""
        self._timer.start()
        self.update()

    def stop(self) -> None:
        """Take it away."""
        self._timer.stop()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self.running:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(self._theme.color("accent"), 4)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        inner = QRect(4, 4, SIZE - 8, SIZE - 8)
        painter.drawArc(inner, -self._at * _QT_DEGREE, _ARC_DEGREES * _QT_DEGREE)

    def _turn(self) -> None:
        self._at = (self._at + _STEP_DEGREES) % 360
        self.update()
