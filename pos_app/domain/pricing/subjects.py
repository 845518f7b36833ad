"""What is priced and for whom: the products, the member and the basket as pricing sees them (docs/pricing.md §1).

Values only. What sets their price is in `inputs` and `promotions`. What there are many of is a `NamedTuple`: those are
made in a third of a frozen dataclass's time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple

from pos_app.domain.ids import Sku
from pos_app.domain.instants import Instant
from pos_app.domain.money import Fen
from pos_app.domain.quantity import Quantity

Channel = Literal["store", "online"]
RowChannel = Literal["all", "store", "online"]
Rounding = Literal["none", "jiao", "yuan"]


class PricedProduct(NamedTuple):
    """What pricing needs to know of a product."""

    sku: Sku
    categories: tuple[str, ...] = ()
    brand: str | None = None
    tags: tuple[str, ...] = ()
    weighed: bool = False


@dataclass(frozen=True, slots=True)
class PricedMember:
    """The member as pricing sees them."""

    id: str
    tier: str | None = None
    segments: tuple[str, ...] = ()
    points: int = 0
    used: Mapping[str, int] = field(default_factory=dict)


class PricedLine(NamedTuple):
    """One line to price. ``manual_price`` is per piece, or per kg when weighed."""

    line: int
    sku: Sku
    quantity: Quantity
    lot: str | None = None
    manual_price: Fen | None = None


class PresentedCoupon(NamedTuple):
    """A coupon that was presented: its template says what it does. ``valid_from <= at < valid_to``, None is open."""

    id: str
    template: str
    valid_from: Instant | None = None
    valid_to: Instant | None = None


@dataclass(frozen=True, slots=True)
class PricedBasket:
    """Everything about a sale that can move its price. ``at`` keeps its own offset: local times are by it."""

    at: datetime
    store: str
    zone: str
    lines: Sequence[PricedLine]
    channel: Channel = "store"
    member: PricedMember | None = None
    coupons: Sequence[PresentedCoupon] = ()
    redeem_points: int = 0
    rounding: Rounding = "none"
