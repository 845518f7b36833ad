"""The machine's clock and its source of new identities: the only place at the counter that asks either.

Simulated time is another `Clock` of the same shape; nothing here is patched.
"""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

from pos_app.domain.ids import RANDOM_BYTES, uuid7
from pos_app.domain.instants import instant_of
from pos_app.services.ports import Clock


def _wall() -> datetime:
    return datetime.now(UTC)


class SystemClock:
    """This machine's clock, corrected by the offset to headquarters' (docs/sync.md §5)."""

    def __init__(self, utc_offset_minutes: int, wall: Callable[[], datetime] = _wall) -> None:
        """Tell time in the store's own UTC offset; until headquarters was heard, uncorrected."""
        self._wall = wall
        self.zone = timezone(timedelta(minutes=utc_offset_minutes))
        """The store's own offset."""
        self._offset = timedelta()

    def correct(self, offset_ms: int) -> None:
        """Take the newest measured offset: headquarters' time less this machine's."""
        self._offset = timedelta(milliseconds=offset_ms)

    def now(self) -> datetime:
        """Give the corrected time."""
        return (self._wall() + self._offset).astimezone(self.zone)


class TimedIds:
    """UUIDv7 from a clock and the system's randomness."""

    def __init__(self, clock: Clock) -> None:
        """Stamp identities by this clock."""
        self._clock = clock

    def new(self) -> UUID:
        """Make a UUIDv7."""
        return uuid7(instant_of(self._clock.now()) // 1000, os.urandom(RANDOM_BYTES))
