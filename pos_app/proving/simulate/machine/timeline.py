"""Simulated time: what comes next happens next, and nothing sleeps.

Knows nothing of what happens. Time is whole microseconds since the simulation began.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush
from typing import Final

MS: Final = 1000
SECOND: Final = 1_000_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR


@dataclass(slots=True, order=True)
class Coming:
    """Something that will happen; of two at one moment the one that was said first comes first."""

    at_us: int
    number: int
    do: Callable[[], None] | None = field(compare=False)

    def cancel(self) -> None:
        """Let it not happen."""
        self.do = None


class Timeline:
    """The one clock of a simulation, and what is to come."""

    def __init__(self, begins: datetime) -> None:
        """Begin at a moment."""
        self.begins = begins
        self.now_us = 0
        self._coming: list[Coming] = []
        self._said = 0

    def now(self) -> datetime:
        """Give the true time."""
        return self.begins + timedelta(microseconds=self.now_us)

    def after(self, wait_us: int, do: Callable[[], None]) -> Coming:
        """Let something happen after a while; at once is after everything else that happens now."""
        self._said += 1
        coming = Coming(self.now_us + max(0, wait_us), self._said, do)
        heappush(self._coming, coming)
        return coming

    def run(self, until_us: int) -> None:
        """Let everything happen that comes before a moment, and stand there."""
        while self._coming and self._coming[0].at_us <= until_us:
            coming = heappop(self._coming)
            if coming.do is None:
                continue
            self.now_us = coming.at_us
            coming.do()
        self.now_us = max(self.now_us, until_us)
