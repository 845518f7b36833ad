"""A moment that the sync engine remembers over restarts, in a small file that may be lost. Knows not what happened."""

from contextlib import suppress
from pathlib import Path

import msgspec


class Noted(msgspec.Struct, frozen=True):
    """What is in the file: headquarters' time (ISO 8601), and a count."""

    time: str
    count: int = 0


class Memory:
    """One such moment."""

    def __init__(self, path: Path) -> None:
        """Read what is noted at ``path``, if anything."""
        self._path = path
        self._noted: Noted | None = None
        with suppress(OSError, msgspec.MsgspecError):
            self._noted = msgspec.json.decode(path.read_bytes(), type=Noted)

    @property
    def time(self) -> str | None:
        """When it was; None when nothing is known."""
        return None if self._noted is None else self._noted.time

    @property
    def count(self) -> int:
        """The count that was noted with it."""
        return 0 if self._noted is None else self._noted.count

    def keep(self, time: str, count: int = 0) -> None:
        """Note another one. A full disk hinders what matters elsewhere; this may be lost."""
        self._noted = Noted(time, count)
        with suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.write_bytes(msgspec.json.encode(self._noted))
