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
from pos_app.domain.pricing.singles import NOTHING_COMES, Prospect, Single
from pos_app.domain.pricing.situation import Situation
from pos_app.domain.pricing.worth import Reached, can_matter


@dataclass(frozen=True, slots=True)
class ItemSavings:
    """What was chosen, by promotion id; ``is_optimal``: the search was not cut."""

    chosen: Sequence[Saved]
    is_optimal: bool
    in_reach: Sequence[Reached]
    """The item promotions in effect that have half the pieces they take or more, but for those open to every unit, and
    those that reach one good of which it is known what can come (`singles`).
    """
    alone: Sequence[Alone]
    """What a unit of each good saves by itself."""
    prospects: Sequence[Prospect]
    """What those of one good nearly earn."""


@dataclass(frozen=True, slots=True)
class _Reach:
    """The goods that promotions may take, as far as it is known before all is known that units save alone."""

    several: list[Reached]
    """Promotions to be looked at whole."""
    singles: list[tuple[Entry, Good, tuple[int, ...], Single]]
    """Promotions that reach one good, of which it is known what can come of it, if it saves alone what was assumed."""
    alone: list[Alone]


def _in_reach(goods: Sequence[Good], allowed: Slice, situation: Situation) -> _Reach:
    """Gather the goods that promotions in effect may take, and what the open ones save on each unit.

    A promotion that has not the units for one application is left out, unless half of its pieces are there: of those
    a hint may tell.
    Lines with a manual price take part in none; a weighed line only in ``price``, ``percent`` and ``amount``.
    """
    first: dict[Entry, tuple[Good, tuple[int, ...], Single]] = {}
    whole: dict[Entry, list[tuple[Good, tuple[int, ...]]]] = {}
    alone: list[Alone] = []
    for good in goods:
        if good.manual_price is not None:
            alone.append(NOTHING)
            continue
        about, quantity = allowed.about(good.product), good.quantity
        of_one, items = (
            about.of_pieces(good.unit, good.units) if quantity is None else about.of_weighed(good.unit, quantity)
        )
        alone.append(of_one)
        for entry, slots, single in items:
            if entry in whole:
                whole[entry].append((good, slots))
            elif entry in first:
                whole[entry] = [first[entry][:2], (good, slots)]
            elif single is None:
                whole[entry] = [(good, slots)]
            else:
                first[entry] = good, slots, single
    several = [each for entry, own in whole.items() if (each := _reached(entry, own, situation)) is not None]
    singles = [(entry, *own) for entry, own in first.items() if own[2] is not NOTHING_COMES and entry not in whole]
    return _Reach(several, singles, alone)


def _reached(entry: Entry, own: list[tuple[Good, tuple[int, ...]]], situation: Situation) -> Reached | None:
    """Take a promotion and the goods in its reach; None where it is not in effect, or they are too few for a hint."""
    units = own[0][0].units if len(own) == 1 else sum([good.units for good, _ in own])
    if units < entry.least and not (entry.is_by_size and 2 * units >= entry.least):
        return None
    holds, bound = entry.bound_in_effect(situation)
    if not holds:
        return None
    reached = Reached(entry, bound, own, units)
    if units >= entry.least:
        reached.count()
    return reached


def save_on_items(goods: Sequence[Good], allowed: Slice, situation: Situation) -> ItemSavings:
    """Choose the applications and take their savings off the goods, promotions by id."""
    reach = _in_reach(goods, allowed, situation)
    in_reach, alone = reach.several, reach.alone
    known = tuple(alone)
    for reached in in_reach:
        if reached.entry.is_of_units and not reached.is_bounded:
            _offer(reached, alone)
    deals, prospects = [], []
    for entry, good, slots, single in reach.singles:
        if alone[good.order] is not known[good.order]:
            whole = _reached(entry, [(good, slots)], situation)
            in_reach += [] if whole is None else [whole]
            continue
        if single.prospect is not None:
            prospects.append(single.prospect)
        if single.most:
            own = [(good, slots)]
            deals.append(Reached(entry, entry.promotion.limit, own, good.units, single.most, single.is_bounded))
    deals += [competing for reached in in_reach if (competing := _competing(reached, alone)) is not None]
    deals.sort(key=_id)
    saved: dict[str, Saved] = {}
    units_left = [good.units for good in goods]
    is_optimal = True
    for together in parted(deals):
        is_optimal &= choose(together, alone, saved, units_left, kept=allowed.settled)
    _save_alone(goods, alone, units_left, saved)
    chosen = [saved[each] for each in sorted(saved)]
    _take_off(goods, chosen)
    return ItemSavings(chosen, is_optimal, in_reach, alone, prospects)


def _id(reached: Reached) -> str:
    return reached.entry.id


def _save_alone(
    goods: Sequence[Good], alone: Sequence[Alone], units_left: Sequence[int], saved: dict[str, Saved]
) -> None:
    """Let each unit that no deal took save by itself."""
    for good, (saving, entry), units in zip(goods, alone, units_left, strict=True):
        if entry is not None and units:
            known = saved.get(entry.id)
            if known is None:
                known = saved[entry.id] = Saved(entry.promotion)
            known.add(units, good.order, units * saving)


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
