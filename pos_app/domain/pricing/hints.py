"""Hints: what is nearly earned (docs/pricing.md §7): 12.00 more for ten off, one more for three-for-100.

Best first: what saves most for what it takes to get there; at most three.
"""

from collections.abc import Iterable, Iterator, Sequence

from pos_app.domain.money import percent_of
from pos_app.domain.pricing.basket_promotions import SpendInEffect, SpendSaved
from pos_app.domain.pricing.entries import Alone
from pos_app.domain.pricing.goods import Good
from pos_app.domain.pricing.item_promotions import ItemSavings
from pos_app.domain.pricing.promotions import Multibuy, Nth
from pos_app.domain.pricing.quote import Hint
from pos_app.domain.pricing.singles import ADD_PIECES, Prospect, pieces_missing

MOST = 3
SPEND_MORE = "spend_more"


def hints_for(spends: Sequence[SpendInEffect], saved: Iterable[SpendSaved], items: ItemSavings) -> tuple[Hint, ...]:
    """Find what is nearly earned."""
    prospects = [*_spend_more(spends, saved), *items.prospects, *_add_pieces(items)]
    return tuple(Hint(each.promotion, each.text_key, each.missing) for each in sorted(prospects)[:MOST])


def _spend_more(spends: Sequence[SpendInEffect], saved: Iterable[SpendSaved]) -> Iterator[Prospect]:
    """Look at the next step of every promotion that is at least half way there."""
    by_promotion = {each.promotion.id: each.saving for each in saved}
    by_group: dict[str, int] = {}
    for each in spends:
        group = each.spend.group
        by_group[group] = max(by_group.get(group, 0), by_promotion.get(each.promotion.id, 0))
    for each in spends:
        step = _next_step(each) if each.amount else None
        if step is None or 2 * each.amount < step:
            continue
        gain = each.saving_on(step)[1] - by_group[each.spend.group]
        if gain > 0:
            missing = step - each.amount
            yield Prospect.of(each.promotion.id, SPEND_MORE, missing, gain=gain, cost=missing)


def _next_step(each: SpendInEffect) -> int | None:
    tiers = each.spend.tiers
    if each.spend.repeat:
        times = each.amount // tiers[0].spend
        return None if each.bound is not None and times >= each.bound else (times + 1) * tiers[0].spend
    return next((tier.spend for tier in tiers if tier.spend > each.amount), None)


def _add_pieces(items: ItemSavings) -> Iterator[Prospect]:
    """Look at the pieces that are left over, with more of the cheapest of them."""
    for reached in items.in_reach:
        entry = reached.entry
        if not entry.is_by_size or reached.is_bounded:
            continue
        missing = pieces_missing(entry, reached.units)
        if not missing:
            continue
        deal = entry.promotion.deal
        assert isinstance(deal, Nth | Multibuy), f"{entry.id} has no size"
        goods = [good for good, _ in reached.goods]
        if len(goods) > 1:
            goods.sort(key=_cheapest_first)
        gain = _gain(deal, goods, items.alone, entry.least - missing)
        if gain > 0:
            yield Prospect.of(entry.id, ADD_PIECES, missing, gain=gain, cost=missing * goods[0].unit)


def _cheapest_first(good: Good) -> tuple[int, int]:
    return good.unit, good.order


def _gain(deal: Nth | Multibuy, goods: Sequence[Good], alone: Sequence[Alone], over: int) -> int:
    """Say what the pieces left over would save together with more of the very cheapest. ``goods``: cheapest first."""
    wanted, more = over, deal.size - over
    discounted = deal.discounted if isinstance(deal, Nth) else 0
    gain = -deal.price if isinstance(deal, Multibuy) else 0
    for good in goods:
        taken = min(wanted, good.units)
        wanted -= taken
        pieces, more = taken + more, 0
        gain -= pieces * alone[good.order].saving
        if isinstance(deal, Multibuy):
            gain += pieces * good.unit
        elif discounted:
            cheaper = min(discounted, pieces)
            gain += cheaper * percent_of(good.unit, deal.percent)
            discounted -= cheaper
        if not wanted:
            break
    return gain
