"""The open basket (购物车): what has been scanned and not yet paid.

A value: each change gives a new basket. Its document is what the journal keeps, so that a power cut loses nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any

from pos_app.domain.catalog import FoundProduct
from pos_app.domain.coupons import Coupon
from pos_app.domain.errors import Refusal
from pos_app.domain.holds import Hold, Resource
from pos_app.domain.ids import BasketId, CouponId, Sku
from pos_app.domain.members import Member
from pos_app.domain.money import Fen
from pos_app.domain.pricing.inputs import PricedBasket, PricedLine, PricedMember, Rounding
from pos_app.domain.quantity import Quantity, checked_quantity, is_whole

MAX_LINES = 500
"""Lines in one basket: beyond it the cashier is asked to settle first."""
MAX_COUPONS = 50
"""Coupons presented for one basket."""


@dataclass(frozen=True, slots=True)
class BasketLine:
    """A good in the basket, with what the screen and the receipt say of it."""

    line: int
    sku: Sku
    name: str
    quantity: Quantity
    code: str = ""
    unit: str = ""
    weighed: bool = False
    lot: str | None = None
    manual_price: Fen | None = None
    reason: str | None = None
    """Why the price was typed by hand."""
    asked: PricedLine = field(init=False, repr=False, compare=False)
    """The line as pricing sees it: made with it, since a long basket is priced at every scan."""

    def __post_init__(self) -> None:
        """Say to pricing what it needs."""
        asked = PricedLine(self.line, self.sku, self.quantity, self.lot, self.manual_price)
        object.__setattr__(self, "asked", asked)

    def document(self) -> dict[str, Any]:
        """Give the JSON document that the journal keeps."""
        return {name: getattr(self, name) for name in _LINE_FIELDS}


@dataclass(frozen=True, slots=True)
class Basket:
    """The lines in the order of scanning, and who they are for. Line numbers are never reused in a basket."""

    id: BasketId
    lines: tuple[BasketLine, ...] = ()
    next_line: int = 1
    member: Member | None = None
    coupons: tuple[Coupon, ...] = ()
    """Those presented, in the order of presenting; pricing says which of them count."""
    redeem_points: int = 0
    rounding: Rounding = "none"
    member_code: str = ""
    """The nonce of the signed code that named the member, where one did: headquarters knows a second use by it."""
    handed_over: int = 0
    """How often a register has given it to another, or taken it back: which of them this is."""
    holds: tuple[Hold, ...] = ()
    """Asked for at headquarters, answered or not, in the order of asking."""

    def line(self, number: int) -> BasketLine:
        """Find a line by its number; raise ``Refusal("no_such_line")``."""
        for line in self.lines:
            if line.line == number:
                return line
        raise Refusal("no_such_line", line=number)

    def with_found(self, found: FoundProduct) -> tuple["Basket", int]:
        """Add what a scan found; whole pieces of a good that is already there raise its quantity.

        Returns the new basket and the number of the line that changed.
        """
        product = found.product
        for line in self.lines:
            if line.sku == product.sku and _same_good(line, found.lot):
                return self.with_quantity(line.line, line.quantity + found.quantity), line.line
        if len(self.lines) >= MAX_LINES:
            raise Refusal("basket_full", lines=MAX_LINES)
        added = _new_line(self.next_line, found)
        return replace(self, lines=(*self.lines, added), next_line=self.next_line + 1), added.line

    def with_quantity(self, number: int, thousandths: int) -> "Basket":
        """Set a line's quantity; pieces must be whole."""
        line = self.line(number)
        quantity = checked_quantity(thousandths)
        if not line.weighed and not is_whole(quantity):
            raise Refusal("quantity_pieces", sku=line.sku, line=number)
        return self._replacing(replace(line, quantity=quantity))

    def with_manual_price(self, number: int, price: Fen, reason: str) -> "Basket":
        """Set a line's unit price by hand (per kg when weighed), and say why."""
        if price < 0:
            raise Refusal("price_negative", line=number)
        if not reason:
            raise Refusal("price_reason_missing", line=number)
        return self._replacing(replace(self.line(number), manual_price=price, reason=reason))

    def without_manual_price(self, number: int) -> "Basket":
        """Let a line cost again what the rules say."""
        return self._replacing(replace(self.line(number), manual_price=None, reason=None))

    def without(self, number: int) -> "Basket":
        """Remove a line."""
        gone = self.line(number)
        return replace(self, lines=tuple(line for line in self.lines if line is not gone))

    def with_member(self, member: Member | None, code: str = "") -> "Basket":
        """Say whose basket it is (by a signed code with the nonce ``code``); coupons of another member, and their
        points, are not in it any more.
        """
        own = None if member is None else member.id
        kept = tuple(coupon for coupon in self.coupons if coupon.is_for(own))
        is_same = self.member is not None and self.member.id == own
        points, code = (self.redeem_points, code or self.member_code) if is_same else (0, code)
        return replace(self, member=member, coupons=kept, redeem_points=points, member_code=code)

    def with_coupon(self, coupon: Coupon) -> "Basket":
        """Present a coupon; one that is there already stays as it is."""
        if any(each.id == coupon.id for each in self.coupons):
            return self
        if len(self.coupons) >= MAX_COUPONS:
            raise Refusal("coupons_full", coupons=MAX_COUPONS)
        return replace(self, coupons=(*self.coupons, coupon))

    def without_coupon(self, coupon: CouponId) -> "Basket":
        """Take a coupon back."""
        return replace(self, coupons=tuple(each for each in self.coupons if each.id != coupon))

    def with_points(self, points: int) -> "Basket":
        """Say how many points are to be spent; whether they may be is pricing's word."""
        return replace(self, redeem_points=points)

    def with_hold(self, hold: Hold) -> "Basket":
        """Say that a right was asked for; what was granted of it before is that no more."""
        kept = tuple(
            replace(each, is_granted=False) if self._is_of(each, hold.resource, hold.key) else each
            for each in self.holds
        )
        return replace(self, holds=(*kept, hold))

    def with_granted(self, hold: str) -> "Basket":
        """Say that headquarters granted a hold."""
        return replace(self, holds=tuple(replace(x, is_granted=True) if x.id == hold else x for x in self.holds))

    def held(self, resource: Resource, key: str) -> int:
        """Tell how much of a right is granted to this basket."""
        return sum(each.amount for each in self.holds if each.is_granted and self._is_of(each, resource, key))

    def needs(self, hold: Hold) -> bool:
        """Tell whether the basket has a use for a hold."""
        if hold.resource == "points":
            return self.redeem_points > 0 and self.member is not None and hold.key in self.member.ids
        return any(coupon.id == hold.key for coupon in self.coupons)

    def _is_of(self, hold: Hold, resource: Resource, key: str) -> bool:
        """Tell whether a hold is of a right; a member's points are the same under each id of the person."""
        ids = () if resource != "points" or self.member is None else self.member.ids
        return hold.resource == resource and (hold.key == key or (hold.key in ids and key in ids))

    def with_rounding(self, rounding: Rounding) -> "Basket":
        """Say to what the amount to pay is rounded down (抹零)."""
        return replace(self, rounding=rounding)

    def to_price(self, at: datetime, store: str, zone: str) -> PricedBasket:
        """Give pricing what it needs."""
        return PricedBasket(
            at=at,
            store=store,
            zone=zone,
            lines=[line.asked for line in self.lines],
            member=None if self.member is None else _priced_member(self.member),
            coupons=[coupon.to_price() for coupon in self.coupons],
            redeem_points=self.redeem_points,
            rounding=self.rounding,
        )

    def _replacing(self, changed: BasketLine) -> "Basket":
        return replace(self, lines=tuple(changed if x.line == changed.line else x for x in self.lines))

    def document(self) -> dict[str, Any]:
        """Give the JSON document that the journal keeps."""
        return {**self.head_document(), "lines": [line.document() for line in self.lines]}

    def head_document(self) -> dict[str, Any]:
        """Give the document but for the ``lines``."""
        return {
            "id": self.id,
            "next_line": self.next_line,
            "rounding": self.rounding,
            "member": None if self.member is None else _member_document(self.member),
            "coupons": [coupon.document() for coupon in self.coupons],
            "redeem_points": self.redeem_points,
            "member_code": self.member_code,
            "handed_over": self.handed_over,
            "holds": [hold.document() for hold in self.holds],
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "Basket":
        """Read what ``document`` wrote."""
        member = document["member"]
        return cls(
            id=BasketId(document["id"]),
            lines=tuple(BasketLine(**{name: line.get(name) for name in _LINE_FIELDS}) for line in document["lines"]),
            next_line=document["next_line"],
            member=None if member is None else _read_member(member),
            coupons=tuple(Coupon.from_document(coupon) for coupon in document.get("coupons", ())),
            redeem_points=document.get("redeem_points", 0),
            rounding=document["rounding"],
            member_code=document.get("member_code", ""),
            handed_over=document.get("handed_over", 0),
            holds=tuple(Hold.from_document(hold) for hold in document.get("holds", ())),
        )


_LINE_FIELDS = tuple(each.name for each in fields(BasketLine) if each.init)


def _same_good(line: BasketLine, lot: str | None) -> bool:
    """Tell whether more pieces of a line's product go into that line."""
    return line.lot == lot and line.manual_price is None and not line.weighed


def _new_line(number: int, found: FoundProduct) -> BasketLine:
    product = found.product
    return BasketLine(
        line=number,
        sku=product.sku,
        name=product.name,
        quantity=checked_quantity(found.quantity),
        code=found.code,
        unit=product.unit,
        weighed=product.weighed,
        lot=found.lot,
    )


def _priced_member(member: Member) -> PricedMember:
    return PricedMember(member.id, member.tier or None, member.segments, member.points - member.held_back, member.used)


def _member_document(member: Member) -> dict[str, Any]:
    plain = {name: getattr(member, name) for name in Member.__dataclass_fields__}
    return plain | {"segments": list(member.segments), "used": dict(member.used)}


def _read_member(document: Mapping[str, Any]) -> Member:
    """Read a member as the basket's document has one; an earlier release knew of no other ids."""
    lists = {name: tuple(document.get(name, ())) for name in ("segments", "also")}
    return Member(**{**document, **lists})
