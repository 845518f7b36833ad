"""What headquarters does by the clock: at its hour, by one process of many, ended between two steps."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from pos_app.domain.instants import Instant
from sync.hq.claims import claim
from sync.hq.clock import SystemClock
from sync.hq.db.database import Database
from sync.hq.headquarters import open_headquarters
from sync.hq.logs import make_log
from sync.hq.publications.bell import Bell
from sync.hq.settlements.daily import JITTER_S, clockwork, run_scan
from tests.integration.hq.selling import basket_of, ring
from tests.integration.hq.till import RICE, Till, execute
from tests.support.real_hq import RealHq


def test_the_clock_says_when_once_a_day_at_the_hour() -> None:
    said: list[str] = []
    (job,) = clockwork(lambda: said.append("scan"), 3).get_jobs()

    fires = job.trigger.get_next_fire_time(None, datetime(2026, 6, 18, 10, tzinfo=UTC))
    job.func()

    assert abs(fires - datetime(2026, 6, 19, 3, tzinfo=UTC)) <= timedelta(seconds=JITTER_S)
    assert said == ["scan"]


def test_a_headquarters_with_an_hour_to_scan_at_starts_and_stops(hq: RealHq, till: Till) -> None:
    hq.stop()
    hq.settings = replace(hq.settings, scan_hour=3)
    hq.start()
    till.sell()

    assert till.push().acked_seq == 1
    hq.stop()
    assert execute(hq, "SELECT count(*) FROM settlement") == [(0,)]


def test_a_scan_that_the_clock_begins_goes_on_to_the_end_and_is_done_once_a_day(hq: RealHq, till: Till) -> None:
    for _ in range(3):
        ring(hq, till, basket_of((RICE, 1000)), gross=1)
    till.push()
    hq.stop()

    async def scans() -> list[bool]:
        async with open_headquarters(hq.settings, SystemClock(), Bell(), make_log(None)) as headquarters:
            return [await run_scan(headquarters) for _ in range(2)]

    assert asyncio.run(scans()) == [True, False]
    assert execute(hq, "SELECT subject, state FROM settlement") == [("store:S001", "frozen")]
    assert execute(hq, "SELECT count(*) FROM sale WHERE prices_checked_at IS NULL") == [(0,)]


def test_of_many_processes_one_does_a_daily_job(hq: RealHq) -> None:
    hq.stop()
    hour = 3600 * 10**6

    async def claims() -> list[bool]:
        database = await Database.open(hq.settings.database_url, announce=lambda _: None)
        try:
            return [await claimed(database, Instant(at * hour)) for at in (24, 24, 25, 48)]
        finally:
            await database.close()

    assert asyncio.run(claims()) == [True, False, False, True]


async def claimed(database: Database, at: Instant) -> bool:
    return await database.write(lambda writer: claim(writer, "scan", at))
