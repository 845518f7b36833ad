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
    UNIT_DEALS,
    Addon,
    Bundle,
    CouponTemplate,
    Deal,
    MorePoints,
    Promotion,
    Spend,
)
from pos_app.domain.pricing.selectors import Selector
from pos_app.domain.pricing.situation import Situation

MAX_SLICES = 64


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """A promotion with what is asked of it again and again."""

    promotion: Promotion
    selectors: tuple[Selector, ...]
    """What may stand in each slot of its deal; an add-on's last slot is what one gets."""
    place: int
    """Its place among all promotions by id."""
    is_of_units: bool
    """It takes single units, and so may take a weighed line."""
    is_plain: bool
    """Nothing but dates, scope, channel and ``limit`` decides whether it is in effect."""

    def bound_in_effect(self, situation: Situation) -> tuple[bool, int | None]:
        """Tell whether it is in effect where dates, scope and channel allow it, and its bound."""
        promotion = self.promotion
        if self.is_plain:
            bound = promotion.limit
            return bound is None or bound >= 1, bound
        bound = promotion.bound(situation.member)
        return (bound is None or bound >= 1) and promotion.when.hold_today(situation), bound


@dataclass(frozen=True, slots=True)
class About:
    """What concerns one product: item promotions with the slots it may stand in, spend and points promotions."""

    items: tuple[tuple[Entry, tuple[int, ...]], ...]
    baskets: tuple[Entry, ...]


class Slice:
    """The promotions that dates, scope and channel allow, for one stretch of time at one place."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        """Index them by what their selectors list. ``entries`` are by id."""
        self.spends = [each for each in entries if isinstance(each.promotion.deal, Spend)]
        self.points = [each for each in entries if isinstance(each.promotion.deal, MorePoints)]
        self._by_key: dict[tuple[str, str], list[Entry]] = {}
        self._anything: list[Entry] = []
        self._about: dict[str, About] = {}
        for each in entries:
            if any(selector.every for selector in each.selectors):
                self._anything.append(each)
                continue
            for key in dict.fromkeys(key for selector in each.selectors for key in _keys(selector)):
                self._by_key.setdefault(key, []).append(each)

    def about(self, product: PricedProduct) -> About:
        """Say what concerns a product, promotions by id."""
        known = self._about.get(product.sku)
        if known is None:
            found = list(self._found(product))
            known = self._about[product.sku] = About(
                items=tuple((each, slots) for each, slots in found if not _is_of_baskets(each)),
                baskets=tuple(each for each, _ in found if _is_of_baskets(each)),
            )
        return known

    def _found(self, product: PricedProduct) -> Iterator[tuple[Entry, tuple[int, ...]]]:
        near = {each.place: each for each in self._anything}
        for key in _own_keys(product):
            for each in self._by_key.get(key, ()):
                near[each.place] = each
        for place in sorted(near):
            each = near[place]
            slots = tuple(index for index, selector in enumerate(each.selectors) if selector.matches(product))
            if slots:
                yield each, slots


def _is_of_baskets(entry: Entry) -> bool:
    return isinstance(entry.promotion.deal, Spend | MorePoints)


def _keys(selector: Selector) -> Iterator[tuple[str, str]]:
    yield from (("sku", each) for each in selector.skus)
    yield from (("category", each) for each in selector.categories)
    yield from (("brand", each) for each in selector.brands)
    yield from (("tag", each) for each in selector.tags)


def _own_keys(product: PricedProduct) -> Iterator[tuple[str, str]]:
    yield "sku", product.sku
    yield from (("category", each) for each in product.categories)
    if product.brand is not None:
        yield "brand", product.brand
    yield from (("tag", each) for each in product.tags)


def selectors_of(deal: Deal) -> tuple[Selector, ...]:
    """List what may stand in each slot of a deal; an add-on's last slot is what one gets."""
    if isinstance(deal, Bundle):
        return tuple(slot.of for slot in deal.slots)
    if isinstance(deal, Addon):
        return (*(slot.of for slot in deal.buy), deal.get.of)
    return (deal.of,)


def _entry(place: int, promotion: Promotion) -> Entry:
    return Entry(
        promotion,
        selectors_of(promotion.deal),
        place,
        isinstance(promotion.deal, UNIT_DEALS),
        promotion.limit_per_member is None and promotion.when.hold_all_day,
    )


class Compiled:
    """A rulebook's promotions and templates, ready to be asked."""

    def __init__(self, rulebook: Rulebook) -> None:
        """Put promotions in order, and note the instants at which one begins or ends."""
        by_id = sorted(rulebook.promotions, key=lambda promotion: promotion.id)
        self.templates: dict[str, CouponTemplate] = {each.id: each for each in rulebook.coupon_templates}
        self._entries = [_entry(place, promotion) for place, promotion in enumerate(by_id)]
        self._turns = sorted({at for each in by_id for at in (each.when.starts, each.when.ends) if at is not None})
        self._slices: dict[tuple[int, str, str, str], Slice] = {}
        self._everything: Slice | None = None

    def slice(self, situation: Situation) -> Slice:
        """Give what dates, scope and channel allow."""
        stretch = bisect_right(self._turns, situation.at)
        key = (stretch, situation.channel, situation.store_scope, situation.zone_scope)
        known = self._slices.get(key)
        if known is None:
            if len(self._slices) >= MAX_SLICES:
                self._slices.clear()
            known = self._slices[key] = Slice(list(_allowed(self._entries, situation)))
        return known

    def everything(self) -> Slice:
        """Give all promotions, whenever and wherever they hold."""
        if self._everything is None:
            self._everything = Slice(self._entries)
        return self._everything


def _allowed(entries: Iterable[Entry], situation: Situation) -> Iterator[Entry]:
    for each in entries:
        when = each.promotion.when
        if situation.is_within(when.starts, when.ends) and situation.is_reached_by(when.scope, when.channel):
            yield each


def compiled(rulebook: Rulebook) -> Compiled:
    """Give what was worked out of a rulebook, now if it was not yet."""
    known = rulebook.kept.get("compiled")
    if not isinstance(known, Compiled):
        known = rulebook.kept["compiled"] = Compiled(rulebook)
    return known
