"""What a promotion in effect lacks to be taken: pieces, an amount, goods that it may take (docs/pricing.md §3 to §5).

Worked out on a tap, by the stages of pricing themselves; no price depends on it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pos_app.domain.pricing.basket_promotions import SpendInEffect, covering, in_effect, save_on_basket
from pos_app.domain.pricing.compiled import Slice
from pos_app.domain.pricing.entries import selectors_of
from pos_app.domain.pricing.goods import Good, gather
from pos_app.domain.pricing.inputs import PricedBasket, Rulebook
from pos_app.domain.pricing.item_promotions import save_on_items
from pos_app.domain.pricing.promotions import (
    UNIT_DEALS,
    Addon,
    Bundle,
    ItemDeal,
    MorePoints,
    Promotion,
    Slot,
    Spend,
    Tiers,
)
from pos_app.domain.pricing.quote import Quote
from pos_app.domain.pricing.selectors import Selector
from pos_app.domain.pricing.situation import Situation

BEATEN = "beaten"


class Lack(NamedTuple):
    """Why not, and how much is missing: fen for ``spend_more``, pieces for ``add_pieces`` and ``add_gift``."""

    reason: str
    missing: int | None = None


@dataclass(frozen=True, slots=True)
class Lacking:
    """A basket as promotions see it."""

    goods: Sequence[Good]
    spends: dict[str, SpendInEffect]
    quote: Quote

    @classmethod
    def of(cls, basket: PricedBasket, rulebook: Rulebook, allowed: Slice, quote: Quote) -> "Lacking":
        """Price the basket as far as its promotions."""
        situation = Situation.of(basket)
        goods = gather(basket.lines, rulebook, situation)
        save_on_items(goods, allowed, situation)
        spends = in_effect(covering(goods, allowed), situation)
        save_on_basket(spends, allowed, situation)
        return cls(goods, {each.promotion.id: each for each in spends}, quote)

    def of_promotion(self, promotion: Promotion) -> Lack:
        """Say what one that is in effect and was not taken lacks; nothing: it was beaten by what saves more."""
        deal = promotion.deal
        if isinstance(deal, Spend):
            spend = self.spends.get(promotion.id)
            return _too_little(deal.tiers[0].spend, 0 if spend is None else spend.amount)
        if isinstance(deal, MorePoints):
            return self._of_points(deal)
        return self._of_items(deal)

    def _of_points(self, deal: MorePoints) -> Lack:
        own = {line.asked.line for good in self.goods if deal.of.matches(good.product) for line in good.lines}
        return _too_little(deal.min_spend, sum(line.net for line in self.quote.lines if line.line in own))

    def _of_items(self, deal: ItemDeal) -> Lack:
        near = [good for good in self.goods if any(each.matches(good.product) for each in selectors_of(deal))]
        free = [good for good in near if good.manual_price is None]
        if not free:
            return Lack("manual_price")
        if isinstance(deal, UNIT_DEALS):
            return Lack(BEATEN)
        pieces = [good for good in free if good.quantity is None]
        if not pieces:
            return Lack("weighed")
        return _lacking_pieces(deal, pieces)


def _lacking_pieces(deal: ItemDeal, pieces: Sequence[Good]) -> Lack:
    if isinstance(deal, Addon):
        missing = _missing(deal.buy, pieces)
        if missing:
            return Lack("add_pieces", missing)
        return Lack(BEATEN) if _count(pieces, deal.get.of) else Lack("add_gift", 1)
    if isinstance(deal, Bundle):
        missing = _missing(deal.slots, pieces)
    elif isinstance(deal, Tiers):
        missing = _missing((Slot(deal.of, deal.tiers[0].count),), pieces)
    elif isinstance(deal, UNIT_DEALS):
        missing = 0
    else:
        missing = _missing((Slot(deal.of, deal.size),), pieces)
    return Lack("add_pieces", missing) if missing else Lack(BEATEN)


def _too_little(wanted: int, there: int) -> Lack:
    return Lack("spend_more", wanted - there) if there < wanted else Lack(BEATEN)


def _missing(slots: Iterable[Slot], pieces: Sequence[Good]) -> int:
    """Count what the slots lack; pieces that more than one of them could take are counted for each."""
    return sum(max(0, slot.quantity - _count(pieces, slot.of)) for slot in slots)


def _count(pieces: Sequence[Good], of: Selector) -> int:
    return sum(good.units for good in pieces if of.matches(good.product))
