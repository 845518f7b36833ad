"""What stands where a list will be: a picture, what is missing, and what to do."""

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QPaintEvent

from pos_app.ui.runtime.desk import Desk
from pos_app.ui.runtime.icons import icon
from pos_app.ui.widgets import painting
from pos_app.ui.widgets.displays import Surface

_PICTURE = 96


class EmptyPlace(Surface):
    """A card with nothing on it yet."""

    def __init__(self, desk: Desk, picture: str, title: str, hint: str, **places: str) -> None:
        """Take an icon and two text keys, the second with its places."""
        super().__init__(desk.theme)
        self._desk = desk
        self._picture, self._title, self._hint, self._places = picture, title, hint, places
        desk.texts.on_change(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        theme, tr = self._desk.theme, self._desk.texts.tr
        middle = self.rect().center()
        picture = icon(self._picture, theme.color("outline"), _PICTURE, self.devicePixelRatioF())
        painter.drawPixmap(middle.x() - _PICTURE // 2, middle.y() - 116, picture)
        lines = ((0, "title", tr(self._title), "ink"), (36, "body", tr(self._hint, **self._places), "ink_soft"))
        for top, size, words, ink in lines:
            rect = QRect(16, middle.y() + top, self.width() - 32, 30)
            font = theme.font(size, bold=size == "title")
            painting.text(painter, rect, words, font=font, color=theme.color(ink), align=painting.CENTRE)
