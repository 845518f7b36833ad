"""What the agent does by the clock, beside what it does when asked: the net under lost wake-ups, and the status.

Knows only what to call.
"""

from collections.abc import Callable
from datetime import UTC

from apscheduler.schedulers.background import BackgroundScheduler

PUSH_ANYWAY_S = 15
"""A wake-up that was lost (a register killed between its fact and its word) delays a fact by no more than this."""
STATUS_S = 5
COMPARE_LOOK_MINUTES = 60
COMPARE_JITTER_S = 1800
"""A chain's registers are switched on in the same minutes, and should not all compare in the same ones."""


def start_schedule(
    *, push: Callable[[], None], tell_status: Callable[[], None], compare_if_due: Callable[[], None]
) -> BackgroundScheduler:
    """Start the clockwork on daemon threads; ``shutdown`` of what is given back stops it."""
    schedule = BackgroundScheduler(timezone=UTC, daemon=True, job_defaults={"coalesce": True, "max_instances": 1})
    schedule.add_job(push, "interval", seconds=PUSH_ANYWAY_S, jitter=3, misfire_grace_time=None, id="push_anyway")
    schedule.add_job(tell_status, "interval", seconds=STATUS_S, misfire_grace_time=None, id="status")
    schedule.add_job(
        compare_if_due,
        "interval",
        minutes=COMPARE_LOOK_MINUTES,
        jitter=COMPARE_JITTER_S,
        misfire_grace_time=None,
        id="compare",
    )
    schedule.start()
    return schedule
