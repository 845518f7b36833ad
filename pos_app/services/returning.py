"""Returns and voids: a sale is found, what comes back is worked out, and it is written down in one append.

Nothing of a return is kept before that: a power cut leaves either all of it or none, and what is written is never paid
twice, since what came back of a sale is read from the journal again at the moment of writing. What other registers
gave back is known as far as headquarters told (`KnownSale.with_returns`). Knows no window and no network.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pos_app.domain.errors import Refusal
from pos_app.domain.facts import Happening
from pos_app.domain.ids import CouponId, OperatorId, ReceiptNumber
from pos_app.domain.money import Fen
from pos_app.domain.receipt import Receipt, receipt_of_returned
from pos_app.domain.returned import (
    RETURN_KIND,
    RETURN_VERSION,
    VOID_KIND,
    Consent,
    Kind,
    KnownSale,
    Refunding,
    Returned,
    pending_of_returned,
    refunding,
)
from pos_app.domain.sale import FACT_KIND, Place
from pos_app.services.changes import Changes
from pos_app.services.changes import Kind as Changing
from pos_app.services.consenting import Consenting
from pos_app.services.ports import Clock, Ids, Journal, Nudge, ReceiptQueue, Replica

_CHANGED: Changes = frozenset({Changing.SALE, Changing.STOCK, Changing.MEMBER, Changing.LINE})

FREE_REFUND: Final = Fen(50_000)
"""Up to so much a cashier gives back alone; beyond it a manager consents."""
MOST_DIGITS: Final = 5
"""Digits that are the end of a number of today, not the whole of one."""
REASONS: Final = ("unwanted", "quality", "wrong_goods", "wrong_price")
"""What a customer says, as a code; its words are the translations'."""


@dataclass(frozen=True, slots=True)
class ReturningParts:
    """The ports that returns stand on."""

    journal: Journal
    replica: Replica
    clock: Clock
    ids: Ids
    receipts: ReceiptQueue
    nudge: Nudge


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be given back: of which sale, how much of each line (thousandths), and why.

    ``told`` is the amount that the customer was told.
    """

    sale: KnownSale
    quantities: Mapping[int, int]
    reason: str
    told: Fen


@dataclass(frozen=True, slots=True)
class CompletedReturn:
    """A return or a void that is in the journal."""

    returned: Returned
    receipt: Receipt
    changes: Changes = _CHANGED


@dataclass(frozen=True, slots=True)
class Returning:
    """Gives back. Used from the counter's one worker thread only."""

    parts: ReturningParts
    place: Place
    store_name: str
    consenting: Consenting

    def find(self, receipt: str) -> KnownSale:
        """Find a sale of this register by its receipt, with what came back of it here. Of today's the last digits do.

        Raises:
            Refusal: ``receipt_format``; ``receipt_elsewhere`` for another register's, ``receipt_unknown``;
                ``receipt_of_return`` where it is no sale's.

        """
        number = self._number(receipt)
        fact = self.parts.journal.sale_by_receipt(str(number))
        if fact is None:
            code = "receipt_unknown" if number.device == self.place.device else "receipt_elsewhere"
            raise Refusal(code, text=str(number))
        if fact.kind != FACT_KIND:
            raise Refusal("receipt_of_return", text=str(number))
        return self.known_here(KnownSale(fact.body, fact.at, fact.operator))

    def _number(self, text: str) -> ReceiptNumber:
        text = text.strip()
        if text.isdecimal() and len(text) <= MOST_DIGITS:
            return ReceiptNumber(self.place.device, self.parts.clock.now().date(), int(text))
        return ReceiptNumber.parse(text)

    def known_here(self, sale: KnownSale) -> KnownSale:
        """Add what this register gave back of a sale."""
        return sale.with_returns([fact.body for fact in self.parts.journal.returns_of(sale.receipt)])

    def last_sale(self) -> KnownSale:
        """Give the sale that may be voided: the last one, made today.

        Raises ``Refusal("void_none")``, or ``void_too_late`` where it is of an earlier business date.
        """
        newest = self.parts.journal.recent_sales(1)
        if not newest:
            raise Refusal("void_none")
        (fact,) = newest
        if fact.body["business_date"] != self.parts.clock.now().date().isoformat():
            raise Refusal("void_too_late", text=fact.body["receipt"])
        return self.known_here(KnownSale(fact.body, fact.at, fact.operator))

    def needs_consent(self, back: Refunding) -> bool:
        """Tell whether a cashier may not give so much back alone."""
        return back.amount > FREE_REFUND

    def give_back(self, asked: Asked, operator: OperatorId, approver: tuple[str, str] | None = None) -> CompletedReturn:
        """Write a return down. ``approver`` is who consents, with the PIN.

        Raises:
            Refusal: what `refunding` refuses; ``refund_changed`` where it comes to another amount than was told;
                ``refund_needs_consent``; what `Consenting.consent` refuses.

        """
        back = refunding(self.known_here(asked.sale), asked.quantities)
        if back.amount != asked.told:
            raise Refusal("refund_changed", told=asked.told, refund=back.amount)
        if approver is None and self.needs_consent(back):
            raise Refusal("refund_needs_consent", refund=back.amount)
        return self._complete(RETURN_KIND, back, self._consent(asked.reason, operator, approver), operator)

    def void_last(self, told: KnownSale, operator: OperatorId, approver: tuple[str, str]) -> CompletedReturn:
        """Void the last sale, the one that was told.

        Raises:
            Refusal: what `last_sale` and `Consenting.consent` refuse; ``void_not_last`` where another sale came
                after; ``void_returned`` where something of it came back.

        """
        sale = self.last_sale()
        if sale.receipt != told.receipt:
            raise Refusal("void_not_last", text=told.receipt)
        if sale.with_returns(told.returns).returns:
            raise Refusal("void_returned", text=sale.receipt)
        back = refunding(sale, sale.left())
        return self._complete(VOID_KIND, back, self._consent("void", operator, approver), operator)

    def _consent(self, reason: str, operator: OperatorId, approver: tuple[str, str] | None) -> Consent:
        return Consent(reason, None if approver is None else self.consenting.consent(*approver, operator))

    def _complete(self, kind: Kind, back: Refunding, consent: Consent, operator: OperatorId) -> CompletedReturn:
        """Append: one transaction with its pending amounts. Printer and sync engine hear of it afterwards."""
        parts, now = self.parts, self.parts.clock.now()
        returned = Returned(
            id=str(parts.ids.new()),
            kind=kind,
            receipt=parts.journal.next_receipt(now.date()),
            place=self.place,
            refunding=back,
            tenders=back.tenders(),
            coupons=self._coupons(kind, back),
            consent=consent,
        )
        at, body = now.isoformat(timespec="milliseconds"), returned.body()
        parts.journal.append(Happening(kind, RETURN_VERSION, at, operator, body), pending_of_returned(body))
        receipt = receipt_of_returned(body, at=at, operator=operator, store_name=self.store_name)
        parts.receipts.put(receipt)
        parts.nudge.facts_waiting()
        return CompletedReturn(returned, receipt)

    def _coupons(self, kind: Kind, back: Refunding) -> tuple[CouponId, ...]:
        """Say which coupons the customer has again: of a whole sale, those whose template lets them; of a void, all."""
        if not back.whole:
            return ()
        accepted = [each for each in back.sale.body["coupons"] if each["accepted"]]
        again = [
            each
            for each in accepted
            if kind == VOID_KIND or self.parts.replica.coupon_comes_back(each.get("template", ""))
        ]
        return tuple(CouponId(each["id"]) for each in again)
