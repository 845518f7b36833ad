"""Each hand-over of a basket has a number: nobody is given an older state of it, nothing that ended comes back."""

import json
import socket
import time
from contextlib import suppress
from pathlib import Path

import pytest

from pos_app.domain.basket import MAX_LINES, Basket, BasketLine
from pos_app.domain.errors import LineDown, Refusal
from pos_app.domain.ids import BasketId, DeviceId, OperatorId, Sku
from pos_app.domain.money import Fen
from pos_app.domain.quantity import Quantity
from pos_app.domain.suspended_basket import MOST_SUSPENDED, SuspendedAt, SuspendedBasket
from pos_app.store.journal.passing import Passing
from sync.client import lan
from sync.client.network import Network
from tests.support.store_tills import CASHIER, Till, enrolled_folder, free_port
from tests.support.two_tills import EVERY_S, Store, until

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(120)]

RICE_CODE = "6999999000112"


def seen_at(till: Till, basket: BasketId, device: str) -> SuspendedAt:
    """Wait until a till hears that a register has a basket, and what is in it."""
    until(lambda: (found := till.sees(basket)) and found.device == device and found.copy is not None)
    found = till.sees(basket)
    assert found is not None
    return found


def pieces(till: Till) -> list[int]:
    return [line.quantity // 1000 for line in till.opened.selling.view().basket.lines]


def test_what_is_taken_back_after_a_lost_answer_is_the_newest_that_there_was(store: Store) -> None:
    """Second → first, where more is scanned → second, whose answer is lost: the second holds an older state of it."""
    basket = store.second.suspend(RICE_CODE, 1)
    store.first.recall(seen_at(store.first, basket, "S001-R2"))
    store.first.opened.selling.scan(RICE_CODE, 4)
    store.first.opened.selling.suspend(CASHIER)
    wanted = seen_at(store.second, basket, "S001-R1")
    store.line.cut = True
    with pytest.raises(LineDown):
        store.second.recall(wanted)
    store.line.cut = False

    mine = store.first.sees(basket)
    assert mine is not None
    store.first.recall(mine)

    assert pieces(store.first) == [5]
    with pytest.raises(Refusal, match="basket_in_hand_there"):
        store.second.recall(wanted)
    assert store.first.sell()["lines"][0]["quantity"] == 5000


def test_a_repeated_question_is_answered_the_same_and_one_of_before_is_not(store: Store, tmp_path: Path) -> None:
    basket = store.first.suspend(RICE_CODE, 2)
    own = Passing(store.first.folder.journal)

    first = own.pass_to(basket, "S001-R2", known=0)
    assert own.pass_to(basket, "S001-R2", known=0) == first
    assert first.basket.handed_over == 1
    with pytest.raises(Refusal, match="basket_unknown_there"):
        own.pass_to(basket, "S001-R2", known=1)
    with pytest.raises(Refusal, match="basket_passed_on"):
        own.pass_to(basket, "S001-R3", known=0)

    back = own.taken_back(basket)
    assert back is not None
    store.first.opened.selling.adopt(back)
    store.first.opened.selling.suspend(CASHIER)
    assert own.pass_to(basket, "S001-R2", known=0).basket.handed_over == 3, "it is another hand-over than before"
    own.close()


def test_a_question_that_a_stranger_recorded_takes_no_basket_away(store: Store) -> None:
    basket = store.first.suspend(RICE_CODE)
    wanted = seen_at(store.second, basket, "S001-R1")
    taped = len(store.line.taped)
    store.second.recall(wanted)
    recorded = store.line.taped[taped:]
    store.second.opened.selling.suspend(CASHIER)
    store.first.recall(seen_at(store.first, basket, "S001-R2"))
    store.first.opened.selling.suspend(CASHIER)

    for question in recorded:
        address = store.first.network.listen.split(":")
        with socket.create_connection((address[0], int(address[1])), timeout=30) as connection:
            line = lan.Line(connection, time.monotonic() + 30)
            line.receive()
            line.send(question)
            with suppress(ConnectionError):
                assert connection.recv(1) == b"", "it was answered"

    assert [each.id for each in store.first.opened.selling.suspended()] == [basket]


def test_a_basket_thrown_away_where_it_went_does_not_come_back(store: Store) -> None:
    basket = store.first.suspend(RICE_CODE)
    store.second.recall(seen_at(store.second, basket, "S001-R1"))
    mine = store.first.sees(basket)
    assert mine is not None

    store.second.opened.selling.clear()

    with pytest.raises(Refusal, match="basket_thrown_there"):
        store.first.recall(mine)
    until(lambda: store.first.sees(basket) is None)
    store.second.stop()
    store.second.start()
    assert store.second.opened.selling.view().basket.lines == ()
    with pytest.raises(Refusal, match="basket_thrown_there"):
        store.first.recall(mine)


def test_a_copy_that_is_thrown_away_leaves_the_basket_with_its_owner(store: Store) -> None:
    basket = store.first.suspend(RICE_CODE)
    store.second.recall(seen_at(store.second, basket, "S001-R1"))
    store.second.opened.selling.suspend(CASHIER)
    store.first.recall(seen_at(store.first, basket, "S001-R2"))
    store.first.opened.selling.suspend(CASHIER)
    wanted = seen_at(store.second, basket, "S001-R1")

    store.second.copy(wanted)
    store.second.opened.selling.clear()

    there, here = Passing(store.second.folder.journal), Passing(store.first.folder.journal)
    here.forget(there.ended([basket]))
    there.close()
    here.close()
    assert [each.id for each in store.first.opened.selling.suspended()] == [basket]


def test_whoever_has_a_copy_in_hand_is_told_that_it_was_sold(store: Store) -> None:
    basket = store.first.suspend(RICE_CODE)
    wanted = seen_at(store.second, basket, "S001-R1")
    store.second.copy(wanted)
    assert store.second.sold_elsewhere == []

    store.first.opened.selling.recall(basket)
    heard = store.second.folder.spool / "neighbours.json"
    until(lambda: not json.loads(heard.read_text(encoding="utf-8"))["S001-R1"]["said"]["heads"])
    store.first.sell()

    until(lambda: store.second.sold_elsewhere)
    assert set(store.second.sold_elsewhere) == {(basket, DeviceId("S001-R1"))}


def test_a_basket_that_is_open_elsewhere_is_listed_as_in_hand_there(store: Store) -> None:
    basket = store.first.suspend(RICE_CODE)
    store.second.recall(seen_at(store.second, basket, "S001-R1"))

    until(lambda: (found := store.first.sees(basket)) and found.in_hand)

    store.second.opened.selling.suspend(CASHIER)
    until(lambda: (found := store.first.sees(basket)) and not found.in_hand)


def test_a_till_that_heard_of_it_does_not_offer_what_another_sold_from_a_copy(store: Store, tmp_path: Path) -> None:
    """Three tills, the owner off: the second sells a copy, and the third is not offered one of its own any more."""
    third = third_till(store, tmp_path)
    basket = store.first.suspend(RICE_CODE)
    wanted = seen_at(store.second, basket, "S001-R1")
    seen_at(third, basket, "S001-R1")
    store.first.stop()

    store.second.copy(wanted)
    store.second.sell()

    until(lambda: third.sees(basket) is None)
    third.stop()
    store.first.start()


def third_till(store: Store, path: Path) -> Till:
    """Another till of the store, that reaches both."""
    store.hq.start()
    folder = enrolled_folder(store.hq, path / "third")
    store.hq.stop()
    addresses = [store.first.network.listen, store.second.network.listen]
    return Till(folder, Network(f"127.0.0.1:{free_port()}", addresses, EVERY_S)).start()


def test_fifty_baskets_of_five_hundred_lines_are_all_listed_and_the_largest_is_handed_over(store: Store) -> None:
    journal = store.first.opened.journal
    for number in range(MOST_SUSPENDED):
        journal.suspend_basket(large_basket(number))

    until(lambda: len(store.second.lan.elsewhere()) == MOST_SUSPENDED)

    wanted = store.second.lan.elsewhere()[0]
    assert (wanted.head.lines, wanted.head.payable) == (MAX_LINES, 12345)
    assert len(store.second.lan.fetch(wanted).lines) == MAX_LINES


def large_basket(number: int) -> SuspendedBasket:
    lines = [
        BasketLine(at, Sku(f"SKU{at:06d}"), "五常大米 稻花香2号 真空包装 5kg装", Quantity(1000), "6999999000112", "袋")
        for at in range(1, MAX_LINES + 1)
    ]
    basket = Basket(BasketId(f"0197{number:04d}"), tuple(lines), MAX_LINES + 1)
    return SuspendedBasket(basket, "2026-06-18T09:00:00.000+08:00", OperatorId("1001"), Fen(12345))
