"""Tombstones go after thirty days, a scope at a time; cursors from before then are answered with a snapshot.

So do the documents of exceptions that were settled as long ago. Knows no schedule.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Final

from sqlalchemy import delete, func, select, update

from pos_app.domain.instants import Instant
from sync.hq.db.database import Database, Writer
from sync.hq.db.schema import fact_exception, publication, scope
from sync.hq.exceptions.keeping import RESOLVED, RETIRED, document_of
from sync.hq.exceptions.settling import case_of, is_case
from sync.hq.publications.publishing import LockedScopes

TOMBSTONE_LIFE: Final = timedelta(days=30)
SETTLED_LIFE: Final = timedelta(days=30)
"""How long a store reads of an exception that was settled."""
AT_A_TIME: Final = 1000


def before(now: Instant, life: timedelta) -> Instant:
    """Give the instant that lies so long back."""
    return Instant(now - life // timedelta(microseconds=1))


async def prune(database: Database, now: Instant) -> int:
    """Prune every scope; tell how many tombstones went. A transaction each: nobody waits for more than one scope."""
    cutoff = before(now, TOMBSTONE_LIFE)
    gone = publication.c.body.is_(None) & (publication.c.published_at < cutoff)
    async with database.read() as reader:
        rows = await reader.rows(select(publication.c.scope).where(gone).distinct().order_by(publication.c.scope))
    return sum([await database.write(_of_scope(row.scope, cutoff)) for row in rows])


def _of_scope(name: str, cutoff: Instant) -> Callable[[Writer], Awaitable[int]]:
    async def work(writer: Writer) -> int:
        await LockedScopes.lock(writer, [name])
        old = (publication.c.scope == name) & publication.c.body.is_(None) & (publication.c.published_at < cutoff)
        row = await writer.row(select(func.count().label("many"), func.max(publication.c.rev).label("rev")).where(old))
        if row is None or not row.many:
            return 0
        await writer.execute(delete(publication).where(old))
        # Who stands at this revision has read them all; who stands before it may have missed one.
        await writer.execute(
            update(scope).where(scope.c.scope == name, scope.c.oldest < row.rev).values(oldest=row.rev)
        )
        return int(row.many)

    return work


async def retire_exceptions(database: Database, now: Instant) -> int:
    """Take settled exceptions off the stores' lists when they are old; headquarters keeps them. Tell how many."""
    cutoff = before(now, SETTLED_LIFE)
    total = 0
    while some := await database.write(lambda writer: _retire(writer, cutoff, now)):
        total += some
    return total


async def _retire(writer: Writer, cutoff: Instant, now: Instant) -> int:
    columns = fact_exception.c
    rows = await writer.rows(
        select(fact_exception)
        .where(columns.state == RESOLVED, columns.resolved_at < cutoff)
        .order_by(columns.device, columns.epoch, columns.seq, columns.number)
        .limit(AT_A_TIME)
        .with_for_update()
    )
    if rows:
        for row in rows:
            await writer.execute(update(fact_exception).where(*is_case(case_of(row))).values(state=RETIRED))
        documents = [document_of(row._asdict()) for row in rows]
        locked = await LockedScopes.lock(writer, {document.scope for document in documents})
        await locked.publish([replace(document, body=None) for document in documents], now)
    return len(rows)
