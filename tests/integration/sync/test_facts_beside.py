"""A till whose own line is down gives its facts to one that has a line: brought byte for byte, counted once."""

import threading
from random import Random

import pytest

from pos_app.bootstrap.line import wired_sync
from pos_app.domain.errors import Refusal
from pos_app.domain.facts import START, Position
from pos_app.domain.ids import MemberId, Sku
from pos_app.domain.ledger import points_key, stock_key
from pos_app.store.peers.shelf import PeerReader
from sync.client import agent as agent_module
from sync.client.agent import Agent
from tests.support.real_hq import Borrowed
from tests.support.store_tills import Till
from tests.support.two_tills import Store, until

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(120)]

RICE_CODE, RICE, PHONE = "6999999000112", Sku("RICE5"), "13800001137"
RULES = {
    "points": {"earn_per": 100, "worth": {"points": 100, "amount": 100}},
    "coupon_templates": [{"id": "T1", "kind": "cash", "off": 500}],
    "coupons": [{"id": "CARD", "template": "T1"}],
}


def sells(till: Till, pieces: int = 1) -> None:
    till.opened.selling.scan(RICE_CODE, pieces)
    till.sell()


def given_to(till: Till, owner: Till) -> Position:
    """Tell how far a till was given another's facts."""
    shelf, place = PeerReader(till.folder.peers), START
    while (given := shelf.next_of(owner.identity.device, place)) is not None:
        place = given.facts[-1].position
    return place


def wait_until_given(till: Till, owner: Till) -> None:
    head = owner.opened.journal.head().position
    until(lambda: given_to(till, owner) == head)


def stock(till: Till) -> int:
    """Tell the rice that a till sees, with what it and its neighbours did."""
    amount = till.opened.replica.confirmed(stock_key(RICE))
    assert amount is not None
    device = till.opened.journal.device
    return amount.seen_by(device, till.opened.journal.pending_of(stock_key(RICE)))


def test_with_its_own_line_down_a_till_is_heard_by_way_of_its_neighbour_and_once(store: Store) -> None:
    store.first.line_is(up=False)
    for _ in range(3):
        sells(store.first)
    wait_until_given(store.second, store.first)
    assert store.first.opened.replica.acknowledged() == START

    store.hq.start()
    store.second.relay(store.hq)
    assert store.hq.facts_of("S001-R1") == store.first.chain()
    assert store.first.opened.replica.acknowledged() == START, "headquarters alone confirms, and to the owner"

    store.first.push(store.hq)
    store.second.relay(store.hq)
    assert store.hq.facts_of("S001-R1") == store.first.chain()
    assert store.first.opened.replica.acknowledged() == store.first.opened.journal.head().position
    store.second.pull(store.hq)
    store.hq.stop()
    assert stock(store.second) == 97_000


def test_the_sync_agent_brings_them_when_it_is_told_that_something_came(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agent_module, "MAX_WAIT_S", 1)
    store.hq.start()
    with wired_sync(store.second.folder, store.second.identity, Borrowed(store.hq)) as wiring:
        agent = Agent(wiring, lambda _event: None, Random(1))
        agent.start()
        store.first.line_is(up=False)
        sells(store.first)
        wait_until_given(store.second, store.first)

        agent.obey("push")

        until(lambda: store.hq.facts_of("S001-R1") == store.first.chain())
        agent.stop()
        workers = {"push", "pull", "errands"}
        until(lambda: not workers.intersection(thread.name for thread in threading.enumerate()))
    store.hq.stop()


def test_a_till_whose_line_is_up_gives_nothing(store: Store) -> None:
    store.first.line_is(up=True)
    sells(store.first)
    basket = store.first.suspend(RICE_CODE)
    store.seen(basket)

    assert PeerReader(store.second.folder.peers).owners() == {}


