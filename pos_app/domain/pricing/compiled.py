"""The rulebook worked out once: which promotions can concern a product, here and now (docs/pricing.md §1, §3).

Promotions are found by SKU, category, brand and tag; those whose dates, scope and channel exclude them are left out
once for a stretch of time at a place (a `Slice`), so that a quote looks only at what can matter.
What is kept here only saves work: no answer depends on it (decisions/0007 says why).
"""

from bisect import bisect_right
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from pos_app.domain.pricing.announced import Announced, announced_of
from pos_app.domain.pricing.entries import Alone, Entry, best_alone
from pos_app.domain.pricing.inputs import PricedProduct, Rulebook
from pos_app.domain.pricing.promotions import CouponTemplate, Promotion, Spend
from pos_app.domain.pricing.selectors import Selector
from pos_app.domain.pricing.singles import Item, Stance, single_of
from pos_app.domain.pricing.situation import Conditions, Situation

MAX_SLICES: Final = 64
MAX_PRODUCTS: Final = 20_000
"""Products that a slice keeps what concerns them of."""
MAX_SETTLED: Final = 4_000
"""Components whose choice is kept."""
MAX_STANCES: Final = 64
"""Prices and numbers of pieces of a product for which it is kept how promotions stand to them."""
_COMPILED: Final = "compiled"


