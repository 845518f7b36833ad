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


def test_a_disk_that_fails_is_told_and_the_sync_stays_due(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_file: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    journal.keep_basket(Basket(BasketId("shown")))
    with monkeypatch.context() as failing:
        failing.setattr(disk_sync, "_SYNC", fail)
        for _ in range(2):
            with pytest.raises(Breakdown) as told:
                journal.sync()
            assert told.value.code == "disk_failing"

    synced: list[int] = []
    monkeypatch.setattr(disk_sync, "_SYNC", synced.append)
    journal.sync()
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