def test_both_send_at_once_and_it_counts_once(store: Store) -> None:
    store.first.line_is(up=False)
    for _ in range(8):
        sells(store.first)
    wait_until_given(store.second, store.first)
    store.hq.start()

    both = [threading.Thread(target=each, args=(store.hq,)) for each in (store.first.push, store.second.relay)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()

    assert store.hq.facts_of("S001-R1") == store.first.chain()
    store.first.pull(store.hq)
    store.hq.stop()
    assert stock(store.first) == 92_000


def test_an_answer_that_was_lost_costs_nothing(store: Store) -> None:
    """The first till reaches the second, and not the other way round: what was kept is not known to who gave it."""
    store.second.line_is(up=False)
    store.line.cut = True
    for _ in range(3):
        sells(store.second)
    until(lambda: store.line.swallowed >= 2)
    store.line.cut = False
    wait_until_given(store.first, store.second)

    store.hq.start()
    store.first.relay(store.hq)
    assert store.hq.facts_of("S001-R2") == store.second.chain()
    store.hq.stop()


def test_a_neighbour_counts_what_headquarters_lacks_and_no_more_once_it_has_it(store: Store) -> None:
    before = stock(store.second)
    store.first.line_is(up=False)
    store.first.opened.selling.set_member("13800001137")
    sells(store.first, 2)
    wait_until_given(store.second, store.first)
    assert stock(store.second) == before - 2000
    assert stock(store.first) == before - 2000

    store.hq.start()
    store.second.relay(store.hq)
    store.second.pull(store.hq)
    store.hq.stop()

    assert stock(store.second) == before - 2000
    assert store.second.lan.pending_of(stock_key(RICE)), "it is kept a while for who reads an older document"


def test_what_was_spent_at_one_till_is_spent_at_the_next_with_headquarters_away(store: Store) -> None:
    store.hq.start()
    store.hq.administrator("POST", "/v1/import", json=RULES)
    for till in (store.first, store.second):
        till.pull(store.hq)
    store.hq.stop()
    store.first.line_is(up=False)
    store.first.opened.selling.set_member(PHONE)
    store.first.opened.selling.scan(RICE_CODE)
    store.first.opened.selling.present("CARD")
    sold = store.first.sell()
    wait_until_given(store.second, store.first)

    store.second.opened.selling.scan(RICE_CODE)
    with pytest.raises(Refusal, match="coupon_spent"):
        store.second.opened.selling.present("CARD")
    points = store.second.opened.replica.confirmed(points_key(MemberId("M1")))
    assert points is not None
    assert points.amount == sold["points_earned"] > 0


def test_once_its_line_is_up_again_its_owner_says_what_is_confirmed(store: Store) -> None:
    store.first.line_is(up=False)
    sells(store.first)
    wait_until_given(store.second, store.first)
    store.hq.start()
    store.first.push(store.hq)
    store.hq.stop()

    store.first.line_is(up=True)

    until(lambda: given_to(store.second, store.first) == START)
    assert PeerReader(store.second.folder.peers).owners() == {"S001-R1": store.first.opened.replica.acknowledged()}


def test_a_lost_file_is_given_again(store: Store) -> None:
    store.first.line_is(up=False)
    sells(store.first)
    wait_until_given(store.second, store.first)
    store.second.stop()
    for file in store.second.folder.path.glob("peers.db*"):
        file.unlink()
    store.second.folder.peers.write_bytes(b"no database at all" * 100)

    store.second.start()
    sells(store.first)

    until(store.second.folder.peers.exists)
    wait_until_given(store.second, store.first)


def test_what_headquarters_refuses_is_not_brought_again_and_again(store: Store) -> None:
    store.first.line_is(up=False)
    sells(store.first)
    wait_until_given(store.second, store.first)
    store.hq.start()
    store.hq.administrator("POST", "/v1/devices/S001-R1/revoke")

    store.second.relay(store.hq)

    assert store.hq.facts_of("S001-R1") == []
    store.hq.stop()
    # It would find headquarters down if it had anything to bring.
    store.second.relay(store.hq)
