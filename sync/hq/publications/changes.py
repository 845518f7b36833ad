"""The stream of changes: what is behind a cursor, a chunk at a time, in the order of revisions within each scope.

Knows nothing of HTTP and of who asks: the scopes are handed in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

import msgspec
from sqlalchemy import select

from pos_app.domain.errors import Refusal
from pos_app.domain.facts import Position
from sync.hq.db.database import Reader
from sync.hq.db.schema import publication, scope
from sync.hq.life import incarnation_of
from sync.protocol.wire import ChunkEnd, cursor_text, parse_cursor

MAX_CURSOR_CHARACTERS = 2000


class RawChange(msgspec.Struct, frozen=True, omit_defaults=True):
    """`sync.protocol.wire.Change` with its body as it lies in the database, not decoded to be encoded again."""

    scope: str
    rev: int
    topic: str
    key: str
    body: msgspec.Raw | None = None
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """What is behind a cursor, as much as goes into a chunk."""

    changes: Sequence[RawChange]
    cursor: Mapping[str, int]
    more: bool
    incarnation: str

    def lines(self) -> bytes:
        """Write the changes."""
        return msgspec.json.Encoder().encode_lines(self.changes)


def read_after(text: str, scopes: Sequence[str], *, field: str = "after") -> dict[str, int]:
    """Read the cursor that a device goes on from; scopes that it lacks begin at 0.

    Raises ``Refusal`` with ``cursor_malformed`` or ``scope_foreign``.
    """
    if len(text) > MAX_CURSOR_CHARACTERS:
        raise Refusal("cursor_malformed", field=field, limit=MAX_CURSOR_CHARACTERS)
    try:
        after = parse_cursor(text)
    except ValueError as error:
        raise Refusal("cursor_malformed", field=field, reason=str(error)) from error
    foreign = sorted(after.keys() - set(scopes))
    if foreign:
        raise Refusal("scope_foreign", field=field, scopes=foreign)
    return dict.fromkeys(scopes, 0) | after


async def revisions(reader: Reader, scopes: Sequence[str]) -> dict[str, int]:
    """Tell how far scopes are; one in which nothing was ever published is at 0."""
    rows = await reader.rows(select(scope.c.scope, scope.c.rev).where(scope.c.scope.in_(scopes)))
    return dict.fromkeys(scopes, 0) | {row.scope: row.rev for row in rows}


async def changes_behind(reader: Reader, after: Mapping[str, int], *, limit: int) -> Part:
    """Read what follows a cursor, at most ``limit`` documents.

    Raises ``Refusal("cursor_expired")`` when headquarters cannot go on from it: older than the tombstones, or from a
    time that it does not remember.
    """
    rows = await reader.rows(select(scope).where(scope.c.scope.in_(list(after))))
    now = dict.fromkeys(after, 0) | {row.scope: row.rev for row in rows}
    oldest = {row.scope: row.oldest for row in rows}
    for name, rev in after.items():
        if rev > now[name] or rev < oldest.get(name, 0):
            raise Refusal("cursor_expired", field="after", scope=name)
    changes: list[RawChange] = []
    cursor = dict(after)
    for name in sorted(after):
        room = limit - len(changes)
        if after[name] == now[name] or not room:
            continue
        behind = await _behind(reader, name, (after[name], now[name]), room)
        changes += behind
        # No room left: only as far as what was read; else nothing lies between the last document and the counter.
        cursor[name] = behind[-1].rev if len(behind) == room else now[name]
    return Part(changes, cursor, more=cursor != now, incarnation=await incarnation_of(reader))


async def _behind(reader: Reader, name: str, span: tuple[int, int], limit: int) -> list[RawChange]:
    after, until = span
    found = await reader.rows(
        select(publication)
        .where(publication.c.scope == name, publication.c.rev > after, publication.c.rev <= until)
        .order_by(publication.c.rev)
        .limit(limit)
    )
    return [
        RawChange(name, row.rev, row.topic, row.key, deleted=True)
        if row.body is None
        else RawChange(name, row.rev, row.topic, row.key, msgspec.Raw(row.body.encode()))
        for row in found
    ]


def write_chunk(part: Part, *, after: str, head: Position, time: str) -> bytes:
    """Write a chunk, with the line that ends it; ``head`` is how far headquarters has the chain of who asked."""
    lines = part.lines()
    end = ChunkEnd(
        after=after,
        cursor=cursor_text(part.cursor),
        incarnation=part.incarnation,
        head=(head.epoch, head.seq),
        time=time,
        more=part.more,
        count=len(part.changes),
        checksum=blake2b(lines, digest_size=32).hexdigest(),
    )
    return lines + msgspec.json.encode(end) + b"\n"
