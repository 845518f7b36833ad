"""Strokes that several controls share: rounded boxes, key caps, text in a box. Knows tokens, not controls."""

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen

from pos_app.ui.runtime.theme import Theme

RADIUS = 8
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
CENTRE = Qt.AlignmentFlag.AlignCenter
_CAP_HEIGHT = 22
_CAP_PADDING = 7


def box(painter: QPainter, rect: QRect, fill: QColor, outline: QColor | None = None) -> None:
    """Fill a rounded box, with a hair line around it where one is asked for."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(outline, 1) if outline is not None else Qt.PenStyle.NoPen)
    painter.setBrush(fill)
    inset = 0.5 if outline is not None else 0
    painter.drawRoundedRect(QRectF(rect).adjusted(inset, inset, -inset, -inset), RADIUS, RADIUS)


def text(painter: QPainter, rect: QRect, words: str, *, font: QFont, color: QColor, align: Qt.AlignmentFlag) -> None:
    """Write one line of text, cut with an ellipsis where it does not fit."""
    painter.setFont(font)
    painter.setPen(color)
    metrics = QFontMetrics(font)
    if metrics.horizontalAdvance(words) > rect.width():
        words = metrics.elidedText(words, Qt.TextElideMode.ElideRight, rect.width())
    painter.drawText(rect, align | Qt.TextFlag.TextSingleLine, words)


def fitted(theme: Theme, words: str, width: int, sizes: tuple[str, ...]) -> QFont:
    """Choose the largest of the sizes, bold, in which the words fit a width; the last one if none does."""
    font = theme.font(sizes[-1], bold=True)
    for size in sizes:
        font = theme.font(size, bold=True)
        if QFontMetrics(font).horizontalAdvance(words) <= width:
            return font
    return font


def cap_width(theme: Theme, key: str) -> int:
    """Tell how wide a key cap is; nothing without a key."""
    if not key:
        return 0
    return max(QFontMetrics(theme.font("tiny", bold=True)).horizontalAdvance(key) + 2 * _CAP_PADDING, _CAP_HEIGHT)


def key_cap(painter: QPainter, theme: Theme, rect: QRect, key: str, *, ink: QColor) -> None:
    """Draw a key's cap at the right end of a box, in a thin outline of the text's own colour."""
    width = cap_width(theme, key)
    if not width:
        return
    cap = QRect(rect.right() - width + 1, rect.center().y() - _CAP_HEIGHT // 2 + 1, width, _CAP_HEIGHT)
    outline = QColor(ink)
    outline.setAlpha(110)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(outline, 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(QRectF(cap).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
    text(painter, cap, key, font=theme.font("tiny", bold=True), color=ink, align=CENTRE)
