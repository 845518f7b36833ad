"""What many registers ask for at once is read once: how far scopes are, and what lies between two revisions.

A price change wakes every register of the chain, and all of them want the same documents. Knows nothing of HTTP and of
who asks.
"""

import asyncio
from collections.abc import Mapping
from typing import Final
from weakref import WeakValueDictionary

from sync.hq.db.database import Database
from sync.hq.publications.changes import (
    Lines,
    Part,
    Span,
    SpanMissing,
    Standing,
    changes_behind,
    put_together,
    standing_of,
)
from sync.hq.together import Together

KEPT_SPANS: Final = 64
"""Of a chunk's size at most, each."""


class Shelf:
    """Keeps what was read last. What lies behind a revision never changes while its scope stands where it stood."""

    def __init__(self, database: Database) -> None:
        """Begin with nothing."""
        self._database = database
        self._standings = Together(self._look)
        self._reading: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._spans: dict[Span, Lines] = {}

    async def behind(self, after: Mapping[str, int], *, limit: int) -> Part:
        """Give what follows a cursor, at most ``limit`` documents; raises as `changes_behind` does."""
        standing = await self._standings.ask(after)
        try:
            return put_together(standing, after, self._spans, limit=limit)
        except SpanMissing as missing:
            scope = missing.span.scope
        # Those who miss the same come one after the other, and find what the first one read.
        async with self._reading.setdefault(scope, asyncio.Lock()):
            try:
                return put_together(standing, after, self._spans, limit=limit)
            except SpanMissing:
                async with self._database.read() as reader:
                    part, spans = await changes_behind(reader, after, limit=limit)
        self._keep(spans)
        return part

    async def _look(self, scopes: frozenset[str]) -> Standing:
        async with self._database.read() as reader:
            return await standing_of(reader, sorted(scopes))

    def _keep(self, spans: Mapping[Span, Lines]) -> None:
        self._spans |= spans
        while len(self._spans) > KEPT_SPANS:
            del self._spans[next(iter(self._spans))]
