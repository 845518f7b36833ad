"""Members registered with no line: known and earning at once, one person where two stores registered the same phone,
whichever comes first; ledgers add up, old ids go on working, and a link can be taken back.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pos_app.domain.errors import Refusal
from pos_app.domain.ids import OperatorId
from pos_app.domain.members import Member
from pos_app.domain.registration import Asked
from tests.integration.hq.till import small_chain, until_copies_went
from tests.support.real_hq import RealHq
from tests.support.whole_register import WholeRegister, enrolled

RICE_CODE, IMPORTED_PHONE = "6999999000112", "13800001137"
OTHER_PHONE = "13700001111"
PHONE, CASHIER = "13912345678", OperatorId("1001")
RULES = {"points": {"earn_per": 100, "worth": {"points": 1, "amount": 1}, "lease": {"most": 200}}}
POINTS_OF_A_SALE = 69
"""Rice costs 69.90 in the small chain's prices."""


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
def stores(hq: RealHq, tmp_path: Path) -> Iterator[tuple[WholeRegister, WholeRegister]]:
    """Two stores' registers, both cut off."""
    made = [enrolled(hq, tmp_path / store, store) for store in ("S001", "S002")]
    for register in made:
        register.clock.at = datetime.now(UTC)
        register.line.cut()
    yield made[0], made[1]
    for register in made:
        register.stop()


def registers(register: WholeRegister, name: str = "林小满", phone: str = PHONE) -> Member:
    return register.opened.registering.register(Asked(name, phone, "2026-11"), CASHIER)


def sells_to(register: WholeRegister, code: str, *, points: int = 0) -> int:
    """Sell rice to whom a code names; give the points that it earned."""
    selling = register.opened.selling
    selling.clear()
    selling.scan(code)
    selling.scan(RICE_CODE)
    if points:
        selling.redeem_points(points)
    return selling.complete_with_cash(selling.view().quote.payable, CASHIER).sale.quote.points_earned


def points(register: WholeRegister, code: str) -> int:
    """What the counter shows of whom a code names."""
    member = register.opened.knowing.scanned(code)
    assert member is not None
    return register.opened.knowing.card(member).member.points


def come_back(hq: RealHq, *in_order: WholeRegister) -> None:
    """Let registers come back one after the other, then all hear of all."""
    for register in in_order:
        register.line.mend()
        register.sync()
    until_copies_went(hq)
    for register in in_order:
        register.sync()


def healed(hq: RealHq) -> None:
    for report in ("exceptions", "ledgers"):
        assert hq.administrator("GET", f"/v1/reports/{report}")["rows"] == []


def test_one_who_is_registered_offline_is_known_at_once_and_earns(
    hq: RealHq, stores: tuple[WholeRegister, WholeRegister]
) -> None:
    here, _ = stores
    member = registers(here)

    assert [each.id for each in here.opened.knowing.find("5678").members] == [member.id]
    earned = sells_to(here, PHONE) + sells_to(here, member.id)
    assert points(here, PHONE) == earned > 0
    assert here.opened.knowing.card(member).waits

    come_back(hq, here)

    assert points(here, PHONE) == earned
    card = here.opened.knowing.card(member)
    assert (card.waits, card.points_confirmed, card.points_pending) == (False, earned, 0)
    assert [each.id for each in here.opened.knowing.find("lxm").members] == [member.id]
    healed(hq)


@pytest.mark.parametrize("first", [0, 1])
def test_two_stores_that_registered_the_same_phone_have_one_member_and_all_the_points(
    hq: RealHq, stores: tuple[WholeRegister, WholeRegister], first: int
) -> None:
    one, other = registers(stores[0]), registers(stores[1], "林 小满", "+86 139-1234-5678")
    earned = sells_to(stores[0], PHONE) + sells_to(stores[1], other.id) + sells_to(stores[1], PHONE)

    come_back(hq, stores[first], stores[1 - first])

    kept, linked = (one, other) if first == 0 else (other, one)
    for register in stores:
        assert {points(register, code) for code in (one.id, other.id, PHONE)} == {earned}
        assert [each.id for each in register.opened.knowing.find("5678").members] == [kept.id]
    family = hq.administrator("GET", f"/v1/members/{linked.id}/family")
    assert (family["family"], family["points"]) == ([kept.id, linked.id], earned)
    healed(hq)


def test_sales_under_either_id_count_once_while_stores_hear_of_the_link_at_different_times(
    hq: RealHq, stores: tuple[WholeRegister, WholeRegister]
) -> None:
    one, other = registers(stores[0]), registers(stores[1])
    earned = sells_to(stores[0], one.id) + sells_to(stores[1], other.id)
    come_back(hq, stores[0])
    earned += sells_to(stores[1], other.id)
    come_back(hq, stores[1])
    stores[0].sync()
    stores[0].line.cut()  # it has heard; what it sells from here waits
    earned += sells_to(stores[0], other.id) + sells_to(stores[1], one.id)
    assert points(stores[0], PHONE) == earned - POINTS_OF_A_SALE

    come_back(hq, stores[1], stores[0])

    assert [points(register, PHONE) for register in stores] == [earned, earned]
    healed(hq)


