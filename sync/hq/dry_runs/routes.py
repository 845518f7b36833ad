"""`POST /v1/promotions/dry-run`, which tells how far it is while it works."""

from collections.abc import AsyncIterator
from datetime import date, timedelta, timezone
from functools import partial
from typing import Annotated, Any, Final

import msgspec
from litestar import post
from litestar.params import FromQuery, QueryParameter
from litestar.response import Stream

from pos_app.domain.errors import Breakdown, Refusal
from sync.hq.answers import HqRequest, unpacked
from sync.hq.dry_runs.trying import Span, Trial, try_on_sales
from sync.hq.guard import Hq, check_administrator
from sync.hq.headquarters import Headquarters
from sync.hq.importing.checking import Checked, checked
from sync.hq.importing.documents import read_document, read_promotion_file
from sync.hq.importing.routes import MAX_IMPORT_BYTES, FileName
from sync.protocol.wire import JSON_LINES

MOST_DAYS: Final = 366
MOST_BASKETS: Final = 200_000
_FOREMOST: Final = timezone(timedelta(hours=14))
"""Where a day begins first: no store's business date is behind it."""

Days = Annotated[int, QueryParameter(ge=1, le=MOST_DAYS, description="How many business dates.")]
Until = Annotated[str, QueryParameter(pattern=r"^(\d{4}-\d{2}-\d{2})?$", description="The last of them; today.")]
Limit = Annotated[int, QueryParameter(ge=1, le=MOST_BASKETS, description="The most baskets.")]


@post(
    "/v1/promotions/dry-run",
    status_code=200,
    request_max_body_size=MAX_IMPORT_BYTES,
    summary="Try promotions on real baskets (administrator)",
    tags=["administrator"],
)
async def dry_run(
    request: HqRequest,
    hq: Hq,
    *,
    name: FileName = "promotions",
    days: Days = 14,
    until: Until = "",
    store: FromQuery[str] = "",
    limit: Limit = 20_000,
) -> Stream:
    """Price the last days' sales by the rules of their time, and by those and the promotions in the body (as for
    `/v1/promotions/import`). Answers JSON Lines: `progress` now and then, in the end `result`. Nothing is changed.
    """
    check_administrator(request, hq)
    body = unpacked(request, await request.body(), limit_bytes=MAX_IMPORT_BYTES)
    is_csv = request.headers.get("content-type", "").startswith("text/csv")
    read = read_promotion_file if is_csv else partial(read_document, section="promotions")
    found = await checked(hq, partial(read, name, body))
    if not found.rows.promotions:
        raise Refusal("nothing_to_try", field="promotions")
    last = _day(until) if until else hq.now().astimezone(_FOREMOST).date()
    span = Span((last - timedelta(days=days - 1)).isoformat(), last.isoformat(), store, limit)
    return Stream(_lines(hq, found, span), media_type=JSON_LINES)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Refusal("day_unknown", field="until", day=text) from error


async def _lines(hq: Headquarters, found: Checked, span: Span) -> AsyncIterator[bytes]:
    """Work, and tell of it. What breaks on the way is told too: the answer has begun."""
    rows = [row.value for row in found.rows.promotions]
    trial = Trial(
        [row.rule for row in rows if row.rule is not None], frozenset(row.id for row in rows if row.rule is None)
    )
    try:
        async for _ in try_on_sales(hq.database, hq.rulebooks, trial, span):
            yield _line({"progress": {"baskets": trial.findings.total.baskets}})
    except Breakdown as trouble:
        yield _line({"error": {"code": trouble.code}})
        return
    days = {"first": span.first, "last": span.last, "more": trial.more}
    yield _line({"result": days | trial.findings.document() | {"warnings": list(found.warnings)}})


def _line(document: dict[str, Any]) -> bytes:
    return msgspec.json.encode(document) + b"\n"
