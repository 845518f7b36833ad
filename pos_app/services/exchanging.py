"""Exchange (换货): goods come back and others go with the customer, at once; the difference is paid or given.

What is written is a return and a sale, one behind the other, and both or neither: what the goods brought pays for the
new ones as far as it goes (tender ``exchange``, out of the one and into the other), and only the difference meets the
drawer. The new goods are the counter's open basket: a power cut leaves them there, and nothing given back.
"""

from dataclasses import dataclass

from pos_app.domain.errors import Refusal
from pos_app.domain.money import Fen
from pos_app.domain.operators import Operator
from pos_app.domain.returned import Refunding
from pos_app.domain.tender import Tender, pay_cash
from pos_app.services.approvals import Consent
from pos_app.services.basket_pricing import BasketView
from pos_app.services.changes import Changes
from pos_app.services.returning import Asked, CompletedReturn, Returning
from pos_app.services.selling import CompletedSale, Selling


@dataclass(frozen=True, slots=True)
class Difference:
    """What an exchange comes to: ``credit`` for what came back, ``payable`` for what goes; one of the others is 0."""

    credit: Fen
    payable: Fen

    @property
    def swapped(self) -> Fen:
        """What passes from the return to the sale, without the drawer."""
        return min(self.credit, self.payable)

    @property
    def due(self) -> Fen:
        """What the customer pays on top."""
        return Fen(self.payable - self.swapped)

    @property
    def over(self) -> Fen:
        """What the customer gets back."""
        return Fen(self.credit - self.swapped)


@dataclass(frozen=True, slots=True)
class CompletedExchange:
    """Both facts, in the journal."""

    returned: CompletedReturn
    sold: CompletedSale
    difference: Difference

    @property
    def changes(self) -> Changes:
        """What they changed."""
        return self.returned.changes | self.sold.changes


@dataclass(frozen=True, slots=True)
class Exchanging:
    """Used from the counter's one worker thread only."""

    returning: Returning
    selling: Selling

    def begin(self) -> BasketView:
        """Give the basket for the new goods; raise ``Refusal("basket_in_hand")`` where goods are in it already."""
        view = self.selling.view()
        if view.basket.lines:
            raise Refusal("basket_in_hand")
        return view

    def complete(
        self, asked: Asked, told: Difference, operator: Operator, *, received: Fen, consent: Consent | None = None
    ) -> CompletedExchange:
        """Write both down; ``received`` is cash for what is due.

        Raises:
            Refusal: what `Returning.prepare` refuses; ``basket_empty``; ``price_changed`` where it comes to another
                difference than was told; ``cash_short``; ``tenders_taken`` where the basket is part paid already.

        """
        self.selling.check_unpaid()
        view = self.selling.ready()
        difference = Difference(told.credit, view.quote.payable)
        if difference != told:
            raise Refusal("price_changed", told=told.payable, payable=view.quote.payable)
        prepared = self.returning.prepare(asked, operator, consent, swapped=difference.swapped)
        sold = self.selling.complete(view, _tenders(difference, received), operator.id, behind=[prepared.written])
        return CompletedExchange(self.returning.completed(prepared), sold, difference)


def difference_of(back: Refunding | None, view: BasketView) -> Difference:
    """Work out what a refund and a basket come to together."""
    return Difference(Fen(0) if back is None else back.amount, view.quote.payable)


def _tenders(difference: Difference, received: Fen) -> tuple[Tender, ...]:
    swapped = Tender("exchange", difference.swapped, difference.swapped)
    parts = (swapped,) if difference.swapped else ()
    return (*parts, pay_cash(difference.due, received)) if difference.due else parts
