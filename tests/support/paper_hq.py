"""Headquarters on paper: the contract of docs/sync.md §2, §3, §5 and §6 in memory, and what it may do at its worst.

It restarts, is restored from yesterday, forgets tombstones, freezes devices. What it shares with the real one is held
by `tests/integration/sync/test_contract.py`, which runs the same story against both. Knows no store and no file.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Condition, Event
from typing import Any, NoReturn
from urllib.parse import parse_qs, urlsplit

import httpx
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from pos_app.domain.errors import Refusal
from pos_app.domain.facts import GENESIS, START, Fact, Position, read_fact
from sync.protocol.compression import ENCODING, compress, decompress
from sync.protocol.digests import ScopeDigests
from sync.protocol.replica_rows import build_snapshot
from sync.protocol.signatures import HEAD_HEADER, NonceMemory, RequestParts, public_key, verify_head, verify_request
from sync.protocol.wire import (
    CHECKSUM_HEADER,
    MAX_FACTS_BODY_BYTES,
    ChainFact,
    ChainPage,
    Change,
    ChunkEnd,
    DigestsAnswer,
    EnrolAnswer,
    EnrolRequest,
    FactsAnswer,
    Failure,
    cursor_text,
    parse_cursor,
)

SCOPES = ("chain", "store:S001")
_STATUS = {
    "code_unknown": 404,
    "code_used": 409,
    "fork": 409,
    "device_unknown": 401,
    "device_frozen": 403,
    "device_revoked": 403,
    "cursor_expired": 410,
}


@dataclass(frozen=True, slots=True)
class Said:
    """An answer as it goes out."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def _answering() -> Event:
    event = Event()
    event.set()
    return event


