"""The goods of the bench: as many products as asked for, with prices and stock, as headquarters would publish them.

The same count gives the same documents, byte for byte. Knows nothing of files.
"""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pos_app.domain.codes import check_digit
from pos_app.domain.ids import DeviceId
from pos_app.proving.bench.scene import CASHIER
from sync.protocol.topics import OPERATOR, PRICE, PRODUCT, STOCK, STORE
from sync.protocol.wire import Change

MOST: Final = 100_000
"""Products that the words make different names for."""
FEWEST: Final = 500
"""More than the longest basket of the bench twice over."""
STORE_ID: Final = "S001"
ZONE: Final = "east"
DEVICE: Final = DeviceId("S001-R1")
CHAIN_SCOPE: Final = "chain"
STORE_SCOPE: Final = f"store:{STORE_ID}"

_EVERY_MEMBER_PRICE: Final = 5
_EVERY_CAMPAIGN_PRICE: Final = 10


@dataclass(frozen=True, slots=True)
class Good:
    """A product as the bench asks for it."""

    at: int
    sku: str
    code: str
    name: str
    initials: str
    category: str
    spec: str
    unit: str


class Goods:
    """The words, and the goods they make."""

    def __init__(self) -> None:
        """Read the words."""
        words = tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))
        self._brands: Sequence[Sequence[str]] = words["brands"]
        self._origins: Sequence[Sequence[str]] = words["origins"]
        self._goods: Sequence[Sequence[str]] = words["goods"]
        self._packs: Sequence[Sequence[str]] = words["packs"]

    def good(self, at: int) -> Good:
        """Make the good with a number, from 0 to `MOST` - 1."""
        rest, kind = divmod(at, len(self._goods))
        rest, pack = divmod(rest, len(self._packs))
        brand, origin = divmod(rest, len(self._origins))
        parts = (self._brands[brand], self._origins[origin], self._goods[kind])
        spec, unit = self._packs[pack]
        return Good(
            at=at,
            sku=f"G{at:06d}",
            code=_ean(f"69{at:010d}"),
            name="".join(part[0] for part in parts) + spec,
            initials="".join(part[1] for part in parts) + spec,
            category=self._goods[kind][2],
            spec=spec,
            unit=unit,
        )

    def documents(self, count: int) -> Iterator[Change]:
        """Give everything that a store's scopes hold of so many products; revs count up in each scope."""
        chain, store = 0, 0
        for topic, key, body in _store_documents():
            store += 1
            yield Change(STORE_SCOPE, store, topic, key, body)
        for at in range(count):
            good = self.good(at)
            for topic, key, body in (product_of(good), *prices_of(good)):
                chain += 1
                yield Change(CHAIN_SCOPE, chain, topic, key, body)
            store += 1
            yield Change(STORE_SCOPE, store, *stock_of(good, 40_000 + at % 100 * 1000))

    def cursor(self, count: int) -> dict[str, int]:
        """Give the revs that `documents` ends with."""
        chain = sum(1 + len(prices_of(self.good(at))) for at in range(min(count, _PRICE_PATTERN)))
        rounds, rest = divmod(count, _PRICE_PATTERN)
        if rounds:
            chain = rounds * chain + sum(1 + len(prices_of(self.good(at))) for at in range(rest))
        return {CHAIN_SCOPE: chain, STORE_SCOPE: len(_store_documents()) + count}


Document = tuple[str, str, dict[str, Any]]
_PRICE_PATTERN: Final = 10
"""After so many products the kinds of their prices repeat."""


def product_of(good: Good) -> Document:
    """Publish the product."""
    body = {
        "sku": good.sku,
        "name": good.name,
        "initials": good.initials,
        "categories": [good.category.partition("/")[0], good.category],
        "unit": good.unit,
        "spec": good.spec,
        "barcodes": [{"code": good.code, "unit": good.unit}],
    }
    return PRODUCT, good.sku, body


def prices_of(good: Good, more_fen: int = 0) -> list[Document]:
    """Publish its prices: every good has a base price, each fifth one for members, each tenth a campaign's."""
    amount = 500 + good.at * 37 % 9000 + more_fen
    rows: list[dict[str, Any]] = [{"id": f"B{good.at}", "kind": "base", "amount": amount}]
    if good.at % _EVERY_MEMBER_PRICE == 0:
        rows.append({"id": f"M{good.at}", "kind": "member", "amount": amount * 95 // 100, "tiers": ["gold"]})
    if good.at % _EVERY_CAMPAIGN_PRICE == 0:
        begins = "2026-01-01T00:00:00+08:00"
        rows.append({"id": f"C{good.at}", "kind": "campaign", "amount": amount * 9 // 10, "from": begins})
    return [(PRICE, row["id"], {"sku": good.sku, **row}) for row in rows]


def stock_of(good: Good, on_hand: int) -> Document:
    """Publish what is on hand in the store."""
    applied = {DEVICE: {"epoch": 1, "seq": 0}}
    return STOCK, good.sku, {"sku": good.sku, "on_hand": on_hand, "applied": applied}


def _store_documents() -> list[Document]:
    store = {"id": STORE_ID, "name": "Bench", "zone": ZONE}
    operator = {"id": CASHIER, "name": "Bench", "role": "cashier", "pin_hash": "none"}
    return [(STORE, STORE_ID, store), (OPERATOR, CASHIER, operator)]


def _ean(digits: str) -> str:
    return digits + str(check_digit(digits))
