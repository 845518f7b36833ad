"""Coupons (优惠券) as they were issued: whose they are, what they do, how long they are good.

What a coupon takes off is `pricing`'s business; whether it may be spent here and now is the use cases'.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

from pos_app.domain.ids import CouponId, MemberId
from pos_app.domain.instants import Instant
from pos_app.domain.money import Fen
from pos_app.domain.pricing.subjects import PresentedCoupon


@dataclass(frozen=True, slots=True)
class Coupon:
    """One coupon. ``valid_from <= at < valid_to``, None is open; without a member it is for whoever brings it."""

    id: CouponId
    template: str
    member: MemberId | None = None
    valid_from: Instant | None = None
    valid_to: Instant | None = None

    def is_for(self, member: MemberId | None) -> bool:
        """Tell whether this member, or a customer who is none, may spend it."""
        return self.member is None or self.member == member

    def to_price(self) -> PresentedCoupon:
        """Give pricing what it needs."""
        return PresentedCoupon(self.id, self.template, self.valid_from, self.valid_to)

    def document(self) -> dict[str, Any]:
        """Give the JSON document that the journal keeps; instants in microseconds."""
        return asdict(self)

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "Coupon":
        """Read what ``document`` wrote."""
        return cls(**document)


@dataclass(frozen=True, slots=True)
class OfflineRule:
    """How a template's coupons may be spent where headquarters cannot be asked (docs/sync.md §4).

    ``never``; ``leased``: at the register of the member's home store that has the coupon itself; ``bounded``: anywhere,
    each for at most ``each`` fen, and in a store for at most ``store_day`` fen a day.
    """

    kind: Literal["never", "leased", "bounded"]
    each: Fen = Fen(0)
    store_day: Fen = Fen(0)


@dataclass(frozen=True, slots=True)
class BoundedUse:
    """A coupon that a sale spent by the rule ``bounded``: so many fen of what this register may take in a day."""

    coupon: str
    template: str
    amount: int
    day: str

    def document(self) -> dict[str, Any]:
        """Write it into a sale's fact."""
        return asdict(self)


NEVER: Final = OfflineRule("never")
LEASED: Final = OfflineRule("leased")


def read_offline_rule(said: object) -> OfflineRule:
    """Read a template's field ``offline``; raise ``ValueError`` with what it should be."""
    if said is None or said == "never":
        return NEVER
    if said == "leased":
        return LEASED
    if isinstance(said, Mapping) and set(said) == {"each", "store_day"}:
        each, store_day = said["each"], said["store_day"]
        if type(each) is int and type(store_day) is int and 0 < each <= store_day:
            return OfflineRule("bounded", Fen(each), Fen(store_day))
    raise ValueError('must be "never", "leased", or {"each", "store_day"} in fen, each above 0 and at most store_day')
