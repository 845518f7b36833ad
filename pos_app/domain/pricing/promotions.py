"""The rules of a rulebook beside its prices: promotions, coupon templates, points (docs/pricing.md §3 to §5).

Values only; `promotion_documents` reads them from JSON, the stages of pricing work on them.
Percentages and multipliers are in hundredths: 12.5 % is 1250, a double is 200.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pos_app.domain.pricing.selectors import EVERYTHING, Selector
from pos_app.domain.pricing.situation import Conditions
from pos_app.domain.pricing.subjects import PricedMember


@dataclass(frozen=True, slots=True)
class UnitPrice:
    """``price``: one unit at this price (per kg when weighed)."""

    of: Selector
    price: int


@dataclass(frozen=True, slots=True)
class UnitPercent:
    """``percent``: one unit with a percentage off."""

    of: Selector
    percent: int


@dataclass(frozen=True, slots=True)
class UnitAmount:
    """``amount``: one unit with an amount off (per kg when weighed)."""

    of: Selector
    amount: int


@dataclass(frozen=True, slots=True)
class Nth:
    """``nth``: of ``size`` pieces the cheapest ``discounted`` have a percentage off."""

    of: Selector
    size: int
    discounted: int
    percent: int


@dataclass(frozen=True, slots=True)
class Multibuy:
    """``multibuy``: any ``size`` pieces together for a price."""

    of: Selector
    size: int
    price: int


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in a bundle or an add-on, filled by so many pieces."""

    of: Selector
    quantity: int


@dataclass(frozen=True, slots=True)
class Bundle:
    """``bundle``: the pieces of all slots together for a price, or each with a percentage off."""

    slots: tuple[Slot, ...]
    price: int | None = None
    percent: int = 0


@dataclass(frozen=True, slots=True)
class Addon:
    """``addon``: who takes every buy slot's pieces may take 1 to ``get.quantity`` others at ``price`` each."""

    buy: tuple[Slot, ...]
    get: Slot
    price: int


@dataclass(frozen=True, slots=True)
class CountTier:
    """From ``count`` pieces on, each has a percentage off."""

    count: int
    percent: int


@dataclass(frozen=True, slots=True)
class Tiers:
    """``tiers``: the more pieces, the greater the percentage; once a basket. Tiers ascend by count."""

    of: Selector
    tiers: tuple[CountTier, ...]


ItemDeal = UnitPrice | UnitPercent | UnitAmount | Nth | Multibuy | Bundle | Addon | Tiers
UNIT_DEALS = (UnitPrice, UnitPercent, UnitAmount)


@dataclass(frozen=True, slots=True)
class SpendTier:
    """From ``spend`` on, ``off`` comes off, or a percentage."""

    spend: int
    off: int | None = None
    percent: int = 0


@dataclass(frozen=True, slots=True)
class Spend:
    """``spend``: who spends so much pays less. Tiers ascend by spend; ``repeat`` has one, with ``off``."""

    of: Selector
    tiers: tuple[SpendTier, ...]
    repeat: bool = False
    with_item_promotions: bool = True
    group: str = "spend"


@dataclass(frozen=True, slots=True)
class MorePoints:
    """``points``: a multiplier on what the covered goods earn, or a bonus."""

    of: Selector = EVERYTHING
    min_spend: int = 0
    multiplier: int | None = None
    bonus: int = 0


Deal = ItemDeal | Spend | MorePoints


@dataclass(frozen=True, slots=True)
class Promotion:
    """A promotion: when it is in effect, how often, and what it does."""

    id: str
    deal: Deal
    name: str = ""
    priority: int = 0
    when: Conditions = field(default_factory=Conditions)
    limit: int | None = None
    limit_per_member: int | None = None

    def bound(self, member: PricedMember | None) -> int | None:
        """Say how often it may apply in a basket, None where nothing bounds it; below 1 it is not in effect."""
        if self.limit_per_member is None:
            return self.limit
        left = 0 if member is None else self.limit_per_member - member.used.get(self.id, 0)
        return left if self.limit is None else min(left, self.limit)


@dataclass(frozen=True, slots=True)
class Cash:
    """``cash``: an amount off."""

    off: int


@dataclass(frozen=True, slots=True)
class PercentOff:
    """``percent``: a percentage off, at most ``max_off``."""

    percent: int
    max_off: int | None = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """``exchange``: one matching piece at a price."""

    price: int


@dataclass(frozen=True, slots=True)
class CouponTemplate:
    """What every coupon of one issue does."""

    id: str
    value: Cash | PercentOff | Exchange
    of: Selector = EVERYTHING
    name: str = ""
    min_spend: int = 0
    group: str = "coupon"
    with_promotions: bool = True
    when: Conditions = field(default_factory=Conditions)


@dataclass(frozen=True, slots=True)
class PointsRules:
    """How points are earned and spent. ``worth_points`` points pay ``worth_fen``; None: they pay nothing.

    ``earn_per`` None earns nothing but bonuses.
    """

    earn_per: int | None = None
    tier_multiplier: Mapping[str, int] = field(default_factory=dict)
    worth_points: int | None = None
    worth_fen: int = 0
    max_percent: int = 10_000
    step: int = 1


NO_POINTS = PointsRules()
