"""Small files written whole or not at all: to a file beside it, synced, then named, and the name synced too."""

import errno
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

from pos_app.domain.errors import Breakdown, DiskFull

_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
PRIVATE: Final = 0o600


def write_whole(path: Path, content: bytes) -> None:
    """Put ``content`` in the place of a file, readable by its owner alone.

    Raises ``DiskFull``, or ``Breakdown("file_not_writable")``; then the file is as it was.
    """
    coming = path.with_name(f".{path.name}.coming")
    try:
        descriptor = os.open(coming, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        coming.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        with suppress(OSError):
            coming.unlink()
        raise refused_by_system(error, path) from error


def refused_by_system(error: OSError, path: Path) -> Breakdown:
    """Say which breakdown it is that the system will not write a file."""
    if error.errno in _NO_ROOM:
        return DiskFull("disk_full", file=path.name)
    return Breakdown("file_not_writable", file=path.name, reason=str(error))


def sync_file(path: Path) -> None:
    """Have a file's bytes on the disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on the disk. Windows does this by itself and has no such call."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
