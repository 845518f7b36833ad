"""A replica's writer that follows headquarters until it dies: run as a process, killed by its parent.

``python -m tests.support.following FOLDER SEED``: applies chunks and now and then installs a snapshot, on from wherever
the file stands. Headquarters' word is a function of the rev: the first revs say a product each, every later one says
one price, which is its own number in fen.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random

from pos_app.domain.facts import Position
from pos_app.store.replica.reader import ReplicaReader
from pos_app.store.replica.replica_store import ReplicaStore
from sync.protocol.wire import Change, parse_cursor
from tests.support.small_shop import DEVICE, INCARNATION, chunk, price, product, snapshot_file

GOODS = 20
MOST_REVS = 30


def said_after(rev: int, through: int) -> Iterator[Change]:
    """What is published past a rev, up to another."""
    for coming in range(rev + 1, through + 1):
        number = coming % GOODS
        if coming <= GOODS:
            yield product(coming, f"P{number}", f"{number}号大米", barcodes=[{"code": f"CODE-{number}"}])
        else:
            yield price(coming, f"PR{number}", f"P{number}", coming)


def everything_at(rev: int) -> list[Change]:
    """All documents in force at a rev."""
    return [*said_after(0, min(rev, GOODS)), *said_after(max(rev - GOODS, GOODS), rev)]


def follow(folder: Path, random: Random) -> None:
    """Go on without end."""
    store = ReplicaStore(folder)
    with closing(ReplicaReader(folder, DEVICE)) as reader:
        newest = parse_cursor(reader.cursor()).get("chain", 0)
    os.write(sys.stdout.fileno(), b"following\n")
    while True:
        cursor = dict(store.standing().cursor)
        rev = cursor.get("chain", 0)
        newest = max(newest, rev)
        if not cursor or random.random() < 0.1:
            # as old as a snapshot that headquarters made a while ago, whatever the one is like that is being filled up
            old = max(1, newest - random.randint(0, MOST_REVS))
            (folder / "snapshot.db").unlink(missing_ok=True)
            store.install(snapshot_file(folder / "snapshot.db", everything_at(old), {"chain": old}))
            continue
        through = rev + random.randint(1, MOST_REVS)
        store.apply(chunk(list(said_after(rev, through)), cursor, more=random.random() < 0.4))
        store.acknowledge(Position(1, through), INCARNATION)


if __name__ == "__main__":
    follow(Path(sys.argv[1]), Random(sys.argv[2]))
