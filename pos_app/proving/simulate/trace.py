"""What happened, in order: a hash over all of it, and the last of it in words.

Two runs of one seed have one hash.
"""

from collections import deque
from collections.abc import Callable
from datetime import datetime
from hashlib import blake2b
from typing import Final

LAST: Final = 200


class Trace:
    """The record of a run."""

    def __init__(self, now: Callable[[], datetime], tell: Callable[[str], None] | None = None) -> None:
        """Begin; ``tell`` hears every line."""
        self._now = now
        self._tell = tell
        self._digest = blake2b(digest_size=16)
        self._last: deque[str] = deque(maxlen=LAST)
        self.lines = 0

    def note(self, who: str, what: str, *details: object) -> None:
        """Write down what happened."""
        line = f"{self._now():%d %H:%M:%S.%f} {who} {what} {' '.join(map(str, details))}".rstrip()
        self._digest.update(line.encode())
        self._last.append(line)
        self.lines += 1
        if self._tell is not None:
            self._tell(line)

    def note_bytes(self, content: bytes) -> None:
        """Take bytes into the hash."""
        self._digest.update(content)

    @property
    def hash(self) -> str:
        """Give the hash of all that happened."""
        return self._digest.hexdigest()

    def last(self, count: int) -> list[str]:
        """Give the last lines."""
        return list(self._last)[-count:]
