"""One simulation from its seed to its verdict: people work and misfortunes come, all heals, the books are compared."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from pos_app.proving.simulate.foundations import Foundations, register_names
from pos_app.proving.simulate.invariants.all import HEALED, Invariant
from pos_app.proving.simulate.invariants.leases import LeaseBooks
from pos_app.proving.simulate.invariants.watching import Watching
from pos_app.proving.simulate.machine.chance import Chance, seeded_machine
from pos_app.proving.simulate.machine.connections import simulated_disks
from pos_app.proving.simulate.machine.fuses import Death
from pos_app.proving.simulate.machine.timeline import DAY, HOUR, MINUTE
from pos_app.proving.simulate.misfortunes import Misfortunes
from pos_app.proving.simulate.plan import Plan
from pos_app.proving.simulate.register.counter import UPKEEP_US
from pos_app.proving.simulate.season import rest_for_a_season
from pos_app.proving.simulate.weather import Weather
from pos_app.proving.simulate.work.all import WORK
from pos_app.proving.simulate.work.approvals import approve
from pos_app.proving.simulate.work.cashier import sign_in
from pos_app.proving.simulate.world import Broken, World, broken

LONGEST_HEALING_US: Final = 2 * HOUR
SEASON: Final = "season"
"""By this name the season in the end is left out."""
MEMORY: Final = Path("/dev/shm")  # noqa: S108 — disks that nobody waits for, where the system has them


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a simulation went. ``invariant`` is empty where all of them hold."""

    plan: Plan
    hash: str
    facts: int
    requests: int
    faults: tuple[tuple[int, str], ...]
    simulated_minutes: int
    invariant: str = ""
    detail: str = ""
    last: tuple[str, ...] = ()
    """What happened last, in words."""


@contextmanager
def simulated_chains() -> Iterator["Simulator"]:
    """Make room for simulations; what they leave is thrown away."""
    where = MEMORY if os.access(MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="granary-simulate-", dir=where) as folder:
        yield Simulator(Path(folder))


class Simulator:
    """Runs plans, one after the other."""

    def __init__(self, folder: Path) -> None:
        """Use a folder."""
        self._folder = folder
        self._foundations = Foundations(folder / "foundations")

    def prepare(self, plan: Plan) -> None:
        """Make the first morning of a plan's chain now, where it is not made yet."""
        self._foundations.prepare(plan)

    def lay(self, plan: Plan, folder: Path) -> None:
        """Put the first morning of a plan's chain into a new folder."""
        self._foundations.lay(plan, folder)

    def run(self, plan: Plan, tell: Callable[[str], None] | None = None) -> Outcome:
        """Simulate, and say how it went; ``tell`` hears every line of the trace."""
        folder = self._folder / "world"
        shutil.rmtree(folder, ignore_errors=True)
        self.lay(plan, folder)
        world = World(plan, folder, tell=tell)
        invariant = detail = ""
        with simulated_disks(), seeded_machine(Chance(plan.seed).stream("machine")):
            try:
                live(world)
            except Broken as failure:
                invariant, detail = failure.invariant, failure.detail
                world.trace.note("world", "breaks", invariant, detail)
            finally:
                end(world)
        return Outcome(
            plan=plan,
            hash=world.trace.hash,
            facts=sum(len(book.facts) for book in world.books.values()),
            requests=world.hq.asked,
            faults=tuple(world.faults.happened),
            simulated_minutes=world.timeline.now_us // MINUTE,
            invariant=invariant,
            detail=detail,
            last=tuple(world.trace.last(40)) if invariant else (),
        )


def live(world: World) -> None:
    """Let it all happen; raise `Broken` where something does not hold."""
    weather = Weather.of(world.chance.stream("weather"), world.plan.weather)
    world.watches.append(Watching(world))
    world.hq.watches.append(LeaseBooks(world))
    world.hq.start()
    world.office.start()
    for name in register_names(world.plan):
        world.add_register(name, bad=weather.bad_requests)
    for work in WORK:
        if work.name not in world.plan.without:
            work.plan(world)
    Misfortunes(world, weather).plan()
    for register in world.registers:
        register.switch_on()
    world.run(world.plan.minutes * MINUTE)
    _heal_and_check(world)
    if weather.season and SEASON not in world.plan.without:
        world.trace.note("world", "rests")
        rest_for_a_season(world)
        _heal_and_check(world)


def _heal_and_check(world: World) -> None:
    heal(world)
    for invariant in HEALED[:-1]:
        check(world, invariant)
    settle(world)
    check(world, HEALED[-1])


def heal(world: World) -> None:
    """Let nothing befall anybody any more, and wait until nothing waits."""
    world.trace.note("world", "heals")
    world.faults.over = True
    for register in world.registers:
        register.calm()
        register.line.mend()
    world.hq.start()
    world.hq.calm()
    for register in world.registers:
        register.switch_on()
    _drain(world)
    for register in world.registers:
        if register.agent is not None:
            register.agent.want("compare")
        world.follow(register)
        world.books[register.name].past.parted = False
    world.run(world.timeline.now_us + UPKEEP_US + MINUTE)  # leases that were asked for come back
    _drain(world)
    for register in world.registers:
        world.follow(register)


def _drain(world: World) -> None:
    """Wait until nothing waits; raise `Broken` where something waits for ever."""
    healed_us = world.timeline.now_us + LONGEST_HEALING_US
    while any(HEALED[0](world)) and world.timeline.now_us < healed_us:
        for register in world.registers:
            if world.books[register.name].past.was_put_back:
                register.do(partial(approve, world, register))
            if register.agent is not None:
                register.agent.facts_waiting()
                register.agent.want("pull")
        world.run(world.timeline.now_us + MINUTE)
    check(world, HEALED[0])


def settle(world: World) -> None:
    """Let a day go by with the shops closed, and open them again: who signs in puts pending amounts in order."""
    _sign_in(world)
    _drain(world)
    for register in world.registers:
        register.switch_off()
    world.run(world.timeline.now_us + DAY)
    for register in world.registers:
        register.switch_on()
    # a machine's clock is put right by the first answer
    world.run(world.timeline.now_us + MINUTE)
    _sign_in(world)


def _sign_in(world: World) -> None:
    for register in world.registers:
        register.do(partial(sign_in, world, register))
    world.run(world.timeline.now_us + MINUTE)


def check(world: World, invariant: Invariant) -> None:
    """Raise `Broken` with what does not hold first."""
    for detail in invariant(world):
        broken(invariant.__name__, detail)


def end(world: World) -> None:
    """Let nothing run any more."""
    for register in world.registers:
        register.switch_off()
    world.office.end()
    world.hq.kill(Death(0))
