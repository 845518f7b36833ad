"""Item promotions: the set of applications that saves the customer most (docs/pricing.md §3).

The goods in reach of each promotion in effect; what each unit is worth alone; which deals of several units, or with a
bound, could beat that; then the exact choice, component by component. What no deal takes is saved alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pos_app.domain.pricing.compiled import Slice
from pos_app.domain.pricing.components import Saved, choose, parted
from pos_app.domain.pricing.goods import Good
from pos_app.domain.pricing.promotions import UNIT_DEALS
from pos_app.domain.pricing.situation import Situation
from pos_app.domain.pricing.worth import Alone, Reached, UnitDeal, can_matter, unit_saving


@dataclass(frozen=True, slots=True)
class ItemSavings:
    """What was chosen, by promotion id; ``is_optimal``: the search was not cut."""

    chosen: Sequence[Saved]
    is_optimal: bool
    in_reach: Sequence[Reached]
    """Every item promotion in effect that may take one of the goods, by id."""
    alone: Sequence[Alone]
    """What a unit of each good saves by itself."""


def _in_reach(goods: Sequence[Good], allowed: Slice, situation: Situation) -> list[Reached]:
    """Gather the goods that each promotion in effect may take, promotions by id.

    Lines with a manual price take part in none; a weighed line only in ``price``, ``percent`` and ``amount``.
    """
    found: dict[int, Reached | None] = {}
    for good in goods:
        if good.manual_price is not None:
            continue
        is_piece = good.quantity is None
        for entry, slots in allowed.about(good.product).items:
            if not (is_piece or entry.is_of_units):
                continue
            place = entry.place
            if place in found:
                reached = found[place]
            else:
                holds, bound = entry.bound_in_effect(situation)
                reached = found[place] = Reached(entry.promotion, bound) if holds else None
            if reached is not None:
                reached.goods.append((good, slots))
    return [reached for _, reached in sorted(found.items(), key=_place) if reached is not None]


def _place(item: tuple[int, Reached | None]) -> int:
    return item[0]


def save_on_items(goods: Sequence[Good], allowed: Slice, situation: Situation) -> ItemSavings:
    """Choose the applications and take their savings off the goods, promotions by id."""
    in_reach = _in_reach(goods, allowed, situation)
    alone = [Alone() for _ in goods]
    for reached in in_reach:
        reached.count()
        deal = reached.promotion.deal
        if isinstance(deal, UNIT_DEALS) and not reached.is_bounded:
            _offer(deal, reached, alone)
    deals = [competing for reached in in_reach if (competing := _competing(reached, alone)) is not None]
    saved: dict[str, Saved] = {}
    units_left = [good.units for good in goods]
    is_optimal = True
    for together in parted(deals):
        is_optimal &= choose(together, alone, saved, units_left)
    for good in goods:
        own, units = alone[good.order], units_left[good.order]
        if own.promotion is not None and units:
            promotion = own.promotion
            if promotion.id not in saved:
                saved[promotion.id] = Saved(promotion)
            saved[promotion.id].add(units, good.order, units * own.saving)
    chosen = [saved[each] for each in sorted(saved)]
    _take_off(goods, chosen)
    return ItemSavings(chosen, is_optimal, in_reach, alone)


def _offer(deal: UnitDeal, reached: Reached, alone: Sequence[Alone]) -> None:
    """See where a promotion of single units is the best that they can have alone."""
    promotion = reached.promotion
    for good, _ in reached.goods:
        saving = unit_saving(deal, good)
        best = alone[good.order]
        if best.is_beaten_by(saving, promotion):
            best.saving, best.promotion = saving, promotion


def _competing(reached: Reached, alone: Sequence[Alone]) -> Reached | None:
    """Give what must be chosen among: deals that could beat what units save alone, with the goods where they could."""
    promotion = reached.promotion
    deal = promotion.deal
    if not isinstance(deal, UNIT_DEALS):
        return reached if can_matter(reached, alone) else None
    if not reached.is_bounded:
        return None
    goods = [
        (good, slots)
        for good, slots in reached.goods
        if alone[good.order].is_beaten_by(unit_saving(deal, good), promotion)
    ]
    if not goods:
        return None
    competing = Reached(promotion, reached.bound, goods)
    competing.count()
    return competing


def _take_off(goods: Sequence[Good], chosen: Sequence[Saved]) -> None:
    for saved in chosen:
        source = f"promotion:{saved.promotion.id}"
        for order, saving in sorted(saved.by_good.items()):
            good = goods[order]
            good.take(saving, source)
            good.promoted = good.discounted = True
