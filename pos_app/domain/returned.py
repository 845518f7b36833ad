"""What comes back (退货, 撤销): goods of a sale, a part of them or all, and what the customer gets for them.

A return names its sale and says all that it changes, line by line: whoever applies it needs the sale only to check it,
not to understand it, so that it may arrive first. A void is the return of a whole sale by the register that made it,
as if it had never been. Amounts of goods are above 0; those of tenders are what the drawer gets, below 0.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from pos_app.domain.errors import Refusal
from pos_app.domain.ids import CouponId, MemberId, OperatorId, ReceiptNumber, Sku
from pos_app.domain.ledger import Pending, coupon_key, points_key, stock_key, use_key
from pos_app.domain.money import Fen
from pos_app.domain.pricing.quote import Discount, Quote, QuotedLine
from pos_app.domain.pricing.refunds import Refund, Refundable, share_of
from pos_app.domain.quantity import Quantity, is_whole
from pos_app.domain.receipt import names_of
from pos_app.domain.sale import Place
from pos_app.domain.tender import Tender

Kind = Literal["return", "void"]
RETURN_KIND: Final = "return"
VOID_KIND: Final = "void"
RETURN_KINDS: Final = (RETURN_KIND, VOID_KIND)
RETURN_VERSION: Final = 1
GIVEN_BACK_AS_PAID: Final = frozenset({"cash", "card"})
"""What goes back the way it came: by hand, or at the card's own terminal. All else is given back in cash, what passed
from a return into the sale too: it was in nobody's account.
"""


@dataclass(frozen=True, slots=True)
class KnownSale:
    """A sale as it is found for a return: its fact's body, and what is known to have come back of it.

    ``returns`` are bodies of returns and voids, each once, in no order.
    """

    body: Mapping[str, Any]
    at: str
    operator: str
    returns: tuple[Mapping[str, Any], ...] = ()

    @property
    def receipt(self) -> str:
        """Its receipt number."""
        return str(self.body["receipt"])

    @property
    def voided(self) -> bool:
        """Whether it was voided: then nothing of it can come back."""
        return any("voids" in each for each in self.returns)

    @property
    def came_back(self) -> Literal["", "part", "whole", "void"]:
        """How much of it came back, in a word."""
        if self.voided:
            return "void"
        if not self.returns:
            return ""
        return "part" if any(self.left().values()) else "whole"

    def with_returns(self, more: Sequence[Mapping[str, Any]]) -> "KnownSale":
        """Add returns that others know of; each counts once."""
        known = {each["return"]: each for each in (*self.returns, *more)}
        return replace(self, returns=tuple(known.values()))

    def refundable(self) -> Refundable:
        """Say what of it may still come back."""
        whole = Refundable.of(_quote_of(self.body))
        returned: dict[int, int] = {}
        for each in self.returns:
            for line in each["lines"]:
                returned[line["line"]] = returned.get(line["line"], 0) + line["quantity"]
        # Two registers may have given back one line: no more than was paid counts against the others.
        refunded = min(sum(each["amount"] for each in self.returns), whole.payable)
        return replace(whole, returned=returned, refunded=refunded)

    def left(self) -> dict[int, int]:
        """Tell how much of each line may still come back (thousandths); never below 0."""
        sale = self.refundable()
        return {line.line: max(0, line.quantity - sale.returned.get(line.line, 0)) for line in sale.lines}


@dataclass(frozen=True, slots=True)
class ReturnedLine:
    """What comes back of a line and what it brings: gross − Σ discounts − rounding = amount.

    Each discount is the line's own, in proportion; what flooring leaves lies on the greatest.
    """

    line: int
    quantity: int
    gross: int
    discounts: tuple[Discount, ...]
    rounding: int
    amount: Fen
    points_taken: int
    points_given: int


@dataclass(frozen=True, slots=True)
class Refunding:
    """The answer to which quantities come back: by line, and as a whole. ``whole``: nothing of the sale is left."""

    sale: KnownSale
    lines: tuple[ReturnedLine, ...]
    amount: Fen
    points_taken: int
    points_given: int
    whole: bool

    def tenders(self, swapped: int = 0) -> tuple[Tender, ...]:
        """Give it back as the sale was paid (`GIVEN_BACK_AS_PAID`), the first tender first; what was given back before
        is left out. Of an exchange, ``swapped`` goes into the new sale.
        """
        paid: dict[Any, int] = {}
        for tender in self.sale.body["tenders"]:
            kind = tender["kind"] if tender["kind"] in GIVEN_BACK_AS_PAID else "cash"
            paid[kind] = paid.get(kind, 0) + tender["amount"]
        gone: dict[str, int] = {}
        for each in self.sale.returns:
            for tender in each["tenders"]:
                gone[tender["kind"]] = gone.get(tender["kind"], 0) - tender["amount"]
        into = (Tender("exchange", Fen(-swapped), Fen(-swapped)),) if swapped else ()
        return (*into, *_given_back(self.amount - swapped, paid, gone))


def refunding(sale: KnownSale, quantities: Mapping[int, int]) -> Refunding:
    """Work out what comes back for quantities of lines (thousandths).

    Raises:
        Refusal: ``return_nothing``; ``return_voided``; ``return_pieces`` for a broken piece; what `Refundable.refund`
            refuses.

    """
    if not quantities:
        raise Refusal("return_nothing")
    if sale.voided:
        raise Refusal("return_voided", text=sale.receipt)
    sold = {line["line"]: line for line in sale.body["lines"]}
    for number, quantity in quantities.items():
        if number in sold and not (is_whole(quantity) or sold[number].get("weighed")):
            raise Refusal("return_pieces", line=number, quantity=quantity)
    before = sale.refundable()
    refund, after = before.refund(quantities)
    lines = tuple(_returned_line(sold[each], before, after, refund) for each in refund.by_line)
    whole = all(after.returned.get(line.line, 0) == line.quantity for line in after.lines)
    return Refunding(sale, lines, refund.amount, refund.points_taken, refund.points_given, whole)


@dataclass(frozen=True, slots=True)
class Grounds:
    """Why it was done, and who agreed where somebody had to."""

    reason: str
    approved_by: OperatorId | None = None


@dataclass(frozen=True, slots=True)
class Returned:
    """A return or a void as it is written down."""

    id: str
    kind: Kind
    receipt: ReceiptNumber
    place: Place
    refunding: Refunding
    tenders: tuple[Tender, ...]
    coupons: tuple[CouponId, ...]
    """Those of the sale that the customer has again."""
    grounds: Grounds
    shift: str | None = None
    """The shift that is open; none where nobody opened one."""

    def body(self) -> dict[str, Any]:
        """Give the fact's body."""
        back, sale = self.refunding, self.refunding.sale.body
        return {
            "return": self.id,
            "receipt": str(self.receipt),
            "business_date": self.receipt.business_date.isoformat(),
            "store": self.place.store,
            "zone": self.place.zone,
            "register": self.place.register,
            "original": {name: sale[name] for name in ("sale", "receipt", "store")} if sale["receipt"] else None,
            "member": None if sale["member"] is None else {"id": sale["member"]["id"]},
            "lines": self._lines(),
            "names": self._names(),
            "uses": dict(sale.get("uses", {})) if back.whole else {},
            "coupons": [{"id": each} for each in self.coupons],
            "points_taken": back.points_taken,
            "points_given": back.points_given,
            "amount": back.amount,
            "whole": back.whole,
            "tenders": [tender.document() for tender in self.tenders],
            "reason": self.grounds.reason,
            "approved_by": self.grounds.approved_by,
            **({"voids": sale["receipt"]} if self.kind == VOID_KIND else {}),
            **({} if self.shift is None else {"shift": self.shift}),
        }

    def _names(self) -> dict[str, str]:
        """Name what had taken something off: a receipt needs no other fact."""
        took = {each.source for line in self.refunding.lines for each in line.discounts}
        return {source: name for source, name in names_of(self.refunding.sale.body).items() if source in took}

    def _lines(self) -> list[dict[str, Any]]:
        sold = {line["line"]: line for line in self.refunding.sale.body["lines"]}
        return [
            {
                **{
                    name: sold[each.line].get(name)
                    for name in ("line", "sku", "name", "unit", "code", "lot", "weighed")
                },
                "quantity": each.quantity,
                "sold": sold[each.line]["quantity"],
                "unit_price": sold[each.line]["unit_price"],
                "gross": each.gross,
                "discounts": [{"source": one.source, "amount": one.amount} for one in each.discounts],
                "rounding": each.rounding,
                "amount": each.amount,
                "points_taken": each.points_taken,
                "points_given": each.points_given,
            }
            for each in self.refunding.lines
        ]


