"""A whole replica fetched at once: resumed where the line broke, checked, and handed over (docs/sync.md §3).

Knows nothing of what is in the file: the sink checks that. Two files of its own lie in a spool folder and may be
deleted at any time.
"""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import httpx
import msgspec

from pos_app.domain.errors import DiskFull, LineTalksRubbish, Refusal
from sync.client.ports import ReplicaSink
from sync.client.transport import HqLine, OpenAnswer, Question
from sync.protocol.compression import NotCompressed, decompress_file
from sync.protocol.wire import CHECKSUM_HEADER

MAX_PACKED_BYTES = 2 * 1024**3
MAX_PLAIN_BYTES = 8 * 1024**3

_PARTIAL = 206
_RANGE_WRONG = 416
_PIECE_BYTES = 1024 * 1024


class Part(msgspec.Struct, frozen=True):
    """What a half-fetched file is a half of."""

    etag: str
    checksum: str


@dataclass(frozen=True, slots=True)
class Fetched:
    """How a download went."""

    packed_bytes: int
    resumed_at: int


class SnapshotFetch:
    """Fetches and installs the replica that headquarters has ready."""

    def __init__(self, line: HqLine, sink: ReplicaSink, spool: Path) -> None:
        """Keep what is half there in ``spool``."""
        self._line = line
        self._sink = sink
        self._packed = spool / "snapshot.part"
        self._note = spool / "snapshot.part.json"
        self._plain = spool / "snapshot.db"

    def once(self) -> Fetched:
        """Fetch what is missing, check the whole, install it.

        Raises as `HqLine.ask` does, or ``DiskFull``; what came so far stays, and the next call goes on behind it.
        """
        with _room_on_disk():
            self._packed.parent.mkdir(parents=True, exist_ok=True)
            fetched = self._download()
            self._check()
            self._unpack()
            try:
                self._sink.install(self._plain)
            finally:
                self._clear()
            return fetched

    def _download(self) -> Fetched:
        part, have = self._standing()
        headers = {"Range": f"bytes={have}-", "If-Range": part.etag} if part and have else {}
        try:
            with self._line.stream(Question("GET", "/v1/snapshot", headers=headers)) as answer:
                return self._take(answer, have if answer.status == _PARTIAL else 0)
        except Refusal as refusal:
            if refusal.details.get("status") == _RANGE_WRONG:
                self._clear()
                raise LineTalksRubbish("answer_out_of_step", reason="the range is no longer there") from refusal
            raise

    def _take(self, answer: OpenAnswer, have: int) -> Fetched:
        part = Part(answer.headers.get("ETag", ""), answer.headers.get(CHECKSUM_HEADER, "").lower())
        if not part.etag or not part.checksum:
            raise LineTalksRubbish("answer_malformed", field=CHECKSUM_HEADER)
        start, total = _range(answer.headers) if answer.status == _PARTIAL else (0, _length(answer.headers))
        if start != have or (have and part != self._standing()[0]):
            self._clear()
            raise LineTalksRubbish("answer_out_of_step", asked=have, got=start)
        self._note.write_bytes(msgspec.json.encode(part))
        with self._packed.open("ab" if have else "wb") as packed:
            for piece in answer.pieces:
                packed.write(piece)
                if packed.tell() > MAX_PACKED_BYTES:
                    raise LineTalksRubbish("answer_too_long", limit=MAX_PACKED_BYTES)
            size = packed.tell()
        if total is not None and size != total:
            raise LineTalksRubbish("answer_half", expected=total, got=size)
        return Fetched(size, have)

    def _check(self) -> None:
        part, _ = self._standing()
        digest = blake2b(digest_size=32)
        with self._packed.open("rb") as packed:
            while piece := packed.read(_PIECE_BYTES):
                digest.update(piece)
        if part is None or digest.hexdigest() != part.checksum:
            self._clear()
            raise LineTalksRubbish("answer_checksum", what="snapshot")

    def _unpack(self) -> None:
        try:
            decompress_file(self._packed, self._plain, limit_bytes=MAX_PLAIN_BYTES)
        except NotCompressed as error:
            self._clear()
            raise LineTalksRubbish("answer_malformed", what="snapshot", reason=str(error)) from error

    def _standing(self) -> tuple[Part | None, int]:
        """Tell what is half there; a note that cannot be read is no note."""
        try:
            return msgspec.json.decode(self._note.read_bytes(), type=Part), self._packed.stat().st_size
        except (FileNotFoundError, msgspec.MsgspecError):
            return None, 0

    def _clear(self) -> None:
        for path in (self._packed, self._note, self._plain):
            path.unlink(missing_ok=True)


def _range(headers: httpx.Headers) -> tuple[int, int | None]:
    """Read ``Content-Range: bytes 100-199/200`` (RFC 9110 §14.4) as start and whole length."""
    unit, _, rest = headers.get("Content-Range", "").partition(" ")
    span, _, whole = rest.partition("/")
    start = span.partition("-")[0]
    if unit != "bytes" or not start.isdecimal():
        raise LineTalksRubbish("answer_malformed", field="Content-Range")
    return int(start), int(whole) if whole.isdecimal() else None


def _length(headers: httpx.Headers) -> int | None:
    text = headers.get("Content-Length", "")
    return int(text) if text.isdecimal() else None


@contextmanager
def _room_on_disk() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        raise DiskFull("disk_full", what="snapshot") from error
