"""`GET /v1/leases`, and what a person does with them: a round at once, asking one back, writing one off."""

from typing import Annotated, Any, Final

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery, QueryParameter
from sqlalchemy import select, update

from pos_app.domain.errors import Refusal
from pos_app.domain.instants import Instant, moment_of
from sync.hq.answers import HqRequest, answer, decoded
from sync.hq.db.database import AnyRow, Writer
from sync.hq.db.rights_schema import lease
from sync.hq.guard import Hq, check_administrator
from sync.hq.leases.keeping import ASKED, ENDED, HELD, end_lease, put_leases_off
from sync.hq.leases.rounds import whole_round
from sync.hq.members.publishing import lock_members, put_copies_off

_WANTED_BYTES: Final = 4096
MOST_ROWS: Final = 10_000


class WrittenOff(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who answers for a lease that its register will not give back."""

    by: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


@get("/v1/leases", summary="What lies at registers (administrator)", tags=["administrator"])
async def list_leases(
    request: HqRequest,
    hq: Hq,
    *,
    member: FromQuery[str] = "",
    after: FromQuery[str] = "",
    limit: Annotated[int, QueryParameter(ge=1, le=MOST_ROWS)] = 1000,
) -> Response[bytes]:
    """List leases that are not ended, by id, those behind `after`; `overdue` ones are past their time and not back."""
    check_administrator(request, hq)
    asked = [lease.c.key == member] if member else []
    async with hq.database.read() as reader:
        rows = await reader.rows(
            select(lease).where(lease.c.state != ENDED, lease.c.id > after, *asked).order_by(lease.c.id).limit(limit)
        )
    return answer(request, {"rows": [_document(row, hq.instant()) for row in rows]})


@post("/v1/leases/round", status_code=200, summary="Grant and renew leases now (administrator)", tags=["administrator"])
async def make_round(request: HqRequest, hq: Hq) -> Response[bytes]:
    """Do at once what is done every night; `{"granted": 3, "written": 1, "asked": 0}`."""
    check_administrator(request, hq)
    done = await whole_round(hq.database, hq.instant())
    hq.outbox.wake()
    hq.log.info("leases_granted", **done.document())
    return answer(request, done.document())


@post(
    "/v1/leases/{lease_id:str}/recall",
    status_code=200,
    summary="Ask a lease back (administrator)",
    tags=["administrator"],
)
async def recall_lease(request: HqRequest, hq: Hq, lease_id: FromPath[str]) -> Response[bytes]:
    """Ask a register for what lies there. It counts as the register's until that gives it back."""
    check_administrator(request, hq)

    async def work(writer: Writer) -> AnyRow:
        row = await _live(writer, lease_id)
        await writer.execute(update(lease).where(lease.c.id == lease_id, lease.c.state == HELD).values(state=ASKED))
        await put_leases_off(writer, [row])
        return row

    row = await hq.database.write(work)
    hq.outbox.wake()
    hq.log.info("lease_asked_back", lease=lease_id, device=row.device)
    return answer(request, {"id": lease_id, "state": ASKED if row.state == HELD else row.state})


@post(
    "/v1/leases/{lease_id:str}/write-off",
    status_code=200,
    request_max_body_size=_WANTED_BYTES,
    summary="Write a lease off (administrator)",
    tags=["administrator"],
)
async def write_lease_off(request: HqRequest, hq: Hq, lease_id: FromPath[str]) -> Response[bytes]:
    """Take a lease back without its register, which is lost: `{"by": "许文清"}`. What that spent from it all the same,
    and tells later, is an exception.
    """
    check_administrator(request, hq)
    wanted = decoded(request, await request.body(), WrittenOff, limit_bytes=_WANTED_BYTES)

    async def work(writer: Writer) -> AnyRow:
        row = await _live(writer, lease_id)
        await end_lease(writer, lease_id, wanted.by, hq.instant())
        await put_leases_off(writer, [row])
        await put_copies_off(writer, await lock_members(writer, [row.key]), own_store="")
        return row

    row = await hq.database.write(work)
    hq.outbox.wake()
    hq.log.warning("lease_written_off", lease=lease_id, device=row.device, by=wanted.by)
    return answer(request, {"id": lease_id, "state": ENDED})


async def _live(writer: Writer, own: str) -> AnyRow:
    """Lock a lease, its member first; raise ``Refusal("lease_unknown")`` where it is ended or never was."""
    key = await writer.value(select(lease.c.key).where(lease.c.id == own))
    if key is not None:
        await lock_members(writer, [key])
    row = await writer.row(select(lease).where(lease.c.id == own, lease.c.state != ENDED).with_for_update())
    if row is None:
        raise Refusal("lease_unknown", field="lease_id", lease=own)
    return row


def _document(row: AnyRow, now: Instant) -> dict[str, Any]:
    return {
        "id": row.id,
        "resource": row.resource,
        "key": row.key,
        "store": row.store,
        "device": row.device,
        "left": row.amount - row.spent,
        "until": moment_of(Instant(row.until)).isoformat(),
        "state": row.state,
        "overdue": row.until < now,
    }
