"""A headquarters whose database was put back to an earlier state: registers learn of another life."""

import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from sync.hq import life
from sync.hq.main import main
from tests.integration.hq.till import Till, execute
from tests.support.real_hq import RealHq


def incarnation(hq: RealHq) -> str:
    return str(hq.administrator("GET", "/healthz")["incarnation"])


def put_back(hq: RealHq, backup: Path) -> None:
    """Copy a backup over the stopped headquarters' database, and no more than that."""
    hq.stop()
    for path in hq.folder.glob("hq.db*"):
        path.unlink()
    shutil.copy(backup, hq.folder / "hq.db")


def wait_until_shown(hq: RealHq, till: Till) -> None:
    """Wait until headquarters has noted what it has shown by now."""
    (newest,) = execute(hq, "SELECT rev FROM scope WHERE scope = 'store:S001'")
    until_s = time.monotonic() + 60
    while time.monotonic() < until_s:
        shown = life.read_shown(hq.folder)
        if shown is not None and shown.revs.get(f"store:{till.store}") == newest[0]:
            return
        time.sleep(0.02)
    raise AssertionError("what was shown is not noted")


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(life, "NOTE_EVERY_S", 0.02)


def test_a_database_that_lost_what_was_shown_begins_another_life_by_itself(
    hq: RealHq, till: Till, tmp_path: Path
) -> None:
    before = incarnation(hq)
    hq.back_up(tmp_path / "backup.db")
    till.sell()
    till.push()
    wait_until_shown(hq, till)

    put_back(hq, tmp_path / "backup.db")
    hq.start()

    assert incarnation(hq) != before
    again = till.push()
    assert (again.acked_seq, again.incarnation) == (1, incarnation(hq))
    end, _ = till.changes("chain:0,store:S001:0,zone:east:0")
    assert end.incarnation == incarnation(hq)
    assert end.head == (1, 1)


def test_a_database_that_lost_nothing_goes_on_in_its_life(hq: RealHq, till: Till) -> None:
    before = incarnation(hq)
    till.sell()
    till.push()
    wait_until_shown(hq, till)

    hq.stop()
    hq.start()

    assert incarnation(hq) == before


def test_a_torn_note_of_what_was_shown_says_nothing(hq: RealHq) -> None:
    before = incarnation(hq)
    hq.stop()
    (hq.folder / life.SHOWN_FILE).write_bytes(b'{"incarnation": ')

    hq.start()

    assert incarnation(hq) == before


def test_a_person_says_that_a_backup_was_put_back(
    hq: RealHq, till: Till, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = incarnation(hq)
    till.sell()
    till.push()
    hq.back_up(tmp_path / "backup.db")
    put_back(hq, tmp_path / "backup.db")
    (hq.folder / life.SHOWN_FILE).unlink(missing_ok=True)  # another machine, say

    assert main(["restored", "--data", str(hq.folder)]) == 0
    hq.start()

    assert incarnation(hq) != before
    assert incarnation(hq) in capsys.readouterr().out


def test_it_may_be_said_while_headquarters_runs(hq: RealHq, till: Till) -> None:
    till.note()
    before = till.push().incarnation

    assert main(["restored", "--data", str(hq.folder)]) == 0

    assert till.push().incarnation == incarnation(hq) != before
    assert till.changes("")[0].incarnation == incarnation(hq)
    snapshot = till.snapshot()
    assert incarnation(hq).encode() in snapshot
    assert before.encode() not in snapshot


def test_a_database_that_was_never_served_may_be_noted_too(tmp_path: Path) -> None:
    assert main(["restored", "--data", str(tmp_path / "hq")]) == 0

    with closing(sqlite3.connect(tmp_path / "hq/hq.db")) as database:
        assert database.execute("SELECT count(*) FROM headquarters").fetchone() == (1,)
