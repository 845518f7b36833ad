"""Digests of what is published, as of a register's cursor, and the documents of buckets that differ.

A scope's digests at its newest revision are remembered: all registers of a chain ask for the same. Knows nothing of
HTTP.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec
from sqlalchemy import select

from pos_app.domain.errors import Refusal
from sync.hq.db.database import AnyRow, Reader
from sync.hq.db.schema import publication, scope
from sync.hq.life import incarnation_of
from sync.protocol.digests import ScopeDigests, bucket_of, same_words
from sync.protocol.wire import MAX_MOVED_DOCUMENTS, Change, DigestsAnswer, Moved, cursor_text

PAGE = 10_000
"""Documents read and hashed at a time."""
MOST_REMEMBERED = 2000


@dataclass(slots=True)
class DigestMemory:
    """Digests of whole scopes, by scope; those of an older revision or another life are made anew."""

    _known: dict[str, tuple[str, int, dict[str, bytes]]] = field(default_factory=dict)

    def find(self, incarnation: str, name: str, rev: int) -> dict[str, bytes] | None:
        """Give a scope's digests at a revision, where they are known."""
        known = self._known.get(name)
        return known[2] if known is not None and known[:2] == (incarnation, rev) else None

    def keep(self, incarnation: str, name: str, rev: int, digests: dict[str, bytes]) -> None:
        """Remember them."""
        if len(self._known) >= MOST_REMEMBERED:
            self._known.pop(next(iter(self._known)))
        self._known[name] = (incarnation, rev, digests)


async def digests_at(reader: Reader, memory: DigestMemory, at: Mapping[str, int], *, time: str) -> DigestsAnswer:
    """Compose the digests of scopes as they stood at a cursor, but for what has moved since.

    Raises ``Refusal`` with ``cursor_expired`` or, when too much has moved, ``cursor_moved``.
    """
    incarnation = await incarnation_of(reader)
    rows = await reader.rows(select(scope).where(scope.c.scope.in_(list(at))))
    now = dict.fromkeys(at, 0) | {row.scope: row.rev for row in rows}
    if any(rev > now[name] for name, rev in at.items()):
        raise Refusal("cursor_expired", field="at")
    moved: list[Moved] = []
    digests: dict[str, dict[str, bytes]] = {}
    for name, rev in sorted(at.items()):
        moved += await _moved(reader, name, rev)
        if len(moved) > MAX_MOVED_DOCUMENTS:
            raise Refusal("cursor_moved", field="at", scope=name)
        known = memory.find(incarnation, name, rev) if rev == now[name] else None
        if known is None:
            known = await _digest(reader, name, rev)
            if rev == now[name]:
                memory.keep(incarnation, name, rev, known)
        digests[name] = known
    return DigestsAnswer(cursor_text(at), incarnation, time, digests, moved)


async def documents_in(reader: Reader, name: str, topic: str, buckets: Sequence[int]) -> list[Change]:
    """Read what stands in some buckets of a topic in a scope."""
    wanted = frozenset(buckets)
    found: list[Change] = []
    async for rows in _pages(reader, name, topic=topic):
        inside = (row for row in rows if bucket_of(row.key) in wanted)
        found += [Change(name, row.rev, row.topic, row.key, msgspec.json.decode(row.body)) for row in inside]
    return found


async def _moved(reader: Reader, name: str, rev: int) -> list[Moved]:
    rows = await reader.rows(
        select(publication.c.topic, publication.c.key)
        .where(publication.c.scope == name, publication.c.rev > rev)
        .limit(MAX_MOVED_DOCUMENTS + 1)
    )
    return [Moved(name, row.topic, row.key) for row in rows]


async def _digest(reader: Reader, name: str, until: int) -> dict[str, bytes]:
    digests = ScopeDigests()
    async for rows in _pages(reader, name, until=until):
        await asyncio.to_thread(_add, digests, rows)
    return digests.by_topic()


def _add(digests: ScopeDigests, rows: Sequence[AnyRow]) -> None:
    for row in rows:
        digests.add(row.topic, row.key, row.rev, same_words(row.body))


async def _pages(
    reader: Reader, name: str, *, until: int | None = None, topic: str | None = None
) -> AsyncIterator[Sequence[AnyRow]]:
    """Read a scope's documents in the order of their revisions, a page at a time."""
    after = 0
    conditions = [publication.c.scope == name, publication.c.body.is_not(None)]
    if until is not None:
        conditions.append(publication.c.rev <= until)
    if topic is not None:
        conditions.append(publication.c.topic == topic)
    while True:
        rows = await reader.rows(
            select(publication.c.topic, publication.c.key, publication.c.rev, publication.c.body)
            .where(*conditions, publication.c.rev > after)
            .order_by(publication.c.rev)
            .limit(PAGE)
        )
        if rows:
            yield rows
            after = rows[-1].rev
        if len(rows) < PAGE:
            return
