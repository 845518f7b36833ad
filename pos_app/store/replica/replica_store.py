"""The replica's one writer: fits `sync.client.ports.ReplicaSink`, and lives in the sync engine's process.

A snapshot is filled up beside the old file until it knows at least as much, and only then shown to readers. Whatever
cannot be read is dropped: the spare takes its place, or an empty file, and the rest is fetched again. Knows no line.
"""

import logging
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from shutil import move

from pos_app.domain.branches import Parting
from pos_app.domain.errors import FileDamaged, FileTooNew
from pos_app.domain.facts import Position
from pos_app.store.atomic_file import sync_file
from pos_app.store.owner_lock import OwnerLock
from pos_app.store.replica.comparing import Place
from pos_app.store.replica.numbered_files import Named, NumberedFiles
from pos_app.store.replica.replica_file import ReplicaFile, create_file, open_file
from pos_app.store.sqlite_failures import told_apart
from sync.protocol.replica_rows import Unreadable, read_cursor, read_meta
from sync.protocol.replica_schema import APPLICATION_ID, FORMAT, INCARNATION, RULES_CURSOR
from sync.protocol.stream import Acknowledged, Chunk, Standing, StoredFact
from sync.protocol.wire import Change, parse_cursor

_log = logging.getLogger(__name__)
"""The standard library's: structlog takes 120 ms of every process that starts."""


class ReplicaStore:
    """The replica files of a register, open for writing."""

    def __init__(self, folder: Path) -> None:
        """Open what is in ``folder``; raise ``FileLocked`` when another process writes there."""
        self._files = NumberedFiles(folder)
        self._lock = OwnerLock(self._files.pointer)
        try:
            self._current = self._open_current()
            self._coming = self._open_coming()
        except BaseException:
            self._lock.release()
            raise

    def standing(self) -> Standing:
        """Tell cursor and incarnation of the file that changes go to."""
        self._drop_damaged()
        return self._written().standing

    def apply(self, chunk: Chunk) -> frozenset[str]:
        """Apply a chunk and its cursor in one transaction (staged topics wait for ``more`` to end).

        Returns the topics that readers see changed: none while a new file is filled up, all of them when it is shown.
        Raises ``ValueError`` when the chunk does not follow on from the cursor.
        """
        with self._noticing_damage():
            topics, unreadable = self._written().apply(chunk)
        _report(unreadable)
        if self._coming is None:
            return topics
        return self._show_when_caught_up(self._coming)

    def install(self, snapshot: Path) -> None:
        """Check a downloaded replica file, make it the next numbered one, and name it current once it knows enough.

        The file at ``snapshot`` is moved away. Raises ``FileDamaged`` or ``FileTooNew`` when it is no replica of use;
        then everything is as before.
        """
        check_snapshot(snapshot)
        self._drop_coming()
        number = self._files.next_number()
        path = self._files.path(number)
        move(snapshot, path)
        sync_file(path)
        coming = open_file(path)
        coming.take_over(self._current)
        named = self._files.named()
        self._files.name(Named(named.current, number, named.spare))
        self._coming = coming
        self._show_when_caught_up(coming)

    def acknowledged(self) -> Position:
        """Tell how far headquarters has this register's chain."""
        return self._written().acknowledged()[1]

    def acknowledge(self, position: Position, incarnation: str) -> None:
        """Note how far headquarters has the chain; it may step back after a restored backup."""
        with self._noticing_damage():
            for file in self._both():
                file.acknowledge(position, incarnation)

    def digests(self, standing: Standing, scope: str, moved: frozenset[tuple[str, str]]) -> Mapping[str, bytes] | None:
        """Digest a scope's documents by topic, but for those that moved; None if the replica stands elsewhere."""
        with self._noticing_damage():
            return self._written().digests(standing, scope, moved)

    def mend(self, standing: Standing, place: Place, documents: Sequence[Change]) -> int | None:
        """Let some buckets of a scope and topic hold these documents; tell how many changed."""
        with self._noticing_damage():
            changes = self._written().mend(standing, place, documents)
        return None if changes is None else len(changes)

    def parting(self) -> Parting | None:
        """Tell where the register's chain and headquarters' have parted, None where they are one."""
        return self._written().parting()

    def keep_parting(self, parting: Parting, lost: Sequence[StoredFact], acknowledged: Acknowledged) -> None:
        """Note that they have, with the facts that headquarters has behind that, and what it acknowledges so."""
        with self._noticing_damage():
            for file in self._both():
                file.keep_parting(parting, lost, acknowledged)

    def drop_parting(self) -> None:
        """Forget it: the register goes on in an epoch of its own."""
        with self._noticing_damage():
            for file in self._both():
                file.drop_parting()

    def close(self) -> None:
        """Close the files and let another process have them."""
        self._drop_connections()
        self._lock.release()

    def _written(self) -> ReplicaFile:
        return self._coming or self._current

    def _both(self) -> Sequence[ReplicaFile]:
        return [self._current] if self._coming is None else [self._current, self._coming]

    def _show_when_caught_up(self, coming: ReplicaFile) -> frozenset[str]:
        """Name the new file current if it knows at least what the old one does; tell which topics readers see anew."""
        if not coming.knows_as_much_as(self._current):
            return frozenset()
        named = self._files.named()
        self._current.close()
        self._current, self._coming = coming, None
        self._files.name(Named(named.coming, None, named.current))
        return coming.topics()

    def _open_current(self) -> ReplicaFile:
        """Open the current file; where it cannot be, the spare; else begin an empty one."""
        named = self._files.named()
        for number in (named.current, named.spare):
            if number is None:
                continue
            file = self._opened(number)
            if file is not None:
                if number != named.current:
                    self._files.name(Named(number, named.coming, None))
                return file
        number = self._files.next_number()
        file = create_file(self._files.path(number))
        self._files.name(Named(number, named.coming, None))
        return file

    def _open_coming(self) -> ReplicaFile | None:
        named = self._files.named()
        file = None if named.coming is None else self._opened(named.coming)
        if file is None and named.coming is not None:
            self._files.name(Named(named.current, None, named.spare))
        return file

    def _opened(self, number: int) -> ReplicaFile | None:
        if self._files.is_damaged(number):
            return None
        try:
            return open_file(self._files.path(number))
        except FileDamaged as error:
            _log.warning("replica_dropped", extra={"file": self._files.path(number).name, "reason": str(error)})
            return None

    @contextmanager
    def _noticing_damage(self) -> Iterator[None]:
        try:
            yield
        except FileDamaged:
            named = self._files.named()
            for number in (named.current, named.coming):
                # Which of the two it was does not matter: a file in doubt is fetched again.
                if number is not None:
                    self._files.report_damage(number)
            raise

    def _drop_damaged(self) -> None:
        """Look whether anyone found a file damaged, and open what takes its place."""
        named = self._files.named()
        if any(number is not None and self._files.is_damaged(number) for number in (named.current, named.coming)):
            self._drop_connections()
            self._current = self._open_current()
            self._coming = self._open_coming()

    def _drop_coming(self) -> None:
        if self._coming is not None:
            self._coming.close()
            self._coming = None

    def _drop_connections(self) -> None:
        self._drop_coming()
        self._current.close()


