"""How a journal file says what it is, and which release wrote it. Needs no SQLAlchemy: every start asks."""

import sqlite3
from enum import Enum, auto
from pathlib import Path
from typing import Final

from pos_app.domain.errors import FileDamaged, FileTooNew

APPLICATION_ID: Final = 0x47524E4A
"""``GRNJ``, in the header of every journal (SQLite's ``application_id``)."""
VERSION: Final = 6
"""SQLite's ``user_version``: the number of the newest migration."""

DEVICE: Final = "device"
"""Key in ``meta``: whose journal it is."""
EPOCH: Final = "epoch"
"""Key in ``meta``: the epoch that the chain is in."""
CHECKPOINT: Final = "checkpoint"
"""Key in ``meta``: the last fact that was taken out, as its owner signed it (``Granary-Head``); none: nothing was."""


class Age(Enum):
    """How a file stands to this release."""

    EMPTY = auto()
    OLD = auto()
    CURRENT = auto()


def age_of(connection: sqlite3.Connection, path: Path) -> Age:
    """Tell how old a file is.

    Raises:
        FileTooNew: a newer release wrote it.
        FileDamaged: it is not a journal of ours.
        sqlite3.DatabaseError: it is no database at all.

    """
    (application_id,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if application_id != APPLICATION_ID:
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if application_id == 0 and version == 0 and tables == 0:
            return Age.EMPTY
        raise FileDamaged("file_foreign", file=path.name)
    if version > VERSION:
        raise FileTooNew("file_too_new", file=path.name, version=version, known=VERSION)
    return Age.CURRENT if version == VERSION else Age.OLD
