"""Points are spent with no line from a lease alone: whole registers of two stores, cut from the real headquarters."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from pos_app.domain.errors import Refusal
from pos_app.domain.facts import Fact, read_fact
from pos_app.domain.ids import MemberId, OperatorId
from pos_app.domain.leases import GUARD
from pos_app.domain.ledger import points_key
from tests.integration.hq.till import small_chain, until_copies_went
from tests.support.real_hq import RealHq
from tests.support.whole_register import WholeRegister, enrolled

RICE_CODE, PHONE = "6999999000112", "13800001137"
POINTS = points_key(MemberId("M1"))
RULES = {
    # nothing is earned, so that what is left is what was not spent
    "points": {"earn_per": 1_000_000, "worth": {"points": 1, "amount": 1}, "lease": {"most": 200}},
}


@pytest.fixture
def hq(tmp_path: Path) -> Iterator[RealHq]:
    hq = RealHq(tmp_path / "hq")
    hq.start()
    chain = small_chain()
    chain["members"][0]["points"] = 500
    hq.administrator("POST", "/v1/import", json=chain | RULES)
    yield hq
    hq.stop()


@pytest.fixture
def new_register(hq: RealHq, tmp_path: Path) -> Iterator[Callable[[str], WholeRegister]]:
    """Enrol registers whose clocks are headquarters'."""
    made: list[WholeRegister] = []

    def make(store: str) -> WholeRegister:
        made.append(enrolled(hq, tmp_path / f"register-{len(made)}", store))
        made[-1].clock.at = datetime.now(UTC)
        return made[-1]

    yield make
    for register in made:
        register.stop()


@pytest.fixture
def home(new_register: Callable[[str], WholeRegister]) -> WholeRegister:
    return new_register("S001")


def make_round(hq: RealHq, *registers: WholeRegister) -> None:
    """Grant, renew and ask back, and let registers hear of it."""
    hq.administrator("POST", "/v1/leases/round")
    until_copies_went(hq)
    for register in registers:
        register.sync()


def spend(register: WholeRegister, points: int) -> None:
    """Sell to the member, who pays a part with points."""
    selling = register.opened.selling
    selling.clear()
    selling.scan(PHONE)
    selling.scan(RICE_CODE)
    selling.redeem_points(points)
    selling.complete_with_cash(selling.view().quote.payable, OperatorId("1001"))


def refused(register: WholeRegister, points: int) -> str:
    with pytest.raises(Refusal) as refusal:
        spend(register, points)
    return f"{refusal.value.code} {refusal.value.details['balance']}"


def last(register: WholeRegister) -> Fact:
    return register.opened.journal.recent_sales(1)[0]


def healed(hq: RealHq, *registers: WholeRegister) -> int:
    """Mend every line, let all that waits go, hold everything against its ledger; give the member's points."""
    for register in registers:
        register.line.mend()
        register.sync()
    until_copies_went(hq)
    for register in registers:
        register.sync()
    assert hq.administrator("GET", "/v1/reports/exceptions")["rows"] == []
    assert hq.administrator("GET", "/v1/reports/ledgers")["rows"] == []
    (row,) = hq.administrator("GET", "/v1/reports/rights?member=M1")["rows"]
    assert [register.seen(POINTS) for register in registers] == [row["stands"]] * len(registers)
    return int(row["stands"])


def test_with_no_line_the_lease_may_be_spent_at_its_register_and_nothing_elsewhere(
    hq: RealHq, home: WholeRegister, new_register: Callable[[str], WholeRegister]
) -> None:
    beside, other = new_register("S001"), new_register("S002")
    make_round(hq, home, beside, other)
    for register in (home, beside, other):
        register.line.cut()

    assert [refused(register, 1) for register in (beside, other)] == ["points_offline 0"] * 2
    spend(home, 150)
    assert refused(home, 51) == "points_offline 50"
    spend(home, 50)
    assert refused(home, 1) == "points_offline 0"

    assert [part["amount"] for part in last(home).body["leases"]] == [50]
    assert healed(hq, home, beside, other) == 300