@dataclass(slots=True)
class PaperHq(httpx.BaseTransport):
    """One headquarters. Reached in process as a transport, or over loopback by `tests.support.line.serve`."""

    incarnation: str = "i1"
    ahead: timedelta = timedelta()
    """How far its clock is before this machine's."""
    chunk_documents: int = 3
    chains: dict[str, list[Fact]] = field(default_factory=dict)
    received: int = 0
    documents: dict[tuple[str, str, str], Change] = field(default_factory=dict)
    revs: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SCOPES, 0))
    oldest: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SCOPES, 0))
    codes: dict[str, str] = field(default_factory=dict)
    keys: dict[str, Ed25519PublicKey] = field(default_factory=dict)
    frozen: str = ""
    holds: dict[str, Any] = field(default_factory=dict)
    """Granted, by id."""
    answers_holds: Event = field(default_factory=_answering)
    refuses_holds_of: str = ""
    max_batch: int = 10_000
    seen: NonceMemory = field(default_factory=NonceMemory)
    asked: list[str] = field(default_factory=list)
    ready: tuple[tuple[int, ...], str, bytes] | None = None
    news: Condition = field(default_factory=Condition)

    def publish(self, scope: str, topic: str, key: str, body: Mapping[str, object] | None = None) -> None:
        """Publish a document, or with no body delete it."""
        with self.news:
            self.revs[scope] += 1
            new = Change(scope, self.revs[scope], topic, key, dict(body) if body is not None else None, body is None)
            self.documents[scope, topic, key] = new
            self.news.notify_all()

    def forget_before_now(self) -> None:
        """Drop the tombstones: older cursors cannot be served any more."""
        self.oldest = dict(self.revs)

    def restore_from_backup(self, *, facts: int, incarnation: str) -> None:
        """Lose all but the first facts of each chain."""
        with self.news:
            self.chains = {device: chain[:facts] for device, chain in self.chains.items()}
            self.incarnation = incarnation
            self.news.notify_all()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        said = self.answer(request.method, request.url.raw_path.decode(), dict(request.headers.items()), request.read())
        return httpx.Response(said.status, headers=dict(said.headers), stream=httpx.ByteStream(said.body))

    def answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Said:
        """Answer a request."""
        self.asked.append(f"{method} {target}")
        try:
            return self._route(method, target, {name.lower(): value for name, value in headers.items()}, body)
        except Refusal as refusal:
            failure = Failure(refusal.code, time=self._time(), details=dict(refusal.details))
            status = _STATUS.get(refusal.code, 401 if refusal.code.startswith("signature") else 400)
            return Said(status, {"Content-Type": "application/json"}, msgspec.json.encode(failure))

    def _route(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Said:
        path, query = urlsplit(target).path, parse_qs(urlsplit(target).query)
        if path == "/v1/devices/enrol":
            return self._enrol(body)
        device = self._who(method, target, headers, body)
        if path == f"/v1/devices/{device}/facts":
            return self._take(device, headers, body) if method == "POST" else self._own_chain(device, query["after"][0])
        if path == "/v1/holds":
            return self._hold(msgspec.json.decode(body))
        if path == "/v1/changes":
            return self._changes({name: values[0] for name, values in query.items()})
        if path == "/v1/digests":
            return self._digests(query["at"][0])
        if path == "/v1/snapshot":
            return self._snapshot(headers)
        raise Refusal("not_found", path=path)

    def _enrol(self, body: bytes) -> Said:
        asked = msgspec.json.decode(body, type=EnrolRequest)
        pinned = self.codes.get(asked.code)
        if pinned is None:
            raise Refusal("code_unknown")
        if pinned not in {"", asked.public_key}:
            raise Refusal("code_used")
        self.codes[asked.code] = asked.public_key
        self.keys["S001-R1"] = public_key(asked.public_key)
        return self._json(
            EnrolAnswer(
                device="S001-R1",
                store="S001",
                store_name="paper",
                zone="",
                register=1,
                epoch=1,
                incarnation=self.incarnation,
                scopes=list(SCOPES),
                utc_offset_minutes=480,
                time=self._time(),
            )
        )

    def _who(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> str:
        now = datetime.now(UTC) + self.ahead
        signed = verify_request(RequestParts(method, target, dict(headers)), body, key_of=self.keys.get, now=now)
        self.seen.take(signed, now)
        if self.frozen == "device_revoked":
            raise Refusal(self.frozen)
        return signed.device

    def _take(self, device: str, headers: Mapping[str, str], body: bytes) -> Said:
        lines = decompress(body, limit_bytes=MAX_FACTS_BODY_BYTES).splitlines()
        if len(lines) > self.max_batch:
            failure = Failure("batch_too_large", time=self._time())
            return Said(413, {"Content-Type": "application/json"}, msgspec.json.encode(failure))
        if self.frozen:
            raise Refusal(self.frozen)
        signed = verify_head(headers[HEAD_HEADER.lower()], device, self.keys[device])
        chain = self.chains.setdefault(device, [])
        with self.news:
            for fact in map(read_fact, lines):
                self.received += 1
                head = chain[-1].position if chain else START
                if fact.position.seq <= len(chain):
                    if chain[fact.position.seq - 1].hash != fact.hash:
                        self._fork(fact.position)
                elif fact.position.seq > head.seq + 1:
                    break
                elif fact.prev != (chain[-1].hash if chain else GENESIS):
                    self._fork(fact.position)
                else:
                    chain.append(fact)
            last = read_fact(lines[-1])
            assert (signed.position, signed.hash) == (last.position, last.hash)
        acked = chain[-1].position if chain else Position(0, 0)
        return self._json(FactsAnswer(acked.epoch, acked.seq, self.incarnation, self._time()))

    def _hold(self, asked: Any) -> Said:  # noqa: ANN401 — a JSON document
        self.answers_holds.wait()
        if asked["key"] == self.refuses_holds_of:
            raise Refusal("coupon_held", store="S002")
        self.holds[asked["hold"]] = asked
        return Said(200, {"Content-Type": "application/json"}, msgspec.json.encode({"hold": asked["hold"]}))

    def _own_chain(self, device: str, after: str) -> Said:
        behind = Position(*map(int, after.split(":")))
        chain = self.chains.get(device, [])
        head = (chain[-1].position, chain[-1].hash) if chain else (START, GENESIS)
        facts = [ChainFact(f.position.epoch, f.position.seq, f.hash, f.canonical) for f in chain if f.position > behind]
        told = (self.frozen == "device_frozen", self.incarnation, self._time())
        return self._json(ChainPage(facts, head[0].epoch, head[0].seq, head[1], *told))

    def _fork(self, position: Position) -> NoReturn:
        self.frozen = "device_frozen"
        raise Refusal("fork", epoch=position.epoch, seq=position.seq)

    def _changes(self, query: Mapping[str, str]) -> Said:
        after = parse_cursor(query["after"])
        if any(rev > self.revs[scope] or rev < self.oldest[scope] for scope, rev in after.items()):
            raise Refusal("cursor_expired")
        with self.news:
            self.news.wait_for(lambda: self.revs != after, timeout=float(query.get("wait", "0")))
            behind = sorted(
                (change for change in self.documents.values() if change.rev > after.get(change.scope, 0)),
                key=lambda change: (change.scope, change.rev),
            )
            some, rest = behind[: self.chunk_documents], behind[self.chunk_documents :]
            cursor = dict(self.revs) if not rest else dict(after)
            for change in some if rest else ():
                cursor[change.scope] = change.rev
        lines = b"".join(msgspec.json.encode(change) + b"\n" for change in some)
        end = ChunkEnd(
            after=query["after"],
            cursor=cursor_text(cursor),
            incarnation=self.incarnation,
            time=self._time(),
            more=bool(rest),
            count=len(some),
            checksum=blake2b(lines, digest_size=32).hexdigest(),
        )
        return self._packed("application/jsonl", lines + msgspec.json.encode(end) + b"\n")

    def _digests(self, at: str) -> Said:
        """Digest all there is; whoever asks has pulled before, and nobody publishes in these tests meanwhile."""
        digests = {scope: ScopeDigests() for scope in SCOPES}
        for each in self.documents.values():
            if not each.deleted:
                body = msgspec.json.encode(each.body).decode()
                digests[each.scope].add(each.topic, each.key, each.rev, body)
        by_scope = {scope: each.by_topic() for scope, each in digests.items()}
        return self._json(DigestsAnswer(at, self.incarnation, self._time(), by_scope))

    def _snapshot(self, headers: Mapping[str, str]) -> Said:
        with self.news:
            packed = self._snapshot_of(tuple(self.revs.values()), self.incarnation)
        checksum = blake2b(packed, digest_size=32).hexdigest()
        told = {"ETag": f'"{checksum}"', CHECKSUM_HEADER: checksum, "Accept-Ranges": "bytes"}
        span = headers.get("range", "").removeprefix("bytes=").removesuffix("-")
        if span and headers.get("if-range") == told["ETag"]:
            start = int(span)
            told["Content-Range"] = f"bytes {start}-{len(packed) - 1}/{len(packed)}"
            return Said(206, {**told, "Content-Length": str(len(packed) - start)}, packed[start:])
        return Said(200, {**told, "Content-Length": str(len(packed))}, packed)

    def _snapshot_of(self, revs: tuple[int, ...], incarnation: str) -> bytes:
        """Make the file that both ends agree on; the newest is kept, so that a range goes on with the same bytes."""
        if self.ready and self.ready[:2] == (revs, incarnation):
            return self.ready[2]
        with TemporaryDirectory() as folder:
            path = Path(folder) / "replica.db"
            standing = [change for change in self.documents.values() if not change.deleted]
            build_snapshot(path, standing, cursor=self.revs, incarnation=incarnation)
            self.ready = (revs, incarnation, compress(path.read_bytes()))
        return self.ready[2]

    def _json(self, document: msgspec.Struct) -> Said:
        return self._packed("application/json", msgspec.json.encode(document))

    def _packed(self, media_type: str, body: bytes) -> Said:
        return Said(200, {"Content-Type": media_type, "Content-Encoding": ENCODING}, compress(body))

    def _time(self) -> str:
        return (datetime.now(UTC) + self.ahead).isoformat()
