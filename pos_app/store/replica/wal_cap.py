"""A cap on a WAL, from the side of its one writer.

SQLite copies a WAL by itself, but begins it anew only at a moment when nobody reads from it. Readers that take turns
without a rest leave no such moment, and it grows until the disk is full (10 GB were seen). So the writer makes one:
while it writes nothing and all is copied, those who come read the file itself, and those who are there end.
"""

import logging
import sqlite3
from pathlib import Path
from typing import Final

from pos_app.store.sqlite_failures import breakdown_of

CAP_BYTES: Final = 64 * 1024 * 1024
"""Four times what SQLite's own copying leaves; a pull of a whole assortment comes that far."""
_log = logging.getLogger(__name__)


class WalCap:
    """Watches one WAL."""

    def __init__(self, path: Path, cap_bytes: int = CAP_BYTES) -> None:
        """Watch the WAL beside the file at ``path``."""
        self._path = path
        self._wal = path.with_name(f"{path.name}-wal")
        self._cap_bytes = cap_bytes
        self._cut_at_bytes = cap_bytes

    def hold(self, connection: sqlite3.Connection) -> None:
        """Cut the WAL off where it is past the cap; call it between the writer's transactions.

        Waits for readers as long as the connection waits for anything (``busy_timeout``). One that holds on for
        longer is waited for again when the WAL has grown by as much again, and nothing fails for it meanwhile.
        """
        size = self._size()
        if size <= self._cut_at_bytes:
            return
        try:
            (busy, _, _) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.DatabaseError as error:
            # A full or failing disk: the next chunk meets it, and says so.
            if breakdown_of(error, self._path) is None:
                raise
            busy = 1
        self._cut_at_bytes = size + self._cap_bytes if busy else self._cap_bytes
        if busy:
            _log.warning("wal_not_cut", extra={"file": self._path.name, "bytes": size})

    def _size(self) -> int:
        try:
            return self._wal.stat().st_size
        except FileNotFoundError:
            return 0
