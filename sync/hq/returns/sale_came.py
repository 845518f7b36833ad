"""Returns that came before their sale: once it is here they are held against it, and their exception is resolved.

A sale and its return may come at the same moment, neither seeing the other: a round by the clock finds those.
"""

from collections.abc import Collection
from typing import Final

from sqlalchemy import and_, select, tuple_

from pos_app.domain.facts import Position
from pos_app.domain.instants import Instant
from sync.hq.db.database import AnyRow, AnySelect, Database, Reader, Writer
from sync.hq.db.returns_schema import return_line, returned_line, sale_return
from sync.hq.db.schema import fact_exception, sale, sale_line
from sync.hq.exceptions.keeping import OPEN, About, Trouble, add, standing_documents
from sync.hq.exceptions.settling import HQ_ITSELF, Step, case_of, take_step
from sync.hq.publications.publishing import Document, LockedScopes
from sync.hq.returns.claiming import SALE_UNKNOWN

WHY: Final = "the sale has come"


async def settle_waiting(writer: Writer, sales: Collection[str], now: Instant) -> list[Document]:
    """Settle the returns that waited for these sales; give what their stores should know."""
    named = [row.id for row in await writer.rows_in(select(sale_return), sale_return.c.sale, sales)]
    if not named:
        return []
    waiting = await writer.rows_in(_waiting(), sale_return.c.id, named)
    documents: list[Document] = []
    for row in waiting:
        documents += await _settle(writer, row, now)
    return documents


async def settle_late_returns(database: Database, now: Instant) -> int:
    """Settle every return whose sale is here by now; tell how many."""
    async with database.read() as reader:
        waited = await _whose_sale_came(reader)
    return await database.write(lambda writer: _settle_all(writer, waited, now)) if waited else 0


async def _whose_sale_came(reader: Reader) -> list[str]:
    rows = await reader.rows(_waiting().join(sale, sale.c.id == sale_return.c.sale))
    return [row.sale for row in rows]


async def _settle_all(writer: Writer, sales: Collection[str], now: Instant) -> int:
    documents = await settle_waiting(writer, sales, now)
    locked = await LockedScopes.lock(writer, {document.scope for document in documents})
    await locked.publish(documents, now)
    return len(sales)


def _waiting() -> AnySelect:
    """Ask for returns whose sale was not known, with that exception."""
    exception, columns = fact_exception.c, sale_return.c
    same = and_(exception.device == columns.device, exception.epoch == columns.epoch, exception.seq == columns.seq)
    return (
        select(fact_exception, columns.id.label("return_id"), columns.sale)
        .join(sale_return, same)
        .where(exception.code == SALE_UNKNOWN, exception.state == OPEN)
        .order_by(columns.id)
    )


async def _settle(writer: Writer, row: AnyRow, now: Instant) -> list[Document]:
    await take_step(writer, row, Step("resolve", HQ_ITSELF, WHY), now)
    documents = await standing_documents(writer, [case_of(row)])
    troubles = await _against_sale(writer, row)
    about = About(row.device, row.store, Position(row.epoch, row.seq), row.receipt)
    return [*documents, *(await add(writer, about, troubles, now) if troubles else ())]


async def _against_sale(writer: Writer, row: AnyRow) -> list[Trouble]:
    """Say what of a return does not fit its sale."""
    lines = await writer.rows(select(return_line).where(return_line.c.return_id == row.return_id))
    places = [(row.sale, line.line) for line in lines]
    sold = {
        each.line: each
        for each in await writer.rows(select(sale_line).where(tuple_(sale_line.c.sale, sale_line.c.line).in_(places)))
    }
    back = {
        each.line: each
        for each in await writer.rows(
            select(returned_line).where(tuple_(returned_line.c.sale, returned_line.c.line).in_(places))
        )
    }
    troubles = []
    for line in lines:
        known = sold.get(line.line)
        if known is None or known.sku != line.sku:
            troubles.append(Trouble("return_line_unknown", {"line": line.line, "sku": line.sku}))
        elif back[line.line].quantity > known.quantity:
            much = {"line": line.line, "quantity": back[line.line].quantity, "sold": known.quantity}
            troubles.append(Trouble("returned_beyond_sold", much))
        elif back[line.line].amount > known.net:
            paid = {"line": line.line, "given": back[line.line].amount, "paid": known.net}
            troubles.append(Trouble("refund_beyond_paid", paid))
    return troubles
