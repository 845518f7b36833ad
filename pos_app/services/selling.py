"""Selling: from the first scan to the completed sale.

Each verb changes the basket, keeps it in the journal and only then answers; completing a sale is one append.
Knows no window, no network, no file format.
"""

from dataclasses import dataclass

from pos_app.domain.basket import Basket
from pos_app.domain.catalog import FoundProduct
from pos_app.domain.codes import MisreadCode, decode
from pos_app.domain.errors import Refusal
from pos_app.domain.facts import Happening
from pos_app.domain.ids import BasketId, OperatorId, SaleId
from pos_app.domain.money import Fen
from pos_app.domain.pricing.price import price
from pos_app.domain.pricing.quote import Quote
from pos_app.domain.quantity import Quantity
from pos_app.domain.receipt import Receipt, receipt_of
from pos_app.domain.sale import FACT_KIND, FACT_VERSION, Place, Sale, check_paid
from pos_app.domain.tender import Tender, pay_cash
from pos_app.services.changes import Changes, Kind
from pos_app.services.ports import Clock, Ids, Journal, Nudge, ReceiptQueue, Replica

_BASKET_CHANGED: Changes = frozenset({Kind.BASKET})
_SALE_COMPLETED: Changes = frozenset({Kind.BASKET, Kind.SALE, Kind.STOCK, Kind.LINE})


@dataclass(frozen=True, slots=True)
class SellingParts:
    """The ports that selling stands on."""

    journal: Journal
    replica: Replica
    clock: Clock
    ids: Ids
    receipts: ReceiptQueue
    nudge: Nudge


@dataclass(frozen=True, slots=True)
class BasketView:
    """The basket as it is now, with its price, and the line that changed last."""

    basket: Basket
    quote: Quote
    line: int | None = None
    changes: Changes = _BASKET_CHANGED


@dataclass(frozen=True, slots=True)
class CompletedSale:
    """A sale that is in the journal."""

    sale: Sale
    receipt: Receipt
    changes: Changes = _SALE_COMPLETED


class Selling:
    """The basket in front of the cashier. Used from one thread only."""

    def __init__(self, parts: SellingParts, place: Place, store_name: str) -> None:
        """Take up the basket that was open when the register stopped, or a new one."""
        self._parts = parts
        self._place = place
        self._store_name = store_name
        self._basket = parts.journal.open_basket() or self._new_basket()

    def view(self) -> BasketView:
        """Price the basket as it stands."""
        return self._priced(self._basket, None)

    def scan(self, text: str, times: int = 1) -> BasketView:
        """Add what a code stands for, that many times.

        Raises:
            Refusal: ``code_misread`` (check digit), ``code_unknown``, or what pricing and the basket refuse.

        """
        code = decode(text)
        if isinstance(code, MisreadCode):
            raise Refusal("code_misread", text=code.text)
        found = self._parts.replica.by_code(code.key)
        if found is None:
            raise Refusal("code_unknown", text=code.text)
        return self.add(FoundProduct(found.product, Quantity(found.quantity * times), code.text))

    def add(self, found: FoundProduct) -> BasketView:
        """Add goods that were found by scanning or searching."""
        basket, line = self._basket.with_found(found)
        return self._keep(basket, line)

    def set_quantity(self, line: int, thousandths: int) -> BasketView:
        """Set a line's quantity, in thousandths."""
        return self._keep(self._basket.with_quantity(line, thousandths), line)

    def remove(self, line: int) -> BasketView:
        """Remove a line; removing the last one leaves an empty basket."""
        basket = self._basket.without(line)
        return self._keep(basket, None) if basket.lines else self.clear()

    def clear(self) -> BasketView:
        """Throw the basket away and begin a new one."""
        self._parts.journal.drop_basket(self._basket.id)
        self._basket = self._new_basket()
        return self.view()

    def set_member(self, code: str | None) -> BasketView:
        """Say whose basket it is, by member id, card or phone; None takes the member off."""
        member = None if code is None else self._parts.replica.member(code)
        if code is not None and member is None:
            raise Refusal("member_unknown", text=code)
        return self._keep(self._basket.with_member(member), None)

    def set_manual_price(self, line: int, amount: Fen, reason: str) -> BasketView:
        """Set a line's unit price by hand."""
        return self._keep(self._basket.with_manual_price(line, amount, reason), line)

    def complete_with_cash(self, received: Fen, operator: OperatorId, *, told: Fen | None = None) -> CompletedSale:
        """Take cash for the basket and complete the sale.

        ``told`` is the amount that the customer was told. Where a price has changed since, the sale is refused
        (``price_changed``) rather than rung at another amount than both of them saw.
        """
        view = self.view()
        if told is not None and told != view.quote.payable:
            raise Refusal("price_changed", told=told, payable=view.quote.payable)
        return self.complete(view.quote, (pay_cash(view.quote.payable, received),), operator)

    def complete(self, quote: Quote, tenders: tuple[Tender, ...], operator: OperatorId) -> CompletedSale:
        """Append the sale: one transaction with its pending amounts, and the basket is closed in it.

        The printer's queue and the sync engine hear of it afterwards; neither can fail the sale.
        """
        check_paid(quote, tenders)
        parts, now = self._parts, self._parts.clock.now()
        sale = Sale(
            id=SaleId(str(parts.ids.new())),
            receipt=parts.journal.next_receipt(now.date()),
            at=now.isoformat(timespec="milliseconds"),
            place=self._place,
            basket=self._basket,
            quote=quote,
            tenders=tenders,
            rulebook=parts.replica.cursor(),
        )
        body = sale.body()
        happening = Happening(FACT_KIND, FACT_VERSION, sale.at, operator, body)
        parts.journal.append(happening, sale.pending(), closes=self._basket.id)
        self._basket = self._new_basket()
        receipt = receipt_of(body, at=sale.at, operator=operator, store_name=self._store_name)
        parts.receipts.put(receipt)
        parts.nudge.facts_waiting()
        return CompletedSale(sale, receipt)

    def _new_basket(self) -> Basket:
        return Basket(BasketId(str(self._parts.ids.new())))

    def _keep(self, basket: Basket, line: int | None) -> BasketView:
        """Price first, so that a basket that cannot be sold is never kept; then keep, then show."""
        view = self._priced(basket, line)
        self._parts.journal.keep_basket(basket)
        self._basket = basket
        return view

    def _priced(self, basket: Basket, line: int | None) -> BasketView:
        asked = basket.to_price(self._parts.clock.now(), self._place.store, self._place.zone)
        try:
            return BasketView(basket, price(asked, self._parts.replica.rulebook()), line)
        finally:
            self._parts.replica.rest()
