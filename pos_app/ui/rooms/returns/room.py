"""The room of returns (退换): its pages in one stack, one of them open, with its layer of keys."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QStackedLayout, QWidget

from pos_app.domain.errors import GranaryError, Refusal
from pos_app.domain.ids import ReceiptNumber
from pos_app.domain.receipt import Receipt
from pos_app.services.changes import Changes, Kind
from pos_app.services.exchanging import CompletedExchange, Difference
from pos_app.services.returning import CompletedReturn
from pos_app.ui.rooms.checkout.pad_panel import Question
from pos_app.ui.rooms.checkout.ringing import LineRow, Rung
from pos_app.ui.rooms.returns.coming_back import ComingBack, SoldRow
from pos_app.ui.rooms.returns.done_page import DonePage
from pos_app.ui.rooms.returns.exchange_page import ExchangePage
from pos_app.ui.rooms.returns.find_page import FindPage
from pos_app.ui.rooms.returns.presenter import ReturnsPresenter
from pos_app.ui.rooms.returns.sale_page import SalePage
from pos_app.ui.rooms.room import Room
from pos_app.ui.runtime.actions import Layer
from pos_app.ui.runtime.desk import Desk


class ReturnsRoom(Room):
    """Where goods come back."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._shown = False
        self._stack = QStackedLayout(self)
        self.presenter = ReturnsPresenter(desk, self)
        self.finding = FindPage(desk, self.presenter)
        self.sale = SalePage(desk, self.presenter)
        self.done = DonePage(desk, self.presenter)
        self.exchange = ExchangePage(desk, self.presenter.exchange)
        for page in (self.finding, self.sale, self.done, self.exchange):
            self._stack.addWidget(page)
        self._layer = self.finding.layer
        desk.on_changes.append(self._on_changes)

    def enter(self) -> None:
        """The room is shown: its keys work. A sale that is open stays open."""
        self._shown = True
        self._desk.actions.open(self._layer)
        if self._stack.currentWidget() not in (self.sale, self.exchange):
            self.presenter.start()

    def leave(self) -> None:
        """Another room is shown."""
        self._shown = False
        self._desk.actions.close(self._layer)

    def scan(self, text: str, otherwise: Callable[[], object]) -> None:
        """Take a receipt's number, or goods of the sale that is open; all else is the checkout's."""
        if self._stack.currentWidget() is self.exchange:
            self.presenter.exchange.scan(text)
            return
        try:
            ReceiptNumber.parse(text)
        except Refusal:
            if not (self._stack.currentWidget() is self.sale and self.presenter.take_code(text)):
                otherwise()
        else:
            self.presenter.find(text)

    # What the presenter tells

    def open_find(self, receipts: Sequence[Receipt]) -> None:
        self.finding.begin(receipts)
        self._open(self.finding, self.finding.layer)

    def open_exchange(self, coming: ComingBack) -> None:
        self.exchange.begin(coming.sale.receipt)
        self._open(self.exchange, self.exchange.layer)

    def show_exchange(self, rung: Rung, difference: Difference) -> None:
        self.exchange.show_exchange(rung, difference)

    def open_exchanged(self, completed: CompletedExchange) -> None:
        self.done.show_exchanged(completed)
        self._open(self.done, self.done.layer)

    def chosen_line(self) -> LineRow | None:
        return self.exchange.lines.current_row()

    def wait_for(self, receipt: str) -> None:
        self.finding.waiting.wait_for(receipt)
        self.sale.waiting.wait_for(receipt)

    def open_sale(self, coming: ComingBack) -> None:
        self.sale.show_sale(coming)
        self._open(self.sale, self.sale.show_sums())

    def show_sale(self, coming: ComingBack, at: int | None = None) -> None:
        self.sale.show_sale(coming, at)

    def open_question(self, question: Question) -> None:
        self._open(self.sale, self.sale.ask(question))

    def open_consent(self, coming: ComingBack, approve: Callable[[str, str], object]) -> None:
        self.sale.show_sale(coming)
        self._open(self.sale, self.sale.ask_consent(coming, approve))

    def consent_refused(self, error: GranaryError) -> None:
        self.sale.consent_refused(error)

    def open_done(self, completed: CompletedReturn) -> None:
        self.done.show_completed(completed)
        self._open(self.done, self.done.layer)

    def chosen_row(self) -> SoldRow | None:
        return self.sale.rows.current_row()

    def _on_changes(self, kinds: Changes) -> None:
        """List what was sold since, while the list is all that is shown."""
        if self._shown and Kind.SALE in kinds and self._stack.currentWidget() is self.finding:
            self.presenter.start()

    def _open(self, page: QWidget, layer: Layer) -> None:
        self._desk.actions.close(self._layer)
        self._layer = layer
        self._stack.setCurrentWidget(page)
        if self._shown:
            self._desk.actions.open(layer)
