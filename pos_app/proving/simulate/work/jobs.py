"""What headquarters does by the clock: by the simulation's, for its scheduler knows real time only."""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from pos_app.proving.simulate.machine.timeline import DAY, HOUR
from pos_app.proving.simulate.world import World
from sync.hq.headquarters import Headquarters
from sync.hq.jobs import JOBS, NIGHTLY, SELDOM, Job, run_job


@dataclass(frozen=True, slots=True)
class Jobs:
    """Tombstones and settled exceptions are looked through, ledgers proven, leases renewed."""

    name: str = "jobs"

    def plan(self, world: World) -> None:
        """Let each job come as often as its scheduler would let it come."""
        random = world.chance.stream(self.name)
        turn_us = SELDOM // timedelta(microseconds=1)
        for turn in range(24 * HOUR * world.plan.days // turn_us):
            for job in JOBS:
                at_us = turn * turn_us + random.randrange(turn_us // HOUR) * HOUR
                world.at(at_us, partial(world.hq.do, partial(_run, job)))
        for day in range(world.plan.days):
            for job, hour in NIGHTLY.items():
                world.at(day * DAY + hour * HOUR, partial(world.hq.do, partial(_run, job)))


def do_jobs(world: World) -> None:
    """Do all of them now."""
    for job in (*JOBS, *NIGHTLY):
        world.hq.do(partial(_run, job))


async def _run(job: Job, hq: Headquarters) -> None:
    await run_job(job, hq.database, hq.instant, hq.log)
