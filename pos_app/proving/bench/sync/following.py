"""Prices that change at headquarters until a register has them: by a held question, and the replication by itself.

The moment of headquarters' commit is seen from outside, in its database file; so headquarters' own answer to who
imported counts for nothing.
"""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from threading import Event, Thread
from time import perf_counter_ns, sleep

from pos_app.proving.bench.figures import Figure, Goal, Unit
from pos_app.proving.bench.spread import Spread, timed_ns
from pos_app.proving.bench.sync import shop
from pos_app.proving.bench.sync.stage import Stage, engine_of
from pos_app.store.register_folder import RegisterFolder
from sync.client.engine import SyncEngine
from sync.protocol.wire import MAX_WAIT_S

CHANGED = 1_000
_LOOK_S = 0.0005


class Deltas:
    """Changes prices, every time others than the last."""

    def __init__(self, stage: Stage, products: int) -> None:
        """Change as many at a time as there are, a thousand at most."""
        self._stage = stage
        self._turns = count(1)
        self.size = min(CHANGED, products)

    def publish(self) -> None:
        """Import other prices."""
        prices = shop.prices(range(self.size), next(self._turns))
        self._stage.hq.ask("POST", "/v1/prices/import", prices)


def by_long_poll(stage: Stage, folder: RegisterFolder, deltas: Deltas, *, runs: int) -> Figure:
    """Take the time from headquarters' commit until a register that held its question has applied everything."""
    samples = []
    with engine_of(folder) as engine, ThreadPoolExecutor(1) as register:
        engine.pull_once()
        for _ in range(runs):
            applied = register.submit(_applied_ns, engine, deltas.size)
            with commit_seen(stage.data / "hq.db") as committed:
                deltas.publish()
            samples.append(max(1, applied.result() - committed[0]))
    return Figure(
        measure="sync",
        what=f"{deltas.size:,} changed documents: commit → register",
        unit=Unit.MILLISECONDS,
        ours=Spread.of(samples),
        goals=(Goal("median", 1_000_000_000),),
    )


def replicated_ns(folder: RegisterFolder, deltas: Deltas, *, runs: int) -> list[int]:
    """Time the replication by itself: from the question to the last document in the register's file."""
    samples = []
    with engine_of(folder) as engine:
        engine.pull_once()
        for _ in range(runs):
            deltas.publish()
            samples.append(timed_ns(lambda: _whole(engine, deltas.size)))
    return samples


def _applied_ns(engine: SyncEngine, documents: int) -> int:
    pulled = 0
    while pulled < documents:
        pulled += engine.pull_once(MAX_WAIT_S).documents
    return perf_counter_ns()


def _whole(engine: SyncEngine, documents: int) -> None:
    pulled = engine.pull_once().documents
    if pulled != documents:
        raise AssertionError(f"the register pulled {pulled} of {documents} documents")


@contextmanager
def commit_seen(database: Path) -> Iterator[list[int]]:
    """Note when somebody else first commits to a SQLite file."""
    seen: list[int] = []
    ready = Event()

    def look() -> None:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            first = _version(connection)
            ready.set()
            while _version(connection) == first:
                sleep(_LOOK_S)
            seen.append(perf_counter_ns())

    watch = Thread(target=look, name="commit-watch", daemon=True)
    watch.start()
    ready.wait()
    yield seen
    watch.join()


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA data_version").fetchone()[0])