def check_snapshot(path: Path) -> None:
    """Check a downloaded file from end to end.

    Raises:
        FileTooNew: it is a replica, in a newer format.
        FileDamaged: it is none, is damaged, or does not say what it was filled from.

    """
    with told_apart(path):
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)
        try:
            (application_id,) = connection.execute("PRAGMA application_id").fetchone()
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            known = application_id == APPLICATION_ID and version == FORMAT
            trouble = _trouble_in(connection) if known else "it is no replica"
        finally:
            connection.close()
    if application_id == APPLICATION_ID and version > FORMAT:
        raise FileTooNew("file_too_new", file=path.name, version=version, known=FORMAT)
    if trouble:
        raise FileDamaged("snapshot_damaged", file=path.name, reason=trouble)


def _trouble_in(connection: sqlite3.Connection) -> str:
    """Say what is wrong with a replica, from end to end; nothing when it is sound."""
    found = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    if found != "ok":
        return found
    try:
        rules = parse_cursor(read_meta(connection, RULES_CURSOR))
    except ValueError as error:
        return str(error)
    if rules and rules == read_cursor(connection) and read_meta(connection, INCARNATION):
        return ""
    return "it does not say what it was filled from"


def _report(unreadable: Sequence[Unreadable]) -> None:
    for each in unreadable:
        _log.warning("document_unreadable", extra={"topic": each.topic, "key": each.key, "reason": each.reason})
