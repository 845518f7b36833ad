"""Headquarters' time as this machine knows it: measured at each answer with its round trip (docs/sync.md §5).

Between answers time goes by the machine's steady counter, not by its wall clock: somebody who sets the clock of a
register does not move what facts and signatures are stamped with. Knows nothing of the wire.
"""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from pos_app.domain.errors import LineTalksRubbish, Refusal
from pos_app.domain.instants import parse_moment

JUMP_S = 2.0
"""Two clocks that move against each other by more than this in one step have jumped."""

DRIFT = 100e-6
"""How far a cheap quartz may run off: a measurement becomes less certain by this much a second."""

_AWAKE_AND_ASLEEP: int | None = getattr(time, "CLOCK_BOOTTIME", None)


class Ticks(Protocol):
    """The machine's two clocks."""

    def wall(self) -> datetime:
        """Give the wall clock, aware; anybody may set it."""
        ...

    def steady_s(self) -> float:
        """Give seconds since some moment; nobody can set it."""
        ...


class MachineTicks:
    """This machine's clocks. Time asleep counts, where the system tells it."""

    def wall(self) -> datetime:
        """Read the wall clock."""
        return datetime.now(UTC)

    def steady_s(self) -> float:
        """Read the steady counter; Linux's usual one stands still while the machine sleeps."""
        return time.monotonic() if _AWAKE_AND_ASLEEP is None else time.clock_gettime(_AWAKE_AND_ASLEEP)


@dataclass(frozen=True, slots=True)
class _Measured:
    """Headquarters' time at one moment of the steady counter, give or take."""

    hq: datetime
    at_s: float
    give_or_take_s: float

    def hq_at(self, steady_s: float) -> datetime:
        return self.hq + timedelta(seconds=steady_s - self.at_s)

    def doubt_s(self, steady_s: float) -> float:
        return self.give_or_take_s + (steady_s - self.at_s) * DRIFT


class HqClock:
    """Corrected time. Until the first answer it is the machine's own."""

    def __init__(self, ticks: Ticks | None = None) -> None:
        """Stand on the machine's clocks, or on simulated ones."""
        self._ticks = ticks or MachineTicks()
        self._measured: _Measured | None = None
        self._wall_ahead_s = self._wall_against_steady()
        self._jumped_ms: int | None = None

    def now(self) -> datetime:
        """Give the time at headquarters, in UTC."""
        if self._measured is None:
            return self._ticks.wall()
        return self._measured.hq_at(self._ticks.steady_s())

    def steady_s(self) -> float:
        """Give the steady counter, to time an exchange by."""
        return self._ticks.steady_s()

    @property
    def offset_ms(self) -> int:
        """Tell headquarters' time less this machine's wall clock."""
        return round((self.now() - self._ticks.wall()).total_seconds() * 1000)

    @property
    def measured(self) -> bool:
        """Tell whether headquarters was heard at all."""
        return self._measured is not None

    def heard(self, time_text: str, *, asked_s: float, answered_s: float) -> None:
        """Take the time from an answer: it was written between question and answer (both on the steady counter).

        Of two measurements that agree the more certain one is kept. Raises ``LineTalksRubbish`` when it is no time.
        """
        try:
            written = parse_moment(time_text).astimezone(UTC)
        except Refusal as error:
            raise LineTalksRubbish("answer_malformed", field="time", text=time_text[:40]) from error
        doubt_s = (answered_s - asked_s) / 2
        fresh = _Measured(written, (asked_s + answered_s) / 2, doubt_s)
        if self._measured is not None:
            apart_s = (written - self._measured.hq_at(fresh.at_s)).total_seconds()
            agreed = abs(apart_s) <= doubt_s + self._measured.doubt_s(answered_s)
            if not agreed and abs(apart_s) > doubt_s + JUMP_S:
                self._jumped_ms = round(apart_s * 1000)
            if agreed and self._measured.doubt_s(answered_s) <= doubt_s:
                return
        self._measured = fresh

    def take_jump_ms(self) -> int | None:
        """Tell, once, that a clock jumped and by how much: this machine's wall clock, or headquarters'."""
        ahead_s = self._wall_against_steady()
        stepped_s = ahead_s - self._wall_ahead_s
        self._wall_ahead_s = ahead_s
        if abs(stepped_s) > JUMP_S:
            self._jumped_ms = round(stepped_s * 1000)
        jumped, self._jumped_ms = self._jumped_ms, None
        return jumped

    def _wall_against_steady(self) -> float:
        return self._ticks.wall().timestamp() - self._ticks.steady_s()
