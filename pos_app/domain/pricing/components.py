"""Goods and deals that have to do with each other, and the exact choice among them (docs/pricing.md §3).

A component is the smallest set of goods that shares no deal with other goods: since all that is compared adds up,
each can be decided by itself. Unbounded promotions of a single unit join nothing together: what they give is what a
unit is worth alone.
"""

from collections.abc import Hashable, Mapping, Sequence
from typing import Final

from pos_app.domain.money import percent_of
from pos_app.domain.pricing.choice import Choice, Saved, Settled, best_of_many
from pos_app.domain.pricing.compiled import MAX_SETTLED
from pos_app.domain.pricing.deals import BoundedUnits, Deal, NthDeal, Place, TiersDeal
from pos_app.domain.pricing.entries import Alone, unit_saving
from pos_app.domain.pricing.equal_slots import merged
from pos_app.domain.pricing.few_courses import best_of_few
from pos_app.domain.pricing.goods import Good
from pos_app.domain.pricing.greedy import Greedy
from pos_app.domain.pricing.in_fen import decided_in_fen
from pos_app.domain.pricing.outlook import Outlook, has_too_many_options
from pos_app.domain.pricing.promotions import UNIT_DEALS, Addon, Bundle, Multibuy, Nth, Promotion, Tiers
from pos_app.domain.pricing.scale import Plain, Scale
from pos_app.domain.pricing.scan import Found, Scan
from pos_app.domain.pricing.slot_deals import AddonDeal, PercentBundleDeal, SharedPriceDeal
from pos_app.domain.pricing.worth import Reached

MAX_PAIRS: Final = 2_500
"""Of a deal and a good in its reach; a component of more is too large to search."""
FEW_PAIRS: Final = 500
"""Of more, the options are counted before they are valued: each pair has digits of its own in every value."""


def parted(deals: Sequence[Reached]) -> list[list[Reached]]:
    """Put together the deals that have goods in common, directly or through others."""
    leader: dict[int, int] = {}

    def lead(good: int) -> int:
        while leader[good] != good:
            leader[good] = leader[leader[good]]
            good = leader[good]
        return good

    for reached in deals:
        first = reached.goods[0][0].order
        leader.setdefault(first, first)
        for good, _ in reached.goods[1:]:
            leader.setdefault(good.order, good.order)
            leader[lead(good.order)] = lead(first)
    together: dict[int, list[Reached]] = {}
    for reached in deals:
        together.setdefault(lead(reached.goods[0][0].order), []).append(reached)
    return list(together.values())


def choose(
    together: Sequence[Reached],
    alone: Sequence[Alone],
    saved: dict[str, Saved],
    units_left: list[int],
    *,
    kept: dict[Hashable, object],
) -> bool:
    """Choose the best applications of one component, add them to ``saved`` and take their units.

    What was chosen is kept by all that it depends on, for the next basket, or this one with a line more.
    Tells whether the choice is proven to be the best.
    """
    if len(together) == 1 and len(together[0].goods) == 1 and _choose_plainly(together[0], alone, saved, units_left):
        return True
    goods = {good.order: good for reached in together for good, _ in reached.goods}
    ordered = [goods[order] for order in sorted(goods)]
    key = _key(together, ordered, alone)
    settled = kept.get(key)
    if not isinstance(settled, Settled):
        settled = _settle(together, ordered, alone)
        if len(kept) >= MAX_SETTLED:
            kept.clear()
        kept[key] = settled
    for good, used in zip(ordered, settled.used, strict=True):
        units_left[good.order] -= used
    for promotion, applications, savings in settled.saved:
        own = saved.get(promotion.id)
        if own is None:
            own = saved[promotion.id] = Saved(promotion)
        own.applications += applications
        for place, saving in savings:
            own.add(0, ordered[place].order, saving)
    return settled.is_optimal


def _key(together: Sequence[Reached], ordered: Sequence[Good], alone: Sequence[Alone]) -> Hashable:
    """Put down all that the choice depends on: it is the same for goods and deals that are alike in this."""
    place_of = {good.order: place for place, good in enumerate(ordered)}
    return (
        tuple([(good.unit, good.units, good.quantity, alone[good.order]) for good in ordered]),
        tuple(
            [
                (
                    reached.entry,
                    reached.most,
                    reached.is_bounded,
                    tuple([(place_of[good.order], slots) for good, slots in reached.goods]),
                )
                for reached in together
            ]
        ),
    )


def _settle(together: Sequence[Reached], ordered: Sequence[Good], alone: Sequence[Alone]) -> Settled:
    """See whether fen decide; else search, and where that is cut, better what it found (`best_of_many`)."""
    decided = decided_in_fen(together, ordered, alone)
    if decided is not None:
        return decided
    promotions = {reached.entry.id: reached.promotion for reached in together}
    together = [merged(reached) for reached in together]
    found = None if _is_too_large(together, ordered) else _search(together, ordered, alone)
    best = Choice.of(found, ordered, alone)
    is_optimal = found is not None and found.is_optimal
    if not is_optimal:
        best = best_of_many(found, Greedy(together, alone), best, (ordered, alone))
    place_of = {good.order: place for place, good in enumerate(ordered)}
    return Settled(
        [
            (promotions[each], own.applications, [(place_of[good], saving) for good, saving in own.by_good.items()])
            for each, own in best.saved.items()
        ],
        [best.used[good.order] for good in ordered],
        is_optimal,
    )


