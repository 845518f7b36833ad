"""Headquarters taking facts from many registers at once: durably on PostgreSQL by two workers, everything applied.

Beside it the same path without applying: as many facts of the same bytes, of a kind that changes no ledger. Both come
in requests made beforehand, over as many connections as there are registers.
"""

import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Final

import msgspec

from pos_app.domain.facts import GENESIS, ChainHead, Happening, Position, next_fact
from pos_app.domain.ids import DeviceId
from pos_app.proving.bench.figures import Figure, Goal, Unit
from pos_app.proving.bench.goods import ZONE
from pos_app.proving.bench.ground import Ground
from pos_app.proving.bench.spread import Pair, Spread, in_turns, timed_ns
from pos_app.proving.bench.sync import shop
from pos_app.proving.bench.sync.prepared import Connection, request
from pos_app.proving.bench.sync.sales import LINES, Pattern
from pos_app.proving.own_postgresql import NoPostgresql, running_cluster
from pos_app.proving.served_hq import ServedHq
from sync.client.clock import HqClock
from sync.client.enrolment import enrol, make_key
from sync.client.signing import Identity
from sync.client.transport import HqLine
from sync.protocol.compression import ENCODING, compress
from sync.protocol.signatures import sign_head
from sync.protocol.wire import JSON_LINES, FactsAnswer

BATCH: Final = 50
STORES: Final = 20
REGISTERS: Final = 40
WORKERS: Final = 2
MOST_PRODUCTS: Final = 10_000
"""Goods that are sold; a chain's stores sell no more of its assortment in a day."""
_KEPT: Final = "device_note"
"""A kind that is stored like any other and changes no ledger."""


@dataclass(slots=True)
class Register:
    """A register without a journal: it makes facts, and forgets them once they are a request."""

    identity: Identity
    sales: Iterator[Happening]
    head: ChainHead = field(default=ChainHead(Position(1, 0), GENESIS))

    def batch(self, *, applied: bool) -> bytes:
        """Write its next facts as a request: sales, or the same bodies as what changes nothing."""
        lines = []
        for sale in islice(self.sales, BATCH):
            happening = sale if applied else replace(sale, kind=_KEPT, version=1)
            fact = next_fact(DeviceId(self.identity.device), self.head, happening)
            self.head = ChainHead(fact.position, fact.hash)
            lines.append(fact.canonical + b"\n")
        device = self.identity.device
        return request(
            self.identity,
            ("POST", f"/v1/devices/{device}/facts"),
            compress(b"".join(lines)),
            Content_Type=JSON_LINES,
            Content_Encoding=ENCODING,
            Granary_Head=sign_head(device, self.head, self.identity.key),
        )


def measure(ground: Ground, pattern: Pattern, *, runs: int) -> list[Figure]:
    """Measure it on PostgreSQL; where there is none, say so and measure one process on SQLite."""
    products = min(ground.products, MOST_PRODUCTS)
    pattern = replace(pattern, products=products)
    with _served(ground, products) as (hq, where):
        batches = max(1, ground.crowd.sales // BATCH)
        crowd = [_register(hq, number, pattern) for number in range(min(REGISTERS, batches))]
        connections = [Connection(hq.address) for _ in crowd]
        try:
            ground.say(f"{len(crowd)} registers send sales to headquarters on {where}")
            pair = _taken(list(zip(crowd, connections, strict=True)), batches, runs)
        finally:
            for connection in connections:
                connection.close()
    return [
        Figure(
            measure="sync",
            what=f"ingest: each sale of {LINES} lines, {where}",
            unit=Unit.MICROSECONDS,
            ours=Spread.of(pair.ours),
            floor=Spread.of(pair.floor),
            floor_is="the same, not applied",
            goals=(Goal("median", 500_000),),
        )
    ]


def _taken(crowd: Sequence[tuple[Register, Connection]], batches: int, runs: int) -> Pair:
    """Send in rounds: sales, and in turns with them as many facts that are not applied. Give ns for each fact."""
    each = max(1, batches // len(crowd))
    facts = each * len(crowd) * BATCH

    def taken(*, applied: bool) -> int:
        prepared = [[register.batch(applied=applied) for _ in range(each)] for register, _ in crowd]
        asking = list(zip(prepared, (connection for _, connection in crowd), strict=True))
        with ThreadPoolExecutor(len(asking)) as pool:
            return timed_ns(lambda: list(pool.map(_send, asking))) // facts

    return in_turns(lambda _: taken(applied=True), lambda _: taken(applied=False), runs=runs, warm_up=1)


def _send(asking: tuple[Sequence[bytes], Connection]) -> None:
    prepared, connection = asking
    for whole in prepared:
        connection.send(whole)
        answer = connection.receive()
        if answer.status != 200:
            raise AssertionError(f"headquarters answered {answer.status}: {answer.body[:200]!r}")
        said = msgspec.json.decode(answer.body, type=FactsAnswer)
        if said.exceptions:
            raise AssertionError(f"a sale of the bench is an exception: {said.exceptions[0]}")


@contextmanager
def _served(ground: Ground, products: int) -> Iterator[tuple[ServedHq, str]]:
    """Serve a headquarters with goods and stores; tell what on."""
    folder = ground.root / "sync" / "ingest"
    shutil.rmtree(folder, ignore_errors=True)
    try:
        with running_cluster() as cluster:
            database = cluster.url(cluster.new_database("bench"))
            with ServedHq(folder, database=database, workers=WORKERS) as hq:
                _import(hq, products)
                yield hq, f"PostgreSQL, {WORKERS} workers"
    except NoPostgresql as missing:
        ground.say(f"{missing}: facts are taken by one process on SQLite")
        with ServedHq(folder) as hq:
            _import(hq, products)
            yield hq, "SQLite, one process"


def _import(hq: ServedHq, products: int) -> None:
    hq.import_chain({"places": [{"id": _store(number), "name": "Bench", "zone": ZONE} for number in range(STORES)]})
    for part in shop.goods_parts(products):
        hq.import_chain(part)


def _register(hq: ServedHq, number: int, pattern: Pattern) -> Register:
    store = _store(number % STORES)
    line, pem = HqLine(hq.address, HqClock()), make_key()
    try:
        device = enrol(line, hq.enrolment_code(store), pem).answer.device
    finally:
        line.close()
    selling = replace(pattern, body=pattern.body | {"store": store})
    return Register(Identity.read(device, pem), selling.happenings(DeviceId(device)))


def _store(number: int) -> str:
    return f"B{number:03d}"
