"""Back-pressure: so much at a time, and who is turned away comes back at a time of its own, so that a flood of
returning stores is spread (docs/sync.md §8). One gate for each kind of work; each worker process has its own.

Knows nothing of the work.
"""

import random
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Final

from sync.hq.db.troubles import HqBusy

LOOK_BACK_S: Final = 30.0
LONGEST_S: Final = 120
"""Nobody is sent away for longer: registers sell meanwhile, but their facts should come."""


class HqFull(HqBusy):
    """So much is under way already that more would only make all of it slower."""


class Gate:
    """Lets so many in at a time. Of one event loop."""

    def __init__(self, name: str, most: int) -> None:
        """Let ``most`` in."""
        self._name = name
        self._most = most
        self._inside = 0
        self._done: deque[float] = deque(maxlen=4096)
        self._turned_away: deque[float] = deque(maxlen=4096)

    @contextmanager
    def admitted(self) -> Iterator[None]:
        """Do a piece of work inside; raise `HqFull` with when to come back."""
        self.enter()
        try:
            yield
        finally:
            self.leave()

    def enter(self) -> None:
        """Go in; whoever does must `leave`."""
        if self._inside >= self._most:
            self._turned_away.append(monotonic())
            raise HqFull("hq_full", what=self._name, retry_after_s=self._come_back_s())
        self._inside += 1

    def leave(self) -> None:
        """Go out."""
        self._inside -= 1
        self._done.append(monotonic())

    def _come_back_s(self) -> int:
        """Draw a time within which all who were turned away lately could be served, at the pace of late."""
        since_s = monotonic() - LOOK_BACK_S
        for seen in (self._done, self._turned_away):
            while seen and seen[0] < since_s:
                seen.popleft()
        pace = max(len(self._done), self._most) / LOOK_BACK_S
        spread_s = min(LONGEST_S, max(2, round(len(self._turned_away) / pace)))
        return random.randint(1, spread_s)
