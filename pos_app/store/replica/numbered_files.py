"""Which replica is current: numbered files, and one small file that names them.

A new replica is another file under the next number, and the naming is one atomic write: nothing is renamed over an
open database, whose WAL would then be a stranger's (and Windows refuses). Knows nothing of what is in them.
"""

import json
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pos_app.store.atomic_file import write_whole

POINTER: Final = "replica.json"
_NUMBERED = re.compile(r"replica-(\d{1,9})\.db")
_BESIDE: Final = ("", "-wal", "-shm", ".damaged")

Stamp = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Named:
    """The files by their part. ``coming`` is filled up before it is named current; ``spare`` was current before."""

    current: int | None = None
    coming: int | None = None
    spare: int | None = None


class NumberedFiles:
    """The replica files of a folder."""

    def __init__(self, folder: Path) -> None:
        """Look into ``folder``, which exists."""
        self._folder = folder
        self._pointer = folder / POINTER

    @property
    def pointer(self) -> Path:
        """The file that names the others."""
        return self._pointer

    def path(self, number: int) -> Path:
        """Give a file's place."""
        return self._folder / f"replica-{number}.db"

    def stamp(self) -> Stamp | None:
        """Give what changes whenever the naming does; None when nothing was ever named."""
        try:
            status = self._pointer.stat()
        except FileNotFoundError:
            return None
        return status.st_mtime_ns, status.st_ino, status.st_size

    def named(self) -> Named:
        """Read the naming; one that cannot be read names nothing, and everything is fetched again."""
        try:
            words = json.loads(self._pointer.read_bytes())
            return Named(*(_number(words.get(part)) for part in ("current", "coming", "spare")))
        except (FileNotFoundError, ValueError, AttributeError):
            return Named()

    def name(self, named: Named) -> None:
        """Write the naming, whole or not at all, and remove the files that it leaves out."""
        parts = {"current": named.current, "coming": named.coming, "spare": named.spare}
        write_whole(self._pointer, json.dumps(parts).encode())
        for number in set(self._numbers()) - set(parts.values()):
            self.remove(number)

    def next_number(self) -> int:
        """Give a number that no file has, and that is above all that have one."""
        return max((0, *self._numbers(), *filter(None, _parts(self.named())))) + 1

    def remove(self, number: int) -> None:
        """Delete a file and what lies beside it. Where a reader still has it open (Windows), it goes another time."""
        for tail in _BESIDE:
            with suppress(OSError):
                (self._folder / f"replica-{number}.db{tail}").unlink()

    def report_damage(self, number: int) -> None:
        """Note that a file cannot be read, for its writer, who sets it aside."""
        with suppress(OSError):
            self._mark(number).touch()

    def is_damaged(self, number: int) -> bool:
        """Tell whether a reader found a file damaged."""
        return self._mark(number).exists()

    def _mark(self, number: int) -> Path:
        return self._folder / f"replica-{number}.db.damaged"

    def _numbers(self) -> list[int]:
        found = (_NUMBERED.fullmatch(path.name) for path in self._folder.iterdir())
        return [int(match[1]) for match in found if match]


def _parts(named: Named) -> tuple[int | None, ...]:
    return named.current, named.coming, named.spare


def _number(value: object) -> int | None:
    if value is None or (isinstance(value, int) and value > 0):
        return value
    raise ValueError(f"{value!r} numbers no file")
