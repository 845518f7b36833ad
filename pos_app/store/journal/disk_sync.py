"""The disk sync of what was written without one: the open basket's rows, shown while the disk still works.

SQLite syncs inside a commit or not at all. Here the commit of a basket does not, and the sync follows in a step of its
own, as soon as the answer is on its way to the window. A program that is killed meanwhile loses nothing, since the
system has the bytes; a power cut takes at most the line of the moment. Knows nothing of facts: theirs is in the commit.

A sync that fails must not simply be made again: the system may have dropped what it could not write, and says of the
rest that it is on the disk (https://wiki.postgresql.org/wiki/Fsync_Errors). The gap would cost more than a basket: a
WAL is read up to its first frame that does not hold, so that sales behind it would be gone too. So the WAL is left: its
pages go into the file, which is synced, and frames begin anew.
"""

import os
import sqlite3
from pathlib import Path
from typing import Final

from pos_app.domain.errors import Breakdown, FileLocked
from pos_app.store.sqlite_failures import told_apart

_SYNC: Final = getattr(os, "fdatasync", os.fsync)


class DiskSync:
    """Syncs one file's WAL."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        """Stand ready for the WAL beside the file at ``path``, which this connection keeps there and writes alone."""
        self._path = path
        self._connection = connection
        self._wal = path.with_name(f"{path.name}-wal")
        self._file = -1
        self._doubted = False
        self.due = False
        """Whether something was written that is not synced."""

    def run(self) -> None:
        """Sync what is due; raise ``Breakdown`` where the disk fails, and go on owing it."""
        self.settle_doubt()
        if not self.due:
            return
        try:
            if self._file < 0:
                self._file = os.open(self._wal, os.O_RDWR | getattr(os, "O_CLOEXEC", 0))
            _SYNC(self._file)
        except OSError as error:
            self.doubt()
            raise Breakdown("disk_failing", file=self._wal.name, reason=str(error)) from error
        self.due = False

    def doubt(self) -> None:
        """Take note that the disk failed: what was due then may be on it, or may never be."""
        self._doubted = self.due

    def settle_doubt(self) -> None:
        """Bring to the disk, by another way, all that a failed one may have lost; nothing is durable behind it before.

        Raises ``Breakdown`` where that fails too, and ``FileLocked`` where a reader stays in the way.
        """
        if not self._doubted:
            return
        with told_apart(self._path):
            (busy, _, _) = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise FileLocked("file_locked", file=self._path.name, reason="a reader stays")
        self._doubted = self.due = False

    def close(self) -> None:
        """Let the file go."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
