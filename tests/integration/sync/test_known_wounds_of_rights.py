"""What others' points, gift cards and coupons suffered, each by its name: it does not happen here.

Whole registers on real files, the real headquarters, and a line to which all of it may happen.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from pos_app.domain.errors import Breakdown, Refusal
from pos_app.domain.ids import CouponId, MemberId, OperatorId
from pos_app.domain.ledger import LedgerKey, coupon_key, points_key, use_key
from sync.client.line import SwitchableLine
from tests.integration.hq.till import OIL, small_chain, until_copies_went
from tests.support.mishaps import Mishap, Mishaps, answer_lost, doubled, silent
from tests.support.real_hq import Borrowed, RealHq
from tests.support.whole_register import WholeRegister, enrolled

RICE_CODE, OIL_CODE = "6999999000112", "6999999000129"
PHONE = "13800001137"
POINTS = points_key(MemberId("M1"))
USES = use_key("P2", MemberId("M1"))
RULES = {
    "points": {"earn_per": 100, "worth": {"points": 100, "amount": 100}},
    "promotions": [{"id": "P2", "kind": "price", "of": {"skus": [OIL]}, "price": 5000, "limit_per_member": 2}],
    "coupon_templates": [{"id": "T1", "kind": "cash", "off": 500, "offline": {"each": 500, "store_day": 500}}],
    "coupons": [{"id": "CARD", "template": "T1"}],
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
    """Enrol registers."""
    made: list[WholeRegister] = []

    def make(store: str) -> WholeRegister:
        made.append(enrolled(hq, tmp_path / f"register-{len(made)}", store))
        return made[-1]

    yield make
    for register in made:
        register.stop()


@pytest.fixture
def register(new_register: Callable[[str], WholeRegister]) -> WholeRegister:
    return new_register("S001")


def sell_to_member(register: WholeRegister, code: str = RICE_CODE, spending: int = 0) -> None:
    """Sell one piece to the member."""
    register.opened.selling.scan(PHONE)
    register.opened.selling.scan(code)
    if spending:
        register.opened.selling.redeem_points(spending)
    due = register.opened.selling.view().quote.payable
    register.opened.selling.complete_with_cash(due, OperatorId("1001"))


def sell_with_coupon(register: WholeRegister, coupon: str = "CARD") -> None:
    register.opened.selling.scan(coupon)
    register.sell(RICE_CODE)


def through(register: WholeRegister, *mishaps: Mishap) -> None:
    """Let these happen to the register's next requests."""
    line = Mishaps(Borrowed(register.hq))
    line.expect(*mishaps)
    register.stop()
    register.line = SwitchableLine(line)
    register.start()


def at_hq(hq: RealHq) -> dict[str, int]:
    report = hq.administrator("GET", "/v1/reports/rights?member=M1")
    assert report["differs"] == 0
    assert hq.administrator("GET", "/v1/reports/ledgers") == {"rows": []}
    return {row["entitlement"]: row["stands"] for row in report["rows"]}


def pending(register: WholeRegister, key: LedgerKey) -> int:
    return len(list(register.opened.journal.pending_of(key)))


@pytest.mark.parametrize("mishaps", [(answer_lost, doubled), (doubled,), (silent, answer_lost, doubled)])
def test_points_are_not_counted_twice_on_a_retry(
    hq: RealHq, register: WholeRegister, mishaps: tuple[Mishap, ...]
) -> None:
    """OCA/pos#185 (comments), odoo#270532: a retried push gave the points again."""
    sell_to_member(register)
    sell_to_member(register, spending=100)
    through(register, *mishaps)
    expected = 500 + 69 - 100 + 68
    assert register.seen(POINTS) == expected

    for _ in mishaps:
        with suppress(Breakdown, Refusal):
            register.push_all()
        assert register.seen(POINTS) == expected
    register.sync()

    assert register.seen(POINTS) == expected
    assert at_hq(hq) == {"points": expected}


