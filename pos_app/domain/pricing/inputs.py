"""What a price depends on: the basket as pricing sees it, and the rulebook (docs/pricing.md §1).

Values only; `documents` reads them from JSON. The names of `subjects` are given on, so that a caller needs one door.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from pos_app.domain.ids import Sku
from pos_app.domain.instants import Instant
from pos_app.domain.money import Fen
from pos_app.domain.pricing.promotions import NO_POINTS, CouponTemplate, PointsRules, Promotion
from pos_app.domain.pricing.subjects import (
    Channel,
    PresentedCoupon,
    PricedBasket,
    PricedLine,
    PricedMember,
    PricedProduct,
    Rounding,
    RowChannel,
)

__all__ = [
    "Channel",
    "PresentedCoupon",
    "PriceKind",
    "PriceRow",
    "PricedBasket",
    "PricedLine",
    "PricedMember",
    "PricedProduct",
    "Rounding",
    "RowChannel",
    "Rulebook",
]

PriceKind = Literal["base", "campaign", "member", "lot"]


class PriceRow(NamedTuple):
    """One price of one product: who it is for, where and when it holds. ``starts <= at < ends``, None is open."""

    id: str
    sku: Sku
    kind: PriceKind
    amount: Fen
    scope: str = "chain"
    channel: RowChannel = "all"
    starts: Instant | None = None
    ends: Instant | None = None
    tiers: tuple[str, ...] = ()
    lot: str | None = None


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The rules in force: products and price rows by SKU, promotions, coupon templates, points.

    The mappings may load lazily: a quote asks only for the SKUs of its basket. A changed rulebook is another object.
    """

    products: Mapping[Sku, PricedProduct]
    prices: Mapping[Sku, Sequence[PriceRow]]
    promotions: Sequence[Promotion] = ()
    coupon_templates: Sequence[CouponTemplate] = ()
    points: PointsRules = NO_POINTS
    kept: dict[str, object] = field(default_factory=dict, init=False, repr=False, compare=False)
    """What pricing worked out of it once, to save work (`compiled`); no answer depends on it."""
