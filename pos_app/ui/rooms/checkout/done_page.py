"""After the sale: the change to give back, large, and the receipt. The next scan begins the next sale."""

from collections.abc import Callable
from typing import Protocol

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos_app.domain.receipt import Receipt
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

    def next_customer(self) -> None: ...
    def open_receipts(self) -> None: ...
    def ask_member(self) -> None: ...


class DonePage(Ground):
    """The completed sale."""

    def __init__(self, desk: Desk, verbs: DoneVerbs, search: Callable[[str], bool]) -> None:
        """``search`` begins the next sale by looking for its first goods."""
        super().__init__(desk.theme)
        self._desk = desk
        self._receipt: Receipt | None = None
        self.panel = ReceiptPanel(desk, verbs)
        self.panel.setFixedWidth(RECEIPT_WIDTH)
        self.next = ActionButton(desk, "done.next", verbs.next_customer, look="primary", height=96, size="figure")
        self.next.set_key(desk.actions.keymap.chord("panel.confirm"))
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 16, 16, 16)
        row.setSpacing(16)
        row.addWidget(self._summary(), 1)
        row.addWidget(self.panel)
        self.layer = Layer(
            self.panel.runs()
            | {
                "panel.confirm": self.next.click,
                "panel.back": self.next.click,
                "checkout.search": lambda: search(""),
                "checkout.receipts": verbs.open_receipts,
                "checkout.member": verbs.ask_member,
            },
            typing=search,
        )
        desk.texts.on_change(self._show)

    def show_receipt(self, receipt: Receipt) -> None:
        """Show a sale that is in the journal."""
        self._receipt = receipt
        self.panel.show_receipt(receipt)
        self._show()

    def _show(self) -> None:
        if self._receipt is None:
            return
        receipt = self._receipt
        received = sum(each for _, _, each, _ in receipt.tenders)
        change = sum(each for _, _, _, each in receipt.tenders)
        self.change.set_value(amount_text(change))
        self.due.set_value(amount_text(receipt.payable))
        self.received.set_value(amount_text(received))
        self.number.set_words(receipt.number)
        tr, saved = self._desk.texts.tr, receipt.saved
        self.saved.set_words(tr("done.saved", amount=amount_text(saved)) if saved > 0 else "")
        earned = receipt.points_earned
        self.earned.set_words(tr("done.earned", points=f"{earned:,}") if receipt.member and earned else "")

    def _summary(self) -> QWidget:
        desk = self._desk
        title = Words(desk.theme, "title", bold=True)
        desk.texts.bind(title.set_words, "done.title")
        self.number = Words(desk.theme, "body", ink="ink_soft")
        self.change = Figure(desk.theme, ("giant", "huge", "large"), 144, align_right=False)
        desk.texts.bind(self.change.set_caption, "tender.change")
        self.due = Figure(desk.theme, ("figure", "title"), 64, align_right=False)
        desk.texts.bind(self.due.set_caption, "total.payable")
        self.received = Figure(desk.theme, ("figure", "title"), 64, align_right=False)
        desk.texts.bind(self.received.set_caption, "tender.received")
        self.saved = Words(desk.theme, "strong", bold=True, ink="good")
        self.earned = Words(desk.theme, "strong", bold=True, ink="accent_deep")
        hint = Words(desk.theme, "body", ink="ink_soft").centred()
        desk.texts.bind(hint.set_words, "done.hint")
        change_card = Surface(desk.theme, "accent_soft", None)
        inside = QVBoxLayout(change_card)
        inside.setContentsMargins(24, 20, 24, 20)
        inside.addWidget(self.change)
        heads = QVBoxLayout()
        heads.setSpacing(0)
        heads.addWidget(title)
        heads.addWidget(self.number)
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(Picture(desk.theme, "tick", "good", 48))
        head.addLayout(heads, 1)
        figures = QHBoxLayout()
        figures.addWidget(self.due)
        figures.addWidget(self.received)
        benefits = QHBoxLayout()
        benefits.addWidget(self.saved)
        benefits.addWidget(self.earned)
        card = Surface(desk.theme)
        column = QVBoxLayout(card)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(24)
        column.addLayout(head)
        column.addWidget(change_card)
        column.addLayout(figures)
        column.addLayout(benefits)
        column.addStretch(1)
        column.addWidget(hint)
        column.addWidget(self.next)
        return card
