"""`POST` and `GET /v1/devices/{device}/facts`; and trying quarantined facts again."""

from typing import Annotated, Final

import msgspec
from litestar import Response, get, post
from litestar.params import PathParameter, QueryParameter

from pos_app.domain.errors import Refusal
from pos_app.domain.facts import Position
from sync.hq.answers import HqRequest, answer, decoded, unpacked
from sync.hq.devices.directory import Device
from sync.hq.facts.applying import REFUSED_BY_DATABASE
from sync.hq.facts.batch import split_lines
from sync.hq.facts.intake import Push, Taken, take
from sync.hq.facts.own_chain import chain_page
from sync.hq.facts.quarantine import apply_quarantined
from sync.hq.guard import Hq, check_administrator, signed_body, signed_device
from sync.hq.headquarters import Headquarters
from sync.protocol.signatures import HEAD_HEADER, public_key, verify_head
from sync.protocol.wire import MAX_FACTS_BODY_BYTES, FactsAnswer

_WANTED_BYTES: Final = 4096
PLACE: Final = r"^\d{1,15}:\d{1,15}$"


@post(
    "/v1/devices/{device:str}/facts",
    status_code=200,
    request_max_body_size=MAX_FACTS_BODY_BYTES,
    summary="Push facts (register)",
    tags=["register"],
)
async def push_facts(
    request: HqRequest,
    hq: Hq,
    device: Annotated[str, PathParameter(description="The register that did what the facts say.")],
) -> Response[bytes]:
    """Take a batch of facts: JSON Lines of canonical bytes, `Content-Encoding: zstd` or none, with the owner's signed
    `Granary-Head`. Another register of the owner's store may bring them. Answers how far headquarters has the chain;
    409 `fork` freezes the register.
    """
    asking, raw = await signed_body(request, hq)
    owner = await _owner(hq, asking, device)
    lines = split_lines(unpacked(request, raw, limit_bytes=MAX_FACTS_BODY_BYTES))
    signed = request.headers.get(HEAD_HEADER, "")
    head = verify_head(signed, device, public_key(owner.public_key))
    push = Push(device, lines, head, signed)
    with hq.batches.admitted():
        taken = await _taken(hq, push)
    hq.outbox.wake()
    _tell(hq, asking, push, taken)
    if taken.forked_at is not None:
        raise Refusal("fork", epoch=taken.forked_at.epoch, seq=taken.forked_at.seq)
    said = FactsAnswer(taken.acked.epoch, taken.acked.seq, taken.incarnation, hq.time(), list(taken.exceptions))
    return answer(request, said)


@get("/v1/devices/{device:str}/facts", summary="Fetch the own chain (register)", tags=["register"])
async def own_facts(
    request: HqRequest,
    hq: Hq,
    device: Annotated[str, PathParameter(description="The register that asks: no other's facts are given.")],
    after: Annotated[str, QueryParameter(pattern=PLACE, description="`epoch:seq` of the last fact not asked for.")],
) -> Response[bytes]:
    """Give the facts that headquarters has of the register's own chain, a page at a time: for one whose disk was
    restored. Facts that nobody could read come too, byte for byte.
    """
    asking = await signed_device(request, hq)
    if asking.id != device:
        raise Refusal("device_mismatch", field="device", signed_by=asking.id)
    epoch, seq = map(int, after.split(":"))
    async with hq.database.read() as reader:
        page = await chain_page(reader, device, Position(epoch, seq), time=hq.time())
    return answer(request, page)


class QuarantineWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`POST /v1/facts/quarantined/apply`: whose facts; without a name, everybody's."""

    device: str = ""


@post(
    "/v1/facts/quarantined/apply",
    status_code=200,
    request_max_body_size=_WANTED_BYTES,
    summary="Try quarantined facts again (administrator)",
    tags=["administrator"],
)
async def apply_quarantined_facts(request: HqRequest, hq: Hq) -> Response[bytes]:
    """Apply what can be read by now; `{"applied": 3, "left": 1}`. Headquarters does so by itself when it starts."""
    check_administrator(request, hq)
    raw = await request.body()
    wanted = decoded(request, raw or b"{}", QuarantineWanted, limit_bytes=_WANTED_BYTES)
    done = await apply_quarantined(hq.database, hq.known, hq.instant(), only=wanted.device)
    hq.outbox.wake()
    hq.log.info("quarantine_tried", applied=done.applied, left=done.left)
    return answer(request, {"applied": done.applied, "left": done.left})


async def _owner(hq: Headquarters, asking: Device, name: str) -> Device:
    """Tell whose facts they are: who asks, or a register of the same store, which it brings them for.

    Raises ``Refusal("device_mismatch")`` where they are neither's.
    """
    if asking.id == name:
        return asking
    owner = (await hq.devices.ask([name])).get(name)
    if owner is None or owner.store != asking.store:
        raise Refusal("device_mismatch", field="device", signed_by=asking.id)
    return owner


async def _taken(hq: Headquarters, push: Push) -> Taken:
    """Take a batch as one, which is nearly always well; where the database refuses a fact of it, once more, singly."""
    try:
        return await hq.database.write(lambda writer: take(writer, push, known=hq.known, now=hq.instant()))
    except REFUSED_BY_DATABASE:
        return await hq.database.write(lambda writer: take(writer, push, known=hq.known, now=hq.instant(), singly=True))


def _tell(hq: Headquarters, asking: Device, push: Push, taken: Taken) -> None:
    where = {"device": push.device, "acked_epoch": taken.acked.epoch, "acked_seq": taken.acked.seq}
    if asking.id != push.device:
        where |= {"brought_by": asking.id}
    if taken.forked_at is not None:
        hq.log.error("chain_forked", **where, forked_seq=taken.forked_at.seq)
        return
    if taken.thawed:
        hq.log.warning("chain_goes_on", **where)
    hq.log.info("facts_taken", **where, sent=len(push.lines), new=taken.new_facts, exceptions=len(taken.exceptions))
