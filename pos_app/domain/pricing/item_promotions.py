"""Item promotions: the set of applications that saves the customer most (docs/pricing.md §3).

The goods in reach of each promotion in effect; what each unit is worth alone; which deals of several units, or with a
bound, could beat that; then the exact choice, component by component. What no deal takes is saved alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pos_app.domain.pricing.compiled import Slice
from pos_app.domain.pricing.components import Saved, choose, parted
from pos_app.domain.pricing.goods import Good
from pos_app.domain.pricing.promotions import UNIT_DEALS, Promotion
from pos_app.domain.pricing.situation import Situation
from pos_app.domain.pricing.worth import Alone, Reached, UnitDeal, can_matter, unit_saving


@dataclass(frozen=True, slots=True)
class ItemSavings:
    """What was chosen, by promotion id; ``is_optimal``: the search was not cut."""

    chosen: Sequence[Saved]
    is_optimal: bool


def bound_in_effect(promotion: Promotion, situation: Situation) -> tuple[bool, int | None]:
    """Tell whether a promotion is in effect that dates, scope and channel allow, and its bound."""
    bound = promotion.bound(situation.member)
    return (bound is None or bound >= 1) and promotion.when.hold_today(situation), bound


def in_reach(goods: Sequence[Good], allowed: Slice, situation: Situation) -> list[Reached]:
    """Gather the goods that each promotion in effect may take, promotions by id.

    Lines with a manual price take part in none; a weighed line only in ``price``, ``percent`` and ``amount``.
    """
    found: dict[str, Reached | None] = {}
    for good in goods:
        if good.manual_price is not None:
            continue
        for promotion, slots in allowed.reach(good.product):
            if promotion.id not in found:
                holds, bound = bound_in_effect(promotion, situation)
                found[promotion.id] = Reached(promotion, bound) if holds else None
            reached = found[promotion.id]
            if reached is not None and (good.quantity is None or isinstance(promotion.deal, UNIT_DEALS)):
                reached.goods.append((good, slots))
    return [reached for _, reached in sorted(found.items()) if reached is not None and reached.goods]


def save_on_items(goods: Sequence[Good], allowed: Slice, situation: Situation) -> ItemSavings:
    """Choose the applications and take their savings off the goods, promotions by id."""
    in_effect = in_reach(goods, allowed, situation)
    alone = [Alone() for _ in goods]
    for reached in in_effect:
        reached.most = reached.most_there if reached.bound is None else min(reached.bound, reached.most_there)
        deal = reached.promotion.deal
        if isinstance(deal, UNIT_DEALS) and not reached.is_bounded:
            _offer(deal, reached, alone)
    deals = [reached for reached in in_effect if _needs_choice(reached, alone)]
    saved: dict[str, Saved] = {}
    units_left = {good.order: good.units for good in goods}
    proven = [choose(together, alone, saved, units_left) for together in parted(deals)]
    for good in goods:
        own, units = alone[good.order], units_left[good.order]
        if own.promotion is not None and units:
            saved.setdefault(own.promotion.id, Saved(own.promotion)).add(units, good.order, units * own.saving)
    chosen = [saved[each] for each in sorted(saved)]
    _take_off(goods, chosen)
    return ItemSavings(chosen, all(proven))


def _offer(deal: UnitDeal, reached: Reached, alone: Sequence[Alone]) -> None:
    """See where a promotion of single units is the best that they can have alone."""
    promotion = reached.promotion
    for good, _ in reached.goods:
        saving = unit_saving(deal, good)
        best = alone[good.order]
        if best.is_beaten_by(saving, promotion):
            best.saving, best.promotion = saving, promotion


def _needs_choice(reached: Reached, alone: Sequence[Alone]) -> bool:
    promotion = reached.promotion
    deal = promotion.deal
    if not isinstance(deal, UNIT_DEALS):
        return can_matter(reached, alone)
    if not reached.is_bounded:
        return False
    reached.goods = [
        (good, slots)
        for good, slots in reached.goods
        if alone[good.order].is_beaten_by(unit_saving(deal, good), promotion)
    ]
    return bool(reached.goods)


def _take_off(goods: Sequence[Good], chosen: Sequence[Saved]) -> None:
    for saved in chosen:
        source = f"promotion:{saved.promotion.id}"
        for order, saving in sorted(saved.by_good.items()):
            good = goods[order]
            good.take(saving, source)
            good.promoted = good.discounted = True
