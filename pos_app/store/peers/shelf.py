"""Facts of the store's other registers, kept as they gave them until headquarters has them (docs/sync.md §2).

One process writes, the counter's; the sync agent reads beside it. The file is expendable: one that cannot be read, or
is another release's, is begun anew, and what was in it is given again by those who did it.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any, Final, NoReturn

from pos_app.domain.consequences import pending_of_fact
from pos_app.domain.errors import Breakdown, Refusal
from pos_app.domain.facts import START, Fact, Position, read_fact
from pos_app.domain.ids import DeviceId
from pos_app.domain.ledger import LedgerKey, PendingEntry
from pos_app.store.sqlite_failures import told_apart
from sync.protocol.stream import Given

VERSION: Final = 1
BUSY_MS: Final = 2000
KEPT_S: Final = 24 * 60 * 60
"""What a fact changed stays so long after it was given: an amount may be told without it for a while yet."""

_TABLES: Final = """
CREATE TABLE owner (device TEXT PRIMARY KEY, acked_epoch INTEGER NOT NULL, acked_seq INTEGER NOT NULL,
    kept_epoch INTEGER NOT NULL, kept_seq INTEGER NOT NULL, kept_hash BLOB NOT NULL) STRICT;
CREATE TABLE fact (device TEXT NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL, hash BLOB NOT NULL,
    canonical BLOB NOT NULL, PRIMARY KEY (device, epoch, seq)) STRICT;
CREATE TABLE head (device TEXT NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL, signed TEXT NOT NULL,
    PRIMARY KEY (device, epoch, seq)) STRICT;
CREATE TABLE pending (topic TEXT NOT NULL, key TEXT NOT NULL, device TEXT NOT NULL, epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL, delta INTEGER NOT NULL, given_s INTEGER NOT NULL DEFAULT (unixepoch()),
    PRIMARY KEY (topic, key, device, epoch, seq)) STRICT, WITHOUT ROWID;
