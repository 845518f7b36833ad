"""One replica file, open for writing: chunks applied, staged documents let into effect, acknowledgements noted.

Each call that writes is one transaction. Knows nothing of other files, nor of which one is current.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec

from pos_app.domain.branches import Parting
from pos_app.domain.errors import FileDamaged
from pos_app.domain.facts import START, Position
from pos_app.store.replica import freshness, touched
from pos_app.store.replica.comparing import Place, differences, digests_of
from pos_app.store.replica.partings import LOST_FACTS, PARTING, parting_of
from pos_app.store.replica.wal_cap import CAP_BYTES, WalCap
from pos_app.store.sqlite_failures import told_apart
from sync.protocol.replica_rows import (
    Unreadable,
    mend_changes,
    read_cursor,
    read_meta,
    write_changes,
    write_cursor,
    write_meta,
)
from sync.protocol.replica_schema import EDITION, INCARNATION, RULES_CURSOR, create_indexes, create_tables, is_replica
from sync.protocol.stream import Acknowledged, Chunk, Standing, StoredFact
from sync.protocol.topics import STAGED
from sync.protocol.wire import Change, cursor_text, parse_cursor

BUSY_MS: Final = 2000
WAL_KEPT_BYTES: Final = 16 * 1024 * 1024
"""A large pull may leave a long WAL; it is cut to this when it has been copied."""

_STAGE = "INSERT OR REPLACE INTO staged (topic, key, scope, rev, body) VALUES (?, ?, ?, ?, ?)"
_STAGED = "SELECT topic, key, scope, rev, body FROM staged ORDER BY scope, rev"
_NOTE = "INSERT OR REPLACE INTO acknowledged (one, incarnation, epoch, seq) VALUES (1, ?, ?, ?)"
_LOSE = "INSERT INTO lost_fact (epoch, seq, hash, canonical) VALUES (?, ?, ?, ?)"
_PART = (
    "INSERT OR REPLACE INTO parting (one, epoch, seq, head_epoch, head_seq, head_hash, frozen)"
    " VALUES (1, ?, ?, ?, ?, ?, ?)"
)
_NOTED = "SELECT incarnation, epoch, seq FROM acknowledged"


class ReplicaFile:
    """A replica that can be written."""

    def __init__(self, path: Path, connection: sqlite3.Connection, wal: WalCap) -> None:
        """Take over a connection; see `open_file` and `create_file`."""
        self._path = path
        self._connection = connection
        self._wal = wal
        self._standing = Standing(read_cursor(connection), read_meta(connection, INCARNATION))
        self._rules = parse_cursor(read_meta(connection, RULES_CURSOR))

    @property
    def standing(self) -> Standing:
        """Tell cursor and incarnation."""
        return self._standing

    def knows_as_much_as(self, other: "ReplicaFile") -> bool:
        """Tell whether readers of the other may be shown this one: nothing goes back, the rules in force neither.

        Of another headquarters' database, at once: there is nothing to compare.
        """
        if self._standing.incarnation != other._standing.incarnation:  # noqa: SLF001 — another of the same kind
            return True
        cursors = (self._standing.cursor, other._standing.cursor), (self._rules, other._rules)  # noqa: SLF001 — as above
        return all(mine.get(scope, rev) >= rev for mine, theirs in cursors for scope, rev in theirs.items())

    def apply(self, chunk: Chunk) -> tuple[frozenset[str], Sequence[Unreadable]]:
        """Apply a chunk and its cursor; tell which topics readers see changed, and what could not be read.

        Raises ``ValueError`` when the chunk does not follow on from the cursor.
        """
        if dict(chunk.after) != dict(self._standing.cursor):
            raise ValueError(f"it follows {cursor_text(chunk.after)}, not {cursor_text(self._standing.cursor)}")
        if chunk.incarnation != self._standing.incarnation:
            raise ValueError(f"it is of {chunk.incarnation}, not {self._standing.incarnation}")
        coming = [change for change in chunk.changes if change.topic not in STAGED]
        staged = [change for change in chunk.changes if change.topic in STAGED]
        with self._writing() as connection:
            if chunk.more:
                connection.executemany(_STAGE, map(_staged_row, staged))
            else:
                coming += [*map(_staged_change, connection.execute(_STAGED).fetchall()), *staged]
                connection.execute("DELETE FROM staged")
                write_meta(connection, RULES_CURSOR, cursor_text(chunk.cursor))
            touching = touched.touched_by(connection, coming)
            unreadable = write_changes(connection, coming)
            topics = frozenset(change.topic for change in coming)
            if topics & STAGED:
                self._note_edition(touching)
            write_cursor(connection, chunk.cursor)
            freshness.note(connection, chunk, topics)
        self._standing = Standing(dict(chunk.cursor), chunk.incarnation)
        if not chunk.more:
            self._rules = dict(chunk.cursor)
        self._wal.hold(self._connection)
        return topics, unreadable

    def acknowledged(self) -> tuple[str, Position]:
        """Tell how far headquarters has the chain, and which headquarters said so."""
        with told_apart(self._path):
            row = self._connection.execute(_NOTED).fetchone()
        return ("", START) if row is None else (row[0], Position(row[1], row[2]))

    def acknowledge(self, position: Position, incarnation: str) -> None:
        """Note how far headquarters has the chain."""
        with self._writing():
            self._note(Acknowledged(position, incarnation))
        self._wal.hold(self._connection)

    def digests(self, standing: Standing, scope: str, moved: frozenset[tuple[str, str]]) -> Mapping[str, bytes] | None:
        """Digest a scope's documents by topic, but for those that moved; None if the file stands elsewhere."""
        if standing != self._standing:
            return None
        with told_apart(self._path):
            return digests_of(self._connection, scope, moved)

    def mend(self, standing: Standing, place: Place, documents: Sequence[Change]) -> list[Change] | None:
        """Let some buckets hold these documents; give what changed, None if the file stands elsewhere."""
        if standing != self._standing:
            return None
        with self._writing() as connection:
            changes = differences(connection, place, documents, standing.cursor.get(place[0], 0))
            mend_changes(connection, changes)
            if changes and place[1] in STAGED:
                # what it repairs may have left rows that no document tells of
                self._note_edition(None)
        self._wal.hold(self._connection)
        return changes

    def parting(self) -> Parting | None:
        """Tell where the register's chain and headquarters' have parted."""
        with told_apart(self._path):
            row = self._connection.execute(PARTING).fetchone()
        return None if row is None else parting_of(row)

    def keep_parting(self, parting: Parting, lost: Sequence[StoredFact], acknowledged: Acknowledged) -> None:
        """Note where they have, what headquarters has behind that, and what it acknowledges so."""
        common, head = parting.common, parting.head
        with self._writing() as connection:
            connection.execute("DELETE FROM lost_fact")
            connection.executemany(
                _LOSE, [(each.position.epoch, each.position.seq, each.hash, each.canonical) for each in lost]
            )
            places = (common.epoch, common.seq, head.position.epoch, head.position.seq)
            connection.execute(_PART, (*places, head.hash, parting.frozen))
            self._note(acknowledged)
        self._wal.hold(self._connection)

    def drop_parting(self) -> None:
        """Forget it."""
        with self._writing() as connection:
            connection.execute("DELETE FROM parting")
            connection.execute("DELETE FROM lost_fact")

    def take_over(self, before: "ReplicaFile") -> None:
        """Note what headquarters said of this register's chain, as the file before has it; of one life only."""
        incarnation, position = before.acknowledged()
        if incarnation != self._standing.incarnation:
            return
        self.acknowledge(position, incarnation)
        parting = before.parting()
        if parting is not None:
            self.keep_parting(parting, before.lost_facts(), Acknowledged(position, incarnation))

    def lost_facts(self) -> list[StoredFact]:
        """List what headquarters has behind the parting."""
        with told_apart(self._path):
            rows = self._connection.execute(LOST_FACTS).fetchall()
        return [StoredFact(Position(epoch, seq), canonical, known) for epoch, seq, known, canonical in rows]

    def topics(self) -> frozenset[str]:
        """List the topics that the file has documents of."""
        with told_apart(self._path):
            return frozenset(topic for (topic,) in self._connection.execute("SELECT DISTINCT topic FROM document"))

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def _note_edition(self, touching: Sequence[touched.Touched] | None) -> None:
        """Let readers know that there are other rules, and which, where that is known."""
        edition = int(read_meta(self._connection, EDITION) or 0) + 1
        write_meta(self._connection, EDITION, str(edition))
        touched.tell(self._connection, edition, touching)

    def _note(self, acknowledged: Acknowledged) -> None:
        position = acknowledged.position
        self._connection.execute(_NOTE, (acknowledged.incarnation, position.epoch, position.seq))

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        connection = self._connection
        with told_apart(self._path):
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise


