"""`/v1/settlements` and `POST /v1/prices/scan` for people; what channels list for channels."""

from typing import Annotated, Any, Final, Literal

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery, QueryParameter

from pos_app.domain.errors import Refusal
from sync.hq.answers import HqRequest, answer, unpacked
from sync.hq.channels.listing import ListedRow, check_listed, write_listed
from sync.hq.channels.registry import check_channel, find
from sync.hq.guard import Hq, check_administrator
from sync.hq.importing.mistakes import Mistakes
from sync.hq.importing.rows import read_rows
from sync.hq.settlements.freezing import release, settlements
from sync.hq.settlements.scanning import MOST_SALES, scan_prices

MAX_LISTED_BYTES: Final = 64 * 1024 * 1024
_BODY_BYTES: Final = 16 * 1024
_MOST_SHOWN: Final = 1000

State = Annotated[Literal["frozen", "released", ""], QueryParameter(name="state", description="Empty: both.")]
Limit = Annotated[int, QueryParameter(ge=1, le=MOST_SALES, description="The most sales.")]


class ReleaseWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`POST /v1/settlements/{settlement}/release`."""

    name: str = ""
    reason: str = ""


@post(
    "/v1/channels/{channel_id:str}/listed-prices",
    status_code=200,
    request_max_body_size=MAX_LISTED_BYTES,
    summary="Say what is listed (channel)",
    tags=["channel"],
)
async def list_prices(request: HqRequest, hq: Hq, channel_id: FromPath[str]) -> Response[bytes]:
    """Take what a channel lists: a JSON list of `{"sku", "amount", "store"}` (fen for a piece or a kilogram; no store:
    in none in particular; `delete`: no more). 422 `import_mistakes` names every mistake; then nothing is taken.
    """
    await check_channel(request, hq, channel_id)
    raw = _list_of(unpacked(request, await request.body(), limit_bytes=MAX_LISTED_BYTES))
    mistakes = Mistakes()
    rows = read_rows("listed", raw, ListedRow, mistakes)
    async with hq.database.read() as reader:
        await find(reader, channel_id)
        await check_listed(reader, rows, mistakes)
    mistakes.raise_any()
    at = hq.time()
    await hq.database.write(lambda writer: write_listed(writer, channel_id, rows, at))
    return answer(request, {"rows": {"listed": len(rows)}})


def _list_of(body: bytes) -> list[Any]:
    try:
        return msgspec.json.decode(body, type=list[Any])
    except msgspec.MsgspecError as error:
        raise Refusal("body_malformed", reason=str(error)[:200]) from error


@post("/v1/prices/scan", status_code=200, summary="Scan prices now (administrator)", tags=["administrator"])
async def scan(request: HqRequest, hq: Hq, limit: Limit = MOST_SALES) -> Response[bytes]:
    """Hold what channels list and tills charged against the rules, as the daily scan does. `more`: sales are left for
    another one.
    """
    check_administrator(request, hq)
    return answer(request, (await scan_prices(hq, limit=limit)).document())


@get("/v1/settlements", summary="List frozen settlements (administrator)", tags=["administrator"])
async def list_settlements(
    request: HqRequest,
    hq: Hq,
    stands: State = "",
    subject: FromQuery[str] = "",
) -> Response[bytes]:
    """List settlements that are or were frozen, newest first, with the alarms that froze them and who released them."""
    check_administrator(request, hq)
    async with hq.database.read() as reader:
        rows = await settlements(reader, state=stands, subject=subject, limit=_MOST_SHOWN)
    return answer(request, {"rows": rows})


@post(
    "/v1/settlements/{settlement:str}/release",
    status_code=200,
    request_max_body_size=_BODY_BYTES,
    summary="Release a settlement (administrator)",
    tags=["administrator"],
)
async def release_settlement(request: HqRequest, hq: Hq, settlement: FromPath[str]) -> Response[bytes]:
    """Release a frozen settlement: `{"name": …, "reason": …}`, who does it and why. 409 `settlement_released`."""
    check_administrator(request, hq)
    body = unpacked(request, await request.body(), limit_bytes=_BODY_BYTES)
    try:
        asked = msgspec.json.decode(body, type=ReleaseWanted)
    except msgspec.MsgspecError as error:
        raise Refusal("body_malformed", reason=str(error)[:200]) from error
    now = hq.instant()
    await hq.database.write(lambda writer: release(writer, settlement, name=asked.name, reason=asked.reason, now=now))
    hq.log.warning("settlement_released", settlement=settlement)
    return answer(request, {"id": settlement, "state": "released"})