"""
_OWNER = "SELECT kept_epoch, kept_seq, kept_hash FROM owner WHERE device = ?"
_HASH = "SELECT hash FROM fact WHERE device = ? AND epoch = ? AND seq = ?"
_KEEP_FACT = "INSERT INTO fact (device, epoch, seq, hash, canonical) VALUES (?, ?, ?, ?, ?)"
_KEEP_PENDING = "INSERT OR IGNORE INTO pending (topic, key, device, epoch, seq, delta) VALUES (?, ?, ?, ?, ?, ?)"
_KEEP_HEAD = "INSERT OR REPLACE INTO head (device, epoch, seq, signed) VALUES (?, ?, ?, ?)"
_KEEP_OWNER = (
    "INSERT INTO owner VALUES (?, 0, 0, ?, ?, ?) ON CONFLICT (device) DO UPDATE SET"
    " kept_epoch = excluded.kept_epoch, kept_seq = excluded.kept_seq, kept_hash = excluded.kept_hash"
)
_CONFIRM = (
    "UPDATE owner SET acked_epoch = ?2, acked_seq = ?3 WHERE device = ?1 AND (acked_epoch, acked_seq) < (?2, ?3)",
    "DELETE FROM fact WHERE device = ?1 AND (epoch, seq) <= (?2, ?3)",
    "DELETE FROM head WHERE device = ?1 AND (epoch, seq) <= (?2, ?3)",
)
_PRUNE = "DELETE FROM pending WHERE device = ?1 AND (epoch, seq) <= (?2, ?3) AND given_s < unixepoch() - ?4"
_PENDING = "SELECT device, epoch, seq, delta FROM pending WHERE topic = ? AND key = ?"
_OWNERS = "SELECT device, acked_epoch, acked_seq FROM owner ORDER BY device"
_NEXT_HEAD = (
    "SELECT epoch, seq, signed FROM head WHERE device = ? AND (epoch, seq) > (?, ?) ORDER BY epoch, seq LIMIT 1"
)
_FACTS = (
    "SELECT canonical FROM fact WHERE device = ? AND epoch = ? AND (epoch, seq) > (?, ?) AND seq <= ?"
    " ORDER BY epoch, seq"
)


class PeerShelf:
    """What the others gave, for who keeps it. May be used from any thread."""

    def __init__(self, path: Path) -> None:
        """Open the file, or begin it anew."""
        self._path = path
        self._lock = Lock()
        with told_apart(path):
            try:
                self._connection = _opened(path)
            except sqlite3.DatabaseError:
                for name in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
                    name.unlink(missing_ok=True)
                self._connection = _opened(path)
            self._looking, self._looks = _opened(path), Lock()

    def kept(self, device: DeviceId) -> Position:
        """Tell how far a register's facts were given."""
        with self._lock, told_apart(self._path):
            row = self._connection.execute(_OWNER, (device,)).fetchone()
        return START if row is None else Position(row[0], row[1])

    def keep(self, given: Given) -> Position:
        """Keep what follows on from what is kept, or from what headquarters has; tell how far that is now.

        Raises ``Refusal("peer_chain_parted")`` where other facts are kept in the same places.
        """
        with self._lock, told_apart(self._path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                kept = self._keep(given)
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
        return kept

    def pending_of(self, key: LedgerKey) -> Mapping[DeviceId, Sequence[PendingEntry]]:
        """List what the others' facts change in an amount."""
        found: dict[DeviceId, list[PendingEntry]] = {}
        # A connection of its own: a sale does not wait for what a neighbour gives in this moment.
        with self._looks, told_apart(self._path):
            rows = self._looking.execute(_PENDING, (key.topic, key.key)).fetchall()
        for device, epoch, seq, delta in rows:
            found.setdefault(DeviceId(device), []).append(PendingEntry(Position(epoch, seq), delta))
        return found

    def close(self) -> None:
        """Close the file."""
        with self._lock, self._looks:
            self._connection.close()
            self._looking.close()

    def _keep(self, given: Given) -> Position:
        row = self._connection.execute(_OWNER, (given.device,)).fetchone()
        kept = START if row is None else Position(row[0], row[1])
        new = [fact for fact in given.facts if fact.position > kept]
        for fact in given.facts[: len(given.facts) - len(new)]:
            known = self._connection.execute(_HASH, (given.device, fact.position.epoch, fact.position.seq)).fetchone()
            if known is not None and known[0] != fact.hash:
                raise Refusal("peer_chain_parted", device=given.device)
        if new and (_follows(new[0], kept) or _follows(new[0], given.acked)):
            if row is not None and _is_next(new[0], kept) and new[0].prev != row[2]:
                raise Refusal("peer_chain_parted", device=given.device)
            self._write(given, new)
            kept = new[-1].position
        if given.acked > START:
            place = (given.device, given.acked.epoch, given.acked.seq)
            for statement in _CONFIRM:
                self._connection.execute(statement, place)
            self._connection.execute(_PRUNE, (*place, KEPT_S))
        return kept

    def _write(self, given: Given, new: Sequence[Fact]) -> None:
        device, last = given.device, new[-1]
        for fact in new:
            place = (device, fact.position.epoch, fact.position.seq)
            self._connection.execute(_KEEP_FACT, (*place, fact.hash, fact.canonical))
            with suppress(Refusal, LookupError, TypeError, ValueError):
                # What this release cannot read is carried all the same.
                changes = [(each.ledger.topic, each.ledger.key, *place, each.delta) for each in pending_of_fact(fact)]
                self._connection.executemany(_KEEP_PENDING, changes)
        self._connection.execute(_KEEP_HEAD, (device, last.position.epoch, last.position.seq, given.signed))
        self._connection.execute(_KEEP_OWNER, (device, last.position.epoch, last.position.seq, last.hash))


class PeerReader:
    """The same file for who brings the facts to headquarters; it cannot write."""

    def __init__(self, path: Path) -> None:
        """Look at ``path`` when asked: there may be no file, or another one later."""
        self._path = path

    def owners(self) -> Mapping[str, Position]:
        """Tell whose facts there are, and how far each says that headquarters has them."""
        return {device: Position(epoch, seq) for device, epoch, seq in self._rows(_OWNERS, ())}

    def next_of(self, device: str, after: Position) -> Given | None:
        """Give a register's next facts behind a place, up to the first end that it signed; None where there is none."""
        ends = self._rows(_NEXT_HEAD, (device, after.epoch, after.seq))
        if not ends:
            return None
        epoch, seq, signed = ends[0]
        rows = self._rows(_FACTS, (device, epoch, after.epoch, after.seq, seq))
        return Given(DeviceId(device), after, signed, [read_fact(canonical) for (canonical,) in rows]) if rows else None

    def _rows(self, statement: str, values: tuple[object, ...]) -> list[Any]:
        if not self._path.exists():
            return []
        try:
            connection = sqlite3.connect(f"{self._path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)
            with told_apart(self._path):
                try:
                    connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
                    return connection.execute(statement, values).fetchall()
                finally:
                    connection.close()
        except (sqlite3.DatabaseError, Breakdown):
            return []


def _opened(path: Path) -> sqlite3.Connection:
    """Open it with its tables; raise ``sqlite3.DatabaseError`` where it is not one of ours."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        for pragma in (f"busy_timeout = {BUSY_MS}", "journal_mode = WAL", "synchronous = NORMAL"):
            connection.execute(f"PRAGMA {pragma}")
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version == 0:
            connection.executescript(f"BEGIN IMMEDIATE; {_TABLES} PRAGMA user_version = {VERSION}; COMMIT;")
        elif version != VERSION:
            _refuse(version)
        connection.execute(_OWNERS).fetchall()
    except BaseException:
        connection.close()
        raise
    return connection


def _refuse(version: int) -> NoReturn:
    raise sqlite3.DatabaseError(f"release {version}'s file")


def _follows(fact: Fact, place: Position) -> bool:
    """Tell whether a fact is the next behind a place, or the first of a later epoch."""
    return _is_next(fact, place) or (fact.position.epoch > place.epoch and fact.position.seq == 1)


def _is_next(fact: Fact, place: Position) -> bool:
    return (fact.position.epoch, fact.position.seq) == (place.epoch, place.seq + 1)
