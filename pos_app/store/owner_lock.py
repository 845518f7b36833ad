"""One writer a file, held by the operating system: the lock is gone when its process is, however that ended.

Knows nothing of what the file holds. The lock lies on a small file beside it, since SQLite locks its own for itself.
"""

import os
import sys
from pathlib import Path
from typing import Final

from pos_app.domain.errors import FileLocked
from pos_app.store.atomic_file import refused_by_system

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_MODE: Final = 0o600


class OwnerLock:
    """The right to write a file, until it is released or the process ends."""

    def __init__(self, path: Path) -> None:
        """Take the lock; raise ``FileLocked("file_in_use")`` when another program, or this one, has it, and another
        ``Breakdown`` where there is no room for the small file.
        """
        beside = path.with_name(f"{path.name}.lock")
        try:
            descriptor = os.open(beside, os.O_RDWR | os.O_CREAT, _MODE)
        except OSError as error:
            raise refused_by_system(error, beside) from error
        try:
            if sys.platform == "win32":
                msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
            else:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(descriptor)
            raise FileLocked("file_in_use", file=path.name) from error
        self._descriptor: int | None = descriptor

    def release(self) -> None:
        """Give it back; a second time does nothing.

        The file stays: deleting it would let two hold locks on two files of one name.
        """
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)
