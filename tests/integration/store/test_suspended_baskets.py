"""Suspended baskets lie in the file until they are recalled, whatever happens to the machine meanwhile."""

from contextlib import closing
from dataclasses import replace

import pytest

from pos_app.domain.basket import Basket
from pos_app.domain.branches import Opening, Parting
from pos_app.domain.consequences import pending_of_fact
from pos_app.domain.errors import Breakdown, DiskFull, Refusal
from pos_app.domain.facts import GENESIS, START, ChainHead, Position
from pos_app.domain.holds import RELEASED_FACT_KIND, Hold
from pos_app.domain.ids import BasketId, MemberId, OperatorId
from pos_app.domain.money import Fen
from pos_app.domain.suspended_basket import MOST_SUSPENDED, SuspendedBasket
from pos_app.store.journal.branches import GoingOn, begin_epoch
from pos_app.store.journal.journal import Journal
from pos_app.store.journal.passing import Passing
from tests.support.small_shop import RICE_CODE, Counter, reopened

CASHIER = OperatorId("1001")


def set_aside(counter: Counter, pieces: int = 1) -> BasketId:
    basket = counter.selling.scan(RICE_CODE, pieces).basket
    counter.selling.suspend(CASHIER)
    return basket.id


def test_a_suspended_basket_comes_back_as_it_was_and_is_sold(counter: Counter) -> None:
    before = counter.selling.scan(RICE_CODE, 3).basket
    counter.selling.set_member("13800138000")
    empty = counter.selling.suspend(CASHIER)
    assert empty.basket.lines == ()

    (suspended,) = counter.selling.suspended()
    assert (suspended.basket.lines, suspended.operator) == (before.lines, CASHIER)
    assert suspended.payable > 0
    taken = counter.selling.recall(suspended.id)
    assert (taken.basket.id, taken.basket.lines) == (before.id, before.lines)
    assert taken.basket.member is not None
    assert taken.basket.member.id == MemberId("M1")
    sold = counter.selling.complete_with_cash(taken.quote.payable, CASHIER)
    assert sold.sale.basket.id == before.id
    assert counter.selling.suspended() == []


def test_the_next_customer_is_served_meanwhile(counter: Counter) -> None:
    first, second = set_aside(counter), set_aside(counter, 2)
    due = counter.selling.scan(RICE_CODE).quote.payable
    counter.selling.complete_with_cash(due, CASHIER)

    assert [each.id for each in counter.selling.suspended()] == [second, first]


def test_a_power_cut_leaves_what_is_suspended_and_what_is_open(counter: Counter) -> None:
    suspended = set_aside(counter)
    opened = counter.selling.scan(RICE_CODE, 5).basket
    counter.journal.sync()
    counter.close()

    again = reopened(counter.folder / "journal.db")
    assert again.open_basket() == opened
    assert [each.id for each in again.suspended_baskets()] == [suspended]
    again.close()


def test_recalling_is_refused_with_goods_in_hand_and_of_one_that_is_gone(counter: Counter) -> None:
    suspended = set_aside(counter)
    opened = counter.selling.scan(RICE_CODE).basket
    with pytest.raises(Refusal, match="basket_in_hand"):
        counter.selling.recall(suspended)
    counter.selling.clear()
    counter.selling.recall(suspended)
    counter.selling.clear()

    with pytest.raises(Refusal, match="suspended_gone"):
        counter.selling.recall(suspended)
    with pytest.raises(Refusal, match="suspended_gone"):
        counter.selling.recall(opened.id)
    with pytest.raises(Refusal, match="basket_empty"):
        counter.selling.suspend(CASHIER)


def test_a_member_alone_gives_way_to_what_is_recalled(counter: Counter) -> None:
    suspended = set_aside(counter)
    counter.selling.set_member("13800138000")

    assert counter.selling.recall(suspended).basket.id == suspended
    assert counter.journal.open_basket() == counter.selling.view().basket


def test_only_so_many_are_suspended(counter: Counter) -> None:
    for _ in range(MOST_SUSPENDED):
        set_aside(counter)
    kept = counter.selling.scan(RICE_CODE).basket

    with pytest.raises(Refusal, match="suspended_full"):
        counter.selling.suspend(CASHIER)
    assert counter.selling.view().basket == kept


def test_a_full_disk_leaves_the_basket_in_hand(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = counter.selling.scan(RICE_CODE, 2).basket

    def full(_journal: Journal, _suspended: object) -> None:
        raise DiskFull("disk_full")

    monkeypatch.setattr(Journal, "suspend_basket", full)
    with pytest.raises(Breakdown):
        counter.selling.suspend(CASHIER)

    assert counter.selling.view().basket == opened
    assert counter.selling.suspended() == []


def test_what_is_suspended_is_what_was_in_hand_and_not_what_was_kept_before(journal: Journal) -> None:
    basket = Basket(BasketId("b1"))
    journal.keep_basket(basket)
    rounded = replace(basket, rounding="jiao")
    journal.suspend_basket(SuspendedBasket(rounded, "2026-06-18T10:00:00+08:00", CASHIER, Fen(0)))

    assert journal.open_basket() is None
    assert [each.basket for each in journal.suspended_baskets()] == [rounded]


def test_a_basket_from_elsewhere_that_is_cleared_with_its_holds_is_known_as_thrown_away(counter: Counter) -> None:
    came = replace(counter.selling.view().basket, id=BasketId("elsewhere"), handed_over=2)
    counter.selling.adopt(came.with_hold(Hold("H1", "points", "M1", 100)))

    counter.selling.clear()

    with closing(Passing(counter.journal.path)) as passing:
        assert passing.ended([came.id]).thrown == {came.id: 2}
    assert counter.journal.facts_behind(START, 9)[-1].kind == RELEASED_FACT_KIND
    assert counter.journal.open_basket() is None


def test_a_basket_sold_by_a_fact_that_was_taken_over_is_known_as_sold(counter: Counter) -> None:
    basket = counter.selling.scan(RICE_CODE)
    counter.selling.complete_with_cash(basket.quote.payable, CASHIER)
    parting = Parting(START, ChainHead(Position(1, 80), GENESIS), frozen=True)
    for _ in range(2):
        going_on = GoingOn(Opening("forked", parting.head), counter.clock.now().isoformat(), CASHIER)
        begin_epoch(counter.journal, parting, going_on, pending_of_fact)

    with closing(Passing(counter.journal.path)) as passing:
        assert passing.ended([basket.basket.id]).sold == {basket.basket.id}
