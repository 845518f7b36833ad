"""What befalls the world: lines cut for hours and days, processes killed, power lost, clocks set, databases restored.

Each seed has its own weather: some are calm, some are dreadful.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from random import Random
from typing import Final

from pos_app.proving.simulate.hq_misfortunes import HqMisfortunes
from pos_app.proving.simulate.machine.fuses import Death, fused
from pos_app.proving.simulate.machine.timeline import DAY, HOUR, MINUTE
from pos_app.proving.simulate.register.register import SimulatedRegister
from pos_app.proving.simulate.weather import Weather
from pos_app.proving.simulate.world import World

LINE_CUT: Final = "line_cut"
KILL: Final = "kill"
POWER_CUT: Final = "power_cut"
AGENT_KILL: Final = "agent_kill"
RESTART: Final = "restart"
REPLICA_LOST: Final = "replica_lost"
REPLICA_OLD: Final = "replica_old"
KEEP: Final = "keep_replica"
DISK_OLD: Final = "disk_old"
CLOCK_JUMP: Final = "clock_jump"
HAND: Final = "hand"
DISK_FULL: Final = "disk_full"
DEATHS: Final = (
    *(KILL, KILL, KILL, KILL, POWER_CUT, POWER_CUT, POWER_CUT),
    *(AGENT_KILL, AGENT_KILL, RESTART, REPLICA_LOST, REPLICA_OLD),
)
MOST_STEPS: Final = 150

Befall = Callable[[SimulatedRegister, Random], None]


@dataclass(frozen=True, slots=True)
class Misfortunes:
    """Lets them come over a world."""

    world: World
    weather: Weather

    def plan(self) -> None:
        """Spread them over the days."""
        for register in list(self.world.registers):
            self.plan_for(register)
        for _ in range(self.weather.disks):
            self._plan_old_disk()
        HqMisfortunes(self.world, self.weather).plan()

    def plan_for(self, register: SimulatedRegister) -> None:
        """Spread those of one register."""
        random = self.world.chance.stream("misfortunes", register.name)
        for _ in range(self.weather.cuts * self.world.plan.days):
            self._at(random, LINE_CUT, register, self._cut)
        for _ in range(self.weather.deaths * self.world.plan.days):
            kind = random.choice(DEATHS)
            self._at(random, kind, register, partial(self._die, kind))
        for _ in range(self.weather.jumps * self.world.plan.days):
            self._at(random, CLOCK_JUMP, register, self._jump)
        for _ in range(self.weather.hands * self.world.plan.days):
            self._at(random, HAND, register, self._hand)
        full = self.world.chance.stream("full disks", register.name)
        for _ in range(self.weather.full_disks * self.world.plan.days):
            self._at(full, DISK_FULL, register, self._fill)
        for _ in range(self.world.plan.days):
            self._at(random, KEEP, register, lambda register, _: register.keep_replica())

    def _plan_old_disk(self) -> None:
        random = self.world.chance.stream("old disk")
        register = random.choice(self.world.registers)
        kept_us, put_back_us = sorted((self.world.moment(random), self.world.moment(random)))
        self.world.at(kept_us, register.keep_disk)

        def put_back() -> None:
            if register.counter is None or self.world.earlier:
                return  # headquarters' database was put back too, and what both have lost nobody has
            how = self.world.faults.strike(DISK_OLD, register.name)
            if how is None:
                return
            register.kill(Death(0, power=how.random() < 0.5))
            if register.put_back_disk():
                self.world.put_back(register)

        self.world.at(put_back_us, put_back)

    def _at(self, random: Random, kind: str, register: SimulatedRegister, befall: Befall) -> None:
        at_us = self.world.moment(random)

        def come() -> None:
            how = self.world.faults.strike(kind, register.name)
            if how is not None:
                befall(register, how)

        self.world.at(at_us, come)

    def _cut(self, register: SimulatedRegister, how: Random) -> None:
        longest_us = how.choice((10 * MINUTE, 3 * HOUR, DAY * self.world.plan.days))
        register.line.cut()
        self.world.timeline.after(how.randint(MINUTE, longest_us), register.line.uncut)

    def _die(self, kind: str, register: SimulatedRegister, how: Random) -> None:
        power = kind == POWER_CUT
        if kind == RESTART:
            register.switch_off()
            self.world.timeline.after(how.randint(MINUTE, HOUR), register.switch_on)
        elif kind in {REPLICA_LOST, REPLICA_OLD}:
            register.kill(Death(0, power=how.random() < 0.5))
            register.put_back_replica(lost=kind == REPLICA_LOST)
            self.world.books[register.name].seen = None
        elif kind == AGENT_KILL:
            register.light(fused(how, MOST_STEPS, alone=True), agent=True)
        elif how.random() < 0.2:
            register.kill(Death(0, power=power))
        else:
            register.light(fused(how, MOST_STEPS, power=power), agent=how.random() < 0.3)

    def _jump(self, register: SimulatedRegister, how: Random) -> None:
        register.machine.jump(timedelta(minutes=how.choice((-1, 1)) * how.randint(1, 20 * 60)))

    def _fill(self, register: SimulatedRegister, how: Random) -> None:
        """Fill its disk; somebody makes room later."""
        register.room.share, register.room.refuses = how.choice((1.0, 0.5, 0.1)), how
        self.world.timeline.after(how.randint(MINUTE, how.choice((10 * MINUTE, 3 * HOUR))), register.make_room)

    def _hand(self, register: SimulatedRegister, how: Random) -> None:
        if register.agent is not None:
            register.agent.want(how.choice(("pull", "fetch_again", "compare")))
