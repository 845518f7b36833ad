"""The checkout room: its pages in one stack, one of them open, with its layer of keys."""

from collections.abc import Sequence

from PySide6.QtWidgets import QStackedLayout, QWidget

from pos_app.domain.money import Fen
from pos_app.domain.receipt import Receipt
from pos_app.domain.suspended_basket import SuspendedAt
from pos_app.domain.taken_tenders import TakenTender
from pos_app.services.advising import Benefits, OfferedGoods
from pos_app.services.basket_pricing import BasketView
from pos_app.services.looking_up import ShelfEntry
from pos_app.ui.rooms.checkout.basket_page import BasketPage
from pos_app.ui.rooms.checkout.benefits_panel import BenefitsPanel
from pos_app.ui.rooms.checkout.confirm_panel import ConfirmPanel
from pos_app.ui.rooms.checkout.done_page import DonePage
from pos_app.ui.rooms.checkout.line_panel import LinePanel
from pos_app.ui.rooms.checkout.pad_panel import Question
from pos_app.ui.rooms.checkout.payment_page import PaymentPage
from pos_app.ui.rooms.checkout.payment_talk import Said
from pos_app.ui.rooms.checkout.presenter import CheckoutPresenter
from pos_app.ui.rooms.checkout.receipts_page import ReceiptsPage
from pos_app.ui.rooms.checkout.ringing import LineRow, Rung
from pos_app.ui.rooms.checkout.stories import StoryRow
from pos_app.ui.rooms.checkout.suspended_panel import SuspendedPanel
from pos_app.ui.rooms.checkout.tender_page import TenderPage
from pos_app.ui.rooms.room import Room
from pos_app.ui.runtime.actions import Layer
from pos_app.ui.runtime.desk import Desk
from pos_app.ui.widgets.choice_panel import Choice, ChoicePanel


