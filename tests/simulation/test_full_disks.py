"""A simulated disk without room refuses what is written, as a real one does; where disks are full nothing is lost."""

import os
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from pos_app.domain.errors import DiskFull
from pos_app.proving.simulate.machine.connections import simulated_disks
from pos_app.proving.simulate.machine.processes import Process, as_process
from pos_app.proving.simulate.running import Simulator
from pos_app.proving.simulate.weather import NO_ROOM
from pos_app.store.owner_lock import OwnerLock
from pos_app.store.sqlite_failures import told_apart
from tests.simulation.worlds import one_store

INSERT = "INSERT INTO line VALUES (?)"
MOST_WORLDS = 6


@pytest.fixture
def process(tmp_path: Path) -> Process:
    return Process("till", str(tmp_path))


@pytest.fixture
def journal(process: Process, tmp_path: Path) -> Iterator[sqlite3.Connection]:
    path = tmp_path / "journal.db"
    with simulated_disks(), as_process(process), closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE line (number INTEGER)")
        yield connection


def count(connection: sqlite3.Connection) -> int:
    (rows,) = connection.execute("SELECT count(*) FROM line").fetchone()
    return int(rows)


def test_what_is_written_is_refused_and_read_it_may_be_all_the_time(
    process: Process, journal: sqlite3.Connection, tmp_path: Path
) -> None:
    process.room.refuses = Random(1)
    journal.execute("BEGIN")
    assert count(journal) == 0
    journal.execute("COMMIT")
    with pytest.raises(DiskFull), told_apart(tmp_path / "journal.db"):
        journal.execute(INSERT, (1,))
    with pytest.raises(OSError, match="No space left"):
        (tmp_path / "replica.json").open("w")
    with closing(sqlite3.connect(":memory:")) as memory:
        memory.execute("CREATE TABLE line (number INTEGER)")  # it needs no disk
    assert process.room.refused == 2

    process.room.refuses = None
    journal.execute(INSERT, (1,))
    assert count(journal) == 1


def test_a_lock_for_whose_file_there_is_no_room_is_a_full_disk(
    process: Process, journal: sqlite3.Connection, tmp_path: Path
) -> None:
    process.room.refuses = Random(1)
    with pytest.raises(DiskFull):
        OwnerLock(tmp_path / "replica.json")
    assert count(journal) == 0


def test_a_commit_is_refused_whole(process: Process, journal: sqlite3.Connection, tmp_path: Path) -> None:
    journal.execute("BEGIN IMMEDIATE")
    journal.execute(INSERT, (1,))
    process.room.refuses = Random(1)
    with pytest.raises(DiskFull), told_apart(tmp_path / "journal.db"):
        journal.execute("COMMIT")
    journal.execute("ROLLBACK")
    assert count(journal) == 0


def test_a_file_that_is_there_may_be_opened_but_not_synced(
    process: Process, journal: sqlite3.Connection, tmp_path: Path
) -> None:
    lock = tmp_path / "journal.db.lock"
    lock.touch()
    process.room.refuses = Random(1)
    with lock.open("r+"):
        pass
    with pytest.raises(OSError, match="No space left"):
        os.open(tmp_path / "journal.db-wal", os.O_RDWR)
    assert count(journal) == 0


@pytest.mark.timeout(600)
def test_sales_are_refused_while_there_is_no_room_and_nothing_is_lost(simulator: Simulator) -> None:
    refused: Counter[str] = Counter()

    def tell(line: str) -> None:
        what, _, code = line.partition(" failed ")
        if code == "disk_full":
            refused[what.split()[-1]] += 1

    for seed in range(1, MOST_WORLDS + 1):
        outcome = simulator.run(one_store(seed, NO_ROOM), tell)
        assert (outcome.invariant, outcome.detail) == ("", ""), f"again: {outcome.plan.command()}"
        if refused["pay"] and refused["scan"] and refused["pull"]:
            return
    raise AssertionError(f"disks that are full refuse nothing: {refused}")
