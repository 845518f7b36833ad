"""Facts go up: in batches, from the first that headquarters has not confirmed (docs/sync.md §2).

Knows nothing of what a fact means, nor when to try again: one call is one batch.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

from pos_app.domain.errors import LineDown, LineTalksRubbish, Refusal
from pos_app.domain.facts import ChainHead, Position
from sync.client.ports import FactSource, ReplicaSink
from sync.client.signing import Identity
from sync.client.transport import HqLine, Question
from sync.protocol.compression import ENCODING, compress
from sync.protocol.signatures import HEAD_HEADER, sign_head
from sync.protocol.stream import StoredFact
from sync.protocol.wire import JSON_LINES, MAX_BATCH_FACTS, MAX_FACTS_BODY_BYTES, FactException, FactsAnswer

BATCH_BYTES = 1024 * 1024
"""Facts of a batch, not compressed: a slow line must carry one well within its time."""

_TOO_LARGE = 413
_WEAK = frozenset({"line_timeout", "line_cut"})
"""A line so weak may still carry a smaller batch; each success doubles it again."""

assert BATCH_BYTES < MAX_FACTS_BODY_BYTES


@dataclass(frozen=True, slots=True)
class Pushed:
    """What one push came to."""

    sent: int
    acked: Position
    """How far headquarters has the chain; past the journal's own end its disk was restored."""
    incarnation: str
    stalled: bool
    """Headquarters took the facts and confirms just what it did before. (Less is a backup restored: it goes on.)"""
    more: bool
    """More facts wait."""
    exceptions: Sequence[FactException] = field(default=())


class Push:
    """Sends this register's chain."""

    def __init__(self, line: HqLine, identity: Identity, source: FactSource, sink: ReplicaSink) -> None:
        """Send from the journal, note in the replica. More than the journal has is not noted: see `Pushed.acked`."""
        self._line = line
        self._identity = identity
        self._source = source
        self._sink = sink
        self._most = self._limit = MAX_BATCH_FACTS

    def once(self) -> Pushed:
        """Send one batch. Raises as `HqLine.ask` does; then nothing is noted, and the same facts go again."""
        start = self._sink.acknowledged()
        facts = self._batch(start)
        if not facts:
            return Pushed(sent=0, acked=start, incarnation="", stalled=False, more=False)
        try:
            answer = self._send(facts)
        except LineDown as down:
            if down.code in _WEAK:
                self._most = max(1, self._most // 2)
            raise
        except Refusal as refusal:
            if refusal.details.get("status") == _TOO_LARGE and len(facts) > 1:
                # It will not take more the next time: growing again would be refused again.
                self._most = self._limit = len(facts) // 2
                return Pushed(sent=0, acked=start, incarnation="", stalled=False, more=True)
            raise
        self._most = min(self._limit, self._most * 2)
        acked = Position(answer.acked_epoch, answer.acked_seq)
        if acked <= self._source.head().position:
            self._sink.acknowledge(acked, answer.incarnation)
        return Pushed(
            sent=len(facts),
            acked=acked,
            incarnation=answer.incarnation,
            stalled=acked == start,
            more=acked < self._source.head().position,
            exceptions=answer.exceptions,
        )

    def waiting(self) -> int:
        """Count the facts that headquarters has not confirmed."""
        head, acked = self._source.head().position, self._sink.acknowledged()
        if head.epoch == acked.epoch:
            return max(0, head.seq - acked.seq)
        # Another epoch: how many the last one left behind is not known without reading them.
        return head.seq if head > acked else 0

    def ahead(self) -> bool:
        """Tell whether headquarters has more of this chain than the journal: a journal restored from a backup."""
        return self._sink.acknowledged() > self._source.head().position

    def _batch(self, start: Position) -> Sequence[StoredFact]:
        facts = self._source.after(start, self._most)
        total_bytes = 0
        for count, fact in enumerate(facts):
            total_bytes += len(fact.canonical) + 1
            # A batch is of one epoch: the signed head says where its last fact stands, and so all of them.
            if count > 0 and (total_bytes > BATCH_BYTES or fact.position.epoch != facts[0].position.epoch):
                return facts[:count]
        return facts

    def _send(self, facts: Sequence[StoredFact]) -> FactsAnswer:
        head = ChainHead(facts[-1].position, facts[-1].hash)
        device = self._identity.device
        answer = self._line.ask(
            Question(
                "POST",
                f"/v1/devices/{device}/facts",
                headers={
                    "Content-Type": JSON_LINES,
                    "Content-Encoding": ENCODING,
                    HEAD_HEADER: sign_head(device, head, self._identity.key),
                },
                body=compress(b"".join(fact.canonical + b"\n" for fact in facts)),
            )
        )
        try:
            said = msgspec.json.decode(answer.body, type=FactsAnswer)
        except msgspec.MsgspecError as error:
            raise LineTalksRubbish("answer_malformed", reason=str(error)[:200]) from error
        if said.acked_epoch < 0 or said.acked_seq < 0 or not said.incarnation:
            raise LineTalksRubbish("answer_malformed", field="acked")
        self._line.clock.heard(said.time, asked_s=answer.asked_s, answered_s=answer.answered_s)
        return said