def test_with_a_line_another_store_spends_all_but_what_is_leased(
    hq: RealHq, home: WholeRegister, new_register: Callable[[str], WholeRegister]
) -> None:
    other = new_register("S002")
    make_round(hq, home, other)

    assert refused(other, 301) == "points_leased 300"
    spend(other, 300)
    home.line.cut()
    spend(home, 200)

    assert "leases" not in last(other).body
    assert healed(hq, home, other) == 0


def test_at_home_with_a_line_all_may_be_spent_the_lease_first(hq: RealHq, home: WholeRegister) -> None:
    make_round(hq, home)

    spend(home, 450)

    assert [part["amount"] for part in last(home).body["leases"]] == [200]
    home.line.cut()
    assert refused(home, 50) == "points_offline 0"
    assert healed(hq, home) == 50


def test_a_lease_ends_by_itself_at_its_time_and_is_given_back(hq: RealHq, home: WholeRegister) -> None:
    make_round(hq, home)
    home.line.cut()
    spend(home, 40)

    home.clock.turn(timedelta(days=7, minutes=5) - GUARD)
    assert refused(home, 1) == "points_offline 0"
    for _ in range(2):
        home.see_to_it()

    assert healed(hq, home) == 460
    facts = [read_fact(canonical) for canonical in hq.facts_of("S001-R1")]
    assert [fact.body["left"] for fact in facts if fact.kind == "lease_returned"] == [160]
    assert hq.administrator("GET", "/v1/leases")["rows"] == []
    home.clock.at = datetime.now(UTC)
    make_round(hq, home)
    home.line.cut()
    spend(home, 200)
    assert healed(hq, home) == 260


def test_a_lease_that_is_asked_back_comes_behind_every_spend(hq: RealHq, home: WholeRegister) -> None:
    make_round(hq, home)
    home.line.cut()
    (lease,) = hq.administrator("GET", "/v1/leases")["rows"]
    hq.administrator("POST", f"/v1/leases/{lease['id']}/recall")
    spend(home, 120)

    home.line.mend()
    home.sync()
    home.line.cut()
    assert refused(home, 1) == "points_offline 0"
    (row,) = hq.administrator("GET", "/v1/leases")["rows"]
    assert (row["left"], row["state"]) == (80, "asked")

    assert healed(hq, home) == 380
    assert hq.administrator("GET", "/v1/leases")["rows"] == []


def test_points_that_are_held_for_the_basket_are_taken_at_the_tender_when_the_line_went(
    hq: RealHq, home: WholeRegister
) -> None:
    make_round(hq, home)
    selling = home.opened.selling
    selling.scan(PHONE)
    selling.scan(RICE_CODE)
    due = selling.redeem_points(450).quote.payable
    home.line.cut()

    selling.complete_with_cash(due, OperatorId("1001"), told=due)

    assert last(home).body["points_used"] == 450
    assert healed(hq, home) == 50


def test_points_of_a_recalled_basket_are_lowered_at_the_tender_when_the_line_went(
    hq: RealHq, home: WholeRegister
) -> None:
    make_round(hq, home)
    selling = home.opened.selling
    selling.scan(PHONE)
    selling.scan(RICE_CODE)
    view = selling.redeem_points(450)
    selling.suspend(OperatorId("1001"))
    home.line.cut()
    selling.recall(view.basket.id)

    with pytest.raises(Refusal, match="price_changed"):
        selling.complete_with_cash(view.quote.payable, OperatorId("1001"), told=view.quote.payable)

    assert selling.view().basket.redeem_points == 200
    assert healed(hq, home) == 500


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_cut_and_when_leased_spending_never_goes_below_zero(
    hq: RealHq, home: WholeRegister, new_register: Callable[[str], WholeRegister], seed: int
) -> None:
    random = Random(seed)
    registers = [home, new_register("S001"), new_register("S002")]
    spent = 0
    for _ in range(40):
        register, step = random.choice(registers), random.randrange(5)
        if step == 0:
            make_round(hq)
        elif step == 1:
            register.line.mend()
            register.sync()
        elif step == 2:
            for row in hq.administrator("GET", "/v1/leases")["rows"]:
                hq.administrator("POST", f"/v1/leases/{row['id']}/recall")
        else:
            register.line.cut()
            points = random.randrange(1, 120)
            with suppress(Refusal):
                spend(register, points)
                spent += points

    assert healed(hq, *registers) == 500 - spent >= 0
