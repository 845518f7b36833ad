"""What the window says, over everything, for a moment; a touch puts it away. It takes no key and no focus."""

from PySide6.QtCore import QRect, Qt, QTimer
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from pos_app.ui.runtime.icons import icon
from pos_app.ui.runtime.messages import Edge, Message, Tone
from pos_app.ui.runtime.theme import Theme
from pos_app.ui.widgets import painting

_SHOWN_MS = {"note": 2500, "refusal": 6000, "trouble": 12000}
_ICONS = {"note": "tick", "refusal": "warning", "trouble": "warning"}
_TURN_MS, _TURN_DEGREES = 40, 18
"""How often and how far the sign of waiting turns."""
_LEFT, _TOP = 88, 16
_FOOT = 56
"""The strip and a margin: what stands at the foot ends above them."""
_NOT_OVER: dict[Edge, int] = {"top": 320, "foot": 368}
"""What at the right stays in sight: the total of the basket, the pad of the tender."""
_PADDING = 20
_WRAPPED = int(Qt.TextFlag.TextWordWrap) | int(Qt.TextFlag.TextWrapAnywhere)
_ICON = 24


class Toast(QWidget):
    """One message at a time, at the top of its parent or at its foot."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._over = parent
        self._theme = theme
        self.message: Message | None = None
        self._edge: Edge = "top"
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.hide)
        self._turned = 0
        self._turning = QTimer(self, interval=_TURN_MS)
        self._turning.timeout.connect(self._turn)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()

    def say(self, message: Message) -> None:
        """Show a message in place of the one before."""
        self.message = message
        self.setAccessibleName(message.text)
        self.place()
        self.show()
        self.raise_()
        self.update()
        if message.tone == "wait":
            self._timer.stop()
            self._turning.start()
        else:
            self._turning.stop()
            self._timer.start(_SHOWN_MS[message.tone])

    def withdraw(self, tone: Tone) -> None:
        """Take away what was said in this tone; what was said since in another stays."""
        if self.message is not None and self.message.tone == tone:
            self._turning.stop()
            self.hide()

    def stand(self, edge: Edge) -> None:
        """Go to the other edge."""
        self._edge = edge
        self.place()

    def place(self) -> None:
        """Take the room that the words need, at the left beside the rail: over the search box, or at the foot."""
        if self.message is None:
            return
        metrics = QFontMetrics(self._theme.font("strong", bold=True))
        around = 2 * _PADDING + _ICON + 12
        widest = self._over.width() - _LEFT - _NOT_OVER[self._edge] - 16
        words = QRect(0, 0, widest - around, 400)
        needed = metrics.boundingRect(words, _WRAPPED, self.message.text)
        width, height = needed.width() + around + 4, max(56, needed.height() + 28)
        top = _TOP if self._edge == "top" else self._over.height() - _FOOT - height
        self.setGeometry(_LEFT, top, max(width, widest), height)

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        self.hide()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self.message is None:
            return
        painter = QPainter(self)
        color = self._theme.color
        painting.box(painter, self.rect(), color("toast"))
        ink = color("toast_ink")
        place = QRect(_PADDING, (self.height() - _ICON) // 2, _ICON, _ICON)
        if self.message.tone == "wait":
            self._paint_turning(painter, place)
        else:
            painter.drawPixmap(place.topLeft(), icon(_ICONS[self.message.tone], ink, _ICON, self.devicePixelRatioF()))
        painter.setFont(self._theme.font("strong", bold=True))
        painter.setPen(ink)
        words = self.rect().adjusted(_PADDING + _ICON + 12, 8, -_PADDING + 4, -8)
        painter.drawText(words, int(Qt.AlignmentFlag.AlignVCenter) | _WRAPPED, self.message.text)

    def _turn(self) -> None:
        self._turned = (self._turned + _TURN_DEGREES) % 360
        self.update()

    def _paint_turning(self, painter: QPainter, place: QRect) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(self._theme.color("toast_ink"), 3)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.drawArc(place.adjusted(2, 2, -2, -2), -self._turned * 16, 270 * 16)
        painter.restore()
