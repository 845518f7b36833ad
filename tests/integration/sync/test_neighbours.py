"""What is suspended at one till is recalled at another, with headquarters gone: one owner, whatever the line does."""

import threading
from contextlib import suppress

import pytest

from pos_app.domain.errors import Breakdown, LineDown, Refusal
from pos_app.domain.suspended_basket import SuspendedAt
from sync.client.network import Network
from tests.support.store_tills import CASHIER
from tests.support.two_tills import Store, until

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(120)]

RICE_CODE = "6999999000112"


def test_a_basket_goes_from_till_to_till_and_is_sold_once(store: Store) -> None:
    basket = store.first.suspend(RICE_CODE, 3)

    store.second.recall(store.seen(basket))

    assert store.first.opened.selling.suspended() == []
    with pytest.raises(Refusal, match="suspended_gone"):
        store.first.opened.selling.recall(basket)
    sold = store.second.sell()
    assert (sold["basket"], sold["lines"][0]["quantity"]) == (basket, 3000)
    until(lambda: store.first.sees(basket) is None)


def test_there_and_back_again(store: Store) -> None:
    basket = store.first.suspend(RICE_CODE)
    store.second.recall(store.seen(basket))
    store.second.opened.selling.suspend(CASHIER)

    until(lambda: (found := store.first.sees(basket)) and found.device == "S001-R2")
    found = store.first.sees(basket)
    assert found is not None
    store.first.recall(found)

    assert store.first.sell()["basket"] == basket
    assert store.second.opened.selling.suspended() == []


def test_an_answer_that_was_swallowed_is_given_again_and_to_nobody_else(store: Store) -> None:
    basket = store.first.suspend(RICE_CODE)
    wanted = store.seen(basket)
    store.line.cut = True
    with pytest.raises(LineDown, match="peer_down"):
        store.second.recall(wanted)
    assert store.line.swallowed == 1
    assert store.first.opened.selling.suspended() == [], "the first till gave it away before it said so"
    with pytest.raises(Refusal, match="suspended_gone"):
        store.first.opened.selling.recall(basket)

    store.line.cut = False
    store.second.recall(store.seen(basket))
    assert store.second.sell()["basket"] == basket


def test_what_never_arrived_is_taken_back_by_who_gave_it(store: Store) -> None:
    basket = store.first.suspend(RICE_CODE)
    wanted = store.seen(basket)
    store.line.cut = True
    with pytest.raises(LineDown):
        store.second.recall(wanted)

    mine = store.first.sees(basket)
    assert mine is not None
    assert mine.device == "S001-R2"
    store.first.recall(mine)
    assert store.first.opened.selling.view().basket.id == basket
    store.line.cut = False
    with pytest.raises(Refusal, match="basket_in_hand_there"):
        store.second.recall(wanted)
    assert store.first.sell()["basket"] == basket
    with pytest.raises(Refusal, match="basket_sold_there"):
        store.second.recall(wanted)


def test_while_it_is_asked_for_nobody_takes_it_back(store: Store) -> None:
    """The second till has asked and not heard: the first, asking it in turn, hears that it is in hand there."""
    basket = store.first.suspend(RICE_CODE)
    wanted = store.seen(basket)
    store.second.lan.fetch(wanted)

    mine = store.first.sees(basket)
    assert mine is not None
    with pytest.raises(Refusal, match="basket_in_hand_there"):
        store.first.recall(mine)


def test_with_its_owner_off_a_copy_opens_and_the_owner_learns_that_it_was_sold(store: Store) -> None:
    basket = store.first.suspend(RICE_CODE, 2)
    wanted = store.seen(basket)
    store.first.stop()

    with pytest.raises(LineDown):
        store.second.recall(wanted)
    store.second.copy(wanted)
    assert store.second.sell()["lines"][0]["quantity"] == 2000

    store.first.start()
    until(lambda: store.first.opened.selling.suspended() == [])


def test_a_basket_sold_by_its_owner_and_from_a_copy_is_an_exception_at_headquarters(store: Store) -> None:
    basket = store.first.suspend(RICE_CODE)
    wanted = store.seen(basket)
    store.first.lan.close()
    with pytest.raises(LineDown):
        store.second.recall(wanted)
    store.second.copy(wanted)
    copied = store.second.sell()
    store.first.opened.selling.recall(basket)
    own = store.first.sell()

    store.hq.start()
    store.second.push(store.hq)
    store.first.push(store.hq)

    told = store.hq.administrator("GET", "/v1/exceptions")["rows"]
    store.hq.stop()
    assert [(each["code"], each["receipt"], each["details"]["other"]) for each in told] == [
        ("basket_sold_twice", own["receipt"], copied["receipt"])
    ]


def test_what_was_heard_is_known_after_a_restart_with_the_owner_off(store: Store) -> None:
    basket = store.first.suspend(RICE_CODE)
    store.seen(basket)
    store.first.stop()
    store.second.stop()

    store.second.start()

    assert store.second.sees(basket) is not None
    store.first.start()


def test_two_who_want_it_at_once_get_it_once(store: Store) -> None:
    """The counter recalls its own while a neighbour has it handed over: whoever is first has it."""
    for _ in range(20):
        basket = store.first.suspend(RICE_CODE)
        wanted = store.seen(basket)
        has_it: list[str] = []

        def far(wanted: SuspendedAt = wanted, has_it: list[str] = has_it) -> None:
            with suppress(Refusal):
                store.second.recall(wanted)
                has_it.append("second")

        thread = threading.Thread(target=far)
        thread.start()
        with suppress(Refusal):
            store.first.opened.selling.recall(basket)
            has_it.append("first")
        thread.join()
        assert len(has_it) == 1
        for till in (store.first, store.second):
            till.opened.selling.clear()


def test_a_register_of_another_store_is_not_heard(store: Store) -> None:
    store.second.folder.keep_store_secret("00" * 32)
    store.second.stop()
    basket = store.first.suspend(RICE_CODE)
    (store.second.folder.spool / "neighbours.json").unlink(missing_ok=True)
    store.second.start()
    before = store.first.opened.selling.suspended()

    with pytest.raises(LineDown):
        store.second.lan.fetch(SuspendedAt.whole(store.first.opened.journal.device, before[0]))
    assert store.second.sees(basket) is None
    assert store.first.opened.selling.suspended() == before


def test_a_network_that_cannot_be_opened_is_told_and_selling_goes_on(store: Store) -> None:
    taken = store.first.network.listen
    store.second.stop()
    store.second.network = Network(taken)
    store.second.start()

    with pytest.raises(Breakdown, match="lan_not_open"):
        store.second.lan.elsewhere()
    store.second.opened.selling.scan(RICE_CODE)
    assert store.second.sell()["receipt"]
