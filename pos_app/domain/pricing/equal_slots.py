"""Slots that the same goods may stand in are one slot: its pieces need not be told apart (docs/pricing.md §3)."""

from collections.abc import Sequence
from dataclasses import replace

from pos_app.domain.pricing.promotions import Addon, Bundle, Slot
from pos_app.domain.pricing.worth import Reached


def merged(reached: Reached) -> Reached:
    """Put together the slots of a bundle, or the buy slots of an add-on, that are equal for the goods in reach."""
    promotion, deal = reached.promotion, reached.promotion.deal
    if not isinstance(deal, Bundle | Addon):
        return reached
    slots = deal.slots if isinstance(deal, Bundle) else deal.buy
    goods_of = [tuple([good.order for good, own in reached.goods if slot in own]) for slot in range(len(slots))]
    kinds = list(dict.fromkeys(goods_of))
    if len(kinds) == len(slots):
        return reached
    # An add-on's last slot, of what one gets, stays by itself.
    place_of = [*(kinds.index(goods) for goods in goods_of), len(kinds)]
    whole = _summed(slots, place_of)
    fewer = replace(deal, slots=whole) if isinstance(deal, Bundle) else replace(deal, buy=whole)
    found = Reached(
        replace(reached.entry, promotion=replace(promotion, deal=fewer)),
        reached.bound,
        [(good, tuple(sorted({place_of[slot] for slot in own}))) for good, own in reached.goods],
        reached.units,
    )
    found.count()
    return found if found.most else reached


def _summed(slots: Sequence[Slot], place_of: Sequence[int]) -> tuple[Slot, ...]:
    quantities: dict[int, int] = {}
    for slot, place in zip(slots, place_of, strict=False):
        quantities[place] = quantities.get(place, 0) + slot.quantity
    return tuple(Slot(slots[place_of.index(place)].of, quantity) for place, quantity in sorted(quantities.items()))