def test_points_that_were_spent_are_deducted_everywhere(
    hq: RealHq, register: WholeRegister, new_register: Callable[[str], WholeRegister]
) -> None:
    """POS-Awesome-V15#3059: points were redeemed and stayed on the account."""
    other, beside = new_register("S002"), new_register("S001")
    sell_to_member(register, spending=500)
    register.sync()
    until_copies_went(hq)
    for one in (other, beside):
        one.sync()

    assert [one.seen(POINTS) for one in (register, beside, other)] == [64, 64, 64]
    other.opened.selling.scan(PHONE)
    other.opened.selling.scan(RICE_CODE)
    with pytest.raises(Refusal, match="points_balance"):
        other.opened.selling.redeem_points(100)


def test_a_coupon_used_in_a_race_counts_once_and_the_other_is_told(
    hq: RealHq, register: WholeRegister, new_register: Callable[[str], WholeRegister]
) -> None:
    """odoo#79235, POSNext#198: a gift card or coupon was used twice at the same time."""
    other = new_register("S002")
    hq.administrator("POST", "/v1/leases/round")
    until_copies_went(hq)
    for one in (register, other):
        one.sync()
        one.line.cut()
        sell_with_coupon(one)
        assert one.seen(coupon_key(CouponId("CARD"))) == 1
        with pytest.raises(Refusal, match="coupon_spent"):
            one.opened.selling.present("CARD")
        one.line.mend()
    for one in (register, other):
        one.sync()

    rows = hq.administrator("GET", "/v1/reports/exceptions")["rows"]
    assert [(row["code"], row["store"], row["details"]["store"]) for row in rows] == [("coupon_spent", "S002", "S001")]
    assert hq.administrator("GET", "/v1/reports/ledgers") == {"rows": []}
    until_copies_went(hq)
    for one in (register, other):
        one.sync()
        with pytest.raises(Refusal, match="coupon_unknown"):
            one.opened.selling.present("CARD")


def test_a_promotion_limited_per_member_is_not_had_again_next_door(
    hq: RealHq, register: WholeRegister, new_register: Callable[[str], WholeRegister]
) -> None:
    other = new_register("S002")
    sell_to_member(register, OIL_CODE)
    sell_to_member(register, OIL_CODE)
    register.sync()
    until_copies_went(hq)
    other.sync()

    assert (register.seen(USES), other.seen(USES)) == (2, 2)
    other.opened.selling.scan(PHONE)
    assert other.opened.selling.scan(OIL_CODE).quote.payable == 8990


def test_what_headquarters_counts_is_settled_and_goes_after_a_day(hq: RealHq, register: WholeRegister) -> None:
    sell_to_member(register, OIL_CODE)
    assert (pending(register, POINTS), pending(register, USES)) == (1, 1)
    register.sync()
    register.see_to_it()
    assert pending(register, POINTS) == 1
    before = (register.seen(POINTS), register.seen(USES))

    register.clock.turn(timedelta(days=1, minutes=1))
    register.see_to_it()

    assert (pending(register, POINTS), pending(register, USES)) == (0, 0)
    assert (register.seen(POINTS), register.seen(USES)) == before == (550, 1)


def test_points_are_right_over_a_new_replica_in_the_middle_of_it(
    hq: RealHq, register: WholeRegister, tmp_path: Path
) -> None:
    """The base is replaced by one that has some of the register's facts in it, then by one with none at all."""
    hq.back_up(tmp_path / "before.db")
    sell_to_member(register)
    register.sync()
    sell_to_member(register, spending=100)
    register.push_all()  # headquarters has it, the replica not yet
    expected = 500 + 69 - 100 + 68
    assert register.seen(POINTS) == expected

    register.stop()
    shutil.rmtree(register.folder.replica)
    register.folder.prepare()
    register.start()
    register.engine.pull_once()
    register.see_to_it()
    assert register.seen(POINTS) == expected

    register.clock.turn(timedelta(days=2))
    register.see_to_it()
    assert pending(register, POINTS) == 0
    hq.restore(tmp_path / "before.db", "another-life")
    for _ in range(3):
        register.engine.pull_once()
        register.see_to_it()
        assert register.seen(POINTS) == expected
        register.push_all()
    register.sync()

    assert register.seen(POINTS) == expected
    assert at_hq(hq) == {"points": expected}
