"""Our own icons, drawn as SVG in one stroke and tinted by the theme.

Read through Qt's image plugin, so that QtSvg is loaded by the first icon and not by an import.
"""

from PySide6.QtCore import QBuffer, QByteArray, QSize
from PySide6.QtGui import QColor, QImageReader, QPixmap

from pos_app.ui.runtime.resources import read_text

_cache: dict[tuple[str, str, int, int], QPixmap] = {}


def icon(name: str, color: QColor, px: int, ratio: float = 1.0) -> QPixmap:
    """Draw an icon ``px`` high in a colour, sharp at the screen's pixel ratio."""
    key = (name, color.name(), px, round(ratio * 100))
    pixmap = _cache.get(key)
    if pixmap is None:
        pixmap = _cache[key] = _drawn(name, color, px, ratio)
    return pixmap


def _drawn(name: str, color: QColor, px: int, ratio: float) -> QPixmap:
    svg = read_text("icons", f"{name}.svg").replace("currentColor", color.name())
    buffer = QBuffer()
    buffer.setData(QByteArray(svg.encode()))
    reader = QImageReader(buffer, QByteArray(b"svg"))
    natural = reader.size()
    height = round(px * ratio)
    reader.setScaledSize(QSize(round(height * natural.width() / max(natural.height(), 1)), height))
    pixmap = QPixmap.fromImage(reader.read())
    pixmap.setDevicePixelRatio(ratio)
    return pixmap
