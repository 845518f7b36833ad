"""The lines of a sale with what comes back of each: goods, sold, left, chosen, and what that brings."""

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter

from pos_app.domain.quantity import quantity_text
from pos_app.ui.rooms.returns.coming_back import SoldRow
from pos_app.ui.runtime.desk import Desk
from pos_app.ui.runtime.icons import icon
from pos_app.ui.runtime.money_text import amount_text, counted_text
from pos_app.ui.widgets import painting
from pos_app.ui.widgets.rows import RowsModel, RowState, RowsView

ROW_HEIGHT = 64
_MARK, _CHOSEN, _AMOUNT, _EDGE = 52, 120, 128, 12
_BOX = 24


class SoldRows(RowsView[SoldRow]):
    """The list. A row whose goods all came back already is soft and says so."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.theme, RowsModel(3, self._words), ROW_HEIGHT)
        self._desk = desk
        desk.texts.on_change(self.viewport().update)

    def paint_row(self, painter: QPainter, rect: QRect, row: SoldRow, state: RowState) -> None:
        theme = self.theme
        color, strong, small = theme.color, theme.font("strong", bold=True), theme.font("small")
        self.paint_plate(painter, rect, state)
        self._paint_mark(painter, QRect(rect.left(), rect.top(), _MARK, rect.height()), row)
        ink = color("ink" if row.left else "ink_soft")
        amount = QRect(rect.right() - _EDGE - _AMOUNT, rect.top(), _AMOUNT, rect.height())
        chosen = QRect(amount.left() - _CHOSEN, rect.top(), _CHOSEN, rect.height())
        room = QRect(rect.left() + _MARK, rect.top() + 9, chosen.left() - rect.left() - _MARK - 8, 26)
        end = painting.NAME_END
        painting.text(painter, room, row.line["name"], font=strong, color=ink, align=painting.LEFT, end=end)
        below = QRect(room.left(), rect.top() + 35, room.width(), 20)
        painting.text(painter, below, self._about(row), font=small, color=color("ink_soft"), align=painting.LEFT)
        if row.chosen:
            back = counted_text(row.chosen, row.line["unit"])
            painting.text(painter, chosen, back, font=strong, color=color("accent_deep"), align=painting.RIGHT)
        if row.amount is not None:
            painting.text(painter, amount, amount_text(row.amount), font=strong, color=ink, align=painting.RIGHT)

    def _paint_mark(self, painter: QPainter, rect: QRect, row: SoldRow) -> None:
        color = self.theme.color
        box = QRect(rect.center().x() - _BOX // 2, rect.center().y() - _BOX // 2, _BOX, _BOX)
        if row.chosen:
            painting.box(painter, box, color("accent"))
            tick = icon("tick", color("accent_ink"), _BOX - 6, self.devicePixelRatioF())
            painter.drawPixmap(box.left() + 3, box.top() + 3, tick)
        elif row.left:
            painting.box(painter, box, color("surface"), color("outline"))

    def _about(self, row: SoldRow) -> str:
        tr, line = self._desk.texts.tr, row.line
        sold = f"{counted_text(line['quantity'], line['unit'])} × {amount_text(line['unit_price'])}"
        if not row.left:
            return "　".join((sold, tr("returns.line_back")))
        if row.left < line["quantity"]:
            return "　".join((sold, tr("returns.line_left", left=quantity_text(row.left))))
        return sold

    def _words(self, row: SoldRow, column: int) -> str:
        amount = "" if row.amount is None else amount_text(row.amount)
        return (f"{row.line['name']} {self._about(row)}", quantity_text(row.chosen), amount)[column]
