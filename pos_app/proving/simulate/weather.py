"""How bad it gets in a simulated chain: drawn for each seed, so that some are calm and some are dreadful."""

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Weather:
    """How bad it gets, drawn for each seed."""

    bad_requests: int
    """Thousandths of requests that meet a mishap."""
    cuts: int
    """Cuts of a register's line, a day."""
    deaths: int
    """Deaths of a register, a day."""
    hq_deaths: int
    jumps: int
    restores: int
    """Backups put in the place of headquarters' database, in all."""
    slow_statements: int
    """Thousandths of headquarters' statements that take a while."""
    season: bool
    """The shops are shut for a season in the end."""
    disks: int
    """Backups put in the place of a whole disk of a register, in all."""

    @classmethod
    def of(cls, random: Random) -> "Weather":
        """Draw it."""
        return cls(
            bad_requests=random.choice((0, 30, 100, 300)),
            cuts=random.choice((0, 1, 2, 4)),
            deaths=random.choice((0, 2, 5, 10)),
            hq_deaths=random.choice((0, 0, 1, 3)),
            jumps=random.choice((0, 0, 1)),
            restores=random.choice((0, 0, 1)),
            slow_statements=random.choice((0, 0, 20, 100)),
            disks=random.choice((0, 0, 1)),
            season=random.choice((False, False, False, True)),
        )
