"""That something is awaited: an arc that turns, and a word of what for. What comes soon is never shown as awaited."""

from PySide6.QtCore import QRect, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy

from pos_app.ui.runtime.theme import Theme
from pos_app.ui.runtime.translations import Texts
from pos_app.ui.widgets import painting
from pos_app.ui.widgets.displays import Display

SHOWN_AFTER_MS = 150
"""What is answered before then needs no word."""
_TURN_MS = 60
_STEP_DEGREES = 30
_HEIGHT = 24
_ARC = 14


class Waiting(Display):
    """Takes no room while nothing is awaited."""

    def __init__(self, theme: Theme, texts: Texts) -> None:
        super().__init__(theme)
        self._texts = texts
        self._key = ""
        self._places: dict[str, object] = {}
        self._degrees = 0
        self.words = ""
        """What is said at this moment; empty: nothing."""
        self._shown = QTimer(self, singleShot=True, interval=SHOWN_AFTER_MS)
        self._shown.timeout.connect(self._show)
        self._turning = QTimer(self, interval=_TURN_MS)
        self._turning.timeout.connect(self._turn)
        self.setFixedHeight(_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.hide()
        texts.on_change(lambda: self._show() if self.words else None)

    def begin(self, key: str, /, **places: object) -> None:
        """Await something; say what, by a text key, unless it ends in a moment."""
        self.end()
        self._key, self._places = key, places
        self._shown.start()

    def end(self) -> None:
        """It has come, or is awaited no more."""
        self._shown.stop()
        self._turning.stop()
        self.words = ""
        self.hide()

    def sizeHint(self) -> QSize:
        return QSize(200, _HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, color = self.painter(), self._theme.color
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        arc = QRectF(1, (self.height() - _ARC) / 2, _ARC, _ARC)
        painter.setPen(QPen(color("rule"), 2))
        painter.drawEllipse(arc)
        painter.setPen(QPen(color("accent"), 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawArc(arc, -16 * self._degrees, 16 * 100)
        rest = QRect(_ARC + 10, 0, self.width() - _ARC - 10, self.height())
        font, ink = self._theme.font("small"), color("ink_soft")
        painting.text(painter, rest, self.words, font=font, color=ink, align=painting.LEFT)

    def _show(self) -> None:
        self.words = self._texts.tr(self._key, **self._places)
        self.setAccessibleName(self.words)
        self._turning.start()
        self.show()
        self.update()

    def _turn(self) -> None:
        self._degrees = (self._degrees + _STEP_DEGREES) % 360
        self.update()