def test_who_was_registered_anew_though_imported_is_the_imported_one(
    hq: RealHq, stores: tuple[WholeRegister, WholeRegister]
) -> None:
    _, other = stores
    elsewhere = {"id": "M7", "name": "陈静怡", "phone": OTHER_PHONE, "home_store": "S001", "points": 500}
    hq.administrator("POST", "/v1/import", json={"members": [elsewhere]})
    anew = registers(other, "陈静", OTHER_PHONE)
    earned = sells_to(other, anew.id)
    assert points(other, OTHER_PHONE) == earned

    come_back(hq, other)

    assert points(other, anew.id) == 500 + earned
    found = other.opened.knowing.scanned(anew.id)
    assert found is not None
    assert (found.id, found.name) == ("M7", "陈静怡")
    healed(hq)


def test_an_import_takes_in_whom_a_store_registered(hq: RealHq, stores: tuple[WholeRegister, WholeRegister]) -> None:
    here, _ = stores
    member = registers(here)
    earned = sells_to(here, PHONE)
    come_back(hq, here)

    row = {"id": "M77", "name": "林小满", "phone": PHONE, "card": "C-77", "home_store": "S001", "points": 40}
    hq.administrator("POST", "/v1/import", json={"members": [row]})
    come_back(hq, here)

    assert points(here, "C-77") == points(here, member.id) == 40 + earned
    found = here.opened.knowing.scanned(PHONE)
    assert found is not None
    assert found.id == "M77"
    healed(hq)


def test_taken_back_each_side_has_its_own_again(hq: RealHq, stores: tuple[WholeRegister, WholeRegister]) -> None:
    one, other = registers(stores[0]), registers(stores[1])
    own = [sells_to(stores[0], one.id), sells_to(stores[1], other.id) + sells_to(stores[1], other.id)]
    come_back(hq, *stores)
    own[0] += sells_to(stores[1], other.id)  # rung under the one id that is left
    stores[1].sync()

    hq.administrator("POST", f"/v1/members/{other.id}/part", json={"by": "许文清"})
    come_back(hq, *stores)

    assert points(stores[0], one.id) == own[0]
    assert points(stores[1], other.id) == own[1]
    with pytest.raises(AssertionError):
        points(stores[0], other.id)  # never of this store
    healed(hq)


def test_leased_points_of_both_ids_are_spent_offline_once_and_given_back(
    hq: RealHq, stores: tuple[WholeRegister, WholeRegister]
) -> None:
    one, other = registers(stores[0]), registers(stores[1])
    earned = sum(sells_to(stores[0], one.id) for _ in range(2)) + sum(sells_to(stores[1], other.id) for _ in range(2))
    come_back(hq, stores[0])
    hq.administrator("POST", "/v1/leases/round")
    come_back(hq, stores[1])
    for _ in range(2):
        hq.administrator("POST", "/v1/leases/round")
        come_back(hq, *stores)
    for register in stores:
        register.line.cut()
    spent = 0
    for register in stores:
        found = register.opened.knowing.scanned(PHONE)
        assert found is not None
        spendable = register.opened.knowing.card(found).spendable
        if spendable:
            spent += spendable
            earned += sells_to(register, PHONE, points=spendable)

    come_back(hq, *stores)

    assert 0 < spent <= earned
    assert [points(register, PHONE) for register in stores] == [earned - spent] * 2
    healed(hq)


@pytest.mark.parametrize(
    ("name", "phone", "month", "code"),
    [
        ("", PHONE, "", "member_name"),
        ("林" * 41, PHONE, "", "member_name"),
        ("林小满", "1391234567", "", "phone_format"),
        ("林小满", "23912345678", "", "phone_format"),
        ("林小满", "phone", "", "phone_format"),
        ("林小满", PHONE, "13", "birth_month"),
        ("林小满", PHONE, "六", "birth_month"),
        ("林小满", IMPORTED_PHONE, "", "phone_taken"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    stores: tuple[WholeRegister, WholeRegister], name: str, phone: str, month: str, code: str
) -> None:
    here, _ = stores
    head = here.opened.journal.head

    with pytest.raises(Refusal) as refusal:
        here.opened.registering.register(Asked(name, phone, "2026-11", month), CASHIER)

    assert refusal.value.code == code
    assert refusal.value.details["field"] in {"name", "phone", "birth_month"}
    assert here.opened.journal.head == head


def test_without_consent_nobody_is_registered(stores: tuple[WholeRegister, WholeRegister]) -> None:
    with pytest.raises(Refusal) as refusal:
        stores[0].opened.registering.register(Asked("林小满", PHONE, ""), CASHIER)

    assert refusal.value.code == "consent_missing"
