"""A register machine's two clocks: one that anybody may set, and one that nobody can."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from pos_app.proving.simulate.machine.timeline import SECOND, Timeline


@dataclass(slots=True)
class MachineClock:
    """Fits `sync.client.clock.Ticks`. ``drift_ppm`` is how much too fast its quartz runs."""

    timeline: Timeline
    drift_ppm: int = 0
    ahead: timedelta = timedelta()
    _booted_us: int = 0

    def wall(self) -> datetime:
        """Read the wall clock."""
        gone_us = self.timeline.now_us
        return self.timeline.now() + self.ahead + timedelta(microseconds=gone_us * self.drift_ppm // 1_000_000)

    def steady_s(self) -> float:
        """Read the steady counter."""
        gone_us = self.timeline.now_us - self._booted_us
        return (gone_us + gone_us * self.drift_ppm // 1_000_000) / SECOND

    def boot(self) -> None:
        """Begin to count anew."""
        self._booted_us = self.timeline.now_us

    def jump(self, by: timedelta) -> None:
        """Let somebody set the wall clock."""
        self.ahead += by
