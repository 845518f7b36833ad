"""A receipt on the screen: its lines in a fixed pitch on paper, or the picture of it. It scrolls under a finger."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QScroller, QWidget

from pos_app.ui.runtime.theme import Theme
from pos_app.ui.widgets import painting

_MARGIN = 20
_MAX_PX = 16
_MIN_PX = 9


class Paper(QScrollArea):
    """Shows one receipt at a time."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.sheet = _Sheet(theme)
        self.setWidget(self.sheet)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        QScroller.grabGesture(self.viewport(), QScroller.ScrollerGestureType.TouchGesture)

    def show_lines(self, lines: Sequence[str]) -> None:
        """Show the text."""
        self.sheet.lines, self.sheet.picture = tuple(lines), None
        self._fit()

    def show_picture(self, png: bytes) -> None:
        """Show the picture."""
        picture = QPixmap()
        picture.loadFromData(png)
        self.sheet.picture = picture
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        # Whether the bar is there or not: else a receipt that just fits takes it away, and without it just does not.
        width = self.width() - self.verticalScrollBar().sizeHint().width()
        self.sheet.setFixedSize(width, max(self.sheet.height_for(width), 80))
        self.sheet.update()


class _Sheet(QWidget):
    """The paper itself."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.lines: tuple[str, ...] = ()
        self.picture: QPixmap | None = None
        self._font = theme.fixed_font("small")
        theme.changed.connect(self.update)

    def height_for(self, width: int) -> int:
        """Tell how long the paper is when it is this wide; chooses the pitch that fills it."""
        room = width - 2 * _MARGIN
        if self.picture is not None and not self.picture.isNull():
            return round(self.picture.height() * min(1, room / self.picture.width())) + 2 * _MARGIN
        widest = max((_columns(line) for line in self.lines), default=1)
        self._font = self._fitting(room, widest)
        return round(self._pitch() * len(self.lines)) + 2 * _MARGIN

    def sizeHint(self) -> QSize:
        return QSize(360, 480)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painting.box(painter, self.rect(), self._theme.color("paper"), self._theme.color("rule"))
        if self.picture is not None and not self.picture.isNull():
            self._paint_picture(painter, self.picture)
            return
        painter.setFont(self._font)
        painter.setPen(self._theme.color("paper_ink"))
        cell = QFontMetricsF(self._font).horizontalAdvance("0")
        widest = max((_columns(line) for line in self.lines), default=1)
        left = (self.width() - cell * widest) / 2
        ascent = QFontMetricsF(self._font).ascent()
        for at, line in enumerate(self.lines):
            painter.drawText(round(left), round(_MARGIN + self._pitch() * at + ascent), line)

    def _paint_picture(self, painter: QPainter, picture: QPixmap) -> None:
        width = min(picture.width(), self.width() - 2 * _MARGIN)
        height = round(picture.height() * width / picture.width())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(QRect((self.width() - width) // 2, _MARGIN, width, height), picture)

    def _pitch(self) -> float:
        return QFontMetricsF(self._font).ascent() * 1.36

    def _fitting(self, room: int, columns: int) -> QFont:
        font = self._theme.fixed_font("small")
        for px in range(_MAX_PX, _MIN_PX - 1, -1):
            font.setPixelSize(px)
            if QFontMetricsF(font).horizontalAdvance("0") * columns <= room:
                break
        return font


def _columns(line: str) -> int:
    """Count the columns of a line: what is not ASCII (nor the yen sign) is two wide, as on the printer."""
    return sum(1 if each.isascii() or each == "¥" else 2 for each in line)
