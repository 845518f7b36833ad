"""A shift on a disk that was put back: its number stays used, its facts are counted once, and the register goes on."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from pos_app.domain.errors import GranaryError
from pos_app.domain.ids import OperatorId
from pos_app.domain.money import Fen
from pos_app.domain.operators import Operator
from tests.integration.hq.till import small_chain
from tests.integration.sync.test_parted_chains import MANAGER, MANAGERS_PIN, PEOPLE, RICE_CODE
from tests.support.drawer import counted
from tests.support.real_hq import RealHq
from tests.support.whole_register import WholeRegister, enrolled

CASHIER = Operator(OperatorId("1001"), "林晓雯", "cashier", "")
BOSS = Operator(OperatorId(MANAGER), "周立群", "manager", "")
RICE_FEN, FLOAT = 6900, 50_000


@pytest.fixture
def hq(tmp_path: Path) -> Iterator[RealHq]:
    hq = RealHq(tmp_path / "hq")
    hq.start()
    hq.administrator("POST", "/v1/import", json=small_chain() | {"operators": PEOPLE})
    yield hq
    hq.stop()


@pytest.fixture
def register(hq: RealHq, tmp_path: Path) -> Iterator[WholeRegister]:
    register = enrolled(hq, tmp_path / "register", "S001")
    register.opened.shifts.open(CASHIER, Fen(FLOAT))
    register.sell(RICE_CODE)
    register.sync()
    register.stop()
    register.copy_disk(tmp_path / "backup")
    register.start()
    register.sell(RICE_CODE)
    register.sell(RICE_CODE)
    yield register
    register.stop()


def rows(hq: RealHq) -> list[dict[str, object]]:
    told: list[dict[str, object]] = hq.administrator("GET", "/v1/reports/shifts")["rows"]
    return sorted(told, key=lambda row: int(str(row["number"])))


def test_a_shift_that_was_closed_on_the_lost_disk_is_closed_on_the_one_put_back(
    hq: RealHq, register: WholeRegister, tmp_path: Path
) -> None:
    register.opened.shifts.count(CASHIER, counted(FLOAT + 3 * RICE_FEN))
    register.opened.shifts.close(CASHIER)
    register.sync()
    register.stop()
    register.put_back(tmp_path / "backup")
    register.start()
    register.engine.pull_once()
    register.see_to_it()

    state = register.opened.shifts.state()
    assert (state.shift, state.sales) == (None, 0)
    assert [report.number for report in register.opened.shifts.reports()] == [1]
    assert register.opened.shifts.open(CASHIER, Fen(0)).number == 2
    register.sync()
    assert [(row["number"], row["ok"], row["counted"]) for row in rows(hq)] == [
        (1, True, FLOAT + 3 * RICE_FEN),
        (2, True, None),
    ]


def test_an_open_shift_counts_both_branches_once_when_a_manager_lets_the_register_go_on(
    hq: RealHq, register: WholeRegister, tmp_path: Path
) -> None:
    register.sync()
    register.stop()
    register.put_back(tmp_path / "backup")
    register.start()
    before = register.opened.shifts.report(BOSS).expected
    assert before == FLOAT + RICE_FEN
    register.sell(RICE_CODE)
    with suppress(GranaryError):
        register.push_all()
    with suppress(GranaryError):
        register.engine.pull_once()
    register.see_to_it()
    register.opened.reuniting.approve(MANAGER, MANAGERS_PIN)
    register.sync()
    register.sync()

    report = register.opened.shifts.report(BOSS)
    assert report.figures.sales == 4
    assert report.expected == FLOAT + 4 * RICE_FEN
    register.opened.shifts.count(CASHIER, counted(report.expected))
    register.opened.shifts.close(CASHIER)
    register.sync()
    (row,) = rows(hq)
    assert (row["holds"], row["expected"], row["ok"]) == (report.expected, report.expected, True)
