"""Returns and voids: a sale is found, what comes back is worked out, and it is written down in one append.

Nothing of a return is kept before that: a power cut leaves either all of it or none, and what is written is never paid
twice, since what came back of a sale is read from the journal again at the moment of writing. What other registers
gave back is known as far as headquarters told (`KnownSale.with_returns`). Knows no window and no network.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from pos_app.domain.errors import Refusal
from pos_app.domain.facts import Happening
from pos_app.domain.ids import CouponId, OperatorId, ReceiptNumber
from pos_app.domain.ledger import Pending
from pos_app.domain.money import Fen
from pos_app.domain.operators import Operator
from pos_app.domain.receipt import Receipt, receipt_of_returned
from pos_app.domain.returned import (
    RETURN_KIND,
    RETURN_VERSION,
    VOID_KIND,
    Grounds,
    Kind,
    KnownSale,
    Refunding,
    Returned,
    pending_of_returned,
    refunding,
)
from pos_app.domain.sale import FACT_KIND, Place
from pos_app.domain.shift import business_day
from pos_app.domain.tender import Tender
from pos_app.services.approvals import Approvals, Consent, Right
from pos_app.services.changes import Changes
from pos_app.services.changes import Kind as Changing
from pos_app.services.ports import Clock, Ids, Journal, Nudge, ReceiptQueue, Replica, Written

ELSEWHERE: Final = frozenset({"receipt_elsewhere", "receipt_unknown"})
"""Refusals of a receipt that headquarters may know: another register's, or an own one that the journal lost."""
_CHANGED: Changes = frozenset({Changing.SALE, Changing.STOCK, Changing.MEMBER, Changing.LINE})

FREE_REFUND: Final = Fen(50_000)
"""Up to so much a cashier gives back alone; beyond it a manager consents."""
MOST_DIGITS: Final = 5
"""Digits that are the end of a number of today, not the whole of one."""
REASONS: Final = ("unwanted", "quality", "wrong_goods", "wrong_price")
"""What a customer says, as a code; its words are the translations'."""
VOIDED: Final = "void"
"""The reason of a sale that was voided."""


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
class Prepared:
    """A return or a void that is still to be written down."""

    returned: Returned
    happening: Happening
    pending: Sequence[Pending]
    receipt: Receipt

    @property
    def written(self) -> Written:
        """What is written of it, for a transaction with more in it."""
        return self.happening, self.pending


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
    approvals: Approvals

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
            return ReceiptNumber(self.place.device, self._day(), int(text))
        return ReceiptNumber.parse(text)

    def _day(self) -> date:
        journal = self.parts.journal
        return business_day(self.parts.clock.now(), journal.open_shift(), journal.closed_day())

    def number_of(self, text: str) -> str:
        """Write a receipt's number whole; raise ``Refusal("receipt_format")`` where it is none."""
        return str(self._number(text))

    def known_here(self, sale: KnownSale) -> KnownSale:
        """Add what this register gave back of a sale; of goods without a receipt nothing can be known."""
        if not sale.receipt:
            return sale
        return sale.with_returns([fact.body for fact in self.parts.journal.returns_of(sale.receipt)])

    def last_sale(self) -> KnownSale:
        """Give the sale that may be voided: the last one, of this day and shift.

        Raises ``Refusal("void_none")``, or ``void_too_late`` where it is of an earlier one.
        """
        newest, shift = self.parts.journal.recent_sales(1), self.parts.journal.open_shift()
        if not newest:
            raise Refusal("void_none")
        (fact,) = newest
        now = (self._day().isoformat(), None if shift is None else shift.id)
        if (fact.body["business_date"], fact.body.get("shift")) != now:
            raise Refusal("void_too_late", text=fact.body["receipt"])
        return self.known_here(KnownSale(fact.body, fact.at, fact.operator))

    def needs_consent(self, operator: Operator, back: Refunding) -> bool:
        """Tell whether an operator may not give so much back alone."""
        right = _right(back)
        return right is not None and not self.approvals.may(operator, right)

    def give_back(self, asked: Asked, operator: Operator, consent: Consent | None = None) -> CompletedReturn:
        """Write a return down; raise what `prepare` refuses."""
        return self._append(self.prepare(asked, operator, consent))

    def prepare(
        self, asked: Asked, operator: Operator, consent: Consent | None = None, *, swapped: Fen = Fen(0)
    ) -> Prepared:
        """Make a return that is still to be written down; ``swapped`` of it pays for what is sold behind it.

        Raises:
            Refusal: what `refunding` refuses; ``refund_changed`` where it comes to another amount than was told; what
                `Approvals.approver` refuses.

        """
        back = refunding(self.known_here(asked.sale), asked.quantities)
        if back.amount != asked.told:
            raise Refusal("refund_changed", told=asked.told, refund=back.amount)
        right = _right(back)
        agreed = None if right is None else self.approvals.approver(operator, right, consent)
        return self._prepare(
            RETURN_KIND, back, Grounds(asked.reason, agreed), operator=operator.id, tenders=back.tenders(swapped)
        )

    def completed(self, prepared: Prepared) -> CompletedReturn:
        """Let a return that was written down be printed and sent; neither can fail it."""
        self.parts.receipts.put(prepared.receipt)
        self.parts.nudge.facts_waiting()
        return CompletedReturn(prepared.returned, prepared.receipt)

    def void_last(self, told: KnownSale, operator: Operator, consent: Consent | None = None) -> CompletedReturn:
        """Void the last sale, the one that was told.

        Raises:
            Refusal: what `last_sale` and `Approvals.approver` refuse; ``void_not_last`` where another sale came
                after; ``void_returned`` where something of it came back.

        """
        sale = self.last_sale()
        if sale.receipt != told.receipt:
            raise Refusal("void_not_last", text=told.receipt)
        if sale.with_returns(told.returns).returns:
            raise Refusal("void_returned", text=sale.receipt)
        agreed = self.approvals.approver(operator, "void", consent)
        back = refunding(sale, sale.left())
        return self._append(
            self._prepare(VOID_KIND, back, Grounds(VOIDED, agreed), operator=operator.id, tenders=back.tenders()),
        )

    def _append(self, prepared: Prepared) -> CompletedReturn:
        """Append: one transaction with its pending amounts. Printer and sync engine hear of it afterwards."""
        self.parts.journal.append(prepared.happening, prepared.pending)
        return self.completed(prepared)

    def _prepare(
        self, kind: Kind, back: Refunding, grounds: Grounds, *, operator: OperatorId, tenders: tuple[Tender, ...]
    ) -> Prepared:
        parts, now, shift = self.parts, self.parts.clock.now(), self.parts.journal.open_shift()
        returned = Returned(
            id=str(parts.ids.new()),
            kind=kind,
            receipt=parts.journal.next_receipt(self._day()),
            place=self.place,
            refunding=back,
            tenders=tenders,
            coupons=self._coupons(kind, back),
            grounds=grounds,
            shift=None if shift is None else shift.id,
        )
        at, body = now.isoformat(timespec="milliseconds"), returned.body()
        receipt = receipt_of_returned(body, at=at, operator=operator, store_name=self.store_name)
        return Prepared(
            returned, Happening(kind, RETURN_VERSION, at, operator, body), pending_of_returned(body), receipt
        )

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


def _right(back: Refunding) -> Right | None:
    """Say which right a refund takes; None where everybody may."""
    if not back.sale.receipt:
        return "bare_return"
    return "big_refund" if back.amount > FREE_REFUND else None
