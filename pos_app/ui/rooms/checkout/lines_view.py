"""The lines of the basket: number, goods, quantity, unit price with what it was and why, line total.

A row is painted in one go; see `widgets.rows` for why.
"""

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from pos_app.domain.basket import BasketLine
from pos_app.domain.quantity import quantity_text
from pos_app.ui.rooms.checkout.ringing import LineRow
from pos_app.ui.runtime.money_text import amount_text, counted_text
from pos_app.ui.runtime.theme import Theme
from pos_app.ui.runtime.translations import Texts
from pos_app.ui.widgets import painting
from pos_app.ui.widgets.row_image import RowImage
from pos_app.ui.widgets.rows import SCROLL_BAR_WIDTH, RowsModel, RowState, RowsView

ROW_HEIGHT = 64
HEAD_HEIGHT = 36
_NUMBER, _QUANTITY, _PRICE, _TOTAL, _EDGE = 44, 80, 144, 116, 8
MOST_NAMED = 2
"""Savings that a row names without counting them."""
COLUMNS = ("number", "goods", "quantity", "price", "total")


def _columns(width: int) -> dict[str, tuple[int, int]]:
    """Lay the columns out: left edge and width of each."""
    total = width - _EDGE - _TOTAL
    price = total - _PRICE
    quantity = price - _QUANTITY
    return {
        "number": (0, _NUMBER),
        "goods": (_NUMBER, quantity - _NUMBER - 8),
        "quantity": (quantity, _QUANTITY),
        "price": (price, _PRICE),
        "total": (total, _TOTAL),
    }


def why_text(row: LineRow, texts: Texts) -> str:
    """Name what took something off the line, and how many they are where not all can be read; empty for none."""
    if not row.savings:
        return ""
    names = texts.tr("lines.and").join(each.name or texts.tr(f"price.{each.kind}") for each in row.savings)
    return texts.tr("lines.many", count=len(row.savings), names=names) if len(row.savings) > MOST_NAMED else names


def under_text(line: BasketLine, texts: Texts) -> str:
    """Say what stands under the goods' name: the lot where the code named one, else the code."""
    return texts.tr("lines.lot", lot=line.lot) if line.lot else line.code or line.sku


def words_of(row: LineRow, column: int) -> str:
    """Say a cell in words, for who cannot see it."""
    return (
        str(row.at),
        row.line.name,
        counted_text(row.quoted.quantity, row.line.unit),
        amount_text(row.quoted.unit_price),
        f"{amount_text(row.quoted.net)} {row.saved_text}".rstrip(),
    )[column]


