"""How deep a promotion may cut: the greatest share that it can take off the goods it takes (docs/headquarters.md §5).

In hundredths of a percent, rounded up. Where a deal names amounts, the goods' base prices decide: the dearest of those
that get cheaper, the cheapest of those that only earn it. Pure.
"""

from collections.abc import Callable, Sequence

from pos_app.domain.pricing.policy import WHOLE
from pos_app.domain.pricing.promotions import (
    Addon,
    Bundle,
    Deal,
    MorePoints,
    Multibuy,
    Nth,
    Slot,
    Spend,
    Tiers,
    UnitAmount,
    UnitPercent,
    UnitPrice,
)
from pos_app.domain.pricing.selectors import Selector

BasePrices = Callable[[Selector], Sequence[int]]
"""Gives the base prices of the goods that a selector means; none: no such goods are sold."""


def deepest(deal: Deal, bases: BasePrices) -> int:
    """Give the greatest share that a deal can take off."""
    match deal:
        case UnitPercent() | Bundle(price=None):
            return deal.percent
        case Nth():
            return _up(deal.percent * deal.discounted, deal.size)
        case Tiers():
            return max(tier.percent for tier in deal.tiers)
        case Spend():
            return max(_of_spend(tier.off, tier.percent, tier.spend) for tier in deal.tiers)
        case MorePoints():
            return 0
        case _:
            return _by_amounts(deal, bases)


def _of_spend(off: int | None, percent: int, spend: int) -> int:
    if off is None:
        return percent
    return _share(off, spend)


def _by_amounts(deal: Deal, bases: BasePrices) -> int:
    match deal:
        case UnitPrice():
            dearest = max(bases(deal.of), default=0)
            return _share(dearest - deal.price, dearest)
        case UnitAmount():
            return _share(deal.amount, min(bases(deal.of), default=0))
        case Multibuy():
            whole = deal.size * max(bases(deal.of), default=0)
            return _share(whole - deal.price, whole)
        case Bundle(price=int(price)):
            whole = sum(slot.quantity * max(bases(slot.of), default=0) for slot in deal.slots)
            return _share(whole - price, whole)
        case Addon():
            return _of_addon(deal, bases)
        case _:
            raise AssertionError(f"{type(deal).__name__} is no deal of amounts")


def _of_addon(deal: Addon, bases: BasePrices) -> int:
    """The dearest pieces that one may get, beside the cheapest that earn them."""
    dearest = max(bases(deal.get.of), default=0)
    got = deal.get.quantity * dearest
    earns = sum(_cheapest(slot, bases) for slot in deal.buy)
    return _share(got - deal.get.quantity * deal.price, got + earns)


def _cheapest(slot: Slot, bases: BasePrices) -> int:
    return slot.quantity * min(bases(slot.of), default=0)


def _share(off: int, whole: int) -> int:
    """Give a part of a whole, at most all of it; of nothing nothing comes off."""
    if off <= 0 or whole <= 0:
        return 0
    return WHOLE if whole <= off else _up(off * WHOLE, whole)


def _up(numerator: int, denominator: int) -> int:
    return -(-numerator // denominator)
