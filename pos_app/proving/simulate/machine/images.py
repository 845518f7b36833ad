"""What a dead machine leaves on its disk: everything, or, where the power went, everything that was synced.

Knows nothing of what is in the files but SQLite's WAL format (https://www.sqlite.org/walformat.html).
"""

import os
import shutil
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

_NOT_KEPT: Final = ("-shm", ".lock")
"""Memory that two processes share, and locks: both end with whoever holds them."""
_WAL_HEADER_BYTES: Final = 32
_FRAME_HEADER_BYTES: Final = 24
_BACKFILLED_AT: Final = 96
_LAZY_FOLDERS: Final = frozenset({"spool"})
"""Files that nobody syncs."""
_BLOCK_BYTES: Final = 64 * 1024
"""More than a frame: none of them is all zeros, as long as frames come."""
_NOTHING: Final = bytes(_BLOCK_BYTES)


@dataclass(frozen=True, slots=True)
class TornCommit:
    """A WAL's frames before and after what the power cut met in its middle."""

    wal: Path
    before: bytes
    after: bytes

    def cut(self, random: Random) -> bytes:
        """Give what may be on the disk: what came first of the new bytes, and what lay there before."""
        start = _first_difference(self.before, self.after)
        # At any byte, and now and then where all of it came through.
        cut = random.choice((random.randint(start, len(self.after)), len(self.after)))
        return self.after[:cut] + self.before[cut:]


def _first_difference(one: bytes, other: bytes) -> int:
    """Tell where two contents part; one that goes on where the other ends parts from it there."""
    same, end = 0, min(len(one), len(other))
    while same < end:
        middle = (same + end + 1) // 2
        if one[same:middle] == other[same:middle]:
            same = middle
        else:
            end = middle - 1
    return same


def wal_of(file: Path) -> Path:
    """Name a database's WAL."""
    return file.with_name(f"{file.name}-wal")


def content(file: Path) -> bytes:
    """Read a file; one that is not there is empty."""
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return b""


def frames(wal: Path) -> bytes:
    """Read a WAL up to the room that is made behind its frames: sixteen million zeros to a sale or two."""
    try:
        with wal.open("rb", buffering=0) as file:
            blocks = []
            while (block := file.read(_BLOCK_BYTES)) and block != _NOTHING:
                blocks.append(block)
            return b"".join(blocks)
    except FileNotFoundError:
        return b""


def _write_wal(wal: Path, written: bytes, length_bytes: int) -> None:
    """Write a WAL with room behind it, which takes no memory."""
    wal.write_bytes(written)
    if length_bytes > len(written):
        os.truncate(wal, length_bytes)


def copy_disk(source: Path, target: Path) -> None:
    """Copy a machine's files as they are."""
    target.mkdir(parents=True)
    for entry in sorted(source.iterdir()):
        if entry.is_dir():
            copy_disk(entry, target / entry.name)
        elif entry.name.endswith("-wal"):
            _write_wal(target / entry.name, frames(entry), entry.stat().st_size)
        elif not entry.name.endswith(_NOT_KEPT):
            shutil.copyfile(entry, target / entry.name)


def tear(source: Path, target: Path, random: Random, torn: Mapping[Path, TornCommit]) -> None:
    """Take from a copied disk what a power cut takes: the end of what was not synced yet.

    ``torn`` are WALs as their last sync left them, and as they are. A replica's WAL is synced now and then only.
    """
    for wal in sorted(source.rglob("*-wal")):
        copy = target / wal.relative_to(source)
        if wal in torn:
            # How long it is was synced when room was made; what stands in it, may not be.
            _write_wal(copy, torn[wal].cut(random), wal.stat().st_size)
        elif wal.name.startswith("replica-"):
            whole = content(wal)
            copy.write_bytes(whole[: random.randint(min(_synced_bytes(wal, whole), len(whole)), len(whole))])
    for folder in sorted(path for path in target.rglob("*") if path.name in _LAZY_FOLDERS):
        for file in sorted(folder.iterdir()):
            whole = file.read_bytes()
            file.write_bytes(whole[: random.randint(0, len(whole))])


def _synced_bytes(wal: Path, whole: bytes) -> int:
    """Tell how much of a WAL a checkpoint has synced: it does so before it copies a page."""
    shared = content(wal.with_name(wal.name.removesuffix("-wal") + "-shm"))
    if len(shared) < _BACKFILLED_AT + 4 or len(whole) < _WAL_HEADER_BYTES:
        return 0
    (page_bytes,) = struct.unpack_from(">I", whole, 8)
    (frames,) = struct.unpack_from("=I", shared, _BACKFILLED_AT)
    return _WAL_HEADER_BYTES + int(frames) * (int(page_bytes) + _FRAME_HEADER_BYTES) if frames else 0
