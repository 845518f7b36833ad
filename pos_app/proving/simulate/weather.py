"""How bad it gets in a simulated chain: drawn for each seed, so that some are calm and some are dreadful."""

from dataclasses import dataclass
from random import Random
from typing import Final

DREADFUL: Final = "dreadful"
"""The weather in which everything goes wrong that may."""
OLD_DISK: Final = "old_disk"
"""The weather in which a whole disk is put back, lines are down for long, and a season follows."""
DEADLY: Final = "deadly"
"""The weather in which registers die all day, on good lines."""
CUT_OFF: Final = "cut_off"
"""The weather in which lines are down for half of the day, and nothing else happens: rights are spent from leases."""
NO_ROOM: Final = "no_room"
"""The weather in which disks are full again and again, on good lines."""
WEATHERS: Final = ("", DREADFUL, OLD_DISK, DEADLY, CUT_OFF, NO_ROOM)
"""Those that can be asked for; the first is drawn by the seed."""


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
    hands: int
    """How often a hand presses a button of a register's Sync room, a day."""
    full_disks: int
    """How often a register's disk is full for a while, a day."""
    season: bool
    """The shops are shut for a season in the end."""
    disks: int
    """Backups put in the place of a whole disk of a register, in all."""

    @classmethod
    def of(cls, random: Random, name: str = "") -> "Weather":
        """Draw it, or take the one that has this name."""
        if name in _NAMED:
            return _NAMED[name]
        return cls(
            bad_requests=random.choice((0, 30, 100, 300)),
            cuts=random.choice((0, 1, 2, 4)),
            deaths=random.choice((0, 2, 5, 10)),
            hq_deaths=random.choice((0, 0, 1, 3)),
            jumps=random.choice((0, 0, 1)),
            restores=random.choice((0, 0, 1)),
            slow_statements=random.choice((0, 0, 20, 100)),
            hands=5,
            disks=random.choice((0, 0, 1)),
            season=random.choice((False, False, False, True)),
            full_disks=random.choice((0, 0, 1)),
        )


_NAMED: Final = {
    DREADFUL: Weather(
        bad_requests=300,
        cuts=4,
        deaths=10,
        hq_deaths=3,
        jumps=1,
        restores=1,
        slow_statements=100,
        hands=30,
        disks=0,
        full_disks=1,
        season=False,
    ),
    OLD_DISK: Weather(
        bad_requests=30,
        cuts=4,
        deaths=2,
        hq_deaths=0,
        jumps=0,
        restores=0,
        slow_statements=0,
        hands=5,
        disks=1,
        full_disks=0,
        season=True,
    ),
    CUT_OFF: Weather(
        bad_requests=0,
        cuts=5,
        deaths=0,
        hq_deaths=0,
        jumps=0,
        restores=0,
        slow_statements=0,
        hands=5,
        disks=0,
        full_disks=0,
        season=False,
    ),
    NO_ROOM: Weather(
        bad_requests=0,
        cuts=1,
        deaths=0,
        hq_deaths=0,
        jumps=0,
        restores=0,
        slow_statements=0,
        hands=5,
        disks=0,
        full_disks=6,
        season=False,
    ),
    DEADLY: Weather(
        bad_requests=0,
        cuts=0,
        deaths=40,
        hq_deaths=0,
        jumps=0,
        restores=0,
        slow_statements=0,
        hands=0,
        disks=0,
        full_disks=0,
        season=False,
    ),
}
