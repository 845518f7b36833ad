"""What a price depends on: the basket as pricing sees it, and the rows of the rulebook (docs/pricing.md §1).

Values only; `documents` reads them from JSON, `shelf` and its successors work on them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from pos_app.domain.ids import Sku
from pos_app.domain.instants import Instant
from pos_app.domain.money import Fen
from pos_app.domain.quantity import Quantity

Channel = Literal["store", "online"]
RowChannel = Literal["all", "store", "online"]
PriceKind = Literal["base", "campaign", "member", "lot"]
Rounding = Literal["none", "jiao", "yuan"]


@dataclass(frozen=True, slots=True)
class PricedProduct:
    """What pricing needs to know of a product."""

    sku: Sku
    categories: tuple[str, ...] = ()
    brand: str = ""
    tags: tuple[str, ...] = ()
    weighed: bool = False


@dataclass(frozen=True, slots=True)
class PriceRow:
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
class PricedMember:
    """The member as pricing sees them."""

    id: str
    tier: str | None = None
    segments: tuple[str, ...] = ()
    points: int = 0
    used: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PricedLine:
    """One line to price. ``manual_price`` is per piece, or per kg when weighed."""

    line: int
    sku: Sku
    quantity: Quantity
    lot: str | None = None
    manual_price: Fen | None = None


@dataclass(frozen=True, slots=True)
class PricedBasket:
    """Everything about a sale that can move its price. ``at`` keeps its own offset: local times are by it."""

    at: datetime
    store: str
    zone: str
    lines: Sequence[PricedLine]
    channel: Channel = "store"
    member: PricedMember | None = None
    rounding: Rounding = "none"


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The rules in force: products and price rows by SKU.

    The mappings may load lazily: a quote asks only for the SKUs of its basket.
    """

    products: Mapping[Sku, PricedProduct]
    prices: Mapping[Sku, Sequence[PriceRow]]
