"""What befalls headquarters: killed, without power, updated, slow, and its database restored from a backup."""

from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Final

from pos_app.proving.simulate.books import Earlier
from pos_app.proving.simulate.invariants.prices import versions_of
from pos_app.proving.simulate.machine.fuses import Death, fused
from pos_app.proving.simulate.machine.timeline import HOUR, MINUTE, MS, SECOND
from pos_app.proving.simulate.weather import Weather
from pos_app.proving.simulate.world import World

HQ_KILL: Final = "hq_kill"
HQ_POWER_CUT: Final = "hq_power_cut"
HQ_UPDATE: Final = "hq_update"
HQ_RESTORED: Final = "hq_restored"
MOST_STEPS: Final = 400
LONGEST_STATEMENT_US: Final = 300 * MS
LONGEST_THREAD_US: Final = 6 * SECOND


@dataclass(frozen=True, slots=True)
class HqMisfortunes:
    """Lets them come over headquarters."""

    world: World
    weather: Weather

    def plan(self) -> None:
        """Spread them over the days."""
        random = self.world.chance.stream("hq misfortunes")
        days = self.world.plan.days
        for _ in range(self.weather.hq_deaths * days):
            kind = random.choice((HQ_KILL, HQ_POWER_CUT, HQ_UPDATE))
            self.world.at(self.world.moment(random), partial(self._end, kind))
        for _ in range(self.weather.restores):
            self._plan_restore(*sorted((self.world.moment(random), self.world.moment(random))))
        slow = self.world.chance.stream("hq pace")
        self.world.hq.pace_us = lambda: self._taking_us(slow, LONGEST_STATEMENT_US)
        self.world.hq.thread_us = lambda: self._taking_us(slow, LONGEST_THREAD_US, often=10)

    def _taking_us(self, random: Random, longest_us: int, often: int = 1) -> int:
        if random.randrange(1000) >= often * self.weather.slow_statements:
            return 0
        return random.randint(0, longest_us)

    def _end(self, kind: str) -> None:
        how = self.world.faults.strike(kind, "hq")
        if how is None:
            return
        hq, down_us = self.world.hq, how.randint(SECOND, how.choice((MINUTE, 2 * HOUR)))
        if kind == HQ_UPDATE:
            hq.stop()
            self.world.timeline.after(down_us, hq.start)
            return
        hq.down_us = down_us
        death = fused(how, MOST_STEPS, power=kind == HQ_POWER_CUT)
        if how.random() < 0.2:
            hq.kill(death)
        else:
            hq.light(death)

    def _plan_restore(self, backed_up_us: int, restored_us: int) -> None:
        backup = self.world.folder / "backup"

        def keep() -> None:
            if all(register.folder.identity() is not None for register in self.world.registers):
                self.world.hq.back_up(backup)

        def put_back() -> None:
            known = {register.name for register in self.world.registers}
            if any(book.past.was_put_back for book in self.world.books.values()):
                return  # what both have lost nobody has
            if not backup.exists() or known != self.world.enrolled_in(backup):
                return  # a register that the backup does not know needs a person: another story
            how = self.world.faults.strike(HQ_RESTORED, "hq")
            if how is None:
                return
            hq = self.world.hq
            hq.kill(Death(0))
            with hq.look() as database:
                (incarnation,) = database.execute("SELECT incarnation FROM headquarters").fetchone()
            self.world.earlier.append(Earlier(incarnation, tuple(versions_of(self.world))))
            hq.restore(backup, f"{how.getrandbits(128):032x}")

        self.world.at(backed_up_us, keep)
        self.world.at(restored_us, put_back)