def pending_of_returned(body: Mapping[str, Any]) -> list[Pending]:
    """List what a return's or a void's body changes in the ledgers: what its sale changed, the other way."""
    back: dict[str, int] = {}
    for line in body["lines"]:
        back[line["sku"]] = back.get(line["sku"], 0) + line["quantity"]
    changes = [Pending(stock_key(Sku(sku)), quantity) for sku, quantity in sorted(back.items())]
    if body["member"] is not None:
        member = MemberId(body["member"]["id"])
        points = body["points_given"] - body["points_taken"]
        changes += [Pending(points_key(member), points)] if points else []
        changes += [Pending(use_key(promotion, member), -count) for promotion, count in sorted(body["uses"].items())]
    return changes + [Pending(coupon_key(CouponId(each["id"])), -1) for each in body["coupons"]]


def _returned_line(sold: Mapping[str, Any], before: Refundable, after: Refundable, refund: Refund) -> ReturnedLine:
    number, quantity = sold["line"], sold["quantity"]
    was, now = before.returned.get(number, 0), after.returned[number]
    net, gross = (share_of(sold[figure], was, now, quantity) for figure in ("net", "gross"))
    shares = [(each["source"], share_of(each["amount"], was, now, quantity)) for each in sold["discounts"]]
    if shares:
        # Each was floored by itself: what is left lies on the greatest.
        at = max(range(len(shares)), key=lambda index: shares[index][1])
        rest = gross - net - sum(share for _, share in shares)
        shares[at] = shares[at][0], shares[at][1] + rest
    amount = refund.by_line[number]
    taken, given = refund.points_by_line[number]
    discounts = tuple(Discount(source, Fen(share)) for source, share in shares if share)
    return ReturnedLine(number, now - was, gross, discounts, net - amount, amount, taken, given)


