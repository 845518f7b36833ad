"""The disk sync of what was written without one: the open basket's rows, shown while the disk still works.

SQLite syncs inside a commit or not at all. Here the commit of a basket does not, and the sync follows in a step of its
own, as soon as the answer is on its way to the window. A program that is killed meanwhile loses nothing, since the
system has the bytes; a power cut takes at most the line of the moment. Knows nothing of facts: theirs is in the commit.
"""

import os
from pathlib import Path
from typing import Final

from pos_app.domain.errors import Breakdown

_SYNC: Final = getattr(os, "fdatasync", os.fsync)


class DiskSync:
    """Syncs one file's WAL."""

    def __init__(self, path: Path) -> None:
        """Stand ready for the WAL beside the file at ``path``, which an open connection keeps there."""
        self._wal = path.with_name(f"{path.name}-wal")
        self._file = -1
        self.due = False
        """Whether something was written that is not synced."""

    def run(self) -> None:
        """Sync what is due; raise ``Breakdown`` where the disk fails, and go on owing it."""
        if not self.due:
            return
        try:
            if self._file < 0:
                self._file = os.open(self._wal, os.O_RDWR | getattr(os, "O_CLOEXEC", 0))
            _SYNC(self._file)
        except OSError as error:
            raise Breakdown("disk_failing", file=self._wal.name, reason=str(error)) from error
        self.due = False

    def close(self) -> None:
        """Let the file go."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
