"""`POST /v1/holds` for registers; for people the list of open ones, and writing one off."""

from typing import Annotated, Any, Final

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery, QueryParameter
from sqlalchemy import select

from pos_app.domain.errors import Refusal
from pos_app.domain.instants import Instant, moment_of
from sync.hq.answers import HqRequest, answer, decoded
from sync.hq.db.database import AnyRow, Writer
from sync.hq.db.rights_schema import hold, lease
from sync.hq.guard import Hq, check_administrator, signed_body
from sync.hq.headquarters import Headquarters
from sync.hq.holds.asking import LEASED_ELSEWHERE, HoldWanted, hold_right
from sync.hq.holds.keeping import end_hold
from sync.hq.leases.keeping import COUPON, HELD, ask_back

_BODY_BYTES: Final = 4096
MOST_ROWS: Final = 10_000


class WrittenOff(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who answers for a hold that its register will not end."""

    by: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


@post(
    "/v1/holds",
    status_code=200,
    request_max_body_size=_BODY_BYTES,
    summary="Hold a right for a basket (register)",
    tags=["register"],
)
async def hold_for_basket(request: HqRequest, hq: Hq) -> Response[bytes]:
    """Hold points of a member, or a coupon, for one basket: `{"hold": "0198…", "basket": "0198…", "resource": "points",
    "key": "M1", "amount": 300}`; a coupon's `amount` is 1. Asked again it is answered again; another one for the same
    right and basket takes its place. 409 says who has the right (`points_not_free`, `coupon_held`, `coupon_leased`,
    `coupon_spent`), or `hold_ended`: a fact that names the hold came before this question.
    """
    device, raw = await signed_body(request, hq)
    if device.state == "frozen":
        raise Refusal("device_frozen", device=device.id)
    wanted = decoded(request, raw, HoldWanted, limit_bytes=_BODY_BYTES)
    now = hq.instant()
    try:
        await hq.database.write(lambda writer: hold_right(writer, wanted, device, now))
    except Refusal as refusal:
        if refusal.code == LEASED_ELSEWHERE:
            await _ask_for_it(hq, wanted.key)
        raise
    return answer(request, {"hold": wanted.hold, "amount": wanted.amount, "time": hq.time()})


@get("/v1/holds", summary="What baskets hold (administrator)", tags=["administrator"])
async def list_holds(
    request: HqRequest,
    hq: Hq,
    *,
    key: FromQuery[str] = "",
    after: FromQuery[str] = "",
    limit: Annotated[int, QueryParameter(ge=1, le=MOST_ROWS)] = 1000,
) -> Response[bytes]:
    """List the holds that are open, by id, those behind `after`; `key` is a member or a coupon."""
    check_administrator(request, hq)
    asked = [hold.c.key == key] if key else []
    async with hq.database.read() as reader:
        live = select(hold).where(hold.c.ended_at.is_(None), hold.c.id > after, *asked)
        rows = await reader.rows(live.order_by(hold.c.id).limit(limit))
    return answer(request, {"rows": [_document(row) for row in rows]})


@post(
    "/v1/holds/{hold_id:str}/write-off",
    status_code=200,
    request_max_body_size=_BODY_BYTES,
    summary="Write a hold off (administrator)",
    tags=["administrator"],
)
async def write_hold_off(request: HqRequest, hq: Hq, hold_id: FromPath[str]) -> Response[bytes]:
    """End a hold without its register, which is lost: `{"by": "许文清"}`. What that spent by it all the same, and tells
    later, is an exception.
    """
    check_administrator(request, hq)
    wanted = decoded(request, await request.body(), WrittenOff, limit_bytes=_BODY_BYTES)

    async def work(writer: Writer) -> AnyRow:
        row = await writer.row(select(hold).where(hold.c.id == hold_id, hold.c.ended_at.is_(None)).with_for_update())
        if row is None:
            raise Refusal("hold_unknown", field="hold_id", hold=hold_id)
        await end_hold(writer, hold_id, wanted.by, hq.instant())
        return row

    row = await hq.database.write(work)
    hq.log.warning("hold_written_off", hold=hold_id, device=row.device, by=wanted.by)
    return answer(request, {"id": hold_id, "state": "ended"})


async def _ask_for_it(hq: Headquarters, name: str) -> None:
    """Ask the register that has a coupon for it: somebody else wants it, and where its line is up, it comes soon."""
    async with hq.database.read() as reader:
        live = select(lease.c.id).where(lease.c.resource == COUPON, lease.c.key == name, lease.c.state == HELD)
        rows = await reader.rows(live)
    await hq.database.write(lambda writer: ask_back(writer, [row.id for row in rows]))
    hq.outbox.wake()


def _document(row: AnyRow) -> dict[str, Any]:
    named = ("id", "resource", "key", "store", "device", "basket", "amount")
    return {name: getattr(row, name) for name in named} | {"asked_at": moment_of(Instant(row.asked_at)).isoformat()}
