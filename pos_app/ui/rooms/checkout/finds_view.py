"""What a search found: goods, what is left of them and what they cost. A key, a tap or Enter takes one."""

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter

from pos_app.services.looking_up import ShelfEntry
from pos_app.ui.runtime.money_text import amount_text, counted_text
from pos_app.ui.runtime.theme import Theme
from pos_app.ui.runtime.translations import Texts
from pos_app.ui.widgets import painting
from pos_app.ui.widgets.rows import RowsModel, RowState, RowsView

ROW_HEIGHT = 64
_PRICE, _STOCK, _EDGE = 132, 132, 8


def words_of(entry: ShelfEntry, column: int) -> str:
    """Say a cell in words, for who cannot see it."""
    product = entry.found.product
    price = "" if entry.unit_price is None else amount_text(entry.unit_price)
    stock = "" if entry.on_hand is None else counted_text(entry.on_hand, product.unit)
    return (product.name, stock, price)[column]


class FindsView(RowsView[ShelfEntry]):
    """The list of finds."""

    def __init__(self, theme: Theme, texts: Texts) -> None:
        super().__init__(theme, RowsModel(3, words_of), ROW_HEIGHT)
        self._texts = texts

    def paint_row(self, painter: QPainter, rect: QRect, row: ShelfEntry, state: RowState) -> None:
        theme, product = self.theme, row.found.product
        color, small = theme.color, theme.font("small")
        self.paint_plate(painter, rect, state)
        right = rect.right() - _EDGE
        top, below = rect.top() + 9, rect.top() + 35
        goods = QRect(_EDGE + 4, top, right - _PRICE - _STOCK - _EDGE - 12, 26)
        strong = theme.font("strong", bold=True)
        ink, end = color("ink"), painting.NAME_END
        painting.text(painter, goods, product.name, font=strong, color=ink, align=painting.LEFT, end=end)
        code = product.barcodes[0].code if product.barcodes else product.sku
        under = QRect(goods.left(), below, goods.width(), 20)
        painting.text(painter, under, code, font=small, color=color("ink_soft"), align=painting.LEFT)
        self._paint_stock(painter, QRect(right - _PRICE - _STOCK, rect.top(), _STOCK, rect.height()), row)
        price = QRect(right - _PRICE, top, _PRICE, 26)
        words = self._texts.tr("finds.no_price") if row.unit_price is None else amount_text(row.unit_price)
        painting.text(painter, price, words, font=strong, color=color("ink"), align=painting.RIGHT)
        if row.shelf is not None:
            why = self._texts.tr(f"price.{row.shelf.kind}")
            tone = color("ink_soft" if row.shelf.was is None else "accent_deep")
            under = QRect(price.left(), below, _PRICE, 20)
            painting.text(painter, under, why, font=small, color=tone, align=painting.RIGHT)

    def _paint_stock(self, painter: QPainter, rect: QRect, row: ShelfEntry) -> None:
        if row.on_hand is None:
            return
        color = self.theme.color
        words = counted_text(row.on_hand, row.found.product.unit)
        top = QRect(rect.left(), rect.top() + 9, rect.width(), 26)
        painting.text(painter, top, words, font=self.theme.font("body"), color=color("ink"), align=painting.RIGHT)
        below = QRect(rect.left(), rect.top() + 35, rect.width(), 20)
        caption = self._texts.tr("finds.on_hand")
        painting.text(
            painter, below, caption, font=self.theme.font("small"), color=color("ink_soft"), align=painting.RIGHT
        )
