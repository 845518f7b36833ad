"""`POST /v1/devices/{device}/facts`."""

from typing import Annotated

from litestar import Response, post
from litestar.params import PathParameter

from pos_app.domain.errors import Refusal
from sync.hq.answers import HqRequest, answer, unpacked
from sync.hq.facts.batch import split_lines
from sync.hq.facts.intake import Push, Taken, take
from sync.hq.guard import Hq, signed_device
from sync.hq.headquarters import Headquarters
from sync.protocol.signatures import HEAD_HEADER, public_key, verify_head
from sync.protocol.wire import MAX_FACTS_BODY_BYTES, FactsAnswer


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
    """Take a batch of facts: JSON Lines of canonical bytes, `Content-Encoding: zstd` or none, with a signed
    `Granary-Head`. Answers how far headquarters has the chain; 409 `fork` freezes the register.
    """
    raw = await request.body()
    asking = await signed_device(request, hq, raw)
    if asking.id != device:
        raise Refusal("device_mismatch", field="device", signed_by=asking.id)
    lines = split_lines(unpacked(request, raw, limit_bytes=MAX_FACTS_BODY_BYTES))
    signed = request.headers.get(HEAD_HEADER, "")
    head = verify_head(signed, device, public_key(asking.public_key))
    push = Push(device, lines, head, signed)
    taken = await hq.database.write(lambda writer: take(writer, push, known=hq.known, now=hq.instant()))
    hq.outbox.wake()
    _tell(hq, device, len(lines), taken)
    if taken.forked_at is not None:
        raise Refusal("fork", epoch=taken.forked_at.epoch, seq=taken.forked_at.seq)
    said = FactsAnswer(taken.acked.epoch, taken.acked.seq, hq.incarnation, hq.time(), list(taken.exceptions))
    return answer(request, said)


def _tell(hq: Headquarters, device: str, sent: int, taken: Taken) -> None:
    where = {"device": device, "acked_epoch": taken.acked.epoch, "acked_seq": taken.acked.seq}
    if taken.forked_at is not None:
        hq.log.error("chain_forked", **where, forked_seq=taken.forked_at.seq)
        return
    hq.log.info("facts_taken", **where, sent=sent, new=taken.new_facts, exceptions=len(taken.exceptions))
