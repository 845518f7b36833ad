"""What SQLite's errors mean to a shop: the disk is full, another program holds the file, the file is damaged.

Everything else that SQLite says is a bug of ours and passes through. Knows nothing of what the files hold.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from shutil import disk_usage
from typing import Final

from pos_app.domain.errors import Breakdown, DiskFull, FileDamaged, FileLocked

_FAILURES: Final[Mapping[int, tuple[type[Breakdown], str]]] = {
    sqlite3.SQLITE_FULL: (DiskFull, "disk_full"),
    sqlite3.SQLITE_IOERR: (Breakdown, "disk_failing"),
    sqlite3.SQLITE_BUSY: (FileLocked, "file_locked"),
    sqlite3.SQLITE_LOCKED: (FileLocked, "file_locked"),
    sqlite3.SQLITE_CORRUPT: (FileDamaged, "file_damaged"),
    sqlite3.SQLITE_NOTADB: (FileDamaged, "file_damaged"),
    sqlite3.SQLITE_FORMAT: (FileDamaged, "file_damaged"),
    sqlite3.SQLITE_READONLY: (Breakdown, "file_not_writable"),
    sqlite3.SQLITE_PERM: (Breakdown, "file_not_writable"),
    sqlite3.SQLITE_CANTOPEN: (Breakdown, "file_not_writable"),
    sqlite3.SQLITE_AUTH: (Breakdown, "file_not_writable"),
}
_NO_ROOM_BYTES: Final = 256 * 1024
"""With less than this left, a failed write is taken for a full disk (SQLite says so itself of ENOSPC alone)."""


@contextmanager
def told_apart(path: Path) -> Iterator[None]:
    """Raise what a failure of the surroundings is; let a bug pass as it is."""
    try:
        yield
    except sqlite3.Error as error:
        breakdown = breakdown_of(error, path)
        if breakdown is None:
            raise
        raise breakdown from error


def breakdown_of(error: sqlite3.Error, path: Path) -> Breakdown | None:
    """Say which breakdown an error is, or None for a bug."""
    # Errors of the `sqlite3` module itself carry no code: they are misuse, so bugs.
    primary = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_MISUSE) & 0xFF
    if primary == sqlite3.SQLITE_IOERR and _is_full(path):
        primary = sqlite3.SQLITE_FULL
    if primary not in _FAILURES:
        return None
    family, code = _FAILURES[primary]
    return family(code, file=path.name, reason=str(error))


def _is_full(path: Path) -> bool:
    try:
        return disk_usage(path.parent).free < _NO_ROOM_BYTES
    except OSError:
        return False
