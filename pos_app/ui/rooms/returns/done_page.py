"""After a return: the money to hand over, large, and its receipt. The next receipt that is scanned goes on."""

from collections.abc import Callable
from typing import Protocol

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos_app.domain.receipt import Receipt
from pos_app.services.exchanging import CompletedExchange
from pos_app.services.returning import CompletedReturn
from pos_app.ui.rooms.checkout.receipt_panel import ReceiptPanel, ReceiptVerbs
from pos_app.ui.runtime.actions import Layer
from pos_app.ui.runtime.desk import Desk
from pos_app.ui.runtime.money_text import amount_text
from pos_app.ui.widgets.action_button import ActionButton
from pos_app.ui.widgets.displays import Figure, Ground, Surface, Words
from pos_app.ui.widgets.picture import Picture

RECEIPT_WIDTH = 400


class DoneVerbs(ReceiptVerbs, Protocol):
    """What the page asks of the presenter."""

    def start(self) -> None: ...


class DonePage(Ground):
    """The return that is in the journal."""

    def __init__(self, desk: Desk, verbs: DoneVerbs) -> None:
        super().__init__(desk.theme)
        self._desk = desk
        self._completed: CompletedReturn | None = None
        self._exchanged: CompletedExchange | None = None
        self.panel = ReceiptPanel(desk, verbs)
        self.panel.setFixedWidth(RECEIPT_WIDTH)
        self.next = ActionButton(desk, "returns.next", verbs.start, look="primary", height=96, size="figure")
        self.next.set_key(desk.actions.keymap.chord("panel.confirm"))
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 16, 16, 16)
        row.setSpacing(16)
        row.addWidget(self._summary(), 1)
        row.addWidget(self.panel)
        runs: dict[str, Callable[[], object]] = {"panel.confirm": self.next.click, "panel.back": self.next.click}
        self.layer = Layer(self.panel.runs() | runs)
        desk.texts.on_change(self._show)

    def show_completed(self, completed: CompletedReturn) -> None:
        """Show a return or a void."""
        self._completed, self._exchanged = completed, None
        self.panel.show_receipt(completed.receipt)
        self._show()

    def show_exchanged(self, completed: CompletedExchange) -> None:
        """Show an exchange: what comes over, or the change of what was paid on top; the paper is the new goods'."""
        self._completed, self._exchanged = completed.returned, completed
        self.panel.show_receipt(completed.sold.receipt)
        self._show()

    def _show(self) -> None:
        if self._completed is None:
            return
        receipt, tr = self._completed.receipt, self._desk.texts.tr
        exchanged = self._exchanged
        self.title.set_words(tr("exchange.done" if exchanged else f"returns.done_{receipt.kind}"))
        self.number.set_words(tr("returns.done_number", number=receipt.number))
        self.original.set_words(tr("returns.done_of", number=receipt.original))
        change = 0 if exchanged is None else sum(tender.change for tender in exchanged.sold.sale.tenders)
        given = receipt.payable if exchanged is None else exchanged.difference.over + change
        self.amount.set_value(amount_text(given))
        for words, line in zip(self.beside, self._lines(receipt), strict=True):
            words.set_words(line)

    def _lines(self, receipt: Receipt) -> tuple[str, str, str]:
        tr, coupons = self._desk.texts.tr, self._completed.returned.coupons if self._completed is not None else ()
        taken, given = receipt.points_taken, receipt.points_given
        return (
            tr("returns.done_taken", points=f"{taken:,}") if taken else "",
            tr("returns.done_given", points=f"{given:,}") if given else "",
            tr("returns.done_coupons", coupons=", ".join(coupons)) if coupons else "",
        )

    def _summary(self) -> QWidget:
        desk = self._desk
        self.title = Words(desk.theme, "title", bold=True)
        self.number = Words(desk.theme, "body", ink="ink_soft")
        self.original = Words(desk.theme, "body", ink="ink_soft")
        self.amount = Figure(desk.theme, ("giant", "huge", "large"), 144, align_right=False)
        desk.texts.bind(self.amount.set_caption, "returns.hand_over")
        self.beside = tuple(Words(desk.theme, "strong", bold=True, ink="accent_deep") for _ in range(3))
        money = Surface(desk.theme, "accent_soft", None)
        inside = QVBoxLayout(money)
        inside.setContentsMargins(24, 20, 24, 20)
        inside.addWidget(self.amount)
        heads = QVBoxLayout()
        heads.setSpacing(0)
        heads.addWidget(self.title)
        heads.addWidget(self.number)
        heads.addWidget(self.original)
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(Picture(desk.theme, "tick", "good", 48))
        head.addLayout(heads, 1)
        card = Surface(desk.theme)
        column = QVBoxLayout(card)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(24)
        column.addLayout(head)
        column.addWidget(money)
        for words in self.beside:
            column.addWidget(words)
        column.addStretch(1)
        column.addWidget(self.next)
        return card
