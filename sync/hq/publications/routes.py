"""`GET /v1/changes` and `GET /v1/snapshot`."""

import asyncio
import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Final

from litestar import Response, get
from litestar.params import QueryParameter
from litestar.response import Stream

from pos_app.domain.errors import Refusal
from sync.hq.answers import HqRequest, packed
from sync.hq.guard import Hq, signed_device
from sync.hq.headquarters import Headquarters
from sync.hq.publications.changes import Part, read_after, write_chunk
from sync.hq.publications.snapshots import Ready
from sync.protocol.wire import (
    CHECKSUM_HEADER,
    JSON_LINES,
    MAX_WAIT_S,
    SNAPSHOT_TYPE,
)

_PIECE_BYTES: Final = 256 * 1024
_RANGE: Final = re.compile(r"bytes=(\d{1,15})-(\d{0,15})")


@get("/v1/changes", summary="Follow publications (register)", tags=["register"])
async def follow_changes(
    request: HqRequest,
    hq: Hq,
    after: Annotated[str, QueryParameter(description="The cursor that the register has: `chain:120,store:S001:88`.")],
    wait: Annotated[int, QueryParameter(ge=0, le=MAX_WAIT_S, description="Seconds to hold the answer for news.")] = 0,
) -> Response[bytes]:
    """Give the documents behind a cursor, a chunk of JSON Lines at a time; 410 `cursor_expired` asks for a snapshot."""
    device = await signed_device(request, hq)
    part = await _behind(hq, read_after(after, device.scopes), wait)
    body = write_chunk(part, after=after, head=device.head, time=hq.time())
    return packed(request, body, media_type=JSON_LINES)


async def _behind(hq: Headquarters, after: Mapping[str, int], wait_s: int) -> Part:
    """Read what is behind a cursor; with nothing there, wait for it."""
    until_s = asyncio.get_running_loop().time() + wait_s
    with hq.bell.listening(after) as listener:
        while True:
            part = await hq.shelf.behind(after, limit=hq.settings.chunk_documents)
            left_s = until_s - asyncio.get_running_loop().time()
            if part.count or left_s <= 0 or hq.bell.closing or not await listener.wait(left_s):
                return part


@get("/v1/snapshot", summary="Fetch the whole replica (register)", tags=["register"])
async def fetch_snapshot(request: HqRequest, hq: Hq) -> Stream:
    """Give the register's replica as one compressed SQLite file. `Range` with `If-Range` goes on where a line broke."""
    device = await signed_device(request, hq)
    asked = _RANGE.fullmatch(request.headers.get("range", ""))
    resumed = hq.snapshots.kept(request.headers.get("if-range", "")) if asked else None
    if resumed is None:
        with hq.builds.admitted():
            ready = await hq.snapshots.of(device.scopes)
    else:
        ready = resumed
    if asked is None or ("if-range" in request.headers and resumed is None):
        return _stream(ready, 0, ready.size_bytes, status=200)
    start, stop = int(asked[1]), min(int(asked[2] or ready.size_bytes - 1) + 1, ready.size_bytes)
    if start >= stop:
        raise Refusal("range_wrong", field="Range", size=ready.size_bytes)
    return _stream(ready, start, stop, status=206)


def _stream(ready: Ready, start: int, stop: int, *, status: int) -> Stream:
    headers = {
        "ETag": ready.etag,
        CHECKSUM_HEADER: ready.checksum,
        "Accept-Ranges": "bytes",
        "Content-Length": str(stop - start),
    }
    if status == 206:
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{ready.size_bytes}"
    return Stream(_pieces(ready, start, stop), status_code=status, media_type=SNAPSHOT_TYPE, headers=headers)


def _pieces(ready: Ready, start: int, stop: int) -> Iterator[bytes]:
    with ready.path.open("rb") as packed_file:
        packed_file.seek(start)
        left = stop - start
        while left and (piece := packed_file.read(min(_PIECE_BYTES, left))):
            left -= len(piece)
            yield piece
