import sqlite3
from pathlib import Path

import pytest

from pos_app.domain.errors import Breakdown, DiskFull, FileDamaged, FileLocked
from pos_app.store.sqlite_failures import breakdown_of, told_apart

PATH = Path("/tmp/journal.db")  # noqa: S108 — its disk is asked for room, nothing is written


def failure(code: int) -> sqlite3.Error:
    error = sqlite3.OperationalError("it failed")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("code", "family", "named"),
    [
        (sqlite3.SQLITE_FULL, DiskFull, "disk_full"),
        (sqlite3.SQLITE_BUSY, FileLocked, "file_locked"),
        (sqlite3.SQLITE_BUSY_RECOVERY, FileLocked, "file_locked"),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, FileLocked, "file_locked"),
        (sqlite3.SQLITE_LOCKED, FileLocked, "file_locked"),
        (sqlite3.SQLITE_CORRUPT, FileDamaged, "file_damaged"),
        (sqlite3.SQLITE_CORRUPT_VTAB, FileDamaged, "file_damaged"),
        (sqlite3.SQLITE_NOTADB, FileDamaged, "file_damaged"),
        (sqlite3.SQLITE_IOERR_FSYNC, Breakdown, "disk_failing"),
        (sqlite3.SQLITE_IOERR_READ, Breakdown, "disk_failing"),
        (sqlite3.SQLITE_READONLY, Breakdown, "file_not_writable"),
        (sqlite3.SQLITE_CANTOPEN, Breakdown, "file_not_writable"),
    ],
)
def test_what_fails_around_us_is_named(code: int, family: type[Breakdown], named: str) -> None:
    with pytest.raises(Breakdown) as raised, told_apart(PATH):
        raise failure(code)

    assert (type(raised.value), raised.value.code) == (family, named)
    assert raised.value.details["file"] == "journal.db"


@pytest.mark.parametrize("code", [sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_MISUSE])
def test_a_bug_stays_a_bug(code: int) -> None:
    with pytest.raises(sqlite3.OperationalError), told_apart(PATH):
        raise failure(code)


def test_misuse_of_the_module_is_a_bug() -> None:
    assert breakdown_of(sqlite3.ProgrammingError("Cannot operate on a closed database."), PATH) is None
