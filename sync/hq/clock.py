"""Headquarters' clock: the only place of it that asks the machine for the time. Simulated time is another `Clock`."""

from datetime import UTC, datetime
from typing import Protocol

from pos_app.domain.instants import Instant, instant_of


class Clock(Protocol):
    """Tells the time, with an offset."""

    def now(self) -> datetime:
        """Give the time."""
        ...


class SystemClock:
    """This machine's clock, in UTC."""

    def now(self) -> datetime:
        """Give the time."""
        return datetime.now(UTC)


def instant_now(clock: Clock) -> Instant:
    """Give a clock's time as an instant."""
    return instant_of(clock.now())
