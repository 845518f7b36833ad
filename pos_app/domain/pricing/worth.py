"""What can matter at all: which deals can beat what units save by themselves (docs/pricing.md §3).

All of it bounds from above; a deal that is left out could not be in the set that is chosen.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from pos_app.domain.money import percent_of
from pos_app.domain.pricing.entries import Alone, Entry
from pos_app.domain.pricing.goods import Good
from pos_app.domain.pricing.promotions import Addon, Bundle, Multibuy, Nth, Promotion, Tiers


@dataclass(slots=True)
class Reached:
    """A promotion in effect and the goods in its reach, each with the slots it may stand in."""

    entry: Entry
    bound: int | None
    goods: list[tuple[Good, tuple[int, ...]]] = field(default_factory=list)
    units: int = 0
    """Of all these goods."""
    most: int = 0
    """Applications there can be at most."""
    is_bounded: bool = False
    """The promotion's own bound allows fewer than there are pieces for."""

    @property
    def promotion(self) -> Promotion:
        """Give the promotion itself."""
        return self.entry.promotion

    def count(self) -> None:
        """Work out how many applications there can be."""
        there = self.units // self.entry.least if self.entry.is_by_size else self._most_there()
        self.is_bounded = self.bound is not None and self.bound < there
        self.most = there if self.bound is None else min(self.bound, there)

    def _most_there(self) -> int:
        """Count the applications that there are pieces for, where every piece could stand anywhere."""
        deal = self.entry.promotion.deal
        if isinstance(deal, Bundle):
            return min(self._there(slot) // each.quantity for slot, each in enumerate(deal.slots))
        if isinstance(deal, Addon):
            buys = min(self._there(slot) // each.quantity for slot, each in enumerate(deal.buy))
            return min(buys, self._there(len(deal.buy)))
        return 1 if isinstance(deal, Tiers) else self.units // self.entry.least

    def _there(self, slot: int) -> int:
        return sum(good.units for good, slots in self.goods if slot in slots)


def can_matter(reached: Reached, alone: Sequence[Alone]) -> bool:
    """Tell whether a deal of several units could gain anything over what its units save by themselves."""
    if reached.most < 1:
        return False
    deal = reached.entry.promotion.deal
    if isinstance(deal, Nth):
        gain = _best_nth(deal, reached, alone)
    elif isinstance(deal, Multibuy) and len(reached.goods) == 1:
        good = reached.goods[0][0]
        gain = deal.size * (good.unit - alone[good.order].saving) - deal.price
    elif isinstance(deal, Multibuy):
        gain = _best_of(reached, 0, deal.size, [good.unit - alone[good.order].saving for good, _ in reached.goods])
        gain -= deal.price
    elif isinstance(deal, Bundle):
        gain = _best_bundle(deal, reached, alone)
    elif isinstance(deal, Addon):
        gain = _best_addon(deal, reached, alone)
    elif isinstance(deal, Tiers):
        gain = max(_best_tier(reached, alone, tier.count, tier.percent) for tier in deal.tiers)
    else:
        return True
    return gain > 0 or (gain == 0 and any(alone[good.order].saving for good, _ in reached.goods))


def _best_of(reached: Reached, slot: int, pieces: int, gains: Sequence[int]) -> int:
    """Sum the best so many gains of the pieces that may stand in a slot."""
    total = 0
    there = [(gain, good.units) for (good, slots), gain in zip(reached.goods, gains, strict=True) if slot in slots]
    for gain, units in sorted(there, reverse=True):
        used = min(units, pieces)
        total += used * gain
        pieces -= used
        if not pieces:
            break
    return total


def _best_nth(deal: Nth, reached: Reached, alone: Sequence[Alone]) -> int:
    if len(reached.goods) == 1:
        good = reached.goods[0][0]
        return deal.discounted * percent_of(good.unit, deal.percent) - deal.size * alone[good.order].saving
    cheaper = [percent_of(good.unit, deal.percent) - alone[good.order].saving for good, _ in reached.goods]
    full = [-alone[good.order].saving for good, _ in reached.goods]
    return _best_of(reached, 0, deal.discounted, cheaper) + _best_of(reached, 0, deal.size - deal.discounted, full)


def _best_bundle(deal: Bundle, reached: Reached, alone: Sequence[Alone]) -> int:
    gains = [
        (good.unit if deal.price is not None else percent_of(good.unit, deal.percent)) - alone[good.order].saving
        for good, _ in reached.goods
    ]
    return sum(_best_of(reached, index, slot.quantity, gains) for index, slot in enumerate(deal.slots)) - (
        deal.price or 0
    )


def _best_addon(deal: Addon, reached: Reached, alone: Sequence[Alone]) -> int:
    bought = [-alone[good.order].saving for good, _ in reached.goods]
    got = [max(0, good.unit - deal.price) - alone[good.order].saving for good, _ in reached.goods]
    last = len(deal.buy)
    total = sum(_best_of(reached, index, slot.quantity, bought) for index, slot in enumerate(deal.buy))
    one = _best_of(reached, last, 1, got)
    return total + max(one, _best_of(reached, last, deal.get.quantity, [max(0, gain) for gain in got]))


def _best_tier(reached: Reached, alone: Sequence[Alone], count: int, percent: int) -> int:
    gains = [percent_of(good.unit, percent) - alone[good.order].saving for good, _ in reached.goods]
    units = [good.units for good, _ in reached.goods]
    if sum(units) < count:
        return -1
    if sum(there for gain, there in zip(gains, units, strict=True) if gain > 0) < count:
        return _best_of(reached, 0, count, gains)
    return sum(max(0, gain) * there for gain, there in zip(gains, units, strict=True))
