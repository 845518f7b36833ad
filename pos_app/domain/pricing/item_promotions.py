"""Item promotions: the set of applications that saves the customer most (docs/pricing.md §3).

The goods in reach of each promotion in effect; what each unit is worth alone; which deals of several units, or with a
bound, could beat that; then the exact choice, component by component. What no deal takes is saved alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pos_app.domain.pricing.choice import Saved
from pos_app.domain.pricing.compiled import Slice
from pos_app.domain.pricing.components import choose, parted
from pos_app.domain.pricing.entries import NOTHING, Alone, Entry, unit_saving
from pos_app.domain.pricing.goods import Good
from pos_app.domain.pricing.promotions import UNIT_DEALS
from pos_app.domain.pricing.situation import Situation
from pos_app.domain.pricing.worth import Reached, can_matter


@dataclass(frozen=True, slots=True)
class ItemSavings:
    """What was chosen, by promotion id; ``is_optimal``: the search was not cut."""

    chosen: Sequence[Saved]
    is_optimal: bool
    in_reach: Sequence[Reached]
    """The item promotions in effect that have half the pieces they take or more, but for those open to every unit."""
    alone: Sequence[Alone]
    """What a unit of each good saves by itself."""


def _in_reach(goods: Sequence[Good], allowed: Slice, situation: Situation) -> tuple[list[Reached], list[Alone]]:
    """Gather the goods that promotions in effect may take, by id, and what the open ones save on each unit.

    A promotion that has not the units for one application is left out, unless half of its pieces are there: of those
    a hint may tell.
    Lines with a manual price take part in none; a weighed line only in ``price``, ``percent`` and ``amount``.
    """
    found: dict[Entry, list[tuple[Good, tuple[int, ...]]]] = {}
    alone: list[Alone] = []
    for good in goods:
        if good.manual_price is not None:
            alone.append(NOTHING)
            continue
        about = allowed.about(good.product)
        alone.append(about.alone(good.unit, good.quantity))
        for entry, slots in about.of_pieces if good.quantity is None else about.of_weighed:
            known = found.get(entry)
            if known is None:
                found[entry] = [(good, slots)]
            else:
                known.append((good, slots))
    in_reach = []
    for entry in sorted(found, key=_id):
        own = found[entry]
        units = own[0][0].units if len(own) == 1 else sum([good.units for good, _ in own])
        if units >= entry.least or (entry.is_by_size and 2 * units >= entry.least):
            holds, bound = entry.bound_in_effect(situation)
            if holds:
                in_reach.append(Reached(entry, bound, own, units))
    return in_reach, alone


def _id(entry: Entry) -> str:
    return entry.id


def save_on_items(goods: Sequence[Good], allowed: Slice, situation: Situation) -> ItemSavings:
    """Choose the applications and take their savings off the goods, promotions by id."""
    in_reach, alone = _in_reach(goods, allowed, situation)
    within_reach = [reached for reached in in_reach if reached.units >= reached.entry.least]
    for reached in within_reach:
        reached.count()
        if reached.entry.is_of_units and not reached.is_bounded:
            _offer(reached, alone)
    deals = [competing for reached in within_reach if (competing := _competing(reached, alone)) is not None]
    saved: dict[str, Saved] = {}
    units_left = [good.units for good in goods]
    is_optimal = True
    for together in parted(deals):
        is_optimal &= choose(together, alone, saved, units_left, kept=allowed.settled)
    for good, own, units in zip(goods, alone, units_left, strict=True):
        if own.entry is not None and units:
            entry = own.entry
            known = saved.get(entry.id)
            if known is None:
                known = saved[entry.id] = Saved(entry.promotion)
            known.add(units, good.order, units * own.saving)
    chosen = [saved[each] for each in sorted(saved)]
    _take_off(goods, chosen)
    return ItemSavings(chosen, is_optimal, in_reach, alone)


def _offer(reached: Reached, alone: list[Alone]) -> None:
    """See where a promotion of single units, whose bound is not felt, is the best that they can have alone."""
    deal = reached.promotion.deal
    assert isinstance(deal, UNIT_DEALS), f"{reached.entry.id} takes no single units"
    for good, _ in reached.goods:
        saving = unit_saving(deal, good.unit, good.quantity)
        if alone[good.order].is_beaten_by(saving, reached.promotion):
            alone[good.order] = Alone(saving, reached.entry)


def _competing(reached: Reached, alone: Sequence[Alone]) -> Reached | None:
    """Give what must be chosen among: deals that could beat what units save alone, with the goods where they could."""
    promotion = reached.entry.promotion
    deal = promotion.deal
    if not isinstance(deal, UNIT_DEALS):
        return reached if can_matter(reached, alone) else None
    if not reached.is_bounded:
        return None
    goods = [
        (good, slots)
        for good, slots in reached.goods
        if alone[good.order].is_beaten_by(unit_saving(deal, good.unit, good.quantity), promotion)
    ]
    if not goods:
        return None
    competing = Reached(reached.entry, reached.bound, goods, sum(good.units for good, _ in goods))
    competing.count()
    return competing


def _take_off(goods: Sequence[Good], chosen: Sequence[Saved]) -> None:
    for saved in chosen:
        source = f"promotion:{saved.promotion.id}"
        for order, saving in sorted(saved.by_good.items()):
            good = goods[order]
            good.take(saving, source)
            good.promoted = good.discounted = True
