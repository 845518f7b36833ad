"""What stores need not know any more: members who were not there for a year, and purchases older than that."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Final

from sqlalchemy import select

from pos_app.domain.instants import Instant
from sync.hq.db.database import Database, Writer
from sync.hq.db.schema import publication
from sync.hq.members.publishing import lock_members, put_copies_off
from sync.hq.members.visits import forget, overdue
from sync.hq.publications.publishing import Document, LockedScopes
from sync.protocol.topics import PURCHASE

KEPT: Final = timedelta(days=400) // timedelta(microseconds=1)
AT_A_TIME: Final = 500


async def forget_visits(database: Database, now: Instant) -> int:
    """Let stores forget members who do not belong to them and were not there for a year."""
    count = 0
    while True:
        async with database.read() as reader:
            old = await overdue(reader, now)
        if not old:
            return count
        await database.write(partial(_forget, visits=old, now=now))
        count += len(old)


async def _forget(writer: Writer, visits: Sequence[tuple[str, str]], now: Instant) -> None:
    stores = await lock_members(writer, {own for own, _ in visits})
    await forget(writer, visits, now)
    await put_copies_off(writer, stores, own_store="")


async def forget_purchases(database: Database, now: Instant) -> int:
    """Take purchases off that were published long ago."""
    count = 0
    while gone := await database.write(partial(_take_off, now=now)):
        count += gone
    return count


async def _take_off(writer: Writer, now: Instant) -> int:
    old = (
        (publication.c.topic == PURCHASE) & (publication.c.published_at < now - KEPT) & publication.c.body.is_not(None)
    )
    rows = await writer.rows(
        select(publication.c.scope, publication.c.key).where(old).order_by(publication.c.scope).limit(AT_A_TIME)
    )
    if rows:
        locked = await LockedScopes.lock(writer, {row.scope for row in rows})
        await locked.publish([Document(row.scope, PURCHASE, row.key, None) for row in rows], now)
    return len(rows)
