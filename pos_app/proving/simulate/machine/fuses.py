"""When a process dies and when it is paused: a fuse that burns a bit at each of its steps.

Knows nothing of what the process does.
"""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Final

from pos_app.proving.simulate.machine.images import TornCommit, frames, wal_of
from pos_app.proving.simulate.machine.processes import Commit, Process, running_strand
from pos_app.proving.simulate.machine.timeline import MS

LONGEST_PAUSE_US: Final = 400 * MS
MOST_COMMITS: Final = 8
PAUSE_EVERY: Final = 60
"""Steps between two pauses, more or less."""


@dataclass(frozen=True, slots=True)
class Death:
    """How a process will die: after so many more steps, alone or with its whole machine, with or without its power.

    With ``around_commit`` the steps are commits, and it dies before, in the middle of, or right behind the last one.
    """

    steps: int
    around_commit: bool = False
    alone: bool = False
    power: bool = False


def fused(random: Random, most_steps: int, *, alone: bool = False, power: bool = False) -> Death:
    """Draw when to die: at any step, or at one of the next commits, which are where most is at stake."""
    if random.random() < 0.6:
        return Death(random.randint(1, MOST_COMMITS), around_commit=True, alone=alone, power=power)
    return Death(random.randint(1, most_steps), alone=alone, power=power)


@dataclass(slots=True)
class Fuse:
    """Fits `Fate`. ``last_moment`` hears of a death before anything unwinds: it takes what the disk holds."""

    pauses: Random
    last_moment: Callable[[Death, TornCommit | None], None]
    death: Death | None = None
    quiet: bool = False
    """Nothing befalls it any more."""
    _left: int = 0
    _to_pause: int = PAUSE_EVERY

    def light(self, death: Death) -> None:
        """Let it die after some more steps."""
        self.death, self._left = death, death.steps

    def step(self, process: Process, what: str, commit: Commit | None) -> None:
        """Burn on."""
        del what
        if self.quiet:
            return
        self._to_pause -= 1
        strand = running_strand()
        if self._to_pause <= 0:
            self._to_pause = self.pauses.randint(1, 2 * PAUSE_EVERY)
            if strand is not None:
                strand.pause(self.pauses.randint(0, LONGEST_PAUSE_US))
        death = self.death
        if death is None or (death.around_commit and commit is None and self._left > 0):
            return
        self._left -= 1
        if self._left > 0 or (
            self._left == 0 and death.around_commit and not death.power and self.pauses.random() < 0.6
        ):
            return
        self._die(process, death, commit)

    def _die(self, process: Process, death: Death, commit: Commit | None) -> None:
        torn = None
        if death.power and commit is not None:
            wal = wal_of(commit.file)
            before = process.unsynced.get(wal, frames(wal))
            commit.do()
            torn = TornCommit(wal, before, frames(wal))
        self.death = None
        self.last_moment(death, torn)
        process.die()
