"""The flow of a return: a receipt's number, what comes back, a second person where one is needed, the money.

Asks the services on the worker, tells the view; knows no widget. Nothing is kept before the money is given.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Protocol

from pos_app.domain.errors import GranaryError, Refusal
from pos_app.domain.quantity import parse_quantity, quantity_text
from pos_app.domain.receipt import Receipt
from pos_app.domain.returned import KnownSale
from pos_app.services.approvals import Consent
from pos_app.services.returning import ELSEWHERE, REASONS, VOIDED, Asked, CompletedReturn
from pos_app.ui.rooms.checkout.pad_panel import Question
from pos_app.ui.rooms.returns.coming_back import ComingBack, SoldRow
from pos_app.ui.rooms.returns.exchange import ExchangePresenter, ExchangeView
from pos_app.ui.runtime.desk import Desk
from pos_app.ui.runtime.money_text import counted_text


class ReturnsView(ExchangeView, Protocol):
    """What the presenter tells the room."""

    def open_find(self, receipts: Sequence[Receipt]) -> None: ...
    def wait_for(self, receipt: str) -> None:
        """Say after a moment that headquarters is asked for a sale; empty: it has answered."""
        ...

    def show_sale(self, coming: ComingBack, at: int | None = None) -> None: ...
    def open_question(self, question: Question) -> None: ...
    def open_done(self, completed: CompletedReturn) -> None: ...
    def chosen_row(self) -> SoldRow | None: ...


class ReturnsPresenter:
    """One for the room. Used from the GUI thread only."""

    def __init__(self, desk: Desk, view: ReturnsView) -> None:
        self._desk = desk
        self._view = view
        self._coming: ComingBack | None = None
        self._giving = False
        self.exchange = ExchangePresenter(desk, view, self._given)
        self._asked = 0
        """Counts questions, so that an answer that comes late is known as such."""

    def start(self) -> None:
        """Begin anew: which receipt is it?"""
        self._coming = None
        self._asked += 1
        self._view.wait_for("")
        receipts = self._desk.open_counter().receipts
        self._desk.tasks.run(receipts.sales, self._view.open_find)

    def find(self, receipt: str) -> None:
        """Look for a sale by its receipt's number: here, and at headquarters for what is not in this journal."""
        wanted, returning = receipt.strip(), self._desk.open_counter().returning
        if not wanted:
            return

        def look() -> tuple[str, KnownSale | Refusal]:
            number = returning.number_of(wanted)
            try:
                return number, returning.find(number)
            except Refusal as refusal:
                if refusal.code not in ELSEWHERE:
                    raise
                return number, refusal

        self._asked += 1
        self._desk.tasks.run(look, lambda found: self._looked(*found))

    def take_code(self, code: str) -> bool:
        """Choose one more of the goods with a code; False while no sale is open."""
        if self._coming is None:
            return False
        if self._coming.bare:
            self._add_goods(self._coming, code)
            return True
        row = next((row for row in self._coming.rows() if row.line["code"] == code and row.chosen < row.left), None)
        if row is None:
            self._desk.messages.refuse(Refusal("return_not_in_sale", text=code))
        else:
            self._choose(row, row.left if row.line["weighed"] else row.chosen + min(1000, row.left - row.chosen))
        return True

    def toggle(self) -> None:
        """Choose all that is left of the line, or nothing of it again."""
        row = self._view.chosen_row()
        if row is None:
            return
        if not row.left:
            self._desk.messages.refuse(Refusal("refund_quantity", line=row.at, left=0))
            return
        self._choose(row, 0 if row.chosen else row.left)

    def choose_all(self) -> None:
        """Choose all that is left of the sale."""
        if self._coming is not None:
            self._show(self._coming.with_all())

    def ask_quantity(self) -> None:
        """Ask how much of the line comes back."""
        row = self._view.chosen_row()
        if row is not None and self._coming is not None and not self._coming.voids:
            about = f"{row.line['name']}  {counted_text(row.left, row.line['unit'])}"
            suggested = quantity_text(row.chosen or row.left)
            question = Question("returns.ask_quantity", about, "quantity", suggested, partial(self._answered, row))
            self._view.open_question(question)

    def next_reason(self) -> None:
        """Go on to the next reason."""
        if self._coming is not None and not self._coming.voids:
            at = REASONS.index(self._coming.reason)
            self._show(replace(self._coming, reason=REASONS[(at + 1) % len(REASONS)]))

    def back_to_sale(self) -> None:
        """Put a question away."""
        if self._coming is not None and not self.exchange.reopen():
            self._view.open_sale(self._coming)

    def settle(self) -> None:
        """Give the money back, or void; a second person is asked first where one is needed."""
        coming, operator = self._coming, self._desk.operator
        back = None if coming is None else coming.answer()
        if operator is None:
            return
        if coming is None or back is None:
            self._desk.messages.refuse(Refusal("return_nothing"))
            return
        returning = self._desk.open_counter().returning
        alone = (
            returning.approvals.may(operator, "void") if coming.voids else not returning.needs_consent(operator, back)
        )
        if alone:
            self._give(coming, None)
        else:
            self._view.open_consent(coming, lambda number, pin: self._give(coming, Consent(number, pin)))

    def begin_bare(self) -> None:
        """Take goods back without a receipt: they are scanned one by one."""
        self._asked += 1
        bare = self._desk.open_counter().bare_returns
        self._desk.tasks.run(bare.begin, self._found)

    def begin_exchange(self) -> None:
        """Take other goods for what is chosen."""
        coming = self._coming
        if coming is None or coming.answer() is None:
            self._desk.messages.refuse(Refusal("return_nothing"))
        elif not coming.voids:
            self.exchange.begin(coming)

    def void_last(self) -> None:
        """Show the last sale, to be voided."""
        returning = self._desk.open_counter().returning
        self._desk.tasks.run(returning.last_sale, self._show_void)

    def reprint(self, number: str) -> None:
        """Print a copy."""
        receipts = self._desk.open_counter().receipts
        self._desk.tasks.run(
            lambda: receipts.reprint(number),
            lambda receipt: self._desk.messages.note("note.reprinted", number=receipt.number),
        )

    def _looked(self, number: str, found: KnownSale | Refusal) -> None:
        """Open a sale that is here at once; ask headquarters what came back of it elsewhere, or for all of another."""
        own = None if isinstance(found, Refusal) else found
        if own is not None:
            self._found(own)
        if not self._desk.line.online:
            if isinstance(found, Refusal):
                self._desk.messages.refuse(found)
            return
        asked, register = self._asked, self._desk.register
        self._view.wait_for(number)
        self._desk.errands.run(
            lambda: register.ask_sold(number),
            lambda sale: self._told(asked, sale),
            lambda error: self._not_told(asked, error, own),
        )

    def _told(self, asked: int, sale: KnownSale) -> None:
        """Take what headquarters said; what this register gave back since is added."""
        if asked != self._asked:
            return
        returning = self._desk.open_counter().returning
        self._desk.tasks.run(lambda: returning.known_here(sale), partial(self._joined, asked))

    def _joined(self, asked: int, sale: KnownSale) -> None:
        if asked != self._asked:
            return
        self._view.wait_for("")
        coming = self._coming
        if coming is not None and coming.sale.receipt == sale.receipt:
            if coming.sale.left() != sale.left():
                self._show(coming.renewed(sale))
                self._desk.messages.note("note.came_back_elsewhere", number=sale.receipt)
            else:
                self._coming = replace(coming, sale=sale)
        elif coming is None:
            self._found(sale)

    def _not_told(self, asked: int, error: GranaryError, own: KnownSale | None) -> None:
        """Of an own sale the journal's word stands: headquarters may not have it yet, or the line is slow."""
        if asked != self._asked:
            return
        self._view.wait_for("")
        if own is None:
            self._desk.messages.refuse(error)

    def _found(self, sale: KnownSale) -> None:
        self._desk.messages.went_well()
        self._coming = ComingBack(sale)
        self._view.open_sale(self._coming)
        if sale.came_back in {"whole", "void"}:
            self._desk.messages.note(f"note.came_back_{sale.came_back}", number=sale.receipt)

    def _choose(self, row: SoldRow, quantity: int) -> None:
        if self._coming is not None and not self._coming.voids:
            self._show(self._coming.with_quantity(row.number, quantity), row.at - 1)

    def _show(self, coming: ComingBack, at: int | None = None) -> None:
        self._desk.messages.went_well()
        self._coming = coming
        self._view.show_sale(coming, at)

    def _answered(self, row: SoldRow, typed: str) -> None:
        try:
            self._choose(row, parse_quantity(typed))
        except Refusal as refusal:
            self._desk.messages.refuse(refusal)
            return
        self.back_to_sale()

    def _add_goods(self, coming: ComingBack, code: str) -> None:
        bare = self._desk.open_counter().bare_returns
        self._desk.tasks.run(lambda: bare.add(coming.sale, code), self._added)

    def _added(self, sale: KnownSale) -> None:
        if self._coming is not None and self._coming.bare:
            self._show(replace(self._coming, sale=sale).with_all())

    def _show_void(self, sale: KnownSale) -> None:
        self._desk.messages.went_well()
        self._coming = replace(ComingBack(sale).with_all(), reason=VOIDED)
        self._view.open_sale(self._coming)

    def _give(self, coming: ComingBack, consent: Consent | None) -> None:
        """Give it back. Once: a second Enter before the answer means nothing."""
        operator, back = self._desk.operator, coming.answer()
        if self._giving or operator is None or back is None:
            return
        self._giving = True
        returning = self._desk.open_counter().returning
        asked = Asked(coming.sale, coming.quantities, coming.reason, back.amount)

        def give() -> CompletedReturn:
            if coming.voids:
                return returning.void_last(coming.sale, operator, consent)
            return returning.give_back(asked, operator, consent)

        self._desk.tasks.run(give, self._completed, self._refused if consent is None else self._consent_refused)

    def _given(self) -> None:
        self._giving, self._coming = False, None

    def _completed(self, completed: CompletedReturn) -> None:
        self._given()
        self._desk.messages.went_well()
        self._view.open_done(completed)
        self._desk.tell(completed.changes)

    def _consent_refused(self, error: GranaryError) -> None:
        self._giving = False
        self._view.consent_refused(error)

    def _refused(self, error: GranaryError) -> None:
        """Say why; what came back meanwhile is shown."""
        self._giving = False
        coming, returning = self._coming, self._desk.open_counter().returning
        if coming is not None and isinstance(error, Refusal):
            self._desk.tasks.run(
                lambda: returning.known_here(coming.sale), lambda sale: self._show(coming.renewed(sale))
            )
        self._desk.messages.refuse(error)
