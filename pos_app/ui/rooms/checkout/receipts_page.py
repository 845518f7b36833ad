"""The last receipts of this register: choose one, look at it, print it again."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from pos_app.domain.receipt import Receipt
from pos_app.ui.rooms.checkout.receipt_panel import ReceiptPanel, ReceiptVerbs
from pos_app.ui.runtime.actions import Layer
from pos_app.ui.runtime.desk import Desk
from pos_app.ui.runtime.money_text import amount_text
from pos_app.ui.runtime.theme import Theme
from pos_app.ui.runtime.translations import Texts
from pos_app.ui.widgets import painting
from pos_app.ui.widgets.action_button import ActionButton
from pos_app.ui.widgets.displays import Ground, Surface, Words
from pos_app.ui.widgets.empty_place import EmptyPlace
from pos_app.ui.widgets.rows import RowsModel, RowState, RowsView

ROW_HEIGHT = 64
_AMOUNT = 140
RECEIPT_WIDTH = 400


def words_of(receipt: Receipt, column: int) -> str:
    """Say a cell in words, for who cannot see it."""
    return (receipt.number, moment_text(receipt.at), amount_text(receipt.paid))[column]


def moment_text(at: str) -> str:
    """Write a receipt's moment as its own day and time: ``06-18 10:42``."""
    return f"{at[5:10]} {at[11:16]}"


class ReceiptRows(RowsView[Receipt]):
    """The list."""

    def __init__(self, theme: Theme, texts: Texts) -> None:
        super().__init__(theme, RowsModel(3, words_of), ROW_HEIGHT)
        self._texts = texts

    def paint_row(self, painter: QPainter, rect: QRect, row: Receipt, state: RowState) -> None:
        theme = self.theme
        color = theme.color
        self.paint_plate(painter, rect, state)
        inner = rect.adjusted(20, 0, -16, 0)
        strong, small = theme.font("strong", bold=True), theme.font("small")
        top = QRect(inner.left(), rect.top() + 9, inner.width() - _AMOUNT, 26)
        painting.text(painter, top, row.number, font=strong, color=color("ink"), align=painting.LEFT)
        below = QRect(inner.left(), rect.top() + 35, inner.width() - _AMOUNT, 20)
        about = self._texts.tr("receipts.about", at=moment_text(row.at), lines=len(row.lines), operator=row.operator)
        marked = self._mark(row)
        words = f"{marked}　{about}" if marked else about
        ink = color("accent_deep" if marked else "ink_soft")
        painting.text(painter, below, words, font=small, color=ink, align=painting.LEFT)
        amount = amount_text(row.paid)
        painting.text(painter, inner, amount, font=strong, color=color("ink"), align=painting.RIGHT)

    def _mark(self, row: Receipt) -> str:
        """Say of which sale it is a return; of a sale, how much came back."""
        if row.kind != "sale":
            return self._texts.tr(f"receipts.{row.kind}_of", number=row.original.rpartition("-")[2])
        return self._texts.tr(f"receipts.came_back_{row.came_back}") if row.came_back else ""


class ReceiptsPage(Ground):
    """The list and the paper beside it."""

    def __init__(self, desk: Desk, verbs: ReceiptVerbs, back: Callable[[], object]) -> None:
        super().__init__(desk.theme)
        self.rows = ReceiptRows(desk.theme, desk.texts)
        self.rows.chosen = self._chosen
        self.panel = ReceiptPanel(desk, verbs)
        self.panel.setFixedWidth(RECEIPT_WIDTH)
        self.back = ActionButton(desk, "panel.back", back, height=64)
        shelf = QWidget()
        self._shelf = QStackedLayout(shelf)
        title = Words(desk.theme, "title", bold=True)
        desk.texts.bind(title.set_words, "action.checkout.receipts")
        card = Surface(desk.theme)
        inside = QVBoxLayout(card)
        inside.setContentsMargins(1, 8, 1, 8)
        inside.addWidget(self.rows, 1)
        self._shelf.addWidget(card)
        self._shelf.addWidget(EmptyPlace(desk, "receipt", "receipts.empty", "receipts.empty_hint"))
        left = QVBoxLayout()
        left.setSpacing(16)
        left.addWidget(title)
        left.addWidget(shelf, 1)
        left.addWidget(self.back)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 16, 16, 16)
        row.setSpacing(16)
        row.addLayout(left, 1)
        row.addWidget(self.panel)
        self.layer = Layer(
            self.panel.runs()
            | {
                "panel.back": self.back.click,
                "list.up": lambda: self.rows.step(-1),
                "list.down": lambda: self.rows.step(1),
                "list.page_up": lambda: self.rows.step(-self.rows.page_rows()),
                "list.page_down": lambda: self.rows.step(self.rows.page_rows()),
            }
        )

    def show_receipts(self, receipts: Sequence[Receipt], number: str = "") -> None:
        """Show the list, with one of them chosen: the newest, or that of a number."""
        self.rows.rows_model.replace(())
        self.rows.rows_model.replace(receipts)
        self._shelf.setCurrentIndex(0 if receipts else 1)
        self.panel.show_receipt(None)
        self.rows.choose(next((at for at, each in enumerate(receipts) if each.number == number), 0))

    def _chosen(self) -> None:
        self.panel.show_receipt(self.rows.current_row())
