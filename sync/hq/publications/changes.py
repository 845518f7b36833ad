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
class Standing:
    """How far scopes are, from where on they can be followed, and in which life of the database."""

    incarnation: str
    revs: Mapping[str, int]
    oldest: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Span:
    """What lies in a scope behind ``after``, at most ``limit`` documents, while the scope stands at ``until``."""

    incarnation: str
    scope: str
    after: int
    until: int
    limit: int


@dataclass(frozen=True, slots=True)
class Lines:
    """The documents of a span as they go on the wire, and the last one's revision."""

    text: bytes
    count: int
    last: int


class SpanMissing(Exception):
    """What lies in a span was not read yet."""

    def __init__(self, span: Span) -> None:
        """Say which."""
        super().__init__(span)
        self.span = span


@dataclass(frozen=True, slots=True)
class Part:
    """What is behind a cursor, as much as goes into a chunk."""

    lines: bytes
    count: int
    cursor: Mapping[str, int]
    more: bool
    incarnation: str


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


async def standing_of(reader: Reader, scopes: Sequence[str]) -> Standing:
    """Look how far scopes are."""
    rows = await reader.rows_in(select(scope), scope.c.scope, scopes)
    revs, oldest = {row.scope: row.rev for row in rows}, {row.scope: row.oldest for row in rows}
    return Standing(await incarnation_of(reader), revs, oldest)


async def changes_behind(reader: Reader, after: Mapping[str, int], *, limit: int) -> tuple[Part, Mapping[Span, Lines]]:
    """Read what follows a cursor, at most ``limit`` documents; give what was read for it, too.

    Raises ``Refusal("cursor_expired")`` when headquarters cannot go on from it: older than the tombstones, or from a
    time that it does not remember.
    """
    standing = await standing_of(reader, list(after))
    read: dict[Span, Lines] = {}
    while True:
        try:
            return put_together(standing, after, read, limit=limit), read
        except SpanMissing as missing:
            read[missing.span] = await _read(reader, missing.span)


def put_together(standing: Standing, after: Mapping[str, int], known: Mapping[Span, Lines], *, limit: int) -> Part:
    """Put together what follows a cursor of what was read; raise `SpanMissing`, or ``Refusal("cursor_expired")``."""
    now = {name: standing.revs.get(name, 0) for name in after}
    for name, rev in after.items():
        if rev > now[name] or rev < standing.oldest.get(name, 0):
            raise Refusal("cursor_expired", field="after", scope=name)
    texts, count = [], 0
    cursor = dict(after)
    for name in sorted(after):
        room = limit - count
        if after[name] == now[name] or not room:
            continue
        span = Span(standing.incarnation, name, after[name], now[name], room)
        lines = known.get(span)
        if lines is None:
            raise SpanMissing(span)
        texts.append(lines.text)
        count += lines.count
        # No room left: only as far as what was read; else nothing lies between the last document and the counter.
        cursor[name] = lines.last if lines.count == room else now[name]
    return Part(b"".join(texts), count, cursor, more=cursor != now, incarnation=standing.incarnation)


async def _read(reader: Reader, span: Span) -> Lines:
    found = await reader.rows(
        select(publication)
        .where(publication.c.scope == span.scope, publication.c.rev > span.after, publication.c.rev <= span.until)
        .order_by(publication.c.rev)
        .limit(span.limit)
    )
    changes = [
        RawChange(span.scope, row.rev, row.topic, row.key, deleted=True)
        if row.body is None
        else RawChange(span.scope, row.rev, row.topic, row.key, msgspec.Raw(row.body.encode()))
        for row in found
    ]
    last = changes[-1].rev if changes else span.until
    return Lines(msgspec.json.Encoder().encode_lines(changes), len(changes), last)


def write_chunk(part: Part, *, after: str, head: Position, time: str) -> bytes:
    """Write a chunk, with the line that ends it; ``head`` is how far headquarters has the chain of who asked."""
    end = ChunkEnd(
        after=after,
        cursor=cursor_text(part.cursor),
        incarnation=part.incarnation,
        head=(head.epoch, head.seq),
        time=time,
        more=part.more,
        count=part.count,
        checksum=blake2b(part.lines, digest_size=32).hexdigest(),
    )
    return part.lines + msgspec.json.encode(end) + b"\n"
