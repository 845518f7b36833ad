"""The flow of an exchange: goods are scanned in place of what comes back, the difference is paid or given.

The new goods are the counter's basket. Asks the services on the worker, tells the view; knows no widget.
"""

from collections.abc import Callable
from functools import partial
from typing import Protocol

from pos_app.domain.errors import GranaryError, Refusal
from pos_app.domain.money import Fen, parse_yuan
from pos_app.services.approvals import Consent
from pos_app.services.basket_pricing import BasketView
from pos_app.services.exchanging import CompletedExchange, Difference, difference_of
from pos_app.services.returning import Asked
from pos_app.ui.rooms.checkout.ringing import LineRow, Ringing, Rung
from pos_app.ui.rooms.returns.coming_back import ComingBack
from pos_app.ui.runtime.desk import Desk


class ExchangeView(Protocol):
    """What the presenter tells the room."""

    def open_exchange(self, coming: ComingBack) -> None: ...
    def show_exchange(self, rung: Rung, difference: Difference) -> None: ...
    def open_sale(self, coming: ComingBack) -> None: ...
    def open_consent(self, coming: ComingBack, approve: Callable[[str, str], object]) -> None: ...
    def consent_refused(self, error: GranaryError) -> None: ...
    def open_exchanged(self, completed: CompletedExchange) -> None: ...
    def chosen_line(self) -> LineRow | None: ...


class ExchangePresenter:
    """One for the room. Used from the GUI thread only."""

    def __init__(self, desk: Desk, view: ExchangeView, done: Callable[[], object]) -> None:
        """``done`` hears that the sale in hand is given back."""
        self._desk = desk
        self._view = view
        self._done = done
        self._ringing = Ringing()
        self._coming: ComingBack | None = None
        self._rung = Rung()
        self._completing = False

    def begin(self, coming: ComingBack) -> None:
        """Take new goods for what is chosen; the counter's basket must be empty."""

        def open_it(rung: Rung) -> None:
            self._coming = coming
            self._view.open_exchange(coming)
            self._show(rung)

        exchanging = self._desk.open_counter().exchanging
        self._desk.tasks.run(lambda: self._ringing.ring(exchanging.begin), open_it)

    def scan(self, code: str) -> None:
        """Add new goods, or a coupon, or whose they are."""
        self._ring(partial(self._desk.open_counter().selling.scan, code))

    def remove(self) -> None:
        """Take the chosen line away."""
        row = self._view.chosen_line()
        if row is not None:
            self._ring(partial(self._desk.open_counter().selling.remove, row.line.line))

    def leave(self) -> None:
        """Go back to what comes back; the new goods are put away."""
        coming, selling = self._coming, self._desk.open_counter().selling
        self._coming = None
        if coming is not None:
            self._desk.tasks.run(selling.clear, lambda _: self._view.open_sale(coming))

    def settle(self, typed: str) -> None:
        """Complete it with what was handed over; nothing typed is the exact amount."""
        coming, operator = self._coming, self._desk.operator
        back = None if coming is None else coming.answer()
        if coming is None or operator is None or back is None:
            return
        if not self._rung.rows:
            self._desk.messages.refuse(Refusal("basket_empty"))
            return
        received = parse_yuan(typed) if typed else self._difference(coming).due
        if self._desk.open_counter().returning.needs_consent(operator, back):
            self._view.open_consent(coming, lambda number, pin: self._complete(coming, received, Consent(number, pin)))
        else:
            self._complete(coming, received, None)

    def reopen(self) -> bool:
        """Show the exchange again behind a question; False where there is none."""
        if self._coming is None:
            return False
        self._view.open_exchange(self._coming)
        self._show(self._rung)
        return True

    @property
    def is_open(self) -> bool:
        """Whether new goods are being scanned."""
        return self._coming is not None

    def _ring(self, verb: Callable[[], BasketView]) -> None:
        self._desk.tasks.run(lambda: self._ringing.ring(verb), self._show)

    def _show(self, rung: Rung) -> None:
        self._rung = rung
        if self._coming is not None:
            self._desk.messages.went_well()
            self._view.show_exchange(rung, self._difference(self._coming))

    def _difference(self, coming: ComingBack) -> Difference:
        view = self._rung.view
        if view is None:
            back = coming.answer()
            return Difference(Fen(0) if back is None else back.amount, Fen(0))
        return difference_of(coming.answer(), view)

    def _complete(self, coming: ComingBack, received: Fen, consent: Consent | None) -> None:
        """Write both down. Once: a second Enter before the answer means nothing."""
        operator, back = self._desk.operator, coming.answer()
        if self._completing or operator is None or back is None:
            return
        self._completing = True
        exchanging, told = self._desk.open_counter().exchanging, self._difference(coming)
        asked = Asked(coming.sale, coming.quantities, coming.reason, back.amount)
        self._desk.tasks.run(
            lambda: exchanging.complete(asked, told, operator, received=received, consent=consent),
            self._completed,
            partial(self._refused, asked_person=consent is not None),
        )

    def _completed(self, completed: CompletedExchange) -> None:
        self._completing, self._coming, self._rung = False, None, Rung()
        self._desk.messages.went_well()
        self._done()
        self._view.open_exchanged(completed)
        self._desk.tell(completed.changes)

    def _refused(self, error: GranaryError, *, asked_person: bool) -> None:
        self._completing = False
        if asked_person:
            self._view.consent_refused(error)
            return
        self._ring(self._desk.open_counter().selling.renew)
        self._desk.messages.refuse(error)