class CheckoutRoom(Room):
    """Where sales are made. Tender, receipt and list are built when they are first opened."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._layers: tuple[Layer, ...] = ()
        self._shown = False
        self._tender: TenderPage | None = None
        self._payment: PaymentPage | None = None
        self._done: DonePage | None = None
        self._receipts: ReceiptsPage | None = None
        self._stack = QStackedLayout(self)
        self.presenter = CheckoutPresenter(desk, self)
        self.basket = BasketPage(desk, self)
        self.confirmation = ConfirmPanel(desk, self.presenter.clear, self.close_panel)
        self.basket.add_panel(self.confirmation)
        self._line: LinePanel | None = None
        self._benefits: BenefitsPanel | None = None
        self._choice: ChoicePanel | None = None
        self._suspended: SuspendedPanel | None = None
        self._stack.addWidget(self.basket)
        self._open(self.basket, self.basket.layer)
        self.presenter.refresh()
        self.presenter.tender.take_up()

    @property
    def line(self) -> LinePanel:
        """The panel of one line."""
        if self._line is None:
            self._line = LinePanel(self._desk, self.presenter.line, self.close_panel)
            self.basket.add_panel(self._line)
        return self._line

    @property
    def benefits(self) -> BenefitsPanel:
        """The panel of coupons and points."""
        if self._benefits is None:
            self._benefits = BenefitsPanel(self._desk, self.presenter.benefits, self.close_panel)
            self.basket.add_panel(self._benefits)
        return self._benefits

    @property
    def choice(self) -> ChoicePanel:
        """The panel of a few answers."""
        if self._choice is None:
            self._choice = ChoicePanel(self._desk, self.close_panel)
            self.basket.add_panel(self._choice)
        return self._choice

    @property
    def suspended(self) -> SuspendedPanel:
        """The panel of the suspended baskets."""
        if self._suspended is None:
            self._suspended = SuspendedPanel(self._desk, self.presenter.suspended.recall, self.close_panel)
            self.basket.add_panel(self._suspended)
        return self._suspended

    @property
    def tender(self) -> TenderPage:
        """The tender's page."""
        if self._tender is None:
            self._tender = TenderPage(self._desk, self.presenter, self.open_basket)
            self._stack.addWidget(self._tender)
        return self._tender

    @property
    def payment(self) -> PaymentPage:
        """The page of a payment in the air."""
        if self._payment is None:
            tender = self.presenter.tender
            self._payment = PaymentPage(self._desk, tender, simulated=tender.paying.simulated)
            self._stack.addWidget(self._payment)
        return self._payment

    @property
    def done(self) -> DonePage:
        """The page after the sale."""
        if self._done is None:
            self._done = DonePage(self._desk, self.presenter, self._search_next)
            self._stack.addWidget(self._done)
        return self._done

    @property
    def receipts(self) -> ReceiptsPage:
        """The list of receipts."""
        if self._receipts is None:
            self._receipts = ReceiptsPage(self._desk, self.presenter, self.open_basket)
            self._stack.addWidget(self._receipts)
        return self._receipts

    def enter(self) -> None:
        """The room is shown: its keys work."""
        self._shown = True
        for layer in self._layers:
            self._desk.actions.open(layer)
        self._make_room_for_words()

    def leave(self) -> None:
        """Another room is shown."""
        self._shown = False
        for layer in self._layers:
            self._desk.actions.close(layer)
        self._desk.messages.stand("top")

    # What the presenter tells

    def show_basket(self, rung: Rung) -> None:
        self.basket.show_rung(rung)

    def open_basket(self) -> None:
        self.basket.end_search()
        self.basket.show_panel(None)
        self._open(self.basket, self.basket.layer)

    def open_question(self, question: Question) -> None:
        self.basket.panel.ask(question)
        self._open_panel(self.basket.panel, self.basket.panel.layer)

    def show_offers(self, offered: Sequence[OfferedGoods]) -> None:
        self.basket.foot.show_offers(offered)

    def open_confirmation(self) -> None:
        self._open_panel(self.confirmation, self.confirmation.layer)

    def open_choice(self, choice: Choice) -> None:
        self.choice.ask(choice)
        self._open_panel(self.choice, self.choice.layer)

    def open_line(self, row: LineRow, story: Sequence[StoryRow]) -> None:
        self.line.show_line(row, story)
        self._open_panel(self.line, self.line.layer)

    def open_benefits(self, view: BasketView, benefits: Benefits) -> None:
        self.benefits.show_benefits(view, benefits)
        self._open_panel(self.benefits, self.benefits.layer)

    def open_suspended(self, suspended: Sequence[SuspendedAt]) -> None:
        self.suspended.show_suspended(suspended)
        self._open_panel(self.suspended, self.suspended.layer)

    def show_fetching(self, device: str) -> None:
        self.suspended.show_fetching(device)

    def add_suspended(self, suspended: Sequence[SuspendedAt]) -> bool:
        return self.suspended.add_suspended(suspended)

    def listing_suspended(self) -> bool:
        return self._suspended is not None and self._suspended.layer in self._layers

    def open_finds(self, finds: Sequence[ShelfEntry]) -> None:
        self.basket.show_finds(finds)
        self.basket.show_panel(None)
        self._open(self.basket, self.basket.layer, self.basket.search_layer)

    def open_tender(self, rung: Rung, taken: tuple[TakenTender, ...]) -> None:
        self.basket.end_search()
        self.tender.open(rung, taken)
        self._open(self.tender, self.tender.layer)

    def show_paid(self, paid: int) -> None:
        self.basket.card.show_paid(paid)

    def open_payment(self, said: Said) -> None:
        self._desk.messages.overtaken()
        self.basket.end_search()
        self.payment.open(said)
        self._open(self.payment, self.payment.layer)

    def show_payment(self, said: Said) -> None:
        self.payment.show_said(said)

    def typed_part(self) -> Fen | None:
        return self.tender.typed_part() if self.tendering() else None

    def renew_tender(self, rung: Rung, *, asked: bool) -> None:
        self.tender.renew(rung, asked=asked)

    def open_done(self, receipt: Receipt) -> None:
        self.done.show_receipt(receipt)
        self._open(self.done, self.done.layer)

    def open_receipts(self, receipts: Sequence[Receipt], number: str) -> None:
        self.basket.end_search()
        self.receipts.show_receipts(receipts, number)
        self._open(self.receipts, self.receipts.layer)

    def chosen_line(self) -> LineRow | None:
        return self.basket.lines.current_row()

    def chosen_find(self) -> ShelfEntry | None:
        return self.basket.finds.current_row()

    def tendering(self) -> bool:
        return self._tender is not None and self._stack.currentWidget() is self._tender

    # What the basket's page asks

    def close_panel(self) -> None:
        self.open_basket()

    def leave_search(self) -> None:
        self.open_basket()

    def take_find(self) -> None:
        self.presenter.take_find(self.basket.search.text())

    def _search_next(self, text: str) -> bool:
        self.open_basket()
        return self.basket.begin_search(text)

    def _open_panel(self, panel: QWidget, layer: Layer) -> None:
        self.basket.end_search()
        self.basket.show_panel(panel)
        self._open(self.basket, self.basket.layer, layer)

    def _open(self, page: QWidget, *layers: Layer) -> None:
        if layers == self._layers and self._stack.currentWidget() is page:
            return
        if self._payment is not None and page is not self._payment:
            self._payment.close_page()
        for layer in self._layers:
            self._desk.actions.close(layer)
        self._layers = layers
        self._stack.setCurrentWidget(page)
        if self._shown:
            for layer in layers:
                self._desk.actions.open(layer)
            self._make_room_for_words()

    def _make_room_for_words(self) -> None:
        on_payment = self._payment is not None and self._stack.currentWidget() is self._payment
        self._desk.messages.stand("foot" if self.tendering() or on_payment else "top")
