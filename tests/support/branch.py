"""A register's sync engine with everything around it in memory: paper headquarters, a line to cut, its two files.

Knows no test.
"""

from dataclasses import dataclass, field
from pathlib import Path

from sync.client.clock import HqClock
from sync.client.engine import SyncEngine, Wiring
from sync.client.line import SwitchableLine
from sync.client.report import Changed
from sync.client.signing import Identity
from sync.client.transport import HqLine
from sync.protocol.signatures import new_key
from tests.support.mishaps import Mishaps
from tests.support.paper_hq import PaperHq
from tests.support.register_files import DEVICE, MemoryJournal, MemoryReplica


@dataclass(slots=True)
class Branch:
    """One register of store S001."""

    spool: Path
    hq: PaperHq = field(default_factory=PaperHq)
    journal: MemoryJournal = field(default_factory=MemoryJournal)
    replica: MemoryReplica = field(default_factory=MemoryReplica)
    clock: HqClock = field(default_factory=HqClock)
    told: list[Changed] = field(default_factory=list)
    mishaps: Mishaps = field(init=False)
    line: SwitchableLine = field(init=False)
    wiring: Wiring = field(init=False)
    engine: SyncEngine = field(init=False)

    def __post_init__(self) -> None:
        key = new_key()
        self.hq.keys[DEVICE] = key.public_key()
        self.mishaps = Mishaps(self.hq)
        self.line = SwitchableLine(self.mishaps)
        identity = Identity(DEVICE, key)
        hq_line = HqLine("http://hq.test", self.clock, identity=identity, transport=self.line, verify=False)
        self.wiring = Wiring(hq_line, identity, self.journal, self.replica, self.spool)
        self.engine = SyncEngine(self.wiring, changed=self.told.append, breathe=lambda _: None)

    def push_all(self) -> None:
        """Send all that waits."""
        while self.engine.push_once().more:
            pass

    def at_hq(self) -> list[bytes]:
        """List what headquarters has of this register's chain."""
        return [fact.canonical for fact in self.hq.chains.get(DEVICE, [])]

    def in_journal(self) -> list[bytes]:
        """List what this register did."""
        return [fact.canonical for fact in self.journal.facts]
