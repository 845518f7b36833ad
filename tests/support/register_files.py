"""A journal and a replica in memory: honest fakes of the sync engine's two ports, for tests without a disk.

They keep the ports' promises (a chunk is applied on its cursor only, staged topics wait) and count nothing else.
"""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from pos_app.domain.branches import Parting
from pos_app.domain.facts import GENESIS, START, ChainHead, Fact, Happening, Position, next_fact
from pos_app.domain.ids import DeviceId, OperatorId
from sync.protocol.digests import ScopeDigests
from sync.protocol.replica_rows import read_cursor, read_meta
from sync.protocol.replica_schema import INCARNATION
from sync.protocol.stream import Acknowledged, Chunk, Standing, StoredFact
from sync.protocol.topics import STAGED
from sync.protocol.wire import Change

DEVICE = DeviceId("S001-R1")


@dataclass(slots=True)
class MemoryJournal:
    """A register's chain. It is a `FactSource`."""

    device: DeviceId = DEVICE
    facts: list[Fact] = field(default_factory=list)

    def ring(self, count: int = 1, *, text: str = "") -> list[Fact]:
        """Let the register do something, so often."""
        new: list[Fact] = []
        for _ in range(count):
            body = {"note": text or f"no. {len(self.facts) + 1}"}
            happening = Happening("device_note", 1, "2026-06-18T08:00:00+08:00", OperatorId("1001"), body)
            new.append(next_fact(self.device, self.head(), happening))
            self.facts.append(new[-1])
        return new

    def head(self) -> ChainHead:
        if not self.facts:
            return ChainHead(START, GENESIS)
        return ChainHead(self.facts[-1].position, self.facts[-1].hash)

    def after(self, position: Position, limit: int) -> Sequence[StoredFact]:
        behind = [fact for fact in self.facts if fact.position > position][:limit]
        return [StoredFact(fact.position, fact.canonical, fact.hash) for fact in behind]

    def hash_at(self, position: Position) -> bytes | None:
        return next((fact.hash for fact in self.facts if fact.position == position), None)

    def back_from(self, position: Position, count: int) -> Position:
        before = [fact.position for fact in self.facts if fact.position < position]
        return before[-count] if len(before) >= count else START


@dataclass(slots=True)
class MemoryReplica:
    """What headquarters said. It is a `ReplicaSink`; of a snapshot it takes the documents."""

    held: Standing = field(default_factory=Standing)
    documents: dict[tuple[str, str, str], Change] = field(default_factory=dict)
    staged: list[Change] = field(default_factory=list)
    acked: Position = START
    installed: int = 0
    parted: Parting | None = None
    lost: list[StoredFact] = field(default_factory=list)

    def standing(self) -> Standing:
        return self.held

    def apply(self, chunk: Chunk) -> frozenset[str]:
        if dict(chunk.after) != dict(self.held.cursor):
            raise ValueError("the chunk does not follow on")
        now = [change for change in chunk.changes if change.topic not in STAGED]
        self.staged += [change for change in chunk.changes if change.topic in STAGED]
        if not chunk.more:
            now, self.staged = now + self.staged, []
        for change in now:
            self._put(change)
        self.held = Standing(dict(chunk.cursor), chunk.incarnation)
        return frozenset(change.topic for change in now)

    def install(self, snapshot: Path) -> None:
        with closing(sqlite3.connect(snapshot)) as file:
            rows = file.execute("SELECT scope, rev, topic, key, body FROM document").fetchall()
            held = Standing(read_cursor(file), read_meta(file, INCARNATION))
        snapshot.unlink()
        self.documents, self.staged = {}, []
        for scope, rev, topic, key, body in rows:
            self._put(Change(scope, rev, topic, key, json.loads(body)))
        self.held = held
        self.installed += 1

    def acknowledged(self) -> Position:
        return self.acked

    def acknowledge(self, position: Position, incarnation: str) -> None:
        assert incarnation
        self.acked = position

    def digests(self, standing: Standing, scope: str, moved: frozenset[tuple[str, str]]) -> Mapping[str, bytes] | None:
        digests = ScopeDigests()
        for change in self.documents.values():
            if change.scope == scope and (change.topic, change.key) not in moved:
                digests.add(change.topic, change.key, change.rev, msgspec.json.encode(change.body).decode())
        return digests.by_topic() if standing == self.held else None

    def mend(
        self, standing: Standing, place: tuple[str, str, Sequence[int]], documents: Sequence[Change]
    ) -> int | None:
        raise NotImplementedError("the real files are compared: tests/integration/sync/test_comparing.py")

    def parting(self) -> Parting | None:
        return self.parted

    def keep_parting(self, parting: Parting, lost: Sequence[StoredFact], acknowledged: Acknowledged) -> None:
        self.parted, self.lost = parting, list(lost)
        self.acknowledge(acknowledged.position, acknowledged.incarnation)

    def drop_parting(self) -> None:
        self.parted, self.lost = None, []

    def bodies(self) -> Mapping[tuple[str, str, str], object]:
        """Give what readers see."""
        return {key: change.body for key, change in self.documents.items()}

    def _put(self, change: Change) -> None:
        key = (change.scope, change.topic, change.key)
        if change.deleted:
            self.documents.pop(key, None)
        else:
            self.documents[key] = change
