"""Doing an import: once it is checked whole, write and publish it at once.

Sent again it changes nothing. Imports come one after the other; facts may come between their reading and writing.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from sync.hq.channels.feed import note_changes
from sync.hq.coupons.importing import Touched, coupon_documents, write_coupons
from sync.hq.db.database import Writer
from sync.hq.db.schema import headquarters
from sync.hq.devices.applied import applied_at
from sync.hq.headquarters import Headquarters
from sync.hq.importing.checking import checked
from sync.hq.importing.documents import Import
from sync.hq.importing.known import Known
from sync.hq.importing.mistakes import Mistake, Mistakes
from sync.hq.importing.rules import rule_documents
from sync.hq.labels.importing import label_documents
from sync.hq.members.importing import open_points, write_members
from sync.hq.members.publishing import Stores, says_the_same, scopes_of, wanted_members
from sync.hq.operators.importing import HashedOperator, hash_pins, write_operators
from sync.hq.places.importing import write_places
from sync.hq.policies.importing import policy_documents
from sync.hq.prices.importing import write_prices
from sync.hq.products.importing import write_products
from sync.hq.promotions.points import points_documents
from sync.hq.publications.publishing import Document, LockedScopes, Wanted, differences
from sync.hq.stock_pool.importing import write_stock
from sync.hq.stock_pool.ledger import stock_documents
from sync.protocol.topics import COUPON_TEMPLATE, PROMOTION


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import came to: rows by section, how many documents registers get for it, and what may be a slip."""

    rows: dict[str, int]
    published: int
    warnings: Sequence[Mistake] = ()


async def import_rows(hq: Headquarters, read: Callable[[Mistakes], Import]) -> Imported:
    """Import what ``read`` gives; raise ``Refusal("import_mistakes")`` with all that is wrong."""
    found = await checked(hq, read)
    operators = await asyncio.to_thread(hash_pins, found.rows.operators, found.known, hq.settings.pin_cost)
    published = await hq.database.write(lambda writer: _write(writer, found.rows, operators, known=found.known, hq=hq))
    hq.webhooks.wake()
    counts = found.rows.counts()
    hq.log.info("imported", published=published, **counts)
    return Imported(counts, published, found.warnings)


async def _write(
    writer: Writer, rows: Import, operators: Sequence[HashedOperator], *, known: Known, hq: Headquarters
) -> int:
    await writer.rows(select(headquarters).with_for_update())
    wanted = [
        *await write_places(writer, rows.places),
        *await write_products(writer, rows.products),
        *await write_prices(writer, rows.prices),
        *await write_operators(writer, operators),
        *rule_documents(PROMOTION, rows.promotions),
        *rule_documents(COUPON_TEMPLATE, rows.coupon_templates),
        *points_documents(rows.points),
        *policy_documents(rows.float_ranges, rows.promotion_authorities),
        *label_documents(rows.label_layouts),
    ]
    members = await write_members(writer, rows.members, hq.instant())
    moved = await write_stock(writer, rows.stock, known, hq.time())
    await open_points(writer, rows.members, known, hq.time())
    touched = Touched(
        frozenset(row.value.id for row in rows.coupons),
        frozenset(row.value.id for row in rows.members),
        everybodys=any(row.value.kind == "store" for row in rows.places),
    )
    await touched.rows(writer)
    await write_coupons(writer, rows.coupons)
    wanted += await coupon_documents(writer, touched)
    return await _publish(writer, wanted, Amounts(moved, members), hq)


@dataclass(frozen=True, slots=True)
class Amounts:
    """What is told with amounts that registers change: products by store, members with their stores."""

    moved: Mapping[str, set[str]]
    members: Stores


async def _publish(writer: Writer, wanted: Sequence[Wanted], amounts: Amounts, hq: Headquarters) -> int:
    documents: list[Document] = await differences(writer, wanted)
    scopes = {document.scope for document in documents} | {f"store:{store}" for store in amounts.moved}
    scopes |= await scopes_of(writer, amounts.members)
    if not scopes:
        return 0
    await note_changes(writer, documents, hq.instant())
    locked = await LockedScopes.lock(writer, scopes)
    for store, skus in sorted(amounts.moved.items()):
        documents += await stock_documents(writer, store, skus, await applied_at(writer, store))
    documents += await differences(writer, await wanted_members(writer, amounts.members), alike=says_the_same)
    await locked.publish(documents, hq.instant())
    return len(documents)
