"""The lines as the customer reads them from two steps away: the newest at the foot, as many as there is room for."""

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QPaintEvent, QPen

from pos_app.domain.quantity import quantity_text
from pos_app.ui.rooms.checkout.ringing import LineRow
from pos_app.ui.runtime.desk import Desk
from pos_app.ui.runtime.money_text import amount_text
from pos_app.ui.widgets import painting
from pos_app.ui.widgets.displays import Surface

ROW_HEIGHT = 64
EDGE = 16
_PRICE_WIDTH = 150


class BasketLines(Surface):
    """Painted in one go; nothing on it can be touched."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.theme)
        self._desk = desk
        self._rows: tuple[LineRow, ...] = ()
        self._newest: int | None = None

    def show_rows(self, rows: tuple[LineRow, ...], newest: int | None) -> None:
        """Show other lines; ``newest`` is the index of the one that changed."""
        self._rows, self._newest = rows, newest
        self.update()

    @property
    def shown(self) -> range:
        """The indexes of the lines that there is room for: the last ones, and in any case the one that changed."""
        most = max(1, (self.height() - 2 * EDGE) // ROW_HEIGHT)
        hidden = max(0, len(self._rows) - most)
        if hidden:
            # One row's room says how many are above.
            most = max(1, most - 1)
            hidden = len(self._rows) - most
        first = hidden if self._newest is None else min(hidden, self._newest)
        return range(first, min(first + most, len(self._rows)))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter, shown = QPainter(self), self.shown
        top = EDGE
        if len(shown) < len(self._rows):
            room = QRect(EDGE, top, self.width() - 2 * EDGE, ROW_HEIGHT)
            words = self._desk.texts.tr("customer.more", count=len(self._rows) - len(shown))
            font, soft = self._theme.font("title"), self._theme.color("ink_soft")
            painting.text(painter, room, words, font=font, color=soft, align=painting.LEFT)
            top += ROW_HEIGHT
        for index in shown:
            self._paint_row(painter, QRect(EDGE, top, self.width() - 2 * EDGE, ROW_HEIGHT), index)
            top += ROW_HEIGHT

    def _paint_row(self, painter: QPainter, rect: QRect, index: int) -> None:
        row, theme = self._rows[index], self._theme
        if index == self._newest:
            painting.box(painter, rect, theme.color("accent_soft"))
        else:
            painter.setPen(QPen(theme.color("rule"), 1))
            painter.drawLine(rect.left(), rect.bottom(), rect.right(), rect.bottom())
        ink, soft, good = theme.color("ink"), theme.color("ink_soft"), theme.color("good")
        inner = rect.adjusted(12, 6, -12, -6)
        left = QRect(inner.left(), inner.top(), inner.width() - _PRICE_WIDTH, inner.height())
        right = QRect(inner.right() - _PRICE_WIDTH + 1, inner.top(), _PRICE_WIDTH, inner.height())
        upper, lower = 28, inner.height() - 28
        name = QRect(left.left(), left.top(), left.width(), upper)
        strong, body = theme.font("title", bold=True), theme.font("body")
        painting.text(painter, name, row.line.name, font=strong, color=ink, align=painting.LEFT, end=painting.NAME_END)
        below = QRect(left.left(), left.top() + upper, left.width(), lower)
        counted = f"{quantity_text(row.quoted.quantity)} {row.line.unit} × {row.unit_price_text}"
        painting.text(painter, below, counted, font=body, color=soft, align=painting.LEFT)
        net = QRect(right.left(), right.top(), right.width(), upper if row.saved_text else right.height())
        painting.text(painter, net, amount_text(row.quoted.net), font=strong, color=ink, align=painting.RIGHT)
        came_off = QRect(right.left(), right.top() + upper, right.width(), lower)
        painting.text(painter, came_off, row.saved_text, font=body, color=good, align=painting.RIGHT)
