"""`GET /v1/reports/tenders` and `/v1/reports/payments`: how sales were paid, and what providers were asked for."""

from typing import Annotated, Literal

from litestar import Response, get
from litestar.params import FromQuery, QueryParameter

from sync.hq.answers import HqRequest, answer
from sync.hq.guard import Hq, check_administrator
from sync.hq.reports.money import payments_one_by_one, tenders_by_day
from sync.hq.reports.queries import Days
from sync.hq.reports.routes import Day, Limit

PaymentState = Annotated[
    Literal["", "asked", "paid", "sold", "refused", "reversed"],
    QueryParameter(name="state", description="How it stands; empty: all."),
]


@get("/v1/reports/tenders", summary="How sales were paid (administrator)", tags=["administrator"])
async def tenders(
    request: HqRequest, hq: Hq, *, store: FromQuery[str] = "", first: Day = "", last: Day = ""
) -> Response[bytes]:
    """Report tenders: a row per store, business date and kind, with what was given back by the same kind."""
    check_administrator(request, hq)
    async with hq.database.read() as reader:
        rows = await tenders_by_day(reader, Days(store, first, last))
    return answer(request, {"rows": rows})


@get("/v1/reports/payments", summary="Payments that providers were asked for (administrator)", tags=["administrator"])
async def payments(
    request: HqRequest,
    hq: Hq,
    *,
    store: FromQuery[str] = "",
    stands: PaymentState = "",
    after: FromQuery[str] = "",
    limit: Limit = 10_000,
) -> Response[bytes]:
    """List payments by id with how each stands and the sale that names it; `next` to ask `after` with."""
    check_administrator(request, hq)
    async with hq.database.read() as reader:
        rows = await payments_one_by_one(reader, store=store, state=stands, after=after, limit=limit)
    return answer(request, {"rows": rows, "next": rows[-1]["id"] if len(rows) == limit else ""})
