"""Publications come down: long-poll, verify, apply, until nothing more waits (docs/sync.md §3).

Knows nothing of what a document means, nor of snapshots: it says when one is needed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b

import msgspec

from pos_app.domain.errors import LineTalksRubbish, Refusal
from pos_app.domain.facts import Position
from sync.client.sharing import SharedSink
from sync.client.transport import HqLine, Question
from sync.protocol.stream import Chunk, Standing
from sync.protocol.wire import Change, ChunkEnd, cursor_text, parse_cursor

MAX_CHUNKS = 10_000
"""Per call: past that something feeds us without end."""

_GONE = 410


class SnapshotNeeded(Exception):
    """The replica cannot go on from its cursor: it is empty, too old, or of another incarnation."""

    def __init__(self, reason: str) -> None:
        """Say why, for the log."""
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Applied:
    """One chunk in the replica."""

    topics: frozenset[str]
    documents: int
    more: bool
    time: str
    head: Position
    """How far headquarters has this register's chain, as of the question."""


class Pull:
    """Follows headquarters' publications."""

    def __init__(self, line: HqLine, sink: SharedSink) -> None:
        """Apply to this replica."""
        self._line = line
        self._sink = sink

    def chunks(self, wait_s: int) -> Iterator[Applied]:
        """Ask, verify and apply chunk after chunk until nothing more waits; only the first question may be held.

        An answer that somebody overtook (a hand's pull, a new snapshot) while it was held is thrown away.
        Raises `SnapshotNeeded`, or as `HqLine.ask` does. What was applied before stays.
        """
        for _ in range(MAX_CHUNKS):
            standing = self._sink.standing()
            if not standing.cursor:
                raise SnapshotNeeded("empty")
            end, chunk = self._fetch(standing, wait_s)
            if chunk.incarnation != standing.incarnation:
                raise SnapshotNeeded("incarnation")
            topics = self._sink.follow(standing, chunk)
            wait_s = 0
            if topics is None:
                continue
            yield Applied(topics, len(chunk.changes), chunk.more, end.time, Position(*end.head))
            if not chunk.more:
                return
            if chunk.cursor == standing.cursor:
                raise LineTalksRubbish("answer_out_of_step", reason="more, but no step forward")
        raise LineTalksRubbish("answer_too_long", limit=MAX_CHUNKS)

    def _fetch(self, standing: Standing, wait_s: int) -> tuple[ChunkEnd, Chunk]:
        after = cursor_text(standing.cursor)
        query = {"after": after}
        if wait_s:
            query["wait"] = str(wait_s)
        try:
            answer = self._line.ask(Question("GET", "/v1/changes", query=query, wait_s=wait_s))
        except Refusal as refusal:
            if refusal.details.get("status") == _GONE:
                raise SnapshotNeeded(refusal.code) from refusal
            raise
        end, chunk = read_chunk(answer.body)
        if end.after != after:
            raise LineTalksRubbish("answer_out_of_step", asked=after, got=end.after)
        # How long a held answer waited at headquarters is not known; the clock weighs that by the round trip.
        self._line.clock.heard(end.time, asked_s=answer.asked_s, answered_s=answer.answered_s)
        return end, chunk


def read_chunk(body: bytes) -> tuple[ChunkEnd, Chunk]:
    """Read and verify an answer of ``/v1/changes``: whole, undamaged, in order. Raises ``LineTalksRubbish``."""
    head, _, last = body.rstrip(b"\n").rpartition(b"\n")
    lines = body[: len(head) + 1] if head else b""
    try:
        end = msgspec.json.decode(last, type=ChunkEnd)
        if blake2b(lines, digest_size=32).hexdigest() != end.checksum:
            raise LineTalksRubbish("answer_checksum", after=end.after)
        changes = msgspec.json.Decoder(Change).decode_lines(lines)
        cursor, after = parse_cursor(end.cursor), parse_cursor(end.after)
    except (msgspec.MsgspecError, ValueError) as error:
        raise LineTalksRubbish("answer_malformed", reason=str(error)[:200]) from error
    if len(changes) != end.count or not end.incarnation:
        raise LineTalksRubbish("answer_half", expected=end.count, got=len(changes))
    _follow_on(changes, after, cursor)
    return end, Chunk(after, cursor, end.incarnation, changes, end.more, end.time)


def _follow_on(changes: list[Change], after: dict[str, int], cursor: dict[str, int]) -> None:
    """Hold headquarters to its word: revs rise within each scope, behind the old cursor and up to the new."""
    seen = dict(after)
    for change in changes:
        if not seen.get(change.scope, 0) < change.rev <= cursor.get(change.scope, -1):
            raise LineTalksRubbish("answer_out_of_step", scope=change.scope, rev=change.rev)
        seen[change.scope] = change.rev
    if any(cursor.get(scope, -1) < rev for scope, rev in after.items()):
        raise LineTalksRubbish("answer_out_of_step", reason="the cursor steps back")
