"""A register's sync agent as a process of its own, its journal a text file of facts: for tests of the process itself.

`python -m tests.support.paper_register ADDRESS FOLDER` is what bootstrap's ``sync-agent`` is to a real register.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from pos_app.domain.facts import GENESIS, START, ChainHead, Position, read_fact
from sync.client.agent import serve
from sync.client.clock import HqClock
from sync.client.engine import Wiring
from sync.client.signing import Identity
from sync.client.transport import HqLine
from sync.protocol.stream import StoredFact
from tests.support.register_files import DEVICE, MemoryReplica

FACTS = "facts.jsonl"
KEY = "device.pem"


class TextJournal:
    """A `FactSource` over a file of canonical lines, that another process writes."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def head(self) -> ChainHead:
        facts = self._facts()
        return ChainHead(facts[-1].position, facts[-1].hash) if facts else ChainHead(START, GENESIS)

    def after(self, position: Position, limit: int) -> Sequence[StoredFact]:
        return [fact for fact in self._facts() if fact.position > position][:limit]

    def hash_at(self, position: Position) -> bytes | None:
        return next((fact.hash for fact in self._facts() if fact.position == position), None)

    def back_from(self, position: Position, count: int) -> Position:
        before = [fact.position for fact in self._facts() if fact.position < position]
        return before[-count] if len(before) >= count else START

    def _facts(self) -> list[StoredFact]:
        lines = self._path.read_bytes().splitlines() if self._path.exists() else []
        facts = map(read_fact, lines)
        return [StoredFact(fact.position, fact.canonical, fact.hash) for fact in facts]


def main() -> None:
    address, folder = sys.argv[1], Path(sys.argv[2])
    identity = Identity.read(DEVICE, (folder / KEY).read_bytes())
    line = HqLine(address, HqClock(), identity=identity)
    serve(Wiring(line, identity, TextJournal(folder / FACTS), MemoryReplica(), folder / "spool"))


if __name__ == "__main__":
    main()
