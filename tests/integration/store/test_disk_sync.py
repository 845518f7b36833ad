"""What is shown before the disk has it: a killed program loses none, a failing disk is told, a sale brings it along."""

import errno
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from pos_app.domain.basket import Basket
from pos_app.domain.errors import Breakdown, FileLocked
from pos_app.domain.ids import BasketId
from pos_app.store.journal import disk_sync
from pos_app.store.journal.journal import Journal
from tests.support.small_shop import new_journal, reopened, sold

PROGRAM = """
import os, sys
from pathlib import Path
from pos_app.domain.basket import Basket
from pos_app.domain.ids import BasketId
from tests.support.small_shop import reopened
journal = reopened(Path(sys.argv[1]))
journal.keep_basket(Basket(BasketId("shown")))
os.kill(os.getpid(), 9)
"""


def test_a_program_that_is_killed_before_the_sync_comes_back_with_the_basket(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    new_journal(path).close()

    done = subprocess.run([sys.executable, "-c", PROGRAM, str(path)], check=False)

    assert done.returncode == -9
    with closing(reopened(path)) as journal:
        assert journal.open_basket() == Basket(BasketId("shown"))


class FailingDisk:
    """A disk that loses what it could not write, and says of everything after that it is there."""

    def __init__(self, journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
        self.journal = journal
        self._wal = journal.path.with_name(f"{journal.path.name}-wal")
        self._before, self._lost = self._wal.read_bytes(), b""
        self._patch = monkeypatch

    def fails_to_sync(self) -> None:
        def fail(_file: int) -> None:
            raise OSError(errno.EIO, os.strerror(errno.EIO))

        with self._patch.context() as failing:
            failing.setattr(disk_sync, "_SYNC", fail)
            with pytest.raises(Breakdown) as told:
                self.journal.sync()
        assert told.value.code == "disk_failing"
        self._loses_what_was_written()

    def fails_a_commit(self) -> None:
        broken = sqlite3.OperationalError("disk I/O error")
        broken.sqlite_errorcode = sqlite3.SQLITE_IOERR_FSYNC
        with pytest.raises(Breakdown), self.journal.writing():
            raise broken
        self._loses_what_was_written()

    def _loses_what_was_written(self) -> None:
        self._lost = self._wal.read_bytes()
        assert self._lost != self._before

    def after_a_power_cut(self, folder: Path) -> Path:
        """Copy what is on it: what nobody has written again since it was lost is as it was before."""
        path = folder / "journal.db"
        path.write_bytes(self.journal.path.read_bytes())
        now = self._wal.read_bytes()
        before = self._before.ljust(len(self._lost), b"\0")
        kept = bytes(old if there == lost else there for there, lost, old in zip(now, self._lost, before, strict=False))
        path.with_name(self._wal.name).write_bytes(kept + now[len(kept) :])
        return path


@pytest.fixture
def failing(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> FailingDisk:
    sold(journal)
    disk = FailingDisk(journal, monkeypatch)
    journal.keep_basket(Basket(BasketId("shown")))
    return disk


def test_what_a_failed_sync_lost_is_on_the_disk_after_the_next(
    failing: FailingDisk, journal: Journal, tmp_path_factory: pytest.TempPathFactory
) -> None:
    failing.fails_to_sync()
    journal.sync()

    with closing(reopened(failing.after_a_power_cut(tmp_path_factory.mktemp("cut")))) as found:
        assert found.open_basket() == Basket(BasketId("shown"))


def test_a_sale_behind_a_failed_sync_outlives_a_power_cut(
    failing: FailingDisk, journal: Journal, tmp_path_factory: pytest.TempPathFactory
) -> None:
    failing.fails_to_sync()
    sale = sold(journal)

    with closing(reopened(failing.after_a_power_cut(tmp_path_factory.mktemp("cut")))) as found:
        assert found.head().hash == sale.hash


def test_a_sale_behind_a_commit_that_failed_outlives_a_power_cut(
    failing: FailingDisk, journal: Journal, tmp_path_factory: pytest.TempPathFactory
) -> None:
    failing.fails_a_commit()
    sale = sold(journal)

    with closing(reopened(failing.after_a_power_cut(tmp_path_factory.mktemp("cut")))) as found:
        assert found.head().hash == sale.hash


def test_while_a_reader_is_in_the_way_nothing_behind_a_failed_sync_is_said_to_be_kept(
    failing: FailingDisk, journal: Journal
) -> None:
    failing.fails_to_sync()
    journal.reading().execute("PRAGMA busy_timeout = 1")
    head = journal.head()
    with closing(sqlite3.connect(journal.path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM fact").fetchone()
        with pytest.raises(FileLocked):
            sold(journal)
        with pytest.raises(FileLocked):
            journal.sync()
    assert journal.head() == head

    assert sold(journal).position.seq == head.position.seq + 1


def test_a_sync_that_failed_is_made_once(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    failing = FailingDisk(journal, monkeypatch)
    journal.keep_basket(Basket(BasketId("shown")))
    failing.fails_to_sync()
    journal.sync()
    room = journal.path.with_name(f"{journal.path.name}-wal").stat().st_size
    synced: list[int] = []
    monkeypatch.setattr(disk_sync, "_SYNC", synced.append)
    journal.sync()
    assert (room, synced) == (0, [])

    journal.keep_basket(Basket(BasketId("another")))
    journal.sync()
    assert len(synced) == 1


def test_a_sale_brings_to_the_disk_what_was_kept_before_it(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    monkeypatch.setattr(disk_sync, "_SYNC", synced.append)
    journal.keep_basket(Basket(BasketId("shown")))
    sold(journal)
    journal.sync()

    assert synced == []


@pytest.mark.parametrize("verb", ["keep", "drop", "refused"])
def test_the_next_commit_waits_for_the_disk_whatever_came_before(journal: Journal, verb: str) -> None:
    if verb == "keep":
        journal.keep_basket(Basket(BasketId("shown")))
    elif verb == "drop":
        journal.drop_basket(BasketId("shown"))
    else:
        with closing(sqlite3.connect(journal.path, isolation_level=None)) as another:
            another.execute("BEGIN IMMEDIATE")
            with pytest.raises(FileLocked):
                journal.keep_basket(Basket(BasketId("shown")))

    full = 2
    assert journal.reading().execute("PRAGMA synchronous").fetchone() == (full,)
