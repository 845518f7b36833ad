"""`GET /v1/exceptions` and what is done with one, for people of headquarters."""

import re
from typing import Annotated, Final

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery, QueryParameter

from pos_app.domain.errors import Refusal
from sync.hq.answers import HqRequest, answer, decoded
from sync.hq.exceptions.keeping import Case
from sync.hq.exceptions.settling import Asked, State, Step, list_exceptions, settle
from sync.hq.guard import Hq, check_administrator
from sync.hq.headquarters import Headquarters

MOST_ROWS: Final = 5000
_BODY_BYTES: Final = 16 * 1024
_AFTER: Final = re.compile(r"(\d{1,18}),([\w-]{1,100}),(\d{1,15}),(\d{1,15}),(\d{1,9})")

Said = Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]
Who = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
Place = "/v1/exceptions/{device:str}/{epoch:int}/{seq:int}/{number:int}"


class Assignment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who has an exception from now on (``hq``, ``store`` or a person), who says so, and why."""

    owner: Who
    by: Who
    why: Said


class Resolution(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who settled an exception, and what was done."""

    by: Who
    why: Said


@get("/v1/exceptions", summary="List exceptions with their steps (administrator)", tags=["administrator"])
async def exceptions_with_steps(
    request: HqRequest,
    hq: Hq,
    *,
    store: FromQuery[str] = "",
    owner: FromQuery[str] = "",
    stands: Annotated[State, QueryParameter(name="state", description="Open ones, resolved ones, or both.")] = "open",
    after: Annotated[str, QueryParameter(description="`next` of the answer before.")] = "",
    limit: Annotated[int, QueryParameter(ge=1, le=MOST_ROWS)] = 1000,
) -> Response[bytes]:
    """List exceptions, oldest first, with who has them, what was done and why."""
    check_administrator(request, hq)
    asked = Asked(store, owner, stands, _place(after), limit)
    async with hq.database.read() as reader:
        rows, behind = await list_exceptions(reader, asked)
    return answer(request, {"rows": rows, "next": "" if behind is None else ",".join(map(str, behind))})


@post(
    f"{Place}/assign",
    status_code=200,
    request_max_body_size=_BODY_BYTES,
    summary="Give an exception to somebody (administrator)",
    tags=["administrator"],
)
async def assign_exception(
    request: HqRequest,
    hq: Hq,
    *,
    device: FromPath[str],
    epoch: FromPath[int],
    seq: FromPath[int],
    number: FromPath[int],
) -> Response[bytes]:
    """Say who has it: `{"owner": "store", "by": "…", "why": "…"}`. 409 `exception_resolved`."""
    check_administrator(request, hq)
    said = decoded(request, await request.body(), Assignment, limit_bytes=_BODY_BYTES)
    return await _step(request, hq, Case(device, epoch, seq, number), Step("assign", said.by, said.why, said.owner))


@post(
    f"{Place}/resolve",
    status_code=200,
    request_max_body_size=_BODY_BYTES,
    summary="Resolve an exception (administrator)",
    tags=["administrator"],
)
async def resolve_exception(
    request: HqRequest,
    hq: Hq,
    *,
    device: FromPath[str],
    epoch: FromPath[int],
    seq: FromPath[int],
    number: FromPath[int],
) -> Response[bytes]:
    """Say what was done: `{"by": "…", "why": "…"}`; the store reads it. 409 `exception_resolved`."""
    check_administrator(request, hq)
    said = decoded(request, await request.body(), Resolution, limit_bytes=_BODY_BYTES)
    return await _step(request, hq, Case(device, epoch, seq, number), Step("resolve", said.by, said.why))


async def _step(request: HqRequest, hq: Headquarters, case: Case, step: Step) -> Response[bytes]:
    if max(case.epoch, case.seq, case.number) >= 2**63:
        raise Refusal("exception_unknown", device=case.device)
    now = hq.instant()
    await hq.database.write(lambda writer: settle(writer, case, step, now))
    hq.log.info("exception_step", action=step.action, device=case.device, epoch=case.epoch, seq=case.seq)
    place = {"device": case.device, "epoch": case.epoch, "seq": case.seq, "number": case.number}
    return answer(request, place | {"done": step.action})


def _place(text: str) -> tuple[int, str, int, int, int] | None:
    if not text:
        return None
    found = _AFTER.fullmatch(text)
    if found is None:
        raise Refusal("cursor_malformed", field="after")
    made_at, device, epoch, seq, number = found.groups()
    return int(made_at), device, int(epoch), int(seq), int(number)