@dataclass(slots=True)
class About:
    """What concerns one product: item promotions with the slots it may stand in, spend and points promotions."""

    product: PricedProduct
    items: tuple[tuple[Entry, tuple[int, ...]], ...]
    baskets: tuple[Entry, ...]
    _chosen_among: tuple[Item, ...] = field(init=False)
    """Item promotions to choose among: all but those that are open to every unit."""
    _of_weighed: tuple[Item, ...] = field(init=False)
    """The same for a weighed line."""
    _open: tuple[Entry, ...] = field(init=False)
    _of_pieces: dict[tuple[int, int], Stance] = field(init=False, default_factory=dict)
    _alone: dict[int, Alone] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Part them."""
        self._open = tuple(entry for entry, _ in self.items if entry.is_open)
        self._chosen_among = tuple(Item(*each) for each in self.items if not each[0].is_open)
        self._of_weighed = tuple(item for item in self._chosen_among if item.entry.is_of_units)

    def of_pieces(self, unit: int, units: int) -> Stance:
        """Say how promotions stand to so many pieces at a price each."""
        key = unit, units
        known = self._of_pieces.get(key)
        if known is None:
            if len(self._of_pieces) >= MAX_STANCES:
                self._of_pieces.clear()
                self._alone.clear()
            alone = self._alone.get(unit)
            if alone is None:
                alone = self._alone[unit] = best_alone(self._open, unit, None)
            items = [Item(each[0], each[1], single_of(each, unit, units, alone)) for each in self._chosen_among]
            known = self._of_pieces[key] = Stance(alone, items)
        return known

    def of_weighed(self, unit: int, quantity: int) -> Stance:
        """Say how promotions stand to a weighed line."""
        return Stance(best_alone(self._open, unit, quantity), self._of_weighed)


class Slice:
    """The promotions that dates, scope and channel allow, for one stretch of time at one place."""

    def __init__(self, entries: Sequence[Entry], settled: dict[Hashable, object]) -> None:
        """Index them by what their selectors list. ``entries`` are by id; ``settled`` is kept for all slices."""
        self.entries = entries
        self.settled = settled
        self.rivals: dict[str, list[Entry]] = {}
        """Spend promotions by group, the highest priority first."""
        for each in sorted(entries, key=_by_priority):
            if isinstance(each.promotion.deal, Spend):
                self.rivals.setdefault(each.promotion.deal.group, []).append(each)
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
        if known is None or known.product is not product:
            found = list(self._found(product))
            if len(self._about) >= MAX_PRODUCTS:
                self._about.clear()
            known = self._about[product.sku] = About(
                product,
                items=tuple((each, slots) for each, slots in found if not each.is_of_baskets),
                baskets=tuple(each for each, _ in found if each.is_of_baskets),
            )
        return known

    def _found(self, product: PricedProduct) -> Iterator[tuple[Entry, tuple[int, ...]]]:
        near = dict.fromkeys(self._anything)
        for key in _own_keys(product):
            near |= dict.fromkeys(self._by_key.get(key, ()))
        for each in sorted(near, key=_id):
            slots = tuple(index for index, selector in enumerate(each.selectors) if selector.matches(product))
            if slots:
                yield each, slots


def _by_priority(entry: Entry) -> int:
    return -entry.promotion.priority


def _id(entry: Entry) -> str:
    return entry.id


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


class Compiled:
    """A rulebook's promotions and templates, ready to be asked."""

    def __init__(self, rulebook: Rulebook, before: "Compiled | None" = None) -> None:
        """Note the instants at which a promotion begins or ends.

        ``before`` is what was compiled of the rulebook that this one follows: promotions that are still the same keep
        their entries, and with them what was settled among them.
        """
        self.made_of = rulebook.promotions, rulebook.coupon_templates
        self.templates: dict[str, CouponTemplate] = {each.id: each for each in rulebook.coupon_templates}
        self.settled: dict[Hashable, object] = {} if before is None else before.settled
        self._announced = announced_of(rulebook.promotions)
        self.entries: dict[int, Entry] = {} if before is None else _still_there(before.entries, self._announced)
        self._turns = sorted({at for each in self._announced for at in (each.starts, each.ends) if at is not None})
        self._slices: dict[tuple[int, str, str, str], Slice] = {}
        self._everything: Slice | None = None
        self._by_id: dict[str, Announced] = {}

    def slice(self, situation: Situation) -> Slice:
        """Give what dates, scope and channel allow."""
        stretch = bisect_right(self._turns, situation.at)
        key = (stretch, situation.channel, situation.store_scope, situation.zone_scope)
        known = self._slices.get(key)
        if known is None:
            if len(self._slices) >= MAX_SLICES:
                self._slices.clear()
            now = self._read(each for each in self._announced if each.holds_within(situation.at))
            here = [each for each in now if _reaches(each.promotion.when, situation)]
            known = self._slices[key] = Slice(here, self.settled)
        return known

    def everything(self) -> Slice:
        """Give all promotions, whenever and wherever they hold."""
        if self._everything is None:
            self._everything = Slice(list(self._read(self._announced)), self.settled)
        return self._everything

    def promotion(self, own: str) -> Promotion | None:
        """Find a promotion by its id, wherever and whenever it holds."""
        if not self._by_id:
            self._by_id = {each.id: each for each in self._announced}
        found = self._by_id.get(own)
        return None if found is None else found.promotion

    def limited_per_member(self) -> list[str]:
        """List the promotions whose uses are counted for each member, by id."""
        return [each.id for each in self._announced if each.is_limited_per_member]

    def _read(self, announced: Iterable[Announced]) -> Iterator[Entry]:
        for each in announced:
            promotion = each.promotion
            if promotion is not None:
                own = id(promotion)
                entry = self.entries.get(own)
                if entry is None:
                    entry = self.entries[own] = Entry.of(promotion)
                yield entry


def _still_there(entries: dict[int, Entry], announced: Iterable[Announced]) -> dict[int, Entry]:
    """Give the entries, by their promotion's identity, of promotions that are still announced."""
    found: dict[int, Entry] = {}
    for each in announced:
        entry = entries.get(id(each.known))
        if entry is not None:
            found[id(each.known)] = entry
    return found


def _reaches(when: Conditions, situation: Situation) -> bool:
    return situation.is_within(when.starts, when.ends) and situation.is_reached_by(when.scope, when.channel)


def compiled(rulebook: Rulebook) -> Compiled:
    """Give what was worked out of a rulebook, now if it was not yet."""
    known = rulebook.kept.get(_COMPILED)
    if not isinstance(known, Compiled):
        known = rulebook.kept[_COMPILED] = Compiled(rulebook)
    return known


def follow(after: Rulebook, before: Rulebook) -> None:
    """Let a rulebook that was not asked yet begin with what was worked out of the one before it."""
    kept = dict(before.kept)
    known = kept.get(_COMPILED)
    if isinstance(known, Compiled):
        promotions, templates = known.made_of
        if promotions is not after.promotions or templates is not after.coupon_templates:
            kept[_COMPILED] = Compiled(after, known)
    after.kept.update(kept)
