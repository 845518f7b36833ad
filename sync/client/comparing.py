"""Comparing the replica with headquarters, and mending what differs (docs/sync.md §3): by digests at one cursor, so
that nothing is sent where nothing is wrong. What was wrong is reported.

Knows nothing of when. The replica must hold all that headquarters had a moment ago: pull before.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

import msgspec

from pos_app.domain.errors import LineTalksRubbish, Refusal
from sync.client.sharing import SharedSink
from sync.client.signing import Identity
from sync.client.transport import Answer, HqLine, Question
from sync.protocol.digests import differing
from sync.protocol.stream import Standing
from sync.protocol.wire import (
    MAX_ASKED_BUCKETS,
    BucketsAnswer,
    DigestsAnswer,
    DriftFound,
    DriftReport,
    cursor_text,
)

CURSOR_MOVED: Final = "cursor_moved"

T = TypeVar("T")


class Overtaken(Exception):
    """The replica or headquarters went on meanwhile: pull, and compare again."""


@dataclass(frozen=True, slots=True)
class Compared:
    """What a comparison came to."""

    topics: frozenset[str]
    """Topics that readers see differently now."""
    mended: int
    """Documents that were not as they should be."""
    time: str
    """Headquarters' time."""


class Comparison:
    """Compares and mends."""

    def __init__(self, line: HqLine, identity: Identity, sink: SharedSink) -> None:
        """Mend this replica."""
        self._line = line
        self._device = identity.device
        self._sink = sink

    def once(self) -> Compared:
        """Compare all, mend what differs, and report it.

        Raises `Overtaken`, or as `HqLine.ask` does; what was mended before stays.
        """
        standing = self._sink.standing()
        said = self._digests(standing)
        found: list[DriftFound] = []
        for scope, theirs in said.digests.items():
            moved = frozenset((each.topic, each.key) for each in said.moved if each.scope == scope)
            ours = self._sink.digests(standing, scope, moved)
            if ours is None:
                raise Overtaken
            for topic, buckets in differing(ours, theirs).items():
                mended = self._mend(standing, scope, topic, buckets)
                found.append(DriftFound(scope, topic, len(buckets), mended))
        if found:
            self._report(DriftReport(said.at, found))
        mended = sum(each.documents for each in found)
        return Compared(frozenset(each.topic for each in found if each.documents), mended, said.time)

    def _digests(self, standing: Standing) -> DigestsAnswer:
        at = cursor_text(standing.cursor)
        try:
            answer = self._line.ask(Question("GET", "/v1/digests", query={"at": at}))
        except Refusal as refusal:
            if refusal.code == CURSOR_MOVED:
                raise Overtaken from refusal
            raise
        said = _read(answer, DigestsAnswer)
        if said.incarnation != standing.incarnation:
            raise Overtaken
        if said.at != at:
            raise LineTalksRubbish("answer_out_of_step", asked=at, got=said.at)
        return said

    def _mend(self, standing: Standing, scope: str, topic: str, buckets: Sequence[int]) -> int:
        mended = 0
        for some in _by(MAX_ASKED_BUCKETS, buckets):
            query = {"scope": scope, "topic": topic, "buckets": ",".join(map(str, some))}
            said = _read(self._line.ask(Question("GET", "/v1/digests/documents", query=query)), BucketsAnswer)
            if said.incarnation != standing.incarnation:
                raise Overtaken
            changed = self._sink.mend(standing, (scope, topic, some), said.documents)
            if changed is None:
                raise Overtaken
            mended += changed
        return mended

    def _report(self, report: DriftReport) -> None:
        path = f"/v1/devices/{self._device}/drift"
        json = {"Content-Type": "application/json"}
        self._line.ask(Question("POST", path, headers=json, body=msgspec.json.encode(report)))


def _by(count: int, buckets: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(buckets), count):
        yield buckets[start : start + count]


def _read(answer: Answer, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(answer.body, type=kind)
    except msgspec.MsgspecError as error:
        raise LineTalksRubbish("answer_malformed", reason=str(error)[:200]) from error
