"""The rules in force, read as they are asked for: a quote asks only for the goods of its basket.

What was read is kept for as long as products and prices stay as they are. Knows nothing of when that is.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, TypeVar

from pos_app.domain.ids import Sku
from pos_app.domain.pricing.documents import parsed
from pos_app.domain.pricing.inputs import PricedProduct, PriceRow, Rulebook
from pos_app.domain.pricing.promotion_documents import read_points, read_promotion, read_template
from pos_app.domain.pricing.promotions import NO_POINTS
from pos_app.domain.pricing.reading import Document, Mistake
from pos_app.store.replica.current_file import CurrentFile, Row
from pos_app.store.replica.documents import priced_product
from sync.protocol.topics import COUPON_TEMPLATE, POINTS, PRODUCT, PROMOTION

MOST_KEPT: Final = 20_000
"""SKUs kept in memory at a time; a store sells fewer in a day."""

_PRODUCT = "SELECT body FROM document WHERE topic = ? AND key = ? LIMIT 1"
_PRODUCTS = "SELECT DISTINCT key FROM document WHERE topic = ? ORDER BY key"
_PRICES = "SELECT id, kind, amount, scope, channel, starts, ends, tiers, lot FROM price WHERE sku = ? ORDER BY id"
_BODIES = "SELECT body FROM document WHERE topic = ? ORDER BY key"
_PRICED = "SELECT DISTINCT sku FROM price ORDER BY sku"

_Value = TypeVar("_Value")


class LazyBySku(Mapping[Sku, _Value]):
    """A mapping that reads what belongs to an SKU once. ``read`` gives None where there is nothing."""

    def __init__(self, read: Callable[[Sku], _Value | None], list_all: Callable[[], Iterator[Sku]]) -> None:
        """Begin with nothing read."""
        self._read = read
        self._list_all = list_all
        self._kept: dict[Sku, _Value | None] = {}

    def __getitem__(self, sku: Sku) -> _Value:
        """Give what belongs to an SKU."""
        if sku not in self._kept:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[sku] = self._read(sku)
        found = self._kept[sku]
        if found is None:
            raise KeyError(sku)
        return found

    def __iter__(self) -> Iterator[Sku]:
        """List every SKU."""
        return self._list_all()

    def __len__(self) -> int:
        """Count every SKU."""
        return sum(1 for _ in self._list_all())


def lazy_rulebook(file: CurrentFile) -> Rulebook:
    """Give the rules in a file, with nothing read yet."""

    def read_product(sku: Sku) -> PricedProduct | None:
        row = file.row(_PRODUCT, PRODUCT, sku)
        return None if row is None else priced_product(row[0])

    def read_prices(sku: Sku) -> Sequence[PriceRow] | None:
        return tuple(_price_row(sku, row) for row in file.rows(_PRICES, sku)) or None

    return Rulebook(
        LazyBySku(read_product, lambda: (Sku(key) for (key,) in file.rows(_PRODUCTS, PRODUCT))),
        LazyBySku(read_prices, lambda: (Sku(key) for (key,) in file.rows(_PRICED))),
        promotions=_read_all(file, PROMOTION, read_promotion),
        coupon_templates=_read_all(file, COUPON_TEMPLATE, read_template),
        points=next(iter(_read_all(file, POINTS, read_points)), NO_POINTS),
    )


def _read_all(file: CurrentFile, topic: str, read: Callable[[Document], _Value]) -> list[_Value]:
    """Read a topic's documents; one of a kind that this release cannot read is not in force here."""
    found = []
    for (body,) in file.rows(_BODIES, topic):
        try:
            found.append(read(parsed(body)))
        except Mistake:
            continue
    return found


def _price_row(sku: Sku, row: Row) -> PriceRow:
    row_id, kind, amount, scope, channel, starts, ends, tiers, lot = row
    return PriceRow(row_id, sku, kind, amount, scope, channel, starts, ends, tuple(json.loads(tiers)), lot)
