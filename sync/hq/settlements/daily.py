"""When prices are scanned: daily at an hour of UTC. Of many processes one does it.

Off where no hour is set: a proof and a demo scan when they are told to.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC
from typing import Final

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy.exc import SQLAlchemyError

from pos_app.domain.errors import Breakdown
from sync.hq.beside import beside, whole
from sync.hq.claims import claim
from sync.hq.headquarters import Headquarters
from sync.hq.settlements.scanning import scan_prices

SCAN: Final = "scan-prices"
JITTER_S: Final = 120


@asynccontextmanager
async def daily_scan(hq: Headquarters) -> AsyncIterator[None]:
    """Scan at the hour that is set, as long as the block lasts."""
    if hq.settings.scan_hour is None:
        yield
        return
    due = asyncio.Event()
    schedule = clockwork(due.set, hq.settings.scan_hour)
    # The clockwork only says when: what it would cut off in the middle goes on beside requests.
    async with beside(_scan_when(due, hq)):
        schedule.start()
        try:
            yield
        finally:
            schedule.shutdown(wait=False)


def clockwork(scan: Callable[[], None], hour: int) -> AsyncIOScheduler:
    """Make what says when, not started yet."""
    schedule = AsyncIOScheduler(timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1})
    schedule.add_job(scan, "cron", hour=hour, jitter=JITTER_S, misfire_grace_time=None, id=SCAN)
    return schedule


async def _scan_when(due: asyncio.Event, hq: Headquarters) -> None:
    while True:
        await due.wait()
        due.clear()
        await run_scan(hq)


async def run_scan(hq: Headquarters) -> bool:
    """Scan, unless another process did; tell whether it was done here. What breaks is left to the next day."""
    try:
        if not await whole(hq.database.write(lambda writer: claim(writer, SCAN, hq.instant()))):
            return False
        while (await scan_prices(hq)).more:
            pass
    except (SQLAlchemyError, Breakdown) as error:
        hq.log.warning("scan_failed", error=type(error).__name__)
        return False
    return True
