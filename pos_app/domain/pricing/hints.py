"""Hints: what is nearly earned (docs/pricing.md §7): 12.00 more for ten off, one more for three-for-100.

Best first: what saves most for what it takes to get there; at most three.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from pos_app.domain.money import percent_of
from pos_app.domain.pricing.basket_promotions import SpendInEffect, SpendSaved
from pos_app.domain.pricing.goods import Good
from pos_app.domain.pricing.item_promotions import ItemSavings
from pos_app.domain.pricing.promotions import Multibuy, Nth
from pos_app.domain.pricing.quote import Hint
from pos_app.domain.pricing.worth import Alone

MOST = 3
SPEND_MORE = "spend_more"
ADD_PIECES = "add_pieces"
_FINE = 1_000_000


class _Prospect(NamedTuple):
    """A hint, what it would save more, and what it takes to get there, in fen."""

    hint: Hint
    gain: int
    cost: int

    def rank(self) -> tuple[int, int, str]:
        """Order by what is saved for each fen, then by what is saved."""
        return -(self.gain * _FINE // max(1, self.cost)), -self.gain, self.hint.promotion


def hints_for(spends: Sequence[SpendInEffect], saved: Iterable[SpendSaved], items: ItemSavings) -> tuple[Hint, ...]:
    """Find what is nearly earned."""
    prospects = [*_spend_more(spends, saved), *_add_pieces(items)]
    return tuple(each.hint for each in sorted(prospects, key=_Prospect.rank)[:MOST])


def _spend_more(spends: Sequence[SpendInEffect], saved: Iterable[SpendSaved]) -> Iterator[_Prospect]:
    """Look at the next step of every promotion that is at least half way there."""
    by_promotion = {each.promotion.id: each.saving for each in saved}
    by_group: dict[str, int] = {}
    for each in spends:
        group = each.spend.group
        by_group[group] = max(by_group.get(group, 0), by_promotion.get(each.promotion.id, 0))
    for each in spends:
        step = _next_step(each)
        if step is None or not each.amount or 2 * each.amount < step:
            continue
        gain = each.saving_on(step)[1] - by_group[each.spend.group]
        if gain > 0:
            missing = step - each.amount
            yield _Prospect(Hint(each.promotion.id, SPEND_MORE, missing), gain, missing)


def _next_step(each: SpendInEffect) -> int | None:
    tiers = each.spend.tiers
    if each.spend.repeat:
        times = each.amount // tiers[0].spend
        return None if each.bound is not None and times >= each.bound else (times + 1) * tiers[0].spend
    return next((tier.spend for tier in tiers if tier.spend > each.amount), None)


def _add_pieces(items: ItemSavings) -> Iterator[_Prospect]:
    """Look at the pieces that are left over, with more of the cheapest of them."""
    for reached in items.in_reach:
        deal = reached.promotion.deal
        if not isinstance(deal, Nth | Multibuy) or reached.is_bounded:
            continue
        units = sum(good.units for good, _ in reached.goods)
        over = units % deal.size
        if not over or (deal.size - over) * 2 > deal.size:
            continue
        missing = deal.size - over
        goods = [good for good, _ in reached.goods]
        gain = _gain(deal, goods, items.alone, over)
        if gain > 0:
            cost = missing * min(good.unit for good in goods)
            yield _Prospect(Hint(reached.promotion.id, ADD_PIECES, missing), gain, cost)


def _gain(deal: Nth | Multibuy, goods: Sequence[Good], alone: Sequence[Alone], over: int) -> int:
    """Say what the cheapest pieces left over would save together with more of the very cheapest."""
    left: list[Good] = []
    for good in sorted(goods, key=lambda good: (good.unit, good.order)):
        left += [good] * min(good.units, over - len(left))
    together = [left[0]] * (deal.size - over) + left
    if isinstance(deal, Multibuy):
        saving = sum(good.unit for good in together) - deal.price
    else:
        saving = sum(percent_of(good.unit, deal.percent) for good in together[: deal.discounted])
    return saving - sum(alone[good.order].saving for good in together)
