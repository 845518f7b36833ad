"""Two stores and the same coupon, one of them with no line: by each rule of a template, in both orders of arrival."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pos_app.domain.errors import Refusal
from pos_app.domain.ids import OperatorId
from pos_app.domain.leases import GUARD
from tests.integration.hq.till import small_chain, until_copies_went
from tests.support.real_hq import RealHq
from tests.support.whole_register import WholeRegister, enrolled

RICE_CODE, PHONE, CASHIER = "6999999000112", "13800001137", OperatorId("1001")
EACH, STORE_DAY = 500, 1100
RULES: dict[str, Any] = {
    "coupon_templates": [
        {"id": "NEVER", "kind": "cash", "off": 500},
        {"id": "LEASED", "kind": "cash", "off": 500, "offline": "leased"},
        {"id": "BOUNDED", "kind": "cash", "off": 500, "offline": {"each": EACH, "store_day": STORE_DAY}},
        {"id": "DEAR", "kind": "percent", "percent": 50, "offline": {"each": EACH, "store_day": STORE_DAY}},
    ],
    "coupons": [
        *({"id": name, "template": name, "member": "M1"} for name in ("NEVER", "LEASED", "DEAR")),
        *({"id": f"B{number}", "template": "BOUNDED"} for number in range(6)),
    ],
}


@pytest.fixture
def hq(tmp_path: Path) -> Iterator[RealHq]:
    hq = RealHq(tmp_path / "hq")
    hq.start()
    hq.administrator("POST", "/v1/import", json=small_chain() | RULES)
    yield hq
    hq.stop()


@pytest.fixture
def new_register(hq: RealHq, tmp_path: Path) -> Iterator[Callable[[str], WholeRegister]]:
    """Enrol registers whose clocks are headquarters' at noon: a day does not end under a test."""
    made: list[WholeRegister] = []

    def make(store: str) -> WholeRegister:
        made.append(enrolled(hq, tmp_path / f"register-{len(made)}", store))
        made[-1].clock.at = datetime.now(UTC).replace(hour=12)
        return made[-1]

    yield make
    for register in made:
        register.stop()


@pytest.fixture
def home(new_register: Callable[[str], WholeRegister]) -> WholeRegister:
    return new_register("S001")


@pytest.fixture
def away(new_register: Callable[[str], WholeRegister]) -> WholeRegister:
    return new_register("S002")


def make_round(hq: RealHq, *registers: WholeRegister) -> None:
    hq.administrator("POST", "/v1/leases/round")
    until_copies_went(hq)
    for register in registers:
        register.sync()


def spend(register: WholeRegister, coupon: str) -> dict[str, Any]:
    """Sell a bag of rice to the member, with a coupon."""
    selling = register.opened.selling
    selling.clear()
    selling.scan(PHONE)
    selling.scan(RICE_CODE)
    selling.present(coupon)
    return selling.complete_with_cash(selling.view().quote.payable, CASHIER).sale.body()


def refused(register: WholeRegister, coupon: str) -> str:
    with pytest.raises(Refusal) as refusal:
        spend(register, coupon)
    register.opened.selling.clear()
    return refusal.value.code


def arrive(hq: RealHq, *registers: WholeRegister) -> list[tuple[str, str, str]]:
    """Let facts arrive, one register behind the other; list the exceptions with the store that was first."""
    for register in registers:
        register.line.mend()
        register.sync()
    until_copies_went(hq)
    assert hq.administrator("GET", "/v1/holds")["rows"] == []
    rows = hq.administrator("GET", "/v1/reports/exceptions")["rows"]
    return [(row["code"], row["store"], row["details"]["store"]) for row in rows]


def test_by_the_rule_never_nothing_is_taken_with_no_line_and_all_with_one(
    hq: RealHq, home: WholeRegister, away: WholeRegister
) -> None:
    make_round(hq, home, away)
    home.line.cut()

    assert refused(home, "NEVER") == "coupon_offline_never"
    assert [hold["amount"] for hold in spend(away, "NEVER")["holds"]] == [1]
    assert refused(home, "NEVER") == "coupon_offline_never"

    assert arrive(hq, away, home) == []


