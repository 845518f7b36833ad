"""The rules in force, read as they are asked for: a quote asks only for the goods of its basket, and of the promotions
only for those that hold now.

What was read is kept as long as nothing touches it, from one edition of the file to the next. Knows nothing of when a
file is read, nor of which one.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, TypeVar

from pos_app.domain.ids import Sku
from pos_app.domain.pricing.announced import AnnouncedPromotions
from pos_app.domain.pricing.compiled import follow
from pos_app.domain.pricing.documents import parsed
from pos_app.domain.pricing.inputs import PricedProduct, PriceRow, Rulebook
from pos_app.domain.pricing.promotion_documents import read_points, read_template
from pos_app.domain.pricing.promotions import NO_POINTS, CouponTemplate, PointsRules, Promotion
from pos_app.domain.pricing.reading import Document, Mistake
from pos_app.store.replica.current_file import CurrentFile, Row
from pos_app.store.replica.documents import announced_promotion, priced_product
from sync.protocol.topics import COUPON_TEMPLATE, POINTS, PRICE, PRODUCT, PROMOTION

MOST_KEPT: Final = 20_000
"""SKUs kept in memory at a time; a store sells fewer in a day."""

_PRODUCT = "SELECT body FROM document WHERE topic = ? AND key = ? LIMIT 1"
_PRODUCTS = "SELECT DISTINCT key FROM document WHERE topic = ? ORDER BY key"
_PRICES = "SELECT id, kind, amount, scope, channel, starts, ends, tiers, lot FROM price WHERE sku = ? ORDER BY id"
_ALL = "SELECT key, body FROM document WHERE topic = ? ORDER BY key, scope"
_ONE = "SELECT key, body FROM document WHERE topic = ? AND key = ? ORDER BY scope"
_PRICED = "SELECT DISTINCT sku FROM price ORDER BY sku"

_Value = TypeVar("_Value")


class LazyBySku(Mapping[Sku, _Value]):
    """A mapping that reads what belongs to an SKU once. ``read`` gives None where there is nothing."""

    def __init__(self, read: Callable[[Sku], _Value | None], list_all: Callable[[], Iterator[Sku]]) -> None:
        """Begin with nothing read."""
        self._read = read
        self._list_all = list_all
        self._kept: dict[Sku, _Value | None] = {}

    def get(self, sku: Sku, default: _Value | None = None) -> _Value | None:  # type: ignore[override] # one kind of default is enough
        """Give what belongs to an SKU, or the default."""
        if sku not in self._kept:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[sku] = self._read(sku)
        found = self._kept[sku]
        return default if found is None else found

    def __getitem__(self, sku: Sku) -> _Value:
        """Give what belongs to an SKU."""
        found = self.get(sku)
        if found is None:
            raise KeyError(sku)
        return found

    def __iter__(self) -> Iterator[Sku]:
        """List every SKU."""
        return self._list_all()

    def __len__(self) -> int:
        """Count every SKU."""
        return sum(1 for _ in self._list_all())

    def forget(self, skus: Iterable[str]) -> None:
        """Read these again when they are asked for."""
        for sku in skus:
            self._kept.pop(Sku(sku), None)


class FileRules:
    """The rules of one replica file, as of one edition; `touched` takes them to the next."""

    def __init__(self, file: CurrentFile) -> None:
        """Announce the promotions; of products and prices nothing is read yet."""
        self._file = file
        self._products = LazyBySku(self._product, lambda: (Sku(key) for (key,) in file.rows(_PRODUCTS, PRODUCT)))
        self._prices = LazyBySku(self._rows, lambda: (Sku(key) for (key,) in file.rows(_PRICED)))
        self._promotions = {key: announced_promotion(key, body) for key, body in self._documents(PROMOTION)}
        self.rulebook = self._made(None)

    def touched(self, touched: Iterable[tuple[str, str]]) -> Rulebook:
        """Read again what was touched, when it is asked for; give the rulebook that is in force now."""
        keys: dict[str, set[str]] = {}
        for topic, key in touched:
            keys.setdefault(topic, set()).add(key)
        self._products.forget(keys.get(PRODUCT, ()))
        self._prices.forget(keys.get(PRICE, ()))
        for key in sorted(keys.get(PROMOTION, ())):
            self._promotions.pop(key, None)
            for _, body in self._documents(PROMOTION, key):
                self._promotions[key] = announced_promotion(key, body)
        before = self.rulebook
        self.rulebook = self._made(before, set(keys))
        follow(self.rulebook, before)
        return self.rulebook

    def _made(self, before: Rulebook | None, topics: frozenset[str] | set[str] = frozenset()) -> Rulebook:
        """Make a rulebook of what there is now; what was not touched is the very same as before."""
        promotions: Sequence[Promotion]
        if before is None or PROMOTION in topics:
            promotions = AnnouncedPromotions([self._promotions[key] for key in sorted(self._promotions)])
        else:
            promotions = before.promotions
        templates: Sequence[CouponTemplate]
        if before is None or COUPON_TEMPLATE in topics:
            templates = [value for _, value in self._read_all(COUPON_TEMPLATE, read_template)]
        else:
            templates = before.coupon_templates
        points: PointsRules
        if before is None or POINTS in topics:
            points = next((value for _, value in self._read_all(POINTS, read_points)), NO_POINTS)
        else:
            points = before.points
        return Rulebook(self._products, self._prices, promotions, templates, points)

    def _product(self, sku: Sku) -> PricedProduct | None:
        row = self._file.row(_PRODUCT, PRODUCT, sku)
        return None if row is None else priced_product(row[0])

    def _rows(self, sku: Sku) -> Sequence[PriceRow] | None:
        return tuple(_price_row(sku, row) for row in self._file.rows(_PRICES, sku)) or None

    def _documents(self, topic: str, key: str | None = None) -> Iterator[tuple[str, str]]:
        """List a topic's documents, or one of them, by key; one that moves from scope to scope is there once."""
        rows = self._file.rows(_ALL, topic) if key is None else self._file.rows(_ONE, topic, key)
        last = None
        for own, body in rows:
            if own != last:
                yield own, body
            last = own

    def _read_all(self, topic: str, read: Callable[[Document], _Value]) -> Iterator[tuple[str, _Value]]:
        """Read a topic's documents; one of a kind that this release cannot read is not in force here."""
        for key, body in self._documents(topic):
            try:
                yield key, read(parsed(body))
            except Mistake:
                continue


def _price_row(sku: Sku, row: Row) -> PriceRow:
    row_id, kind, amount, scope, channel, starts, ends, tiers, lot = row
    return PriceRow(row_id, sku, kind, amount, scope, channel, starts, ends, tuple(json.loads(tiers)), lot)
