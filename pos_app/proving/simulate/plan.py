"""What is simulated: a seed and the size of the world, and what of it is left out when a failure is made smaller.

Its command line repeats it exactly.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Final

MOST_STORES: Final = 200
MOST_REGISTERS: Final = 20
MOST_DAYS: Final = 31


@dataclass(frozen=True, slots=True)
class Plan:
    """One simulation."""

    seed: int
    stores: int = 3
    registers: int = 1
    days: int = 1
    until: int | None = None
    """Work and mishaps end so many minutes after the beginning; None: with the last day."""
    without: frozenset[str] = frozenset()
    """Kinds of mishaps and of work that do not happen."""
    only: frozenset[int] | None = None
    """Numbers of the mishaps that happen; None: all that are drawn."""

    weather: str = ""
    """One of `WEATHERS`."""

    @property
    def minutes(self) -> int:
        """Tell how long work and mishaps go on."""
        whole = self.days * 24 * 60
        return whole if self.until is None else min(self.until, whole)

    def command(self) -> str:
        """Write the command line that repeats it."""
        said: Mapping[str, str | None] = {
            "seed": str(self.seed),
            "stores": str(self.stores),
            "registers": str(self.registers),
            "days": str(self.days),
            "until": None if self.until is None else str(self.until),
            "without": ",".join(sorted(self.without)) or None,
            "weather": self.weather or None,
            "only": None if self.only is None else ",".join(map(str, sorted(self.only))) or "none",
        }
        if said.keys() != {field.name for field in fields(self)}:
            raise AssertionError("every part of a plan stands in its command")
        return "granary simulate " + " ".join(f"--{name} {value}" for name, value in said.items() if value is not None)
