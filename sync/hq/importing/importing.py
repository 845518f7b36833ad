"""Doing an import: read in a thread, look up what it speaks of, check it whole, then write and publish it at once.

Sent again it changes nothing. Imports come one after the other; facts may come between their reading and writing.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import msgspec
from sqlalchemy import select

from sync.hq.coupons.importing import check_coupons, coupon_documents, write_coupons
from sync.hq.coupons.templates import check_templates, template_documents
from sync.hq.db.database import Writer
from sync.hq.db.schema import headquarters
from sync.hq.headquarters import Headquarters
from sync.hq.importing.documents import Import
from sync.hq.importing.known import Known, look_up
from sync.hq.importing.mistakes import Mistake, Mistakes, in_order
from sync.hq.members.importing import check_members, write_members
from sync.hq.operators.importing import HashedOperator, check_operators, hash_pins, write_operators
from sync.hq.places.importing import check_places, write_places
from sync.hq.prices.importing import check_prices, write_prices
from sync.hq.products.importing import check_products, write_products
from sync.hq.promotions.assortment import Assortment
from sync.hq.promotions.importing import check_promotions, promotion_documents
from sync.hq.promotions.points import points_documents
from sync.hq.publications.publishing import Document, LockedScopes, Wanted, differences
from sync.hq.settings import PinCost
from sync.hq.stock_pool.importing import check_stock, write_stock
from sync.hq.stock_pool.ledger import stock_documents
from sync.protocol.rules import priced_product
from sync.protocol.topics import ProductBody

_PRODUCT: Final = msgspec.json.Decoder(ProductBody)


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import came to: rows by section, how many documents registers get for it, and what may be a slip."""

    rows: dict[str, int]
    published: int
    warnings: Sequence[Mistake] = ()


async def import_rows(hq: Headquarters, read: Callable[[Mistakes], Import]) -> Imported:
    """Import what ``read`` gives; raise ``Refusal("import_mistakes")`` with all that is wrong."""
    mistakes = Mistakes()
    rows = await asyncio.to_thread(read, mistakes)
    async with hq.database.read() as reader:
        known = await look_up(reader, rows.named())
    operators = await asyncio.to_thread(_check, rows, known, mistakes, hq.settings.pin_cost)
    published = await hq.database.write(lambda writer: _write(writer, rows, operators, known=known, hq=hq))
    hq.log.info("imported", published=published, **rows.counts())
    return Imported(rows.counts(), published, in_order(mistakes.warnings))


def _check(rows: Import, known: Known, mistakes: Mistakes, cost: PinCost) -> list[HashedOperator]:
    """Check all that could be read. What speaks of a section with unreadable rows is not blamed for them."""
    for check in (
        partial(check_places, rows.places),
        partial(check_products, rows.products),
        partial(check_prices, rows.prices),
        partial(check_operators, rows.operators),
        partial(check_members, rows.members),
        partial(check_stock, rows.stock),
        partial(_check_rules, rows),
    ):
        check(known, mistakes)
        if rows.incomplete_base:
            break
    mistakes.raise_any()
    return hash_pins(rows.operators, known, cost)


def _check_rules(rows: Import, known: Known, mistakes: Mistakes) -> None:
    """Check promotions, templates and coupons against all products, those of this import as they will be."""
    known_products = (priced_product(_PRODUCT.decode(document)) for document in known.products)
    products = {product.sku: product for product in known_products}
    products |= {product.sku: product for product in (row.value.priced() for row in rows.products)}
    assortment = Assortment(products.values())
    check_promotions(rows.promotions, known, assortment, mistakes)
    check_templates(rows.coupon_templates, known, assortment, mistakes)
    check_coupons(rows.coupons, known, mistakes)


async def _write(
    writer: Writer, rows: Import, operators: Sequence[HashedOperator], *, known: Known, hq: Headquarters
) -> int:
    await writer.rows(select(headquarters).with_for_update())
    wanted = [
        *await write_places(writer, rows.places),
        *await write_products(writer, rows.products),
        *await write_prices(writer, rows.prices),
        *await write_operators(writer, operators),
        *await write_members(writer, rows.members),
        *promotion_documents(rows.promotions),
        *template_documents(rows.coupon_templates),
        *points_documents(rows.points),
    ]
    moved = await write_stock(writer, rows.stock, known, hq.time())
    await write_coupons(writer, rows.coupons)
    wanted += await coupon_documents(
        writer,
        [row.value.id for row in rows.coupons],
        members=[row.value.id for row in rows.members],
        everybodys=any(row.value.kind == "store" for row in rows.places),
    )
    return await _publish(writer, wanted, moved, hq)


async def _publish(writer: Writer, wanted: Sequence[Wanted], moved: dict[str, set[str]], hq: Headquarters) -> int:
    documents: list[Document] = await differences(writer, wanted)
    scopes = {document.scope for document in documents} | {f"store:{store}" for store in moved}
    if not scopes:
        return 0
    locked = await LockedScopes.lock(writer, scopes)
    for store, skus in sorted(moved.items()):
        documents += await stock_documents(writer, store, skus)
    await locked.publish(documents, hq.instant())
    return len(documents)
