"""A replica whose readers never rest: its WAL stays short all the same, and a reader that holds on stops nothing."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Barrier, BrokenBarrierError, Thread

import pytest

from pos_app.store.replica.replica_file import ReplicaFile, create_file
from sync.protocol.stream import Chunk
from tests.support.small_shop import product

CAP_BYTES = 1024 * 1024
CHUNKS = 40
PRODUCTS_A_CHUNK = 60
LIMIT_S = 60


def filled(path: Path, wal_cap_bytes: int) -> Iterator[int]:
    """Apply chunk after chunk; tell how long the WAL is after each."""
    wal, cursor = path.with_name(f"{path.name}-wal"), {"chain": 0}
    file = create_file(path, wal_cap_bytes)
    try:
        _apply(file, {}, cursor)
        with readers_that_take_turns(path):
            for _ in range(CHUNKS):
                after, cursor = cursor, {"chain": cursor["chain"] + PRODUCTS_A_CHUNK}
                _apply(file, after, cursor)
                yield wal.stat().st_size
    finally:
        file.close()


def _apply(file: ReplicaFile, after: dict[str, int], cursor: dict[str, int]) -> None:
    changes = [
        product(rev, f"P{rev}", "五常稻花香大米" * 40) for rev in range(after.get("chain", 0) + 1, cursor["chain"] + 1)
    ]
    file.apply(Chunk(after=after, cursor=cursor, incarnation="", changes=changes, more=False))


@contextmanager
def readers_that_take_turns(path: Path) -> Iterator[None]:
    """Two of them: each ends its look only when the other has begun one, so that at every moment one is looking."""
    begun = Barrier(2)

    def look(late: int) -> None:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            try:
                for _ in range(late):
                    begun.wait(LIMIT_S)
                while True:
                    connection.execute("BEGIN")
                    connection.execute("SELECT count(*) FROM scope").fetchone()
                    # the other begins while this one looks, then this one ends while the other does
                    begun.wait(LIMIT_S)
                    begun.wait(LIMIT_S)
                    connection.execute("ROLLBACK")
            except BrokenBarrierError:
                return

    threads = [Thread(target=look, args=(late,)) for late in (0, 1)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        begun.abort()
        for thread in threads:
            thread.join(LIMIT_S)


def test_readers_that_never_rest_cannot_make_the_wal_grow_without_end(tmp_path: Path) -> None:
    longest = {cap: max(filled(tmp_path / f"{cap}.db", cap)) for cap in (CAP_BYTES, 1 << 40)}

    assert longest[1 << 40] > 4 * CAP_BYTES, "these readers would not have made it grow"
    assert longest[CAP_BYTES] < 2 * CAP_BYTES


def test_a_reader_that_holds_on_stops_no_chunk(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file, cursor = create_file(tmp_path / "replica.db", wal_cap_bytes=1), {"chain": 0}
    with closing(file), closing(sqlite3.connect(tmp_path / "replica.db", isolation_level=None)) as reader:
        file._connection.execute("PRAGMA busy_timeout = 50")
        _apply(file, {}, cursor)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM document").fetchone()

        _apply(file, {"chain": 0}, {"chain": 5})

        assert [record.message for record in caplog.records] == ["wal_not_cut"]
        assert file.standing.cursor == {"chain": 5}
        reader.execute("ROLLBACK")
        _apply(file, {"chain": 5}, {"chain": 200})
        assert (tmp_path / "replica.db-wal").stat().st_size == 0
