"""The rules as they stood at a cursor, read from every version that was published (docs/sync.md §3).

A cursor says of each scope how far somebody had read it. Knows nothing of baskets.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final, TypeVar

import msgspec
from sqlalchemy import ScalarSelect, func, select

from pos_app.domain.ids import Sku
from pos_app.domain.pricing.documents import parsed
from pos_app.domain.pricing.inputs import PricedProduct, PriceRow
from pos_app.domain.pricing.promotion_documents import read_points, read_promotion, read_template
from pos_app.domain.pricing.promotions import NO_POINTS, CouponTemplate, PointsRules, Promotion
from pos_app.domain.pricing.reading import Document, Mistake
from sync.hq.db.database import AnyRow, AnySelect, Reader
from sync.hq.db.schema import publication_version as version
from sync.protocol.rules import price_row, priced_product
from sync.protocol.topics import COUPON_TEMPLATE, POINTS, PRICE, PRODUCT, PROMOTION, PriceBody, ProductBody

Cursor = Mapping[str, int]
NOW: Final = 2**62
"""A revision behind all that there will ever be."""

_PRODUCT: Final = msgspec.json.Decoder(ProductBody)
_PRICE: Final = msgspec.json.Decoder(PriceBody)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Terms:
    """The rules beside products and prices."""

    promotions: tuple[Promotion, ...] = ()
    templates: tuple[CouponTemplate, ...] = ()
    points: PointsRules = NO_POINTS


@dataclass(frozen=True, slots=True)
class Goods:
    """Products and their price rows."""

    products: dict[Sku, PricedProduct] = field(default_factory=dict)
    prices: dict[Sku, tuple[PriceRow, ...]] = field(default_factory=dict)


def scopes_now(store: str, zone: str) -> Cursor:
    """Name the scopes whose rules concern a store, as they are now; either may be empty."""
    return {
        "chain": NOW,
        **({f"zone:{zone}": NOW} if zone else {}),
        **({f"store:{store}": NOW} if store else {}),
    }


async def settled(reader: Reader, cursor: Cursor, topics: Collection[str] = ()) -> Cursor:
    """Turn a cursor into the one at which the same rules (of these topics, else of all) were the newest.

    Two cursors with nothing but stock or members between them settle at the same.
    """
    row = await reader.row(select(*(_newest_at(scope, rev, topics) for scope, rev in cursor.items())))
    if row is None:
        raise AssertionError("a question without a table has one answer")
    return {scope: rev or 0 for scope, rev in zip(cursor, row, strict=True)}


def _newest_at(scope: str, rev: int, topics: Collection[str]) -> ScalarSelect[int]:
    until = select(func.max(version.c.rev)).where(version.c.scope == scope, version.c.rev <= rev)
    return (until.where(version.c.topic.in_(sorted(topics))) if topics else until).scalar_subquery()


async def read_terms(reader: Reader, cursor: Cursor) -> Terms:
    """Read promotions, templates and points; one that this release cannot read is not in force."""
    points = await _read_topic(reader, cursor, POINTS, read_points)
    return Terms(
        tuple(await _read_topic(reader, cursor, PROMOTION, read_promotion)),
        tuple(await _read_topic(reader, cursor, COUPON_TEMPLATE, read_template)),
        points[0] if points else NO_POINTS,
    )


async def _read_topic(reader: Reader, cursor: Cursor, topic: str, read: Callable[[Document], T]) -> list[T]:
    rows = await reader.rows(_of(cursor).where(version.c.topic == topic))
    found: list[T] = []
    for row in sorted(_standing(rows, cursor), key=lambda row: (row.key, row.scope)):
        with suppress(Mistake):
            found.append(read(parsed(row.body)))
    return found


async def read_goods(reader: Reader, cursor: Cursor, skus: Collection[Sku]) -> Goods:
    """Read products and prices of these SKUs; what is not there is left out."""
    goods = Goods()
    products = await reader.rows_in(_of(cursor).where(version.c.topic == PRODUCT), version.c.key, skus)
    for row in _standing(products, cursor):
        goods.products[Sku(row.key)] = priced_product(_PRODUCT.decode(row.body))
    named = await reader.rows_in(_of(cursor), version.c.sku, skus)
    # A row may have come to another product since, or gone: its key says what became of it.
    again = _of(cursor).where(version.c.topic == PRICE)
    prices: dict[Sku, list[PriceRow]] = {sku: [] for sku in skus}
    for row in _standing(await reader.rows_in(again, version.c.key, {row.key for row in named}), cursor):
        price = price_row(_PRICE.decode(row.body))
        if price.sku in prices:
            prices[price.sku].append(price)
    goods.prices.update({sku: tuple(sorted(rows, key=lambda row: row.id)) for sku, rows in prices.items() if rows})
    return goods


def _of(cursor: Cursor) -> AnySelect:
    """Ask for versions in a cursor's scopes, of whatever revision: asked for one, SQLite walks them in their order."""
    return select(version).where(version.c.scope.in_(sorted(cursor)))


def _standing(rows: Iterable[AnyRow], cursor: Cursor) -> list[AnyRow]:
    """Keep of each key in each scope the newest version at a cursor, and of those none that says that it is gone."""
    newest: dict[tuple[str, str], AnyRow] = {}
    for row in rows:
        before = newest.get((row.scope, row.key))
        if row.rev <= cursor[row.scope] and (before is None or before.rev < row.rev):
            newest[row.scope, row.key] = row
    return [row for row in newest.values() if row.body is not None]
