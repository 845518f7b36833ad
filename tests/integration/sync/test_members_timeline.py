"""What a member bought is one list in every store that knows them, own unconfirmed sales in it; a store that a member
comes to knows them from then on, with what was before.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pos_app.domain.ids import OperatorId
from pos_app.domain.instants import Instant, instant_of
from pos_app.domain.members import Member
from pos_app.domain.operators import Operator
from pos_app.domain.purchases import Purchase
from pos_app.domain.returned import refunding
from pos_app.services.knowing import Looking
from pos_app.services.returning import Asked
from sync.hq.db.database import Database
from sync.hq.members.forgetting import forget_purchases, forget_visits
from tests.integration.hq.till import small_chain, until_copies_went
from tests.support.real_hq import RealHq
from tests.support.whole_register import WholeRegister, enrolled

RICE_CODE, PHONE, CASHIER = "6999999000112", "13911110000", OperatorId("1001")
RULES = {
    "points": {"earn_per": 100},
    "coupon_templates": [{"id": "T", "kind": "cash", "off": 500}],
    "members": [{"id": "M9", "name": "周海燕", "phone": PHONE, "home_store": "S001", "points": 0}],
    "coupons": [{"id": "C9", "template": "T", "member": "M9"}],
}


@pytest.fixture
def hq(tmp_path: Path) -> Iterator[RealHq]:
    hq = RealHq(tmp_path / "hq")
    hq.start()
    hq.administrator("POST", "/v1/import", json=small_chain())
    hq.administrator("POST", "/v1/import", json=RULES)
    yield hq
    hq.stop()


@pytest.fixture
def new_register(hq: RealHq, tmp_path: Path) -> Iterator[Callable[[str], WholeRegister]]:
    made: list[WholeRegister] = []

    def make(store: str) -> WholeRegister:
        made.append(enrolled(hq, tmp_path / f"register-{len(made)}", store))
        made[-1].clock.at = datetime.now(UTC)
        return made[-1]

    yield make
    for register in made:
        register.stop()


def sells(register: WholeRegister, code: str) -> str:
    selling = register.opened.selling
    register.clock.turn(timedelta(minutes=1))
    selling.clear()
    selling.scan(code)
    selling.scan(RICE_CODE)
    return str(selling.complete_with_cash(selling.view().quote.payable, CASHIER).sale.receipt)


def signed_code(hq: RealHq, register: WholeRegister) -> str:
    """The code on the member's phone; the first one makes a key, of which the register must hear."""
    hq.administrator("POST", "/v1/members/M9/code")
    register.sync()
    return str(hq.administrator("POST", "/v1/members/M9/code")["code"])


def known(register: WholeRegister, code: str = PHONE) -> Member | None:
    return register.opened.knowing.scanned(code)


def bought(register: WholeRegister) -> list[Purchase]:
    member = known(register)
    assert member is not None
    return list(register.opened.remembering.of(member).purchases)


def all_hear(hq: RealHq, *registers: WholeRegister) -> None:
    for register in registers:
        register.sync()
    until_copies_went(hq)
    for register in registers:
        register.sync()


def test_own_sales_stand_in_the_list_before_and_after_headquarters_tells_of_them(
    hq: RealHq, new_register: Callable[[str], WholeRegister]
) -> None:
    here = new_register("S001")
    here.line.cut()
    receipts = [sells(here, PHONE) for _ in range(3)]

    assert [each.number for each in bought(here)] == receipts[::-1]
    assert {each.confirmed for each in bought(here)} == {False}
    before = bought(here)

    here.line.mend()
    all_hear(hq, here)

    after = bought(here)
    assert {each.confirmed for each in after} == {True}
    assert [(each.id, each.number, each.amount, each.points) for each in after] == [
        (each.id, each.number, each.amount, each.points) for each in before
    ]
    assert [line.name for line in after[0].lines] == [line.name for line in before[0].lines]
    assert hq.administrator("GET", "/v1/reports/exceptions")["rows"] == []


def test_a_store_that_a_member_comes_to_knows_them_from_then_on_with_all_that_was(
    hq: RealHq, new_register: Callable[[str], WholeRegister]
) -> None:
    home, other = new_register("S001"), new_register("S002")
    receipts = [sells(home, PHONE)]
    all_hear(hq, home, other)
    assert known(other) is None

    receipts.append(sells(other, signed_code(hq, other)))
    all_hear(hq, other, home)

    for register in (home, other):
        assert [each.number for each in bought(register)] == receipts[::-1]
        member = known(register)
        assert member is not None
        card = register.opened.knowing.card(member)
        assert (card.points_confirmed, card.points_pending) == (sum(each.points for each in bought(register)), 0)
        assert [each.coupon.id for each in card.coupons] == ["C9"]
    receipts.append(sells(other, PHONE))
    all_hear(hq, other, home)
    assert [each.number for each in bought(home)] == receipts[::-1]


def test_after_a_year_without_a_visit_the_store_forgets_the_member(
    hq: RealHq, new_register: Callable[[str], WholeRegister]
) -> None:
    home, other = new_register("S001"), new_register("S002")
    sells(other, signed_code(hq, other))
    all_hear(hq, other, home)
    assert known(other) is not None

    assert nightly(hq, forget_visits, days=300) == 0
    assert nightly(hq, forget_visits, days=400) == 1
    all_hear(hq, other, home)

    assert known(other) is None
    assert known(home) is not None
    assert len(bought(home)) == 1
    assert nightly(hq, forget_purchases, days=450) == 2  # one in each store
    all_hear(hq, home)
    assert bought(home) == []


def nightly(hq: RealHq, job: Callable[[Database, Instant], Awaitable[int]], *, days: int) -> int:
    """Let headquarters do a job as it would so many days from now."""
    now = Instant(instant_of(datetime.now(UTC)) + days * 24 * 3600 * 1_000_000)

    async def work() -> int:
        database = await Database.open(hq.settings.database_url, announce=lambda _: None)
        try:
            return await job(database, now)
        finally:
            await database.close()

    return asyncio.run(work())


def test_that_somebody_looked_is_at_headquarters_and_nothing_of_what_was_seen(
    hq: RealHq, new_register: Callable[[str], WholeRegister]
) -> None:
    here = new_register("S001")
    member = known(here)
    assert member is not None
    here.opened.knowing.look_at(member.id, Looking(CASHIER, "联系取货"))
    here.sync()

    facts = hq.facts_of("S001-R1")
    assert any(b'"kind":"member_looked_at"' in fact for fact in facts)
    assert not any(PHONE.encode() in fact for fact in facts)
    assert hq.administrator("GET", "/v1/reports/exceptions")["rows"] == []


def test_what_came_back_stands_in_the_list_of_every_store_too(
    hq: RealHq, new_register: Callable[[str], WholeRegister]
) -> None:
    home = new_register("S001")
    receipt = sells(home, PHONE)
    returning = home.opened.returning
    sale = returning.find(receipt)
    told = refunding(sale, {1: 1000}).amount
    home.clock.turn(timedelta(minutes=1))
    returning.give_back(Asked(sale, {1: 1000}, "unwanted", told), Operator(CASHIER, "林晓雯", "cashier", ""))

    before = [(each.kind, each.amount, each.points, each.confirmed) for each in bought(home)]
    all_hear(hq, home)

    after = [(each.kind, each.amount, each.points, each.confirmed) for each in bought(home)]
    assert [each[:3] for each in after] == [each[:3] for each in before]
    assert [each[0] for each in after] == ["return", "sale"]
    assert (after[0][1], after[0][2]) == (-after[1][1], -after[1][2])
    assert {each[3] for each in after} == {True}