def _is_too_large(together: Sequence[Reached], ordered: Sequence[Good]) -> bool:
    pairs = sum(len(reached.goods) for reached in together)
    if pairs <= FEW_PAIRS:
        return False
    scan_order, scale, no_worth = _scan_order(ordered), Plain(), {good.order: 0 for good in ordered}
    return pairs > MAX_PAIRS or has_too_many_options(_deal(each, scan_order, no_worth, scale) for each in together)


def _scan_order(goods: Sequence[Good]) -> list[Good]:
    return sorted(goods, key=lambda good: (-good.unit, -good.order))


def _search(together: Sequence[Reached], ordered: Sequence[Good], alone: Sequence[Alone]) -> Found | None:
    scan_order, scale = _scan_order(ordered), _scale(together, ordered, alone)
    worth = {good.order: _worth(alone[good.order], good, scale) for good in ordered}
    deals = [_deal(reached, scan_order, worth, scale) for reached in together]
    in_order = [(good.order, good.units) for good in scan_order]
    found = best_of_few(deals, dict(in_order))
    if found is not None:
        return found
    outlook = Outlook.over(deals, dict(in_order))
    return None if outlook is None else Scan(deals, in_order, outlook).best()


def _choose_plainly(reached: Reached, alone: Sequence[Alone], saved: dict[str, Saved], units_left: list[int]) -> bool:
    """Choose where one deal meets one good, so that all its applications are alike; tell whether that was enough.

    An application that saves more than its units alone is taken as often as it can be. One that saves the same is
    left to the search, which knows every tie.
    """
    (good, _), deal = reached.goods[0], reached.promotion.deal
    if isinstance(deal, Nth):
        size, saving = deal.size, deal.discounted * percent_of(good.unit, deal.percent)
    elif isinstance(deal, Multibuy):
        size, saving = deal.size, deal.size * good.unit - deal.price
    else:
        return False
    gain = saving - size * alone[good.order].saving
    if gain <= 0:
        return gain < 0
    units_left[good.order] -= reached.most * size
    saved[reached.promotion.id] = Saved(reached.promotion, reached.most, {good.order: reached.most * saving})
    return True


def _scale(together: Sequence[Reached], goods: Sequence[Good], alone: Sequence[Alone]) -> Scale:
    on_good: dict[int, set[str]] = {good.order: set() for good in goods}
    promotions: dict[str, Promotion] = {}
    for reached in together:
        promotions[reached.entry.id] = reached.promotion
        for good, _ in reached.goods:
            on_good[good.order].add(reached.entry.id)
    for good in goods:
        entry = alone[good.order].entry
        if entry is not None:
            promotions[entry.id] = entry.promotion
            on_good[good.order].add(entry.id)
    return Scale(
        [promotions[each] for each in sorted(promotions)],
        [(order, each) for order, ids in on_good.items() for each in sorted(ids)],
        units=sum(good.units for good in goods),
        most_fen=max(good.units * (good.unit + 1) for good in goods),
    )


def _worth(alone: Alone, good: Good, scale: Scale) -> int:
    if alone.entry is None:
        return 0
    promotion = alone.entry.promotion
    return alone.saving * (scale.saving + scale.share(good.order, promotion)) + scale.application(promotion)


def _deal(reached: Reached, scan_order: Sequence[Good], worth: Mapping[int, int], scale: Scale) -> Deal:
    promotion, deal = reached.promotion, reached.promotion.deal
    places = _places(reached, scan_order, worth, scale)
    most, bounded, each = reached.most, reached.is_bounded, scale.application(promotion)
    if isinstance(deal, UNIT_DEALS):
        savings = {good.order: unit_saving(deal, good.unit, good.quantity) for good, _ in reached.goods}
        return BoundedUnits(promotion, places, most=most, each=each, savings=savings)
    if isinstance(deal, Nth):
        return NthDeal(deal, promotion, places, most=most, bounded=bounded, each=each)
    if isinstance(deal, Tiers):
        return TiersDeal(deal, promotion, places, each=each)
    if isinstance(deal, Addon):
        return AddonDeal(deal, promotion, places, most=most, each=each)
    if isinstance(deal, Bundle) and deal.price is None:
        return PercentBundleDeal(deal, promotion, places, most=most, bounded=bounded, each=each)
    if isinstance(deal, Multibuy | Bundle):
        return SharedPriceDeal(deal, promotion, places, most=most, bounded=bounded, each=each)
    raise AssertionError(f"{promotion.id} is no item promotion")


def _places(reached: Reached, scan_order: Sequence[Good], worth: Mapping[int, int], scale: Scale) -> list[Place]:
    slots_of = {good.order: slots for good, slots in reached.goods}
    count = 1 + max(slot for slots in slots_of.values() for slot in slots)
    left, left_in_all = [0] * count, 0
    places = []
    for good in reversed(scan_order):
        slots = slots_of.get(good.order)
        if slots is None:
            continue
        places.append(
            Place(
                good.order,
                good.unit,
                good.units,
                slots,
                tuple(left),
                left_in_all,
                worth[good.order],
                scale.saving,
                scale.share(good.order, reached.promotion),
                left_in_all == 0,
            )
        )
        left_in_all += good.units
        for slot in slots:
            left[slot] += good.units
    return places[::-1]
