"""A disk that has no room, or fails: what is written then is refused, at any write, as SQLite and the system say it.

Knows nothing of what is written.
"""

import errno
import os
import sqlite3
from dataclasses import dataclass
from random import Random
from typing import Final

_WRITES: Final = frozenset({"INSERT", "UPDATE", "DELETE", "REPLACE", "CREATE"})
_CHECKPOINT: Final = "PRAGMA wal_checkpoint"
_FOR_WRITING: Final = os.O_WRONLY | os.O_RDWR


@dataclass(slots=True)
class Room:
    """How a disk stands. ``refuses`` draws which writes it refuses while it is full; None: there is room."""

    refuses: Random | None = None
    share: float = 1.0
    """Of the writes, how many are refused: what fits into what was freed elsewhere goes on."""
    refused: int = 0
    """Writes refused so far."""

    def statement(self, connection: sqlite3.Connection, sql: str, began: int) -> None:
        """Refuse a statement that writes; SQLite may take the whole transaction back by itself then.

        ``began``: its count of changes when the transaction began; one that has only read commits.
        """
        if self.refuses is None or not self._writes(connection, sql, began) or not self._refuses():
            return
        if connection.in_transaction and sql != "COMMIT" and self.refuses.random() < 0.5:
            sqlite3.Cursor(connection).execute("ROLLBACK")
        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorcode, error.sqlite_errorname = sqlite3.SQLITE_FULL, "SQLITE_FULL"
        raise error

    @staticmethod
    def _writes(connection: sqlite3.Connection, sql: str, began: int) -> bool:
        verb = sql.partition(" ")[0]
        return verb in _WRITES or sql.startswith(_CHECKPOINT) or (verb == "COMMIT" and connection.total_changes > began)

    def opening(self, path: str, flags: int) -> None:
        """Refuse to open a file that is to be written anew, or to be synced."""
        if self.refuses is None or not flags & _FOR_WRITING:
            return
        if (flags & os.O_TRUNC or path.endswith("-wal") or not os.path.lexists(path)) and self._refuses():
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), path)

    def _refuses(self) -> bool:
        if self.refuses is None or self.refuses.random() >= self.share:
            return False
        self.refused += 1
        return True
