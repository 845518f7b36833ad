"""A promotion with what is asked of it again and again, and what it saves on one unit (docs/pricing.md §3).

Knows no basket: what a unit saves alone follows from its price, and for a weighed line from its weight.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from pos_app.domain.money import half_up, percent_of
from pos_app.domain.pricing.promotions import (
    UNIT_DEALS,
    Addon,
    Bundle,
    Deal,
    MorePoints,
    Multibuy,
    Nth,
    Promotion,
    Spend,
    Tiers,
    UnitAmount,
    UnitPercent,
    UnitPrice,
)
from pos_app.domain.pricing.selectors import Selector
from pos_app.domain.pricing.situation import Situation
from pos_app.domain.quantity import ONE

UnitDeal = UnitPrice | UnitPercent | UnitAmount


@dataclass(slots=True, eq=False)
class Entry:
    """A promotion of a rulebook. Each is itself and no other: what is kept goes by it."""

    id: str
    promotion: Promotion
    selectors: tuple[Selector, ...]
    """What may stand in each slot of its deal; an add-on's last slot is what one gets."""
    least: int
    """The fewest units that one application takes."""
    is_by_size: bool
    """It is ``nth`` or ``multibuy``: every application takes that many pieces."""
    is_of_units: bool
    """It takes single units, and so may take a weighed line."""
    is_of_baskets: bool
    """It is no item promotion: ``spend`` or ``points``."""
    is_plain: bool
    """Nothing but dates, scope, channel and ``limit`` decides whether it is in effect."""

    @classmethod
    def of(cls, promotion: Promotion) -> "Entry":
        """Ask it."""
        deal = promotion.deal
        return cls(
            promotion.id,
            promotion,
            selectors_of(deal),
            _fewest(deal),
            isinstance(deal, Nth | Multibuy),
            isinstance(deal, UNIT_DEALS),
            isinstance(deal, Spend | MorePoints),
            promotion.limit_per_member is None and promotion.when.hold_all_day,
        )

    @property
    def is_open(self) -> bool:
        """Tell that any unit may have it at any time: it takes single units, and nothing bounds it."""
        return self.is_of_units and self.is_plain and self.promotion.limit is None

    def bound_in_effect(self, situation: Situation) -> tuple[bool, int | None]:
        """Tell whether it is in effect where dates, scope and channel allow it, and its bound."""
        promotion = self.promotion
        if self.is_plain:
            bound = promotion.limit
            return bound is None or bound >= 1, bound
        bound = promotion.bound(situation.member)
        return (bound is None or bound >= 1) and promotion.when.hold_today(situation), bound


def selectors_of(deal: Deal) -> tuple[Selector, ...]:
    """List what may stand in each slot of a deal; an add-on's last slot is what one gets."""
    if isinstance(deal, Bundle):
        return tuple(slot.of for slot in deal.slots)
    if isinstance(deal, Addon):
        return (*(slot.of for slot in deal.buy), deal.get.of)
    return (deal.of,)


def _fewest(deal: Deal) -> int:
    if isinstance(deal, Nth | Multibuy):
        return deal.size
    if isinstance(deal, Bundle):
        return sum(slot.quantity for slot in deal.slots)
    if isinstance(deal, Addon):
        return sum(slot.quantity for slot in deal.buy) + 1
    return deal.tiers[0].count if isinstance(deal, Tiers) else 1


class Alone(NamedTuple):
    """The best that a unit does by itself: a promotion without a felt bound, or nothing."""

    saving: int = 0
    entry: Entry | None = None

    def is_beaten_by(self, saving: int, promotion: Promotion) -> bool:
        """Tell whether another promotion is the better one for a single unit."""
        if saving <= 0 or saving != self.saving or self.entry is None:
            return saving > self.saving
        own = self.entry.promotion
        if promotion.priority != own.priority:
            return promotion.priority > own.priority
        return promotion.id < own.id


NOTHING = Alone()


def best_alone(entries: Iterable[Entry], unit: int, quantity: int | None, best: Alone = NOTHING) -> Alone:
    """Choose among promotions of single units; ``best`` is what is known already."""
    for entry in entries:
        deal = entry.promotion.deal
        assert isinstance(deal, UNIT_DEALS), f"{entry.id} takes no single units"
        saving = unit_saving(deal, unit, quantity)
        if best.is_beaten_by(saving, entry.promotion):
            best = Alone(saving, entry)
    return best


def unit_saving(deal: UnitDeal, unit: int, quantity: int | None) -> int:
    """Say what one unit saves: ``price``, ``percent`` or ``amount``; per kg for a weighed line of ``quantity``."""
    if isinstance(deal, UnitPercent):
        return percent_of(unit, deal.percent)
    each = deal.price if isinstance(deal, UnitPrice) else deal.amount
    if quantity is not None:
        each = half_up(each * quantity, ONE)
    return max(0, unit - each) if isinstance(deal, UnitPrice) else min(unit, each)
