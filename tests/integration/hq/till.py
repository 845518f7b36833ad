"""A register as headquarters sees it: an identity, a chain, and the freedom to send what no honest one would.

Knows nothing of journals and replicas; figures of its sales are right unless a test makes them wrong.
"""

import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import httpx
import msgspec

from pos_app.domain.facts import GENESIS, ChainHead, Fact, Happening, Position, next_fact
from pos_app.domain.ids import DeviceId, OperatorId
from sync.client.clock import HqClock
from sync.client.enrolment import enrol, make_key
from sync.client.pull import read_chunk
from sync.client.signing import DeviceAuth, Identity
from sync.client.transport import HqLine
from sync.protocol.compression import compress, decompress
from sync.protocol.signatures import HEAD_HEADER, sign_head
from sync.protocol.wire import Change, ChunkEnd, EnrolAnswer, FactsAnswer
from tests.support.real_hq import RealHq

DAY = "2026-06-18"
AT = f"{DAY}T10:00:00+08:00"
RICE, OIL, LOOSE = "RICE5", "OIL5", "LOOSE"
PRICES = {RICE: 6900, OIL: 8990, LOOSE: 598}
LIMIT_BYTES = 10**9


def small_chain() -> dict[str, Any]:
    """Two stores in two zones, a warehouse, three products, one member."""
    return {
        "places": [
            {"id": "S001", "kind": "store", "name": "禾丰路店", "zone": "east"},
            {"id": "S002", "kind": "store", "name": "麦田街店", "zone": "west"},
            {"id": "W001", "kind": "warehouse", "name": "中心仓", "zone": "east"},
        ],
        "products": [
            {"sku": RICE, "name": "五常大米 5kg", "unit": "袋", "barcodes": [{"code": "6999999000112"}]},
            {"sku": OIL, "name": "花生油 5L", "unit": "桶", "barcodes": [{"code": "6999999000129"}]},
            {"sku": LOOSE, "name": "散装大米", "unit": "公斤", "weighed": True, "plu": "10011"},
        ],
        "prices": [{"id": f"B-{sku}", "sku": sku, "kind": "base", "amount": fen} for sku, fen in PRICES.items()],
        "operators": [{"id": "1001", "name": "林晓雯", "role": "cashier", "stores": ["S001"], "pin": "1234"}],
        "members": [{"id": "M1", "name": "陈静宜", "phone": "13800001137", "home_store": "S001", "stores": ["S002"]}],
        "stock": [
            {"place": place, "sku": sku, "quantity": 100_000}
            for place in ("S001", "S002", "W001")
            for sku in (RICE, OIL, LOOSE)
        ],
    }


def goods(sku: str, pieces: int = 1) -> dict[str, Any]:
    """Write a line of a sale, but for its number."""
    amount = PRICES.get(sku, 100) * pieces
    return {
        "sku": sku,
        "quantity": 1000 * pieces,
        "unit_price": PRICES.get(sku, 100),
        "price_id": f"B-{sku}",
        "gross": amount,
        "discounts": [],
        "net": amount,
    }