class LinesView(RowsView[LineRow]):
    """The big table of the checkout."""

    def __init__(self, theme: Theme, texts: Texts) -> None:
        super().__init__(theme, RowsModel(len(COLUMNS), words_of), ROW_HEIGHT)
        self._texts = texts
        self.passed = RowImage(self, self._soon_passed, self._paint_passed)
        self.ahead = self.passed
        self._wear()
        theme.changed.connect(self._wear)
        texts.on_change(self._reword)

    def show_rows(self, rows: tuple[LineRow, ...], changed: int | None) -> None:
        """Show the basket; the line that changed becomes the one that actions mean."""
        self.rows_model.replace(rows)
        if changed is not None:
            self.choose(changed)
        elif self.current_row() is None:
            self.choose(len(rows) - 1)

    def _soon_passed(self) -> tuple[LineRow, QSize] | None:
        """Give the row that the next scan takes the mark from."""
        row = self.current_row()
        return None if row is None else (row, QSize(self.viewport().width(), ROW_HEIGHT))

    def _paint_passed(self, painter: QPainter, rect: QRect, row: LineRow) -> None:
        self.paint_row(painter, rect, row, RowState(current=False, active=self.active))

    def _reword(self) -> None:
        self.passed.forget()
        self.viewport().update()

    def _wear(self) -> None:
        theme = self.theme
        self.passed.forget()
        self._strong = theme.font("strong", bold=True)
        self._plain = theme.font("strong")
        self._small = theme.font("small")
        self._struck = theme.font("small")
        self._ink, self._soft, self._deep = theme.color("ink"), theme.color("ink_soft"), theme.color("accent_deep")
        self._grounds = (theme.color("surface"), theme.color("accent_soft"))
        self._accent = theme.color("accent")
        self._hair = QPen(theme.color("rule"), 1)

    def paint_row(self, painter: QPainter, rect: QRect, row: LineRow, state: RowState) -> None:
        painter.fillRect(rect, self._grounds[state.current])
        if state.current:
            painter.fillRect(rect.left(), rect.top(), 4, rect.height(), self._accent)
        painter.setPen(self._hair)
        painter.drawLine(rect.left(), rect.bottom(), rect.right(), rect.bottom())
        places = _columns(rect.width())
        self._paint_goods(painter, rect, row, places)
        self._paint_price(painter, rect, row, places["price"])
        self._paint_total(painter, rect, row, places["total"])

    def _paint_goods(self, painter: QPainter, rect: QRect, row: LineRow, places: dict[str, tuple[int, int]]) -> None:
        left, width = places["number"]
        number = QRect(left, rect.top(), width, rect.height())
        painting.text(painter, number, str(row.at), font=self._small, color=self._soft, align=painting.CENTRE)
        left, width = places["goods"]
        name = QRect(left, rect.top() + 9, width, 26)
        self._write(painter, name, row.line.name, strong=True, align=painting.LEFT, end=painting.NAME_END)
        below = QRect(left, rect.top() + 35, width, 20)
        why = why_text(row, self._texts)
        ink = self._deep if why else self._soft
        words = why or under_text(row.line, self._texts)
        painting.text(painter, below, words, font=self._small, color=ink, align=painting.LEFT)
        left, width = places["quantity"]
        count = QRect(left, rect.top() + 9, width, 26)
        self._write(painter, count, quantity_text(row.quoted.quantity), strong=True, align=painting.RIGHT)
        unit = QRect(left, rect.top() + 35, width, 20)
        painting.text(painter, unit, row.line.unit, font=self._small, color=self._soft, align=painting.RIGHT)

    def _paint_price(self, painter: QPainter, rect: QRect, row: LineRow, place: tuple[int, int]) -> None:
        left, width = place
        top = QRect(left, rect.top() + 9, width, 26)
        self._write(painter, top, row.unit_price_text, strong=False, align=painting.RIGHT)
        below = QRect(left, rect.top() + 35, width, 20)
        lowered = bool(row.was_text)
        why = self._texts.tr(f"price.{row.shelf.kind or 'manual'}")
        ink = self._deep if lowered else self._soft
        painting.text(painter, below, why, font=self._small, color=ink, align=painting.RIGHT)
        if lowered:
            room = below.adjusted(0, 0, -painting.width_of(why, self._small) - 8, 0)
            if painting.width_of(row.was_text, self._small) <= room.width():
                self._write_struck(painter, room, row.was_text)

    def _paint_total(self, painter: QPainter, rect: QRect, row: LineRow, place: tuple[int, int]) -> None:
        left, width = place
        whole = QRect(left, rect.top(), width, rect.height())
        if row.savings:
            whole = QRect(left, rect.top() + 9, width, 26)
            below = QRect(left, rect.top() + 35, width, 20)
            painting.text(painter, below, row.saved_text, font=self._small, color=self._deep, align=painting.RIGHT)
        self._write(painter, whole, amount_text(row.quoted.net), strong=True, align=painting.RIGHT)

    def _write_struck(self, painter: QPainter, rect: QRect, words: str) -> None:
        """Write what it was and draw the line through it at the height of the figures."""
        painting.text(painter, rect, words, font=self._small, color=self._soft, align=painting.RIGHT)
        width = painting.width_of(words, self._small)
        middle = rect.center().y() + 1
        painter.drawLine(rect.right() - width, middle, rect.right(), middle)

    def _write(
        self, painter: QPainter, rect: QRect, words: str, *, strong: bool, align: painting.Align, end: int = 0
    ) -> None:
        font = self._strong if strong else self._plain
        painting.text(painter, rect, words, font=font, color=self._ink, align=align, end=end)


class LinesHead(QWidget):
    """The captions over the columns."""

    def __init__(self, theme: Theme, texts: Texts) -> None:
        super().__init__()
        self._theme, self._texts = theme, texts
        self.setFixedHeight(HEAD_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)
        texts.on_change(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        color = self._theme.color
        painter.setPen(QPen(color("rule"), 1))
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)
        font = self._theme.font("small")
        for name, (left, width) in _columns(self.width() - SCROLL_BAR_WIDTH).items():
            rect = QRect(left, 0, width, self.height())
            align = {"number": painting.CENTRE, "goods": painting.LEFT}.get(name, painting.RIGHT)
            words = self._texts.tr(f"lines.{name}")
            painting.text(painter, rect, words, font=font, color=color("ink_soft"), align=align)
