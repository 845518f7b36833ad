"""What headquarters does by the clock: prune tombstones, take old settled exceptions off the stores' lists.

Each worker process does it; what another has done finds nothing more to do.
"""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy.exc import SQLAlchemyError

from pos_app.domain.errors import Breakdown
from pos_app.domain.instants import Instant
from sync.hq.db.database import Database
from sync.hq.publications.pruning import prune, retire_exceptions

EVERY_HOURS = 6
JITTER_S = 1800

Job = Callable[[Database, Instant], Awaitable[int]]


@contextmanager
def jobs_running(
    database: Database, now: Callable[[], Instant], log: structlog.typing.FilteringBoundLogger
) -> Iterator[None]:
    """Let the jobs run, on this event loop."""
    schedule = AsyncIOScheduler(timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1})
    for job in (prune, retire_exceptions):
        schedule.add_job(
            run_job,
            "interval",
            (job, database, now, log),
            hours=EVERY_HOURS,
            jitter=JITTER_S,
            misfire_grace_time=None,
            id=job.__name__,
        )
    schedule.start()
    try:
        yield
    finally:
        schedule.shutdown(wait=False)


async def run_job(
    job: Job, database: Database, now: Callable[[], Instant], log: structlog.typing.FilteringBoundLogger
) -> None:
    """Run a job, and say what it came to; a database that is away is asked at the next turn."""
    name = getattr(job, "__name__", "job")
    try:
        done = await job(database, now())
    except (SQLAlchemyError, Breakdown) as error:
        log.warning("job_failed", job=name, error=type(error).__name__)
        return
    if done:
        log.info("job_done", job=name, done=done)