def create_file(path: Path, wal_cap_bytes: int = CAP_BYTES) -> ReplicaFile:
    """Make an empty replica."""
    with told_apart(path):
        connection = _connect(path)
        connection.execute("BEGIN IMMEDIATE")
        create_tables(connection)
        create_indexes(connection)
        connection.execute("COMMIT")
        return ReplicaFile(path, _set_up(connection), WalCap(path, wal_cap_bytes))


def open_file(path: Path, wal_cap_bytes: int = CAP_BYTES) -> ReplicaFile:
    """Open a replica; raise ``FileDamaged`` when it is missing or none of this release's format."""
    if not path.exists():
        raise FileDamaged("replica_missing", file=path.name)
    with told_apart(path):
        connection = _connect(path)
        try:
            _check_format(connection, path)
            return ReplicaFile(path, _set_up(connection), WalCap(path, wal_cap_bytes))
        except BaseException:
            connection.close()
            raise


def _check_format(connection: sqlite3.Connection, path: Path) -> None:
    if not is_replica(connection):
        raise FileDamaged("file_foreign", file=path.name)


def _connect(path: Path) -> sqlite3.Connection:
    # Push and pull are two threads that take turns.
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    return connection


def _set_up(connection: sqlite3.Connection) -> sqlite3.Connection:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute(f"PRAGMA journal_size_limit = {WAL_KEPT_BYTES}")
    connection.execute(touched.CREATE)
    return connection


def _staged_row(change: Change) -> tuple[str, str, str, int, str | None]:
    body = None if change.deleted else msgspec.json.encode(change.body or {}).decode()
    return change.topic, change.key, change.scope, change.rev, body


def _staged_change(row: tuple[str, str, str, int, str | None]) -> Change:
    topic, key, scope, rev, body = row
    decoded = None if body is None else msgspec.json.decode(body)
    return Change(scope=scope, rev=rev, topic=topic, key=key, body=decoded, deleted=body is None)
