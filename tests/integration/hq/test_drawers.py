"""Shifts at headquarters: what each drawer should hold, large differences as exceptions, every fact once."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pos_app.domain.ids import OperatorId
from pos_app.domain.money import Fen
from pos_app.domain.operators import Operator
from pos_app.domain.quantity import Quantity
from pos_app.domain.returned import refunding
from pos_app.services.approvals import Consent
from pos_app.services.returning import Asked
from tests.integration.hq.till import RICE, Till, goods, small_chain
from tests.integration.hq.till import enrolled as enrolled_anew
from tests.support.drawer import counted
from tests.support.real_hq import RealHq
from tests.support.whole_register import WholeRegister, enrolled

CASHIER = Operator(OperatorId("1001"), "", "cashier", "")
MANAGER = Operator(OperatorId("2001"), "", "manager", "")
RICE_CODE, RICE_FEN, FLOAT, LEFT = "6999999000112", 6900, 50_000, 48_000
OPERATORS = [
    {"id": "1001", "name": "林晓雯", "role": "cashier", "stores": ["S001"], "pin": "1234"},
    {"id": "1002", "name": "陈志鹏", "role": "cashier", "stores": ["S001"], "pin": "2345"},
]


@pytest.fixture
def register(hq: RealHq, tmp_path: Path) -> Iterator[WholeRegister]:
    hq.administrator("POST", "/v1/import", json=small_chain() | {"operators": OPERATORS})
    made = enrolled(hq, tmp_path / "register", "S001")
    yield made
    made.stop()


def a_day(register: WholeRegister) -> None:
    """Two shifts: handed over with a small difference after a return, closed with a large one; then the day."""
    shifts = register.opened.shifts
    register.sell(RICE_CODE)
    shifts.open(CASHIER, Fen(FLOAT))
    sale = register.opened.returning.find(register.sell(RICE_CODE, 2))
    back = {1: Quantity(1000)}
    register.opened.returning.give_back(Asked(sale, back, "unwanted", refunding(sale, back).amount), CASHIER)
    shifts.move(MANAGER, "out", Fen(20_000), reason="bank")
    shifts.open_drawer(MANAGER, "change")
    shifts.count(CASHIER, counted(FLOAT + 2 * RICE_FEN - 20_000 + 50))
    shifts.hand_over(CASHIER, "找零", Consent("1002", "2345"))
    register.sell(RICE_CODE)
    shifts.count(CASHIER, counted(LEFT))
    shifts.close(CASHIER, "原因不明")
    shifts.close_day(MANAGER)


def report(hq: RealHq, **asked: str) -> dict[str, Any]:
    told: dict[str, Any] = hq.administrator("GET", "/v1/reports/shifts", params=asked)
    return told


def check_day(hq: RealHq) -> None:
    """What headquarters says of `a_day`."""
    told = report(hq, store="S001")
    assert told["differs"] == 0
    first, second = told["rows"]
    assert (first["number"], first["float"], first["tenders"]) == (1, FLOAT, {"cash": 3 * RICE_FEN})
    assert (first["cash_out"], first["drawer_opened"], first["counts"]) == (20_000, 1, 1)
    assert first["paid_back"] == {"cash": RICE_FEN}
    assert first["holds"] == first["expected"] == FLOAT + 2 * RICE_FEN - 20_000
    assert (first["difference"], first["day_closed"]) == (50, True)
    assert (second["operator"], second["float"]) == ("1002", first["counted"])
    assert second["holds"] == second["expected"] == first["counted"] + RICE_FEN
    assert second["difference"] == LEFT - second["expected"]
    (large,) = hq.administrator("GET", "/v1/exceptions", params={"store": "S001"})["rows"]
    assert (large["code"], large["owner"]) == ("shift_difference", "store")
    assert large["details"]["number"] == 2


def test_a_day_as_headquarters_adds_it_up(hq: RealHq, register: WholeRegister) -> None:
    a_day(register)
    register.push_all()

    check_day(hq)
    assert report(hq, store="S002")["rows"] == []
    assert report(hq, first="2026-06-19")["rows"] == []


def test_a_register_that_enrols_anew_is_told_where_its_numbers_go_on(hq: RealHq, register: WholeRegister) -> None:
    a_day(register)
    register.push_all()

    code = hq.administrator("POST", "/v1/enrolment-codes", json={"store": "S001", "register": 1})["code"]
    answer = enrolled_anew(hq, code)[1]

    assert (answer.shift, answer.closed_day) == (2, "2026-06-18")


def test_facts_that_come_again_count_once(hq: RealHq, till: Till) -> None:
    till.do("shift_opened", opening())
    till.sell(goods(RICE))
    till.push()
    till.push()

    (row,) = report(hq)["rows"]
    assert (row["holds"], row["closed_at"], row["ok"]) == (FLOAT + RICE_FEN, None, True)


def test_a_register_that_expected_another_sum_is_found_out(hq: RealHq, till: Till) -> None:
    till.do("shift_opened", opening())
    till.sell(goods(RICE))
    till.do("shift_closed", closing(expected=FLOAT, counted=FLOAT))
    till.push()

    told = report(hq)
    assert told["differs"] == 1
    assert (told["rows"][0]["holds"], told["rows"][0]["expected"]) == (FLOAT + RICE_FEN, FLOAT)


@pytest.mark.parametrize(
    "wrong", [{"number": 0}, {"float": -1}, {"float": "500"}, {"business_date": "today"}, {"since": {"seq": 1}}]
)
def test_a_shift_that_cannot_be_read_is_kept_for_later(hq: RealHq, till: Till, wrong: dict[str, Any]) -> None:
    till.do("shift_opened", opening() | wrong)
    till.sell(goods(RICE))
    till.push()

    assert report(hq)["rows"] == []
    assert hq.administrator("GET", "/v1/reports/sales")["total"]["sales"] == 1
    (told,) = hq.administrator("GET", "/v1/reports/exceptions")["rows"]
    (field,) = wrong
    assert told["code"] == "fact_body_unreadable"
    assert field in told["details"]["reason"]


def test_figures_that_do_not_add_up_are_an_exception(hq: RealHq, till: Till) -> None:
    till.do("shift_opened", opening())
    till.do("shift_closed", closing(expected=FLOAT, counted=FLOAT) | {"difference": 7})
    till.push()

    (told,) = hq.administrator("GET", "/v1/reports/exceptions")["rows"]
    assert told["code"] == "shift_figures"


def opening() -> dict[str, Any]:
    named = {"store": "S001", "register": 1, "shift": "SH1", "number": 1, "business_date": "2026-06-18"}
    return {**named, "float": FLOAT, "count": None, "since": {"epoch": 1, "seq": 0}, "late": False}


def closing(*, expected: int, counted: int) -> dict[str, Any]:
    named = {"store": "S001", "register": 1, "shift": "SH1", "number": 1, "business_date": "2026-06-18"}
    sums = {"expected": expected, "counted": counted, "difference": counted - expected}
    return {**named, "float": FLOAT, **sums, "reason": ""}
