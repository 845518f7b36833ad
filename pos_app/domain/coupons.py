"""Coupons (优惠券) as they were issued: whose they are, what they do, how long they are good.

What a coupon takes off is `pricing`'s business; whether it may be spent here and now is the use cases'.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from pos_app.domain.ids import CouponId, MemberId
from pos_app.domain.instants import Instant
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
