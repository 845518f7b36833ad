"""What headquarters does by the clock: prune tombstones, take old settled exceptions off the stores' lists, turn the
keys that sign codes; nightly prove every balance against its ledger, and bring leases to what the rule says.

Each worker process does it; what another has done finds nothing more to do.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, timedelta
from typing import Final

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy.exc import SQLAlchemyError

from pos_app.domain.errors import Breakdown
from pos_app.domain.instants import Instant
from sync.hq.beside import whole
from sync.hq.db.database import Database
from sync.hq.leases.rounds import nightly_round
from sync.hq.members.forgetting import forget_purchases, forget_visits
from sync.hq.nonces import forget_nonces
from sync.hq.payments.watching import watch_payments
from sync.hq.publications.pruning import prune, retire_exceptions
from sync.hq.reports.proof import prove_ledgers
from sync.hq.returns.sale_came import settle_late_returns
from sync.hq.tokens.keys import turn_if_due

SELDOM: Final = timedelta(hours=6)
HOURLY: Final = timedelta(hours=1)
OFTEN: Final = timedelta(minutes=5)
JITTER_S = 1800

Job = Callable[[Database, Instant], Awaitable[int]]

JOBS: Final[Mapping[Job, timedelta]] = {
    prune: SELDOM,
    retire_exceptions: SELDOM,
    turn_if_due: SELDOM,
    forget_visits: SELDOM,
    forget_purchases: SELDOM,
    forget_nonces: OFTEN,
    settle_late_returns: OFTEN,
    watch_payments: HOURLY,
}
"""What is done again and again, and how often."""

NIGHTLY: Final[Mapping[Job, int]] = {prove_ledgers: 19, nightly_round: 20}
"""The hour of UTC: the small hours where the stores are."""


@contextmanager
def jobs_running(
    database: Database, now: Callable[[], Instant], log: structlog.typing.FilteringBoundLogger
) -> Iterator[None]:
    """Let the jobs run, on this event loop."""
    schedule = AsyncIOScheduler(timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1})
    for job, every in JOBS.items():
        schedule.add_job(
            run_job,
            "interval",
            (job, database, now, log),
            seconds=every.total_seconds(),
            jitter=every.total_seconds() / 10,
            misfire_grace_time=None,
            id=getattr(job, "__name__", "job"),
        )
    for job, hour in NIGHTLY.items():
        schedule.add_job(
            run_job,
            "cron",
            (job, database, now, log),
            hour=hour,
            jitter=JITTER_S,
            misfire_grace_time=None,
            id=getattr(job, "__name__", "job"),
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
        done = await whole(job(database, now()))
    except (SQLAlchemyError, Breakdown) as error:
        log.warning("job_failed", job=name, error=type(error).__name__)
        return
    if done:
        log.info("job_done", job=name, done=done)
