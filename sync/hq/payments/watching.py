"""Payments that hang: asked for and not settled, or charged and in no sale. Each is an exception of its store after an
hour, and is resolved by itself when its register settles it.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import and_, select

from pos_app.domain.facts import Position
from pos_app.domain.instants import Instant
from sync.hq.db.database import AnyRow, AnySelect, Database, Writer
from sync.hq.db.payments_schema import payment
from sync.hq.db.schema import fact_exception
from sync.hq.exceptions.keeping import OPEN, About, Case, Trouble, add, standing_documents
from sync.hq.exceptions.settling import HQ_ITSELF, Step, case_of, take_step
from sync.hq.publications.publishing import LockedScopes

HANGS_AFTER: Final = timedelta(hours=1) // timedelta(microseconds=1)
WHY: Final = "the register settled it"
MOST: Final = 1000
"""At a time; the rest is left to the next round."""
_CODES: Final = {"asked": "payment_open", "paid": "payment_without_sale"}


async def watch_payments(database: Database, now: Instant) -> int:
    """Tell of payments that hang, and resolve what was told of those that do not any more; tell how many."""
    async with database.read() as reader:
        any_found = await reader.rows(_hanging(now).limit(1)) or await reader.rows(_settled().limit(1))
    return await database.write(lambda writer: _round(writer, now)) if any_found else 0


async def _round(writer: Writer, now: Instant) -> int:
    locked_ones = await writer.rows(_hanging(now).limit(MOST).with_for_update(of=payment))
    # Who waited for the lock looks again: another round may have told of them meanwhile.
    hanging = await writer.rows_in(_hanging(now), payment.c.id, {row.id for row in locked_ones})
    settled = await writer.rows(_settled().limit(MOST).with_for_update(of=fact_exception))
    documents = []
    for row in hanging:
        about = About(row.device, row.store, Position(row.epoch, row.seq))
        documents += await add(writer, about, [_trouble(row)], now)
    await _resolve(writer, settled, now)
    documents += await standing_documents(writer, [case_of(row) for row in settled])
    locked = await LockedScopes.lock(writer, {document.scope for document in documents})
    await locked.publish(documents, now)
    return len(hanging) + len(settled)


async def _resolve(writer: Writer, rows: Sequence[AnyRow], now: Instant) -> list[Case]:
    for row in rows:
        await take_step(writer, row, Step("resolve", HQ_ITSELF, WHY), now)
    return [case_of(row) for row in rows]


def _trouble(row: AnyRow) -> Trouble:
    details = {"payment": row.id, "provider": row.provider, "amount": row.amount, "at": row.asked_at}
    if row.state == "asked":
        return Trouble("payment_open", details)
    return Trouble("payment_without_sale", details)


def _hanging(now: Instant) -> AnySelect:
    """Ask for payments that hang and of which nobody was told as they stand now."""
    exception, columns = fact_exception.c, payment.c
    same = and_(exception.device == columns.device, exception.epoch == columns.epoch, exception.seq == columns.seq)
    told = [
        select(exception.number).where(same, columns.state == state, exception.code == code).exists()
        for state, code in _CODES.items()
    ]
    hangs = columns.state.in_(("asked", "paid"))
    return select(payment).where(hangs, columns.since < now - HANGS_AFTER, *(~each for each in told)).order_by("id")


def _settled() -> AnySelect:
    """Ask for exceptions of payments that stand otherwise by now."""
    exception, columns = fact_exception.c, payment.c
    same = and_(exception.device == columns.device, exception.epoch == columns.epoch, exception.seq == columns.seq)
    otherwise = [and_(exception.code == code, columns.state != state) for state, code in _CODES.items()]
    return select(fact_exception).join(payment, same).where(exception.state == OPEN, otherwise[0] | otherwise[1])
