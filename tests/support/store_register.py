"""A register on a real disk: its journal, its replica, and the sync engine between them and any headquarters.

What `pos_app.bootstrap` joins over two processes, here in one. Knows no window and no test.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from pos_app.domain.facts import START, Fact, Happening
from pos_app.domain.ids import DeviceId, OperatorId
from pos_app.store.journal.journal import Journal
from pos_app.store.journal.opening import Beginning, create_journal, open_journal
from pos_app.store.journal.reading import JournalReader
from pos_app.store.journal.upgrading import bring_up_to_date
from pos_app.store.replica.reader import ReplicaReader
from pos_app.store.replica.replica_store import ReplicaStore
from sync.client.clock import HqClock
from sync.client.engine import SyncEngine, Wiring
from sync.client.line import SwitchableLine
from sync.client.report import Changed
from sync.client.signing import Identity
from sync.client.transport import HqLine
from tests.support.mishaps import Mishaps

JOURNAL = "journal.db"


@dataclass(slots=True)
class StoreRegister:
    """One register, opened."""

    folder: Path
    identity: Identity
    beyond: httpx.BaseTransport
    """What leads to headquarters."""
    told: list[Changed] = field(default_factory=list)
    clock: HqClock = field(default_factory=HqClock)
    mishaps: Mishaps = field(init=False)
    line: SwitchableLine = field(init=False)
    journal: Journal = field(init=False)
    source: JournalReader = field(init=False)
    sink: ReplicaStore = field(init=False)
    reader: ReplicaReader = field(init=False)
    engine: SyncEngine = field(init=False)
    closing: list[Callable[[], None]] = field(init=False)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        device = DeviceId(self.identity.device)
        create_journal(self.folder / JOURNAL, Beginning(device), bring_up_to_date)
        self.journal = open_journal(self.folder / JOURNAL, device, bring_up_to_date)
        self.source = JournalReader(self.folder / JOURNAL)
        self.sink = ReplicaStore(self.folder)
        self.reader = ReplicaReader(self.folder, device)
        self.closing = [each.close for each in (self.reader, self.sink, self.source, self.journal)]
        self.mishaps = Mishaps(self.beyond)
        self.line = SwitchableLine(self.mishaps)
        hq_line = HqLine("http://hq.test", self.clock, identity=self.identity, transport=self.line, verify=False)
        wiring = Wiring(hq_line, self.identity, self.source, self.sink, self.folder / "spool")
        self.engine = SyncEngine(wiring, changed=self.told.append, breathe=lambda _: None)

    def sign_in(self, count: int = 1, *, operator: str = "1001") -> list[Fact]:
        """Do something that headquarters reads and that changes nothing there."""
        happening = Happening("signed_in", 1, "2026-06-18T08:00:00+08:00", OperatorId(operator), {"role": "cashier"})
        return [self.journal.append(happening) for _ in range(count)]

    def push_all(self) -> None:
        """Send all that waits."""
        while self.engine.push_once().more:
            pass

    def in_journal(self) -> list[bytes]:
        """List what this register did."""
        return [fact.canonical for fact in self.source.after(START, 1_000_000)]

    def close(self) -> None:
        """Shut down; a second time does nothing."""
        closing, self.closing = self.closing, []
        for close in closing:
            close()
