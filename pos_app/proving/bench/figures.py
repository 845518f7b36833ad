"""A figure with its floor and its goals, and whether they are met. Pure: takes no sample and prints nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Literal

from pos_app.proving.bench.spread import Spread


class Unit(Enum):
    """What is counted: the samples' own unit, and the one they are shown in."""

    MILLISECONDS = ("ms", 1_000_000)
    MICROSECONDS = ("µs", 1_000)
    MEGABYTES = ("MB", 1_000_000)
    TIMES = ("", 1)

    @property
    def sign(self) -> str:
        """What stands behind the number."""
        return self.value[0]

    @property
    def samples_in_one(self) -> int:
        """How many of the samples' units (ns, bytes) are in one of this."""
        return self.value[1]

    def text(self, sample: int) -> str:
        """Write a sample with three digits that say something."""
        if self is Unit.TIMES:
            return str(sample)
        hundredths = (sample * 100 + self.samples_in_one // 2) // self.samples_in_one
        whole, rest = divmod(hundredths, 100)
        decimals = f".{rest:02d}" if whole < 10 else f".{rest // 10}" if whole < 100 else ""
        return f"{whole}{decimals}"


@dataclass(frozen=True, slots=True)
class Goal:
    """A bound: ``part`` of the figure is at most ``bound``, or at most so many hundredths of another figure.

    ``of`` names that other: the floor's median, or our own median; ``faster``: the floor takes so many times as long.
    ``exactly`` asks for the bound itself.
    """

    part: Literal["median", "p99"]
    bound: int
    of: Literal["", "floor", "median", "faster"] = ""
    exactly: bool = False

    def met(self, ours: Spread, floor: Spread | None) -> bool | None:
        """Tell whether it is met; None when there is no floor to hold it against."""
        value = ours.median if self.part == "median" else ours.p99
        if self.exactly:
            return value == self.bound
        if not self.of:
            return value <= self.bound
        if self.of == "faster":
            return None if floor is None else value * self.bound <= floor.median
        other = ours if self.of == "median" else floor
        return None if other is None else value * 100 <= self.bound * other.median

    def text(self, unit: Unit) -> str:
        """Write it."""
        if self.exactly:
            return f"exactly {unit.text(self.bound)}"
        if self.of == "faster":
            return f"{self.bound:,} times faster"
        if not self.of:
            return f"{self.part} ≤ {unit.text(self.bound)} {unit.sign}".rstrip()
        return f"{self.part} ≤ {self.bound // 100}.{self.bound % 100:02d} × {self.of}"


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of the table."""

    measure: str
    what: str
    unit: Unit
    ours: Spread
    floor: Spread | None = None
    floor_is: str = ""
    goals: Sequence[Goal] = ()

    @property
    def ratio_hundredths(self) -> int | None:
        """How often the floor's median fits into ours, in hundredths."""
        if self.floor is None or not self.floor.median:
            return None
        return (self.ours.median * 100 + self.floor.median // 2) // self.floor.median

    @property
    def ratio_text(self) -> str:
        """Write it; where ours is less than a hundredth, the other way round."""
        ratio = self.ratio_hundredths
        if ratio is None or self.floor is None:
            return ""
        if ratio == 0 and self.ours.median:
            return f"1/{self.floor.median // self.ours.median:,}"
        return f"{ratio // 100}.{ratio % 100:02d}"

    def verdicts(self) -> list[tuple[str, bool | None]]:
        """List the goals and whether each is met."""
        return [(goal.text(self.unit), goal.met(self.ours, self.floor)) for goal in self.goals]
