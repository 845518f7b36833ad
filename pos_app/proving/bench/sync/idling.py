"""Registers that stand idle, each in a held question: what headquarters' one process needs for them, and how long a
price change takes to the last of them.

They are put into headquarters' list of devices before it starts, and ask over connections of their own. One thread
speaks for them all; a question that was answered with nothing is asked again, as registers do.
"""

import asyncio
import selectors
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, perf_counter_ns
from typing import Final

from sqlalchemy import select

from pos_app.domain.facts import GENESIS
from pos_app.domain.ids import StoreId, device_id
from pos_app.proving.bench.figures import Figure, Unit
from pos_app.proving.bench.goods import ZONE
from pos_app.proving.bench.ground import Ground
from pos_app.proving.bench.memory_of import resident_bytes
from pos_app.proving.bench.spread import Spread
from pos_app.proving.bench.sync import shop
from pos_app.proving.bench.sync.following import commit_seen
from pos_app.proving.bench.sync.prepared import Connection, request
from pos_app.proving.served_hq import ServedHq
from sync.client.pull import read_chunk
from sync.client.signing import Identity
from sync.hq.db.database import Database, Writer
from sync.hq.db.schema import device, scope
from sync.hq.devices.directory import scopes_of
from sync.hq.settings import Settings
from sync.protocol.signatures import new_key, public_hex
from sync.protocol.wire import MAX_WAIT_S, cursor_text

A_STORE: Final = 2
"""Registers of a store."""
_LONGEST_S: Final = 300
_PRODUCTS: Final = 100


@dataclass(slots=True)
class Idle:
    """A register that waits for news behind a cursor."""

    identity: Identity
    cursor: str
    connection: Connection = field(init=False)

    def ask(self, wait_s: int = MAX_WAIT_S) -> None:
        """Ask for what is new."""
        target = f"/v1/changes?after={self.cursor}&wait={wait_s}"
        self.connection.send(request(self.identity, ("GET", target)))

    def hears(self) -> int:
        """Take the answer; tell how many documents came."""
        answer = self.connection.receive()
        if answer.status != 200:
            raise AssertionError(f"headquarters answered {answer.status}: {answer.body[:200]!r}")
        return read_chunk(answer.body)[0].count


def measure(ground: Ground) -> list[Figure]:
    """Measure it with as many registers as asked for."""
    count = ground.crowd.registers
    with _served(ground.root / "sync" / "idle", count) as (hq, crowd):
        alone = resident_bytes(hq.process_id)
        ground.say(f"{count:,} registers wait for news")
        _connect(hq, crowd)
        try:
            waiting = resident_bytes(hq.process_id)
            heard = _heard_ns(hq, crowd, ground.root / "sync" / "idle" / "hq.db")
        finally:
            for each in crowd:
                each.connection.close()
    what = f"{count:,} idle registers"
    return [
        Figure("sync", f"price change → {what}", Unit.MILLISECONDS, Spread.of(heard)),
        Figure("sync", f"price change → the last of {what}", Unit.MILLISECONDS, Spread.of([max(heard)])),
        Figure(
            measure="sync",
            what=f"resident: headquarters, {what}",
            unit=Unit.MEGABYTES,
            ours=Spread.of([waiting]),
            floor=Spread.of([alone]),
            floor_is="nobody waits",
        ),
    ]


def _connect(hq: ServedHq, crowd: Sequence[Idle]) -> None:
    """Let all of them wait; back once headquarters has answered a question that came behind all theirs."""
    for each in crowd:
        each.connection = Connection(hq.address)
    with ThreadPoolExecutor(1) as last:
        for each in crowd[1:]:
            each.ask()
        crowd[0].ask(wait_s=0)
        last.submit(crowd[0].hears).result()
        crowd[0].ask()


def _heard_ns(hq: ServedHq, crowd: Sequence[Idle], database: Path) -> list[int]:
    """Change a price; give what it took from the commit to each register."""
    heard: list[int] = []
    until_s = monotonic() + _LONGEST_S
    with selectors.DefaultSelector() as selector, ThreadPoolExecutor(1) as office, commit_seen(database) as committed:
        for each in crowd:
            selector.register(each.connection, selectors.EVENT_READ, each)
        imported = office.submit(hq.ask, "POST", "/v1/prices/import", shop.prices(range(1), 1))
        while len(heard) < len(crowd):
            for key, _ in selector.select(1):
                idle: Idle = key.data
                if idle.hears():
                    heard.append(perf_counter_ns())
                    selector.unregister(key.fileobj)
                else:
                    idle.ask()
            if monotonic() > until_s:
                raise AssertionError(f"{len(crowd) - len(heard)} registers never heard of the price")
        imported.result()
    return [max(1, each - committed[0]) for each in heard]


@contextmanager
def _served(folder: Path, count: int) -> Iterator[tuple[ServedHq, list[Idle]]]:
    """Serve a headquarters that knows so many registers."""
    shutil.rmtree(folder, ignore_errors=True)
    stores = [f"I{number:04d}" for number in range(-(-count // A_STORE))]
    with ServedHq(folder) as hq:
        hq.import_chain({"places": [{"id": store, "name": "Bench", "zone": ZONE} for store in stores]})
        for part in shop.goods_parts(_PRODUCTS):
            hq.import_chain(part)
    names = [(store, register) for store in stores for register in range(1, A_STORE + 1)][:count]
    crowd = asyncio.run(_enrolled(folder, names))
    with ServedHq(folder) as hq:
        yield hq, crowd
    shutil.rmtree(folder, ignore_errors=True)


async def _enrolled(folder: Path, names: Sequence[tuple[str, int]]) -> list[Idle]:
    """Put registers into headquarters' list, as enrolment does, and let them stand where everything was heard."""
    keys = {name: new_key() for name in names}
    rows = [
        {
            "id": device_id(StoreId(store), register),
            "store": store,
            "register": register,
            "public_key": public_hex(key),
            "state": "active",
            "granted_epoch": 1,
            "head_epoch": 0,
            "head_seq": 0,
            "head_hash": GENESIS,
            "head_signed": "",
            "enrolled_at": 0,
        }
        for (store, register), key in keys.items()
    ]

    async def put(writer: Writer) -> dict[str, int]:
        await writer.execute(device.insert(), rows)
        return {row.scope: row.rev for row in await writer.rows(select(scope))}

    database = await Database.open(Settings.embedded(folder).database_url, announce=lambda _: None)
    try:
        revs = await database.write(put)
    finally:
        await database.close()
    return [
        Idle(
            Identity(device_id(StoreId(store), register), key),
            cursor_text({name: revs.get(name, 0) for name in scopes_of(store, ZONE)}),
        )
        for (store, register), key in keys.items()
    ]
