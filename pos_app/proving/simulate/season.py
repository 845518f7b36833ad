"""A season in which the shops are shut: what headquarters keeps for thirty days is gone when they open again, and what
registers keep for ninety leaves their journals.

One register has been busy before, and may have had no line: what it did, nobody has but itself, and it must stay.
"""

from functools import partial
from typing import Final

from pos_app.domain.facts import Happening
from pos_app.domain.ids import OperatorId
from pos_app.proving.simulate.chain import CASHIER
from pos_app.proving.simulate.machine.timeline import DAY, HOUR, MINUTE
from pos_app.proving.simulate.register.counter import Counter
from pos_app.proving.simulate.register.register import SimulatedRegister
from pos_app.proving.simulate.work.jobs import do_jobs
from pos_app.proving.simulate.world import World
from pos_app.store.journal.compacting import FACTS_A_STEP, KEPT_FACTS

SEASON_US: Final = 100 * DAY
BUSY_FACTS: Final = KEPT_FACTS + FACTS_A_STEP


def rest_for_a_season(world: World) -> None:
    """Shut the shops, let the season go by, and open them again."""
    random = world.chance.stream("season")
    busy = random.choice(world.registers)
    if random.random() < 0.5:
        busy.line.unplug()
    busy.do(partial(_be_busy, world, busy))
    world.run(world.timeline.now_us + 10 * MINUTE)
    for register in world.registers:
        register.switch_off()
    world.run(world.timeline.now_us + SEASON_US)
    do_jobs(world)
    for register in world.registers:
        register.switch_on()
    # With what was not sent yet, first; a journal that is too eager loses it now.
    world.run(world.timeline.now_us + HOUR)
    busy.line.mend()
    world.run(world.timeline.now_us + HOUR)


def _be_busy(world: World, register: SimulatedRegister, counter: Counter) -> None:
    """Do what leaves a fact and moves nothing, as often as it takes to fill a journal."""
    for _ in range(BUSY_FACTS):
        at = counter.now().isoformat(timespec="milliseconds")
        counter.open.journal.append(Happening("signed_in", 1, at, OperatorId(CASHIER), {}))
    world.follow(register)
