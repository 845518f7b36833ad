"""The register's files, shared by the engine's push and pull: one call at a time each.

Knows nothing of what is in them. A call on a file takes milliseconds; no lock is held over the network.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import RLock

from pos_app.domain.branches import Parting
from pos_app.domain.errors import LineTalksRubbish
from pos_app.domain.facts import ChainHead, Position
from sync.client.ports import FactSource, ReplicaSink
from sync.protocol.stream import Acknowledged, Chunk, Standing, StoredFact
from sync.protocol.wire import Change


class SharedSource:
    """A `FactSource` that several threads may ask."""

    def __init__(self, source: FactSource) -> None:
        """Guard a source."""
        self._source = source
        self._lock = RLock()

    def head(self) -> ChainHead:
        """Give the newest fact's place and hash."""
        with self._lock:
            return self._source.head()

    def after(self, position: Position, limit: int) -> Sequence[StoredFact]:
        """List facts behind a position."""
        with self._lock:
            return self._source.after(position, limit)

    def hash_at(self, position: Position) -> bytes | None:
        """Give the hash of the fact in a place."""
        with self._lock:
            return self._source.hash_at(position)

    def back_from(self, position: Position, count: int) -> Position:
        """Give the place so many facts before another."""
        with self._lock:
            return self._source.back_from(position, count)


class SharedSink:
    """A `ReplicaSink` that several threads may ask."""

    def __init__(self, sink: ReplicaSink) -> None:
        """Guard a sink."""
        self._sink = sink
        self._lock = RLock()

    def standing(self) -> Standing:
        """Tell cursor and incarnation."""
        with self._lock:
            return self._sink.standing()

    def apply(self, chunk: Chunk) -> frozenset[str]:
        """Apply a chunk."""
        with self._lock:
            return self._sink.apply(chunk)

    def follow(self, standing: Standing, chunk: Chunk) -> frozenset[str] | None:
        """Apply a chunk that was asked for at ``standing``; None when the replica stands elsewhere by now."""
        with self._lock:
            if self._sink.standing() != standing:
                return None
            try:
                return self._sink.apply(chunk)
            except ValueError as error:
                raise LineTalksRubbish("answer_out_of_step", reason=str(error)[:200]) from error

    def install(self, snapshot: Path) -> None:
        """Install a snapshot."""
        with self._lock:
            self._sink.install(snapshot)

    def acknowledged(self) -> Position:
        """Tell how far headquarters has the chain."""
        with self._lock:
            return self._sink.acknowledged()

    def acknowledge(self, position: Position, incarnation: str) -> None:
        """Note how far headquarters has the chain."""
        with self._lock:
            self._sink.acknowledge(position, incarnation)

    def parting(self) -> Parting | None:
        """Tell where the chains have parted."""
        with self._lock:
            return self._sink.parting()

    def keep_parting(self, parting: Parting, lost: Sequence[StoredFact], acknowledged: Acknowledged) -> None:
        """Note where they have."""
        with self._lock:
            self._sink.keep_parting(parting, lost, acknowledged)

    def drop_parting(self) -> None:
        """Forget it."""
        with self._lock:
            self._sink.drop_parting()

    def digests(self, standing: Standing, scope: str, moved: frozenset[tuple[str, str]]) -> Mapping[str, bytes] | None:
        """Digest a scope's documents."""
        with self._lock:
            return self._sink.digests(standing, scope, moved)

    def mend(
        self, standing: Standing, place: tuple[str, str, Sequence[int]], documents: Sequence[Change]
    ) -> int | None:
        """Let some buckets hold these documents."""
        with self._lock:
            return self._sink.mend(standing, place, documents)
