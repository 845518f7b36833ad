"""The sync agent of a register's real files, as a process: what `pos_app.bootstrap` starts, with nothing around it.

`python -m tests.support.till_agent ADDRESS FOLDER DEVICE`
"""

import sys
from pathlib import Path

from pos_app.store.journal.reading import JournalReader
from pos_app.store.replica.replica_store import ReplicaStore
from sync.client.agent import serve
from sync.client.clock import HqClock
from sync.client.engine import Wiring
from sync.client.signing import Identity
from sync.client.transport import HqLine

JOURNAL = "journal.db"
KEY = "device.pem"


def main() -> None:
    address, folder = sys.argv[1], Path(sys.argv[2])
    identity = Identity.read(sys.argv[3], (folder / KEY).read_bytes())
    line = HqLine(address, HqClock(), identity=identity)
    serve(Wiring(line, identity, JournalReader(folder / JOURNAL), ReplicaStore(folder), folder / "spool"))


if __name__ == "__main__":
    main()
