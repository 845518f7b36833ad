"""Daily jobs, taken by one of many processes: who takes one notes it, and the others find that it was done.

Knows no job.
"""

from datetime import timedelta
from typing import Final

from sqlalchemy import select, update

from pos_app.domain.instants import Instant
from sync.hq.db.database import Writer
from sync.hq.db.pricing_schema import job

_AT_LEAST: Final = timedelta(hours=12) // timedelta(microseconds=1)
"""Between two runs of a daily job, however many processes ask for it."""


async def claim(writer: Writer, name: str, now: Instant) -> bool:
    """Take a daily job, if nobody did it lately."""
    await writer.execute(writer.insert(job).on_conflict_do_nothing(), [{"name": name, "ran_at": 0}])
    ran_at: int = await writer.value(select(job.c.ran_at).where(job.c.name == name).with_for_update())
    if now - ran_at < _AT_LEAST:
        return False
    await writer.execute(update(job).where(job.c.name == name).values(ran_at=now))
    return True