def _given_back(amount: int, paid: Mapping[Any, int], gone: Mapping[str, int]) -> tuple[Tender, ...]:
    """Share an amount over kinds of tenders, in order, none beyond what was paid by it and is not given back yet."""
    tenders: list[Tender] = []
    for kind, settled in paid.items():
        part = min(amount, max(0, settled - gone.get(kind, 0)))
        if part > 0:
            tenders.append(Tender(kind, Fen(-part), Fen(-part)))
            amount -= part
    if amount:
        # What was swapped earlier counts against no kind: the rest is cash, as what was swapped was in hand.
        tenders.append(Tender("cash", Fen(-amount), Fen(-amount)))
    return tuple(tenders)


def _quote_of(body: Mapping[str, Any]) -> Quote:
    """Read the figures that refunds stand on out of a sale fact's body."""
    lines = tuple(
        QuotedLine(
            line["line"],
            Sku(line["sku"]),
            Quantity(line["quantity"]),
            Fen(line["unit_price"]),
            line.get("price_id"),
            Fen(line["gross"]),
            tuple(Discount(each["source"], Fen(each["amount"])) for each in line["discounts"]),
            Fen(line["net"]),
        )
        for line in body["lines"]
    )
    gross, saving, rounding, payable = (Fen(body[name]) for name in ("gross", "saving", "rounding", "payable"))
    used, earned = body.get("points_used", 0), body.get("points_earned", 0)
    return Quote(lines, gross, saving, rounding, payable, points_used=used, points_earned=earned)
