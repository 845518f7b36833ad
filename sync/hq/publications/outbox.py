"""What a fact changed outside of its own store's scope follows here, one scope a transaction (docs/sync.md §3).

A table is the outbox: what is noted there with a fact is published sooner or later, also after a crash. Many processes
may work on it at once. What a topic's documents are made of when they are sent is handed in; without that they are sent
as they were noted. Knows nothing of what a document means.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Final

import structlog
from sqlalchemy import and_, delete, func, or_, select
from sqlalchemy.exc import SQLAlchemyError

from pos_app.domain.errors import Breakdown
from pos_app.domain.instants import Instant
from sync.hq.beside import whole
from sync.hq.db.database import Database, Writer
from sync.hq.db.schema import publication_due as due
from sync.hq.publications.publishing import Document, LockedScopes

LOOK_S: Final = 30.0
"""How often the outbox is looked into without being told to: for what another process left behind."""
AT_A_TIME: Final = 500

Compose = Callable[[Writer, str, Sequence[str]], Awaitable[list[Document]]]
"""Makes the documents of some keys for a scope, behind the lock on it."""


class Outbox:
    """Sends what is due."""

    def __init__(
        self,
        database: Database,
        now: Callable[[], Instant],
        log: structlog.typing.FilteringBoundLogger,
        compose: Mapping[str, Compose],
    ) -> None:
        """Stand ready; `run` works until it is cancelled. ``compose`` is asked by topic."""
        self._database = database
        self._now = now
        self._log = log
        self._compose = compose
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Say that something is due."""
        self._woken.set()

    async def run(self) -> None:
        """Send what is due, whenever it is."""
        while True:
            try:
                await whole(self.drain())
            except (SQLAlchemyError, Breakdown) as error:
                self._log.warning("outbox_waits", error=type(error).__name__)
            with suppress(TimeoutError):
                # `wait_for` of Python 3.11 loses an end that comes at the same moment as what it waits for.
                async with asyncio.timeout(LOOK_S):
                    await self._woken.wait()
            self._woken.clear()

    async def drain(self) -> None:
        """Send all that is due now."""
        while True:
            async with self._database.look() as reader:
                scope = await reader.value(select(func.min(due.c.scope)))
            if scope is None:
                return
            await self._database.write(partial(_send, scope=scope, now=self._now(), compose=self._compose))


async def _send(writer: Writer, scope: str, now: Instant, compose: Mapping[str, Compose]) -> None:
    # Locked before the scope: who notes one of them anew comes before this, and is in what is composed, or after it.
    noted = select(due).where(due.c.scope == scope).order_by(due.c.topic, due.c.key).limit(AT_A_TIME)
    rows = await writer.rows(noted.with_for_update())
    if not rows:
        return  # another process has sent them
    locked = await LockedScopes.lock(writer, [scope])
    documents = [Document(row.scope, row.topic, row.key, row.body) for row in rows if row.topic not in compose]
    for topic, make in compose.items():
        keys = [row.key for row in rows if row.topic == topic]
        documents += await make(writer, scope, keys) if keys else []
    await locked.publish(documents, now)
    sent = or_(*(and_(due.c.topic == row.topic, due.c.key == row.key) for row in rows))
    await writer.execute(delete(due).where(due.c.scope == scope, sent))


async def put_off(writer: Writer, documents: Sequence[Document]) -> None:
    """Note documents of other scopes than a transaction's own; the newest of a key counts."""
    insert = writer.insert(due)
    await writer.execute(
        insert.on_conflict_do_update(index_elements=["scope", "topic", "key"], set_={"body": insert.excluded.body}),
        [
            {"scope": each.scope, "topic": each.topic, "key": each.key, "body": each.body}
            for each in sorted(documents, key=lambda each: (each.scope, each.topic, each.key))
        ],
    )
