"""Strokes that several controls share: rounded boxes, key caps, text in a box. Knows tokens, not controls."""

from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen

from pos_app.ui.runtime.theme import Theme

RADIUS = 8
_MAX_FACES = 128
_MAX_MEASURED = 4096


class Align(Enum):
    """Where a line of text stands in its box."""

    LEFT = "left"
    RIGHT = "right"
    CENTRE = "centre"


LEFT, RIGHT, CENTRE = Align
NAME_END = 8
"""What stays of the end of goods' names: the pack size stands there, and often nothing else tells two apart."""
_CAP_HEIGHT = 22
_CAP_PADDING = 7


def box(painter: QPainter, rect: QRect, fill: QColor, outline: QColor | None = None) -> None:
    """Fill a rounded box, with a hair line around it where one is asked for."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(outline, 1) if outline is not None else Qt.PenStyle.NoPen)
    painter.setBrush(fill)
    inset = 0.5 if outline is not None else 0
    painter.drawRoundedRect(QRectF(rect).adjusted(inset, inset, -inset, -inset), RADIUS, RADIUS)


@dataclass(slots=True)
class _Face:
    """A font with what was measured in it. Measuring a text shapes it, which costs as much as drawing it."""

    font: QFont
    metrics: QFontMetrics
    widths: dict[str, int]
    cuts: dict[tuple[str, int, int], str]
    """Words, the room that is too narrow for them and what is kept of their end, to what is shown of them there."""


_faces: dict[int, _Face] = {}


def _face(font: QFont) -> _Face:
    face = _faces.get(id(font))
    if face is None or face.font is not font:
        if len(_faces) >= _MAX_FACES:
            _faces.clear()
        face = _faces[id(font)] = _Face(font, QFontMetrics(font), {}, {})
    return face


def _width(face: _Face, words: str) -> int:
    width = face.widths.get(words)
    if width is None:
        if len(face.widths) >= _MAX_MEASURED:
            face.widths.clear()
        width = face.widths[words] = face.metrics.horizontalAdvance(words)
    return width


def _fitting(face: _Face, words: str, room: int, end: int = 0) -> str:
    if _width(face, words) <= room:
        return words
    shown = face.cuts.get((words, room, end))
    if shown is None:
        if len(face.cuts) >= _MAX_MEASURED:
            face.cuts.clear()
        shown = face.cuts[words, room, end] = _cut(face, words, room, end)
    return shown


def _cut(face: _Face, words: str, room: int, end: int) -> str:
    """Cut before the last characters where these leave room for something in front of them, else at the end."""
    right = Qt.TextElideMode.ElideRight
    if 0 < end < len(words):
        front = face.metrics.elidedText(words[:-end], right, room - _width(face, words[-end:]))
        if len(front) > 1:
            return front + words[-end:]
    return face.metrics.elidedText(words, right, room)


def width_of(words: str, font: QFont) -> int:
    """Tell how wide words are."""
    return _width(_face(font), words)


def text(painter: QPainter, rect: QRect, words: str, *, font: QFont, color: QColor, align: Align, end: int = 0) -> None:
    """Write one line of text, in the middle of the box's height, cut with an ellipsis where it does not fit.

    ``end``: how many of its last characters stay when it is cut.
    """
    if not words:
        return
    face = _face(font)
    shown = _fitting(face, words, rect.width(), end)
    free = rect.width() - _width(face, shown)
    left = rect.left() + (0 if align is LEFT else free if align is RIGHT else free // 2)
    metrics = face.metrics
    base = rect.top() + (rect.height() - metrics.height()) // 2 + metrics.ascent()
    painter.setFont(font)
    painter.setPen(color)
    painter.drawText(left, base, shown)


def fitted(theme: Theme, words: str, width: int, sizes: tuple[str, ...]) -> QFont:
    """Choose the largest of the sizes, bold, in which the words fit a width; the last one if none does."""
    font = theme.font(sizes[-1], bold=True)
    for size in sizes:
        font = theme.font(size, bold=True)
        if width_of(words, font) <= width:
            return font
    return font


def cap_width(theme: Theme, key: str) -> int:
    """Tell how wide a key cap is; nothing without a key."""
    if not key:
        return 0
    return max(width_of(key, theme.font("tiny", bold=True)) + 2 * _CAP_PADDING, _CAP_HEIGHT)


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
