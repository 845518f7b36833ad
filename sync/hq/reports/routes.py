"""`GET /v1/reports/…` for people and proofs, and `GET /healthz` for whoever watches."""

from typing import Annotated, Literal

from litestar import Response, get
from litestar.params import FromQuery, QueryParameter

from sync.hq.answers import HqRequest, answer
from sync.hq.drawers.report import shifts_side_by_side
from sync.hq.guard import Hq, check_administrator
from sync.hq.life import incarnation_of
from sync.hq.reports.chains import verify_chains
from sync.hq.reports.ledgers import all_differences, rights_against_ledger
from sync.hq.reports.queries import (
    MOST_ROWS,
    TOTALS,
    Days,
    open_exceptions,
    sales_by_day,
    sales_one_by_one,
    stock_against_ledger,
)

Day = Annotated[str, QueryParameter(pattern=r"^(\d{4}-\d{2}-\d{2})?$", description="A business date, inclusive.")]
Limit = Annotated[int, QueryParameter(ge=1, le=MOST_ROWS)]


@get("/v1/reports/sales", summary="Sales by day or one by one (administrator)", tags=["administrator"])
async def sales(
    request: HqRequest,
    hq: Hq,
    *,
    group: FromQuery[Literal["day", "sale"]] = "day",
    store: FromQuery[str] = "",
    first: Day = "",
    last: Day = "",
    after: FromQuery[str] = "",
    limit: Limit = 10_000,
) -> Response[bytes]:
    """Report sales. By day: a row per store and business date. One by one: rows by sale id, and `next` to ask
    `after` with, empty at the end.
    """
    check_administrator(request, hq)
    days = Days(store, first, last)
    async with hq.database.read() as reader:
        if group == "day":
            by_day = await sales_by_day(reader, days)
            total = {name: sum(row[name] for row in by_day) for name in TOTALS}
            return answer(request, {"rows": by_day, "total": total})
        rows = await sales_one_by_one(reader, days, after=after, limit=limit)
    return answer(request, {"rows": rows, "next": rows[-1]["id"] if len(rows) == limit else ""})


@get("/v1/reports/shifts", summary="Shifts and drawers side by side (administrator)", tags=["administrator"])
async def shifts(
    request: HqRequest, hq: Hq, *, store: FromQuery[str] = "", first: Day = "", last: Day = ""
) -> Response[bytes]:
    """Report every shift: what its drawer should hold by what came up, beside what its register expected and counted.

    `differs` counts closed shifts whose register expected another sum than headquarters adds up.
    """
    check_administrator(request, hq)
    async with hq.database.read() as reader:
        rows = await shifts_side_by_side(reader, store=store, first=first, last=last)
    return answer(request, {"rows": rows, "differs": sum(not row["ok"] for row in rows)})


@get("/v1/reports/stock", summary="Stock against its ledger (administrator)", tags=["administrator"])
async def stock(request: HqRequest, hq: Hq, place: FromQuery[str] = "") -> Response[bytes]:
    """Report what is on hand, with opening stock and movements, in thousandths; `differs` counts rows out of step."""
    check_administrator(request, hq)
    async with hq.database.read() as reader:
        rows = await stock_against_ledger(reader, place)
    return answer(request, {"rows": rows, "differs": sum(not row["ok"] for row in rows)})


@get("/v1/reports/rights", summary="What a member has, against its ledger (administrator)", tags=["administrator"])
async def rights(request: HqRequest, hq: Hq, member: FromQuery[str] = "") -> Response[bytes]:
    """Report a member's points and uses of promotions, by what they came from; `differs` counts rows out of step."""
    check_administrator(request, hq)
    async with hq.database.read() as reader:
        rows = await rights_against_ledger(reader, member)
    return answer(request, {"rows": rows, "differs": sum(not row["ok"] for row in rows)})


@get("/v1/reports/ledgers", summary="Balances that are not their ledger's sum (administrator)", tags=["administrator"])
async def ledgers(request: HqRequest, hq: Hq) -> Response[bytes]:
    """List stock, members' rights and coupons whose balance is not the sum of their ledger: there should be none."""
    check_administrator(request, hq)
    async with hq.database.read() as reader:
        rows = [difference.details() for difference in await all_differences(reader)]
    return answer(request, {"rows": rows})


@get("/v1/reports/chains", summary="Verify every chain (administrator)", tags=["administrator"])
async def chains(request: HqRequest, hq: Hq) -> Response[bytes]:
    """Verify every register's chain from its stored bytes; `broken` counts those that do not hold."""
    check_administrator(request, hq)
    async with hq.database.read() as reader:
        rows = await verify_chains(reader)
    return answer(request, {"rows": rows, "broken": sum(not row["ok"] for row in rows)})


@get("/v1/reports/exceptions", summary="Open exceptions (administrator)", tags=["administrator"])
async def exceptions(request: HqRequest, hq: Hq, store: FromQuery[str] = "", limit: Limit = 1000) -> Response[bytes]:
    """List facts whose meaning could not be honoured, or not be read, newest first."""
    check_administrator(request, hq)
    async with hq.database.read() as reader:
        rows = await open_exceptions(reader, store, limit)
    return answer(request, {"rows": rows})


@get("/healthz", summary="Whether headquarters and its database answer", tags=["everybody"])
async def healthz(request: HqRequest, hq: Hq) -> Response[bytes]:
    """Answer `{"status": "ok"}` with headquarters' time."""
    async with hq.database.read() as reader:
        incarnation = await incarnation_of(reader)
    return answer(request, {"status": "ok", "incarnation": incarnation, "time": hq.time()})
