"""The rulebook worked out once: which promotions can concern a product, here and now (docs/pricing.md §1, §3).

Promotions are found by SKU, category, brand and tag; those whose dates, scope and channel exclude them are left out
once for a stretch of time at a place (a `Slice`), so that a quote looks only at what can matter.
What is kept here only saves work: no answer depends on it.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pos_app.domain.pricing.inputs import PricedProduct, Rulebook
from pos_app.domain.pricing.promotions import (
    Addon,
    Bundle,
    CouponTemplate,
    ItemDeal,
    MorePoints,
    Promotion,
    Spend,
)
from pos_app.domain.pricing.selectors import Selector
from pos_app.domain.pricing.situation import Situation

MAX_SLICES = 64

Reach = tuple[Promotion, tuple[int, ...]]
"""A promotion, and the slots of its deal in which a product may stand."""


def selectors_of(deal: ItemDeal) -> tuple[Selector, ...]:
    """Give what may stand in each slot of a deal; an add-on's last slot is what one gets."""
    if isinstance(deal, Bundle):
        return tuple(slot.of for slot in deal.slots)
    if isinstance(deal, Addon):
        return (*(slot.of for slot in deal.buy), deal.get.of)
    return (deal.of,)


@dataclass(frozen=True, slots=True)
class _ItemPromotion:
    """An item promotion, its place by id, and what may stand in each of its slots."""

    place: int
    promotion: Promotion
    slots: tuple[Selector, ...]


class Slice:
    """The promotions that dates, scope and channel allow, for one stretch of time at one place."""

    def __init__(
        self, allowed: Sequence[_ItemPromotion], spends: Sequence[Promotion], points: Sequence[Promotion]
    ) -> None:
        """Index them by what their selectors list."""
        self.spends = spends
        self.points = points
        self._by_key: dict[tuple[str, str], list[_ItemPromotion]] = {}
        self._anything: list[_ItemPromotion] = []
        self._reach: dict[str, tuple[Reach, ...]] = {}
        for each in allowed:
            if any(selector.every for selector in each.slots):
                self._anything.append(each)
                continue
            for key in dict.fromkeys(key for selector in each.slots for key in _keys(selector)):
                self._by_key.setdefault(key, []).append(each)

    def reach(self, product: PricedProduct) -> tuple[Reach, ...]:
        """List the item promotions that may take a product, by id."""
        known = self._reach.get(product.sku)
        if known is None:
            known = self._reach[product.sku] = tuple(self._found(product))
        return known

    def _found(self, product: PricedProduct) -> Iterator[Reach]:
        near = {each.place: each for each in self._anything}
        for key in _own_keys(product):
            near.update((each.place, each) for each in self._by_key.get(key, ()))
        for place in sorted(near):
            each = near[place]
            slots = tuple(index for index, selector in enumerate(each.slots) if selector.matches(product))
            if slots:
                yield each.promotion, slots


def _keys(selector: Selector) -> Iterator[tuple[str, str]]:
    yield from (("sku", each) for each in sorted(selector.skus))
    yield from (("category", each) for each in sorted(selector.categories))
    yield from (("brand", each) for each in sorted(selector.brands))
    yield from (("tag", each) for each in sorted(selector.tags))


def _own_keys(product: PricedProduct) -> Iterator[tuple[str, str]]:
    yield "sku", product.sku
    yield from (("category", each) for each in product.categories)
    if product.brand is not None:
        yield "brand", product.brand
    yield from (("tag", each) for each in product.tags)


class Compiled:
    """A rulebook's promotions and templates, ready to be asked."""

    def __init__(self, rulebook: Rulebook) -> None:
        """Sort promotions by what they work on, and note the instants at which one begins or ends."""
        by_id = sorted(rulebook.promotions, key=lambda promotion: promotion.id)
        self.templates: dict[str, CouponTemplate] = {each.id: each for each in rulebook.coupon_templates}
        self._items: list[_ItemPromotion] = []
        self._spends: list[Promotion] = []
        self._points: list[Promotion] = []
        for place, promotion in enumerate(by_id):
            deal = promotion.deal
            if isinstance(deal, Spend):
                self._spends.append(promotion)
            elif isinstance(deal, MorePoints):
                self._points.append(promotion)
            else:
                self._items.append(_ItemPromotion(place, promotion, selectors_of(deal)))
        instants = {at for each in by_id for at in (each.when.starts, each.when.ends) if at is not None}
        self._turns = sorted(instants)
        self._slices: dict[tuple[int, str, str, str], Slice] = {}

    def slice(self, situation: Situation) -> Slice:
        """Give what dates, scope and channel allow."""
        stretch = bisect_right(self._turns, situation.at)
        key = (stretch, situation.channel, situation.store_scope, situation.zone_scope)
        known = self._slices.get(key)
        if known is None:
            if len(self._slices) >= MAX_SLICES:
                self._slices.clear()
            known = self._slices[key] = Slice(
                [each for each in self._items if _may(each.promotion, situation)],
                _allowed(self._spends, situation),
                _allowed(self._points, situation),
            )
        return known


def _may(promotion: Promotion, situation: Situation) -> bool:
    when = promotion.when
    return situation.is_within(when.starts, when.ends) and situation.is_reached_by(when.scope, when.channel)


def _allowed(promotions: Iterable[Promotion], situation: Situation) -> list[Promotion]:
    return [each for each in promotions if _may(each, situation)]


def compiled(rulebook: Rulebook) -> Compiled:
    """Give what was worked out of a rulebook, now if it was not yet."""
    known = rulebook.kept.get("compiled")
    if not isinstance(known, Compiled):
        known = rulebook.kept["compiled"] = Compiled(rulebook)
    return known