@pytest.mark.parametrize("first", ["home", "away"])
def test_a_leased_coupon_is_spent_at_home_with_no_line_once_and_nowhere_else(
    hq: RealHq, home: WholeRegister, away: WholeRegister, new_register: Callable[[str], WholeRegister], first: str
) -> None:
    beside = new_register("S001")
    make_round(hq, home, away, beside)
    for register in (home, beside):
        register.line.cut()

    assert refused(away, "LEASED") == "coupon_leased"
    assert refused(beside, "LEASED") == "coupon_offline_leased"
    body = spend(home, "LEASED")
    assert [part["amount"] for part in body["leases"]] == [1]
    assert refused(home, "LEASED") == "coupon_spent"
    assert refused(away, "LEASED") == "coupon_leased"

    order = (home, away, beside) if first == "home" else (away, beside, home)
    assert arrive(hq, *order) == []
    away.sync()
    assert refused(away, "LEASED") == "coupon_unknown"


def test_a_leased_coupon_that_is_wanted_elsewhere_comes_as_soon_as_its_register_hears_of_it(
    hq: RealHq, home: WholeRegister, away: WholeRegister
) -> None:
    make_round(hq, home, away)
    assert refused(away, "LEASED") == "coupon_leased"
    until_copies_went(hq)
    home.sync()
    home.push_all()

    spend(away, "LEASED")
    home.line.cut()
    assert refused(home, "LEASED") == "coupon_offline_leased"
    assert arrive(hq, away, home) == []


@pytest.mark.parametrize("first", ["offline", "online"])
def test_of_a_bounded_coupon_taken_here_with_no_line_and_there_with_one_the_second_is_told_with_the_first(
    hq: RealHq, home: WholeRegister, away: WholeRegister, first: str
) -> None:
    make_round(hq, home, away)
    home.line.cut()
    body = spend(home, "B0")
    assert [use["amount"] for use in body["bounded"]] == [500]
    spend(away, "B0")

    order = (home, away) if first == "offline" else (away, home)
    told = arrive(hq, *order)

    assert told == [("coupon_spent", *(("S002", "S001") if first == "offline" else ("S001", "S002")))]


def test_what_a_store_takes_of_bounded_coupons_in_a_day_is_bounded_over_all_its_registers(
    hq: RealHq, home: WholeRegister, new_register: Callable[[str], WholeRegister]
) -> None:
    registers = [home, new_register("S001"), new_register("S002")]
    make_round(hq, *registers)
    for register in registers:
        register.line.cut()
    taken: dict[str, int] = {"S001": 0, "S002": 0}
    for number in range(6):
        for register in registers:
            store = "S002" if register is registers[2] else "S001"
            try:
                taken[store] += sum(use["amount"] for use in spend(register, f"B{number}")["bounded"])
            except Refusal as refusal:
                assert refusal.code in {"coupon_offline_bounded", "coupon_spent"}  # noqa: PT017 — either is right
                register.opened.selling.clear()

    assert taken == {"S001": 1000, "S002": 1000}
    assert all(amount <= STORE_DAY for amount in taken.values())
    told = arrive(hq, *registers)
    assert {code for code, _, _ in told} == {"coupon_spent"}
    assert len(told) * EACH <= STORE_DAY * len(taken)

    for register in registers:
        register.line.cut()
        register.clock.turn(timedelta(days=1))
    assert [use["amount"] for use in spend(home, "B5")["bounded"]] == [500]


def test_a_bounded_coupon_that_saves_too_much_waits_for_the_line(hq: RealHq, home: WholeRegister) -> None:
    make_round(hq, home)
    home.line.cut()
    assert refused(home, "DEAR") == "coupon_offline_above"

    home.line.mend()
    assert [hold["amount"] for hold in spend(home, "DEAR")["holds"]] == [1]
    assert arrive(hq, home) == []


def test_a_share_ends_by_itself_a_week_ahead(hq: RealHq, home: WholeRegister) -> None:
    make_round(hq, home)
    home.line.cut()
    home.clock.turn(timedelta(days=7) - GUARD - timedelta(days=1))
    spend(home, "B0")

    home.clock.turn(timedelta(days=2))
    assert refused(home, "B1") == "coupon_offline_bounded"


def test_a_coupon_that_was_taken_with_no_line_is_asked_for_once_the_line_is_back(
    hq: RealHq, home: WholeRegister, away: WholeRegister
) -> None:
    make_round(hq, home, away)
    home.line.cut()
    selling = home.opened.selling
    selling.scan(RICE_CODE)
    told = selling.present("B0").quote.payable
    spend(away, "B0")
    away.push_all()
    home.line.mend()

    with pytest.raises(Refusal, match="price_changed"):
        selling.complete_with_cash(told, CASHIER, told=told)

    assert selling.view().basket.coupons == ()
    selling.clear()
    assert arrive(hq, away, home) == []
