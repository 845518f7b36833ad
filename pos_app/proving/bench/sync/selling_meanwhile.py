"""A sale's commit while its register takes a whole new replica, and then prices as many as its assortment has.

The register's own sync agent does that in its own process, against a real headquarters, and sends the sales up
meanwhile; they are committed here, each in turns with the same rows by raw `sqlite3`.
"""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from time import monotonic, sleep
from typing import Final

import msgspec

from pos_app.bootstrap.program import granary_command
from pos_app.bootstrap.register import upgrade_journal
from pos_app.domain.facts import Happening, next_fact
from pos_app.domain.ids import DeviceId
from pos_app.domain.sale import pending_of
from pos_app.proving.bench import child
from pos_app.proving.bench.commit import opened, opened_raw, write_raw
from pos_app.proving.bench.figures import Figure, Goal, Unit
from pos_app.proving.bench.spread import Pair, Spread, timed_ns
from pos_app.proving.bench.sync import shop
from pos_app.proving.bench.sync.sales import LINES, Pattern
from pos_app.proving.bench.sync.stage import Stage, identity_of
from pos_app.store.journal.journal import Journal
from pos_app.store.journal.opening import Beginning, create_journal
from pos_app.store.register_folder import RegisterFolder
from sync.client.handle import Launch, Listener, SyncAgentHandle
from sync.client.report import EVERYTHING, Changed, Status
from sync.protocol.topics import PRICE

FEWEST: Final = 20
"""Sales of each part, however fast the other is done."""
_BETWEEN_S: Final = 0.002
"""Between two sales: a counter is not in a loop."""
_LONGEST_S: Final = 600
_MORE_FEN: Final = -1
"""A price that no other measure gives."""


@dataclass(slots=True)
class _Heard:
    """What the agent told."""

    online: bool = False
    topics: set[str] = field(default_factory=set)

    def status(self, status: Status) -> None:
        self.online |= status.online

    def changed(self, changed: Changed) -> None:
        self.topics |= changed.topics


@dataclass(slots=True)
class _Counter:
    """Commits sales, ours and raw in turns."""

    journal: Journal
    raw: sqlite3.Connection
    sales: Iterator[Happening]
    turns: Iterator[int] = field(default_factory=count)

    def sell_until(self, heard: _Heard, topic: str) -> Pair:
        """Sell until the agent has told of a topic."""
        pair, until_s = Pair([], []), monotonic() + _LONGEST_S
        while topic not in heard.topics or len(pair.ours) < FEWEST:
            self._one(pair)
            sleep(_BETWEEN_S)
            if monotonic() > until_s:
                raise AssertionError(f"the sync agent never told of {topic}")
        return pair

    def _one(self, pair: Pair) -> None:
        sale = next(self.sales)
        fact, pending = next_fact(self.journal.device, self.journal.head(), sale), pending_of(sale.body)

        def raw_ns() -> int:
            return timed_ns(lambda: write_raw(self.raw, fact, pending))

        raw_first = next(self.turns) % 2
        if raw_first:
            pair.floor.append(raw_ns())
        pair.ours.append(timed_ns(lambda: self.journal.append(sale, pending)))
        if not raw_first:
            pair.floor.append(raw_ns())


def measure(stage: Stage, folder: RegisterFolder, pattern: Pattern, products: int) -> list[Figure]:
    """Sell at the register with everything while it fetches all of it again, and then while all prices change."""
    prices = folder.path / "prices.json"
    prices.write_bytes(msgspec.json.encode({"prices": shop.prices(range(products), _MORE_FEN)}))
    with _selling(folder, pattern) as counter, _agent(folder) as (agent, heard), ThreadPoolExecutor(1) as office:
        while not heard.online:
            sleep(_BETWEEN_S)
        heard.topics.clear()
        agent.fetch_again()
        fetching = counter.sell_until(heard, EVERYTHING)
        heard.topics.clear()
        # by a process of its own: to write so large a request here would hold up the sales
        door = ["--hq", stage.hq.address, "--token", stage.hq.token]
        command = [*granary_command(), "hq", "import", str(prices), *door]
        imported = office.submit(child.heard, command, None, folder.path / "import.log")
        pulling = counter.sell_until(heard, PRICE)
        imported.result()
    return [
        _figure(f"sale of {LINES} lines: commit while a snapshot comes", fetching),
        _figure(f"sale of {LINES} lines: commit while {products:,} prices come", pulling),
    ]


def _figure(what: str, pair: Pair) -> Figure:
    return Figure(
        measure="sync",
        what=what,
        unit=Unit.MILLISECONDS,
        ours=Spread.of(pair.ours),
        floor=Spread.of(pair.floor),
        floor_is="raw sqlite3, same bytes",
        goals=(Goal("p99", 3_000_000),),
    )


@contextmanager
def _selling(folder: RegisterFolder, pattern: Pattern) -> Iterator[_Counter]:
    device = DeviceId(identity_of(folder).device)
    beside = folder.path / "raw.db"
    create_journal(beside, Beginning(device), upgrade_journal)
    with ExitStack() as stack:
        journal = stack.enter_context(opened(folder.journal, device))
        raw = stack.enter_context(opened_raw(beside))
        yield _Counter(journal, raw, pattern.happenings(device))


@contextmanager
def _agent(folder: RegisterFolder) -> Iterator[tuple[SyncAgentHandle, _Heard]]:
    heard = _Heard()
    with (folder.path / "agent.log").open("ab") as log:
        command = (*granary_command(), "sync-agent", "--data", str(folder.path))
        agent = SyncAgentHandle(Launch(command, log=log), Listener(heard.status, heard.changed))
        agent.start()
        try:
            yield agent, heard
        finally:
            agent.stop()