@dataclass(slots=True)
class Till:
    """One register."""

    identity: Identity
    transport: httpx.BaseTransport
    store: str = "S001"
    epoch: int = 1
    facts: list[Fact] = field(default_factory=list)
    base: ChainHead | None = None
    receipts: int = 0

    @property
    def device(self) -> str:
        return self.identity.device

    def head(self) -> ChainHead:
        if self.facts:
            return ChainHead(self.facts[-1].position, self.facts[-1].hash)
        return self.base or ChainHead(Position(self.epoch, 0), GENESIS)

    def do(self, kind: str, body: dict[str, Any], *, version: int = 1) -> Fact:
        """Append to the chain."""
        happening = Happening(kind, version, AT, OperatorId("1001"), body)
        self.facts.append(next_fact(DeviceId(self.device), self.head(), happening))
        return self.facts[-1]

    def note(self, count: int = 1) -> list[Fact]:
        """Do something that moves nothing, so often."""
        return [self.do("device_note", {"note": f"no. {len(self.facts) + 1}"}) for _ in range(count)]

    def sell(self, *lines: dict[str, Any], **otherwise: object) -> Fact:
        """Sell; ``otherwise`` overwrites what the body says."""
        self.receipts += 1
        body = self.sale_body(*(lines or (goods(RICE),)))
        return self.do("sale", body | otherwise)

    def sale_body(self, *lines: dict[str, Any]) -> dict[str, Any]:
        """Write a sale that adds up."""
        payable = sum(line["net"] for line in lines)
        return {
            "sale": f"{self.device}-{self.epoch}-{self.receipts}",
            "receipt": f"{self.device}-{DAY.replace('-', '')}-{self.receipts:04d}",
            "business_date": DAY,
            "store": self.store,
            "member": None,
            "lines": [{"line": number, **line} for number, line in enumerate(lines, 1)],
            "gross": sum(line["gross"] for line in lines),
            "saving": 0,
            "rounding": 0,
            "payable": payable,
            "tenders": [{"kind": "cash", "amount": payable, "received": payable, "change": 0}],
        }

    def push(self, facts: Sequence[Fact] | None = None) -> FactsAnswer:
        """Send facts (all), and expect them to be taken."""
        answer = self.send([fact.canonical for fact in (self.facts if facts is None else facts)], facts)
        assert answer.status_code == 200, answer.text
        return msgspec.json.decode(answer.content, type=FactsAnswer)

    def send(self, lines: Sequence[bytes], facts: Sequence[Fact] | None = None, **headers: str) -> httpx.Response:
        """Send lines as they are; the signed head is that of the last of ``facts`` (of the whole chain)."""
        last = (self.facts if facts is None else facts)[-1]
        signed = sign_head(self.device, ChainHead(last.position, last.hash), self.identity.key)
        body = compress(b"".join(line + b"\n" for line in lines))
        return self.post(body, **{HEAD_HEADER: signed, "Content-Encoding": "zstd", **headers})

    def post(self, body: bytes, *, to: str | None = None, **headers: str) -> httpx.Response:
        """Push a body."""
        return self.ask("POST", f"/v1/devices/{to or self.device}/facts", content=body, headers=headers)

    def ask(self, method: str, path: str, **what: Any) -> httpx.Response:  # noqa: ANN401 — httpx's own words
        """Ask, signed."""
        auth = DeviceAuth(self.identity, HqClock().now)
        with httpx.Client(base_url="http://hq.test", transport=_Kept(self.transport), auth=auth) as client:
            # One that decodes nothing by itself: httpx knows zstd only where a package is there.
            return client.request(method, path, **what)

    def changes(self, after: str, wait: int = 0) -> tuple[ChunkEnd, Sequence[Change]]:
        """Follow publications."""
        params: dict[str, str | int] = {"after": after} | ({"wait": wait} if wait else {})
        answer = self.ask("GET", "/v1/changes", params=params, headers={"Accept-Encoding": "identity"})
        assert answer.status_code == 200, answer.text
        end, chunk = read_chunk(answer.content)
        return end, chunk.changes

    def all_changes(self, after: str) -> tuple[str, list[Change]]:
        """Follow publications until nothing more waits."""
        found: list[Change] = []
        while True:
            end, changes = self.changes(after)
            found += changes
            after = end.cursor
            if not end.more:
                return after, found

    def snapshot(self) -> bytes:
        """Fetch the replica."""
        answer = self.ask("GET", "/v1/snapshot")
        assert answer.status_code == 200, answer.text
        return decompress(answer.content, limit_bytes=LIMIT_BYTES)


@dataclass(slots=True)
class _Kept(httpx.BaseTransport):
    """Somebody else's transport: closing a client leaves it open."""

    lender: httpx.BaseTransport

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self.lender.handle_request(request)


def enrolled(hq: RealHq, code: str) -> tuple[Identity, EnrolAnswer]:
    """Enrol with a code, by a new key."""
    key = make_key()
    done = enrol(HqLine("http://hq.test", HqClock(), transport=_Kept(hq), verify=False), code, key)
    return Identity.read(done.answer.device, key), done.answer


def execute(hq: RealHq, statement: str, *values: object) -> list[tuple[Any, ...]]:
    """Look into the database, or meddle with it behind headquarters' back."""
    with closing(sqlite3.connect(hq.folder / "hq.db")) as database, database:
        return database.execute(statement, values).fetchall()


def until_copies_went(hq: RealHq) -> None:
    """Wait until the outbox is empty."""
    until_s = time.monotonic() + 60
    while execute(hq, "SELECT 1 FROM publication_due LIMIT 1"):
        assert time.monotonic() < until_s, "copies are still due"
        time.sleep(0.02)


def aside(hq: RealHq) -> list[bytes]:
    """List the facts of refused branches."""
    return [row[0] for row in execute(hq, "SELECT canonical FROM forked_fact ORDER BY device, epoch, seq")]
