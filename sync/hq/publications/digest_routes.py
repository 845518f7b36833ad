"""`GET /v1/digests`, the documents of buckets that differ, and what registers report of that."""

from typing import Annotated, Final

import msgspec
from litestar import Response, get, post
from litestar.params import FromQuery, PathParameter, QueryParameter
from sqlalchemy import select

from pos_app.domain.errors import Refusal
from pos_app.domain.instants import Instant, moment_of
from sync.hq.answers import HqRequest, answer, decoded
from sync.hq.db.database import Writer
from sync.hq.db.schema import drift
from sync.hq.guard import Hq, check_administrator, signed_body, signed_device
from sync.hq.life import incarnation_of
from sync.hq.publications.changes import read_after
from sync.hq.publications.digests import digests_at, documents_in
from sync.protocol.digests import read_buckets
from sync.protocol.wire import MAX_ASKED_BUCKETS, BucketsAnswer, DriftReport

MOST_FOUND: Final = 1000
MOST_ROWS: Final = 5000
_REPORT_BYTES: Final = 256 * 1024


@get("/v1/digests", summary="Compare the replica with headquarters (register)", tags=["register"])
async def digests(
    request: HqRequest,
    hq: Hq,
    at: Annotated[str, QueryParameter(description="The cursor at which the register compares.")],
) -> Response[bytes]:
    """Give digests over key buckets, by scope and topic, as of a cursor; and what has moved since, which counts at
    neither end. 409 `cursor_moved` when that is too much: pull first.
    """
    device = await signed_device(request, hq)
    wanted = read_after(at, device.scopes, field="at")
    async with hq.database.read() as reader:
        said = await digests_at(reader, hq.digests, wanted, time=hq.time())
    return answer(request, said)


@get("/v1/digests/documents", summary="Fetch buckets that differ (register)", tags=["register"])
async def bucket_documents(
    request: HqRequest,
    hq: Hq,
    *,
    of: Annotated[str, QueryParameter(name="scope", description="The scope.")],
    topic: FromQuery[str],
    buckets: Annotated[str, QueryParameter(description=f"At most {MAX_ASKED_BUCKETS} of them: `3,17`.")],
) -> Response[bytes]:
    """Give every document that stands in these buckets now."""
    device = await signed_device(request, hq)
    if of not in device.scopes:
        raise Refusal("scope_foreign", field="scope", scopes=[of])
    try:
        wanted = read_buckets(buckets, MAX_ASKED_BUCKETS)
    except ValueError as error:
        raise Refusal("buckets_malformed", field="buckets", reason=str(error)) from error
    async with hq.database.read() as reader:
        said = BucketsAnswer(await incarnation_of(reader), await documents_in(reader, of, topic, wanted))
    return answer(request, said)


@post(
    "/v1/devices/{device:str}/drift",
    status_code=200,
    request_max_body_size=_REPORT_BYTES,
    summary="Report what a comparison mended (register)",
    tags=["register"],
)
async def report_drift(
    request: HqRequest,
    hq: Hq,
    device: Annotated[str, PathParameter(description="The register that compared.")],
) -> Response[bytes]:
    """Note which topics of a replica were not as they should be. Any at all is worth a look: none should ever be."""
    asking, raw = await signed_body(request, hq)
    if asking.id != device:
        raise Refusal("device_mismatch", field="device", signed_by=asking.id)
    said = decoded(request, raw, DriftReport, limit_bytes=_REPORT_BYTES)
    now = hq.instant()
    await hq.database.write(lambda writer: _note(writer, device, said, now))
    for each in said.found:
        hq.log.warning("replica_drifted", device=device, **msgspec.structs.asdict(each))
    return answer(request, {"noted": len(said.found)})


async def _note(writer: Writer, device: str, said: DriftReport, now: Instant) -> None:
    found = {(each.scope, each.topic): each for each in said.found[:MOST_FOUND]}
    await writer.execute(
        writer.insert(drift).on_conflict_do_nothing(),
        [
            {"device": device, "at": now, "cursor": said.at[:2000], **msgspec.structs.asdict(each)}
            for each in found.values()
        ],
    )


@get("/v1/reports/drift", summary="Replicas that were not as they should be (administrator)", tags=["administrator"])
async def drift_report(
    request: HqRequest, hq: Hq, limit: Annotated[int, QueryParameter(ge=1, le=MOST_ROWS)] = 1000
) -> Response[bytes]:
    """List what comparisons found and mended, newest first."""
    check_administrator(request, hq)
    async with hq.database.read() as reader:
        rows = await reader.rows(select(drift).order_by(drift.c.at.desc(), drift.c.device).limit(limit))
    return answer(request, {"rows": [row._asdict() | {"at": moment_of(Instant(row.at)).isoformat()} for row in rows]})
