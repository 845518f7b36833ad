"""A power cut in the middle of a close, a hand-over or a close of day: the step is done, or it never was."""

import shutil
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from pos_app.domain.facts import START
from pos_app.domain.money import Fen
from pos_app.store.journal.journal import Journal
from tests.support.closing_shift import FLOAT_FEN, SALES, SHIFTS
from tests.support.drawer import XIAOMAN, Drawer, counted
from tests.support.small_shop import new_journal, reopened

STEP_STATEMENTS = 3
"""Each run lives so much longer than the one before, from wherever that one died."""


@pytest.fixture
def shop(replica_store: object, tmp_path: Path) -> Path:
    assert replica_store
    new_journal(tmp_path / "journal.db").close()
    return tmp_path


def run(folder: Path, statement: int, *only: str) -> bool:
    """Let it work until it dies or is done; tell whether it is."""
    command = [sys.executable, "-m", "tests.support.closing_shift", str(folder), str(statement), *only]
    done = subprocess.run(command, capture_output=True, timeout=60, check=False)
    assert done.returncode in {0, -signal.SIGKILL}, done.stderr.decode()
    return done.returncode == 0


def check(journal: Journal) -> None:
    """What holds at every moment: whole facts, numbers without a gap, one shift open at most, sums that add up."""
    journal.verify()
    facts = journal.facts_behind(START, 1000)
    openings = [fact.body for fact in facts if fact.kind == "shift_opened"]
    closings = [fact.body for fact in facts if fact.kind == "shift_closed"]
    assert [body["number"] for body in openings] == list(range(1, len(openings) + 1))
    assert [body["number"] for body in closings] == [body["number"] for body in openings[: len(closings)]]
    assert len(openings) - len(closings) in {0, 1}
    assert (journal.open_shift() is not None) == (len(openings) > len(closings))
    for body in closings:
        # a scan that was kept before a power cut is in the basket after it
        sold = [
            fact.body["payable"] for fact in facts if fact.body.get("shift") == body["shift"] and fact.kind == "sale"
        ]
        assert len(sold) == SALES
        assert body["expected"] == FLOAT_FEN + sum(sold) == FLOAT_FEN + body["figures"]["net"]
        assert body["counted"] == body["expected"] + body["difference"] == FLOAT_FEN
    handed_over = [at for at, fact in enumerate(facts) if fact.kind == "shift_closed" and fact.body["to"]]
    behind = [fact.kind for at in handed_over for fact in facts[at + 1 : at + 2]]
    assert behind == ["shift_opened"] * len(handed_over), "nobody has the drawer"
    days = [fact.body for fact in facts if fact.kind == "day_closed"]
    assert len(days) <= 1
    for body in days:
        assert body["shifts"] == [1, SHIFTS]
        assert body["figures"]["sales"] == SHIFTS * SALES


@pytest.mark.slow
def test_killed_at_any_statement_the_day_goes_on_where_it_stood(shop: Path) -> None:
    deaths, statement, is_done = 0, 1, False
    while not is_done:
        statement += STEP_STATEMENTS
        is_done = run(shop, statement)
        deaths += not is_done
        with closing(reopened(shop / "journal.db")) as journal:
            check(journal)

    assert deaths >= 5
    with closing(reopened(shop / "journal.db")) as journal:
        assert len([fact for fact in journal.facts_behind(START, 1000) if fact.kind == "sale"]) == SHIFTS * SALES
        assert len(journal.reports(10)) == SHIFTS + 1


@pytest.mark.slow
def test_killed_at_each_statement_of_a_hand_over_the_drawer_is_always_somebodys(shop: Path, tmp_path: Path) -> None:
    with closing(Drawer(shop)) as drawer:
        drawer.shifts.open(XIAOMAN, Fen(FLOAT_FEN))
        for _ in range(SALES):
            drawer.sell()
        drawer.shifts.count(XIAOMAN, counted(FLOAT_FEN))
    holders, statement, is_done = set(), 0, False
    while not is_done:
        statement += 1
        folder = tmp_path / "again" / str(statement)
        folder.mkdir(parents=True)
        for file in shop.glob("*.*"):
            shutil.copy(file, folder)
        is_done = run(folder, statement, "hand_over")
        with closing(reopened(folder / "journal.db")) as journal:
            check(journal)
            shift = journal.open_shift()
            assert shift is not None
            holders.add(shift.operator)

    assert statement > 5
    assert holders == {"1001", "1002"}
