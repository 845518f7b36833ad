"""How a journal comes to be and is opened: one writer, the right file, the right age, an end of the chain that holds.

A journal is made once, at enrolment. Later a missing or empty one is an error, never a new beginning: a chain that
began again at 1 would be another chain under the same name.
"""

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from pos_app.domain.errors import FileDamaged
from pos_app.domain.ids import DeviceId
from pos_app.store.atomic_file import sync_folder
from pos_app.store.journal import shift_rows
from pos_app.store.journal.chain import Owner, read_owner, verify_tail
from pos_app.store.journal.file_format import DEVICE, EPOCH, Age, age_of
from pos_app.store.journal.journal import Journal
from pos_app.store.owner_lock import OwnerLock
from pos_app.store.sqlite_failures import told_apart

Upgrade = Callable[[Path], None]
"""`upgrading.bring_up_to_date`, handed in so that SQLAlchemy and Alembic are loaded only when they have work."""

BUSY_MS: Final = 1000
"""How long a sale may wait for the background's truncation of the WAL; that takes a few disk syncs at most."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a new journal begins with, as headquarters said at enrolment.

    ``receipts`` are the highest numbers used before, by business date, ``shift`` is that of shifts: numbering goes on
    from there. ``closed_day`` takes nothing more.
    """

    device: DeviceId
    epoch: int = 1
    receipts: Mapping[date, int] = field(default_factory=dict)
    shift: int = 0
    closed_day: date | None = None


def create_journal(path: Path, beginning: Beginning, upgrade: Upgrade) -> None:
    """Make a journal; one that is there already and belongs to the same register is left as it is.

    Raises ``FileDamaged("journal_of_another")`` where another register's is there: what it has not sent is not ours.
    """
    lock = OwnerLock(path)
    try:
        with told_apart(path):
            if _age(path) is Age.EMPTY:
                upgrade(path)
            connection = connect(path)
            try:
                _begin(connection, beginning, path)
            finally:
                connection.close()
        sync_folder(path.parent)
    finally:
        lock.release()


def open_journal(path: Path, device: DeviceId, upgrade: Upgrade) -> Journal:
    """Open a register's journal for writing, brought up to this release.

    Raises:
        FileLocked: another program, or a second register, has it open.
        FileTooNew: a newer release wrote it.
        FileDamaged: it is missing, another program's or another register's, unreadable, or its chain is broken.
        DiskFull: there is no room to open it.

    """
    lock = OwnerLock(path)
    try:
        with told_apart(path):
            if existing_age(path) is Age.OLD:
                upgrade(path)
            connection = connect(path)
            try:
                return Journal(path, connection, _checked_owner(connection, device, path), lock)
            except BaseException:
                connection.close()
                raise
    except BaseException:
        lock.release()
        raise


def connect_to_read(path: Path) -> sqlite3.Connection:
    """Open a connection that cannot write, for whoever only reads the journal beside its writer."""
    connection = sqlite3.connect(
        f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None, check_same_thread=False
    )
    connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    return connection


def existing_age(path: Path) -> Age:
    """Tell how old a journal is; raise ``FileDamaged("journal_missing")`` when it was never begun."""
    age = _age(path) if path.exists() else Age.EMPTY
    if age is Age.EMPTY:
        raise FileDamaged("journal_missing", file=path.name)
    return age


def _age(path: Path) -> Age:
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        return age_of(connection, path)
    finally:
        connection.close()


def connect(path: Path) -> sqlite3.Connection:
    """Open a connection that writes, in the counter's process: each of its commits is on the disk when it returns."""
    # The worker thread that uses it is not the one that starts the register.
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    for pragma in (
        f"busy_timeout = {BUSY_MS}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "fullfsync = ON",
        "checkpoint_fullfsync = ON",
        # `checkpointer` does it, beside the sales
        "wal_autocheckpoint = 0",
        "foreign_keys = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _checked_owner(connection: sqlite3.Connection, device: DeviceId, path: Path) -> Owner:
    owner = read_owner(connection)
    if owner.device != device:
        raise FileDamaged("journal_of_another", file=path.name, device=owner.device, expected=device)
    verify_tail(connection, owner)
    return owner


def _begin(connection: sqlite3.Connection, beginning: Beginning, path: Path) -> None:
    """Write whose journal it is; leave one that has begun alone."""
    connection.execute("BEGIN IMMEDIATE")
    if connection.execute("SELECT count(*) FROM meta").fetchone() == (0,):
        words = [(DEVICE, beginning.device), (EPOCH, str(beginning.epoch))]
        connection.executemany("INSERT INTO meta (key, value) VALUES (?, ?)", words)
        connection.executemany(
            "INSERT INTO receipt (business_date, number) VALUES (?, ?)",
            [(day.isoformat(), number) for day, number in beginning.receipts.items()],
        )
        shift_rows.begin(connection, beginning.shift, beginning.closed_day)
    elif (owner := read_owner(connection)).device != beginning.device:
        raise FileDamaged("journal_of_another", file=path.name, device=owner.device, expected=beginning.device)
    connection.execute("COMMIT")
