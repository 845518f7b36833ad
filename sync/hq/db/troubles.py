"""What a database's errors mean: contention, a full disk, a damaged file, nobody there. The rest are bugs.

Knows no table and no transaction.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from pos_app.domain.errors import Breakdown, DiskFull, FileDamaged

RETRY_AFTER_S: Final = 2

_CONTENDED_STATES: Final = frozenset({"40001", "40P01", "55P03"})
"""PostgreSQL: serialization failure, deadlock, lock not available."""
_FULL_STATE: Final = "53100"
_GONE_STATES: Final = ("08", "57P")
"""Beginnings: the connection broke, or the server is going down or coming up. Whether a commit went through is open."""
_CONTENDED: Final = ("database is locked", "database table is locked")
_FULL: Final = ("database or disk is full",)
_DAMAGED: Final = ("file is not a database", "disk image is malformed")
_GONE: Final = ("connection was closed", "connection is closed", "connection has been closed", "another operation")
_AWAY: Final = ("unable to open database file", "disk I/O error", "readonly database")


class HqBusy(Breakdown):
    """Others are writing, and went on longer than a request should wait: ask again."""


@contextmanager
def database_troubles() -> Iterator[None]:
    """Raise what a database's error means: `HqBusy`, ``DiskFull``, ``FileDamaged`` or another ``Breakdown``."""
    try:
        yield
    except NoConnectionFree as error:
        raise HqBusy("hq_busy", retry_after_s=RETRY_AFTER_S) from error
    except OSError as error:
        raise Breakdown("hq_database_unreachable", reason=str(error)) from error
    except (DBAPIError, sqlite3.Error) as error:
        driver = error.orig if isinstance(error, DBAPIError) else error
        meaning = _of_driver(getattr(driver, "sqlstate", None) or "", str(driver))
        if meaning is None:
            raise
        raise meaning from error


def _of_driver(state: str, words: str) -> Breakdown | None:
    if state in _CONTENDED_STATES or any(part in words for part in _CONTENDED):
        return HqBusy("hq_busy", retry_after_s=RETRY_AFTER_S)
    if state == _FULL_STATE or any(part in words for part in _FULL):
        return DiskFull("disk_full")
    if any(part in words for part in _DAMAGED):
        return FileDamaged("hq_database_damaged", reason=words)
    if state.startswith(_GONE_STATES) or any(part in words for part in (*_AWAY, *_GONE)):
        return Breakdown("hq_database_unreachable", reason=words)
    return None
