"""What a simulated machine without power leaves on its disk: all that was synced, and any part of what was not."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from pos_app.proving.simulate.machine.connections import SimulatedConnection, simulated_disks
from pos_app.proving.simulate.machine.images import TornCommit, copy_disk, frames, tear
from pos_app.proving.simulate.machine.processes import Process, as_process
from pos_app.store.journal.wal_room import make_room

CUTS = 40
ROOM_BYTES = 16 * 1024 * 1024
INSERT = "INSERT INTO line VALUES (?)"


@pytest.fixture
def process(tmp_path: Path) -> Process:
    (tmp_path / "disk").mkdir()
    return Process("till", str(tmp_path / "disk"))


def rows_after_power_cuts(process: Process, work: Callable[[sqlite3.Connection], None], tmp_path: Path) -> set[int]:
    """Tell how many rows a file may have after its machine lost its power behind some work."""
    disk = tmp_path / "disk"
    with simulated_disks(), as_process(process):
        connection = sqlite3.connect(disk / "journal.db", isolation_level=None)
        assert isinstance(connection, SimulatedConnection)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("CREATE TABLE line (number INTEGER)")
        work(connection)
        found = set()
        for seed in range(CUTS):
            torn = {wal: TornCommit(wal, before, frames(wal)) for wal, before in process.unsynced.items()}
            image = tmp_path / f"image-{seed}"
            copy_disk(disk, image)
            tear(disk, image, Random(seed), torn)
            with as_process(None), closing(sqlite3.connect(image / "journal.db")) as left:
                found.add(left.execute("SELECT count(*) FROM line").fetchone()[0])
        connection.close()
    return found


def insert(connection: sqlite3.Connection, number: int, *, synced: bool) -> None:
    connection.execute(f"PRAGMA synchronous = {'FULL' if synced else 'NORMAL'}")
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(INSERT, (number,))
    connection.execute("COMMIT")


def test_a_synced_commit_is_there_and_one_that_was_not_synced_may_be(process: Process, tmp_path: Path) -> None:
    def work(connection: sqlite3.Connection) -> None:
        insert(connection, 1, synced=True)
        insert(connection, 2, synced=False)
        insert(connection, 3, synced=False)

    assert rows_after_power_cuts(process, work, tmp_path) == {1, 2, 3}


def test_a_synced_commit_takes_those_before_it_along(process: Process, tmp_path: Path) -> None:
    def work(connection: sqlite3.Connection) -> None:
        insert(connection, 1, synced=False)
        insert(connection, 2, synced=True)

    assert rows_after_power_cuts(process, work, tmp_path) == {2}


def test_a_checkpoint_has_synced_what_it_moves(process: Process, tmp_path: Path) -> None:
    def work(connection: sqlite3.Connection) -> None:
        insert(connection, 1, synced=False)
        connection.execute("PRAGMA wal_checkpoint(RESTART)").fetchall()
        insert(connection, 2, synced=False)

    assert rows_after_power_cuts(process, work, tmp_path) == {1, 2}


def test_a_power_cut_meets_what_was_written_and_not_the_room_behind_it(process: Process, tmp_path: Path) -> None:
    wal = tmp_path / "disk/journal.db-wal"

    def work(connection: sqlite3.Connection) -> None:
        insert(connection, 1, synced=True)
        make_room(connection, wal, ROOM_BYTES)
        insert(connection, 2, synced=False)
        copy_disk(wal.parent, tmp_path / "copy")

    assert rows_after_power_cuts(process, work, tmp_path) == {1, 2}
    assert (tmp_path / "copy/journal.db-wal").stat().st_size == ROOM_BYTES
