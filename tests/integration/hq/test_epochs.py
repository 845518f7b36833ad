"""New epochs at headquarters: which facts may open one, what adopted facts come to, and the own chain given back."""

import base64
from dataclasses import replace

import pytest

from pos_app.domain.branches import Opening, adoption, read_opening
from pos_app.domain.facts import ChainHead, Fact, Happening, Position, next_fact
from pos_app.domain.ids import DeviceId, OperatorId
from tests.integration.hq.till import AT, OIL, RICE, Till, aside, execute, goods
from tests.support.real_hq import RealHq

MANAGER = OperatorId("9001")


def opened(till: Till, follows: ChainHead, *, reason: str = "forked", epoch: int = 2) -> Till:
    """Go on behind an end of headquarters' chain, with nothing carried over yet."""
    anew = Till(till.identity, till.transport, till.store, epoch, base=ChainHead(Position(epoch, 0), follows.hash))
    happening = Opening("behind" if reason == "behind" else "forked", follows).happening(AT, MANAGER)
    anew.do(happening.kind, dict(happening.body))
    return anew


def adopt(till: Till, *facts: Fact) -> None:
    for fact in facts:
        happening = adoption(fact, AT, MANAGER)
        till.do(happening.kind, dict(happening.body))


def forked(till: Till) -> Till:
    """Let a twin's sale be refused; give the twin."""
    till.sell()
    till.push()
    twin = Till(till.identity, till.transport, receipts=6)
    twin.sell(goods(OIL, 2))
    assert twin.send([twin.facts[0].canonical]).json()["code"] == "fork"
    return twin


def state(hq: RealHq) -> str:
    return str(execute(hq, "SELECT state FROM device WHERE id = 'S001-R1'")[0][0])


def on_hand(hq: RealHq, sku: str) -> int:
    rows = hq.administrator("GET", "/v1/reports/stock", params={"place": "S001"})["rows"]
    return next(int(row["on_hand"]) for row in rows if row["sku"] == sku)


def test_an_adopted_sale_is_applied_once_and_the_register_is_free_again(hq: RealHq, till: Till) -> None:
    twin = forked(till)
    anew = opened(till, till.head())
    adopt(anew, *twin.facts)

    first, again = anew.push(), anew.push()

    assert first.acked_epoch == again.acked_epoch == 2
    assert state(hq) == "active"
    assert (on_hand(hq, RICE), on_hand(hq, OIL)) == (99_000, 98_000)
    assert hq.administrator("GET", "/v1/reports/sales")["total"]["sales"] == 2
    assert hq.administrator("GET", "/v1/reports/chains")["broken"] == 0
    assert aside(hq) == [twin.facts[0].canonical]


def test_both_branches_may_move_the_same_product_in_the_same_place(hq: RealHq, till: Till) -> None:
    till.sell(goods(RICE))
    till.push()
    twin = Till(till.identity, till.transport, receipts=6)
    twin.sell(goods(RICE, 3))
    twin.send([twin.facts[0].canonical])
    anew = opened(till, till.head())
    adopt(anew, *twin.facts)

    answer = anew.push()

    assert answer.exceptions == []
    assert on_hand(hq, RICE) == 96_000


def test_a_fact_that_was_carried_over_twice_still_means_what_it_said(hq: RealHq, till: Till) -> None:
    twin = forked(till)
    second = opened(till, till.head())
    adopt(second, *twin.facts)
    third = opened(till, till.head(), epoch=3)
    adopt(third, *second.facts)

    third.push()

    assert hq.administrator("GET", "/v1/reports/sales")["total"]["sales"] == 2
    assert on_hand(hq, OIL) == 98_000


def test_nobodys_approval_does_not_free_a_frozen_register(hq: RealHq, till: Till) -> None:
    forked(till)
    alone = opened(till, till.head(), reason="behind")

    refused = alone.send([alone.facts[0].canonical])

    assert (refused.status_code, refused.json()["code"]) == (403, "device_frozen")
    assert state(hq) == "frozen"


def test_a_register_that_lost_its_disk_opens_an_epoch_itself(hq: RealHq, till: Till) -> None:
    till.note(3)
    till.push()
    anew = opened(till, till.head(), reason="behind", epoch=7)
    anew.sell()

    answer = anew.push()

    assert (answer.acked_epoch, answer.acked_seq) == (7, 2)
    assert hq.administrator("GET", "/v1/reports/chains")["broken"] == 0


def test_an_epoch_that_follows_what_was_lost_here_waits_for_it(hq: RealHq, till: Till) -> None:
    till.note(2)
    till.push(till.facts[:1])
    anew = opened(till, till.head())

    early = anew.push()
    late_too = anew.push(anew.facts)
    till.push()

    assert (early.acked_epoch, early.acked_seq) == (late_too.acked_epoch, late_too.acked_seq) == (1, 1)
    assert anew.push().acked_epoch == 2


def test_an_epoch_that_follows_another_end_is_a_fork(hq: RealHq, till: Till) -> None:
    till.note(3)
    till.push()
    behind = ChainHead(till.facts[1].position, till.facts[1].hash)
    anew = opened(till, behind)

    answer = anew.send([anew.facts[0].canonical])

    assert (answer.status_code, answer.json()["code"]) == (409, "fork")
    assert state(hq) == "frozen"


def test_a_later_batch_of_an_epoch_that_is_not_here_is_not_stored(hq: RealHq, till: Till) -> None:
    till.note(1)
    till.push()
    anew = opened(till, till.head())
    anew.note(3)

    early = anew.push(anew.facts[2:])

    assert (early.acked_epoch, early.acked_seq) == (1, 1)
    assert len(hq.facts_of(till.device)) == 1


@pytest.mark.parametrize("inside", ["rust", "{}", 7, None, "another register's"])
def test_what_cannot_be_read_inside_an_adopted_fact_is_quarantined_and_stops_nothing(
    hq: RealHq, till: Till, inside: object
) -> None:
    till.note(1)
    if inside == "another register's":
        stranger = next_fact(DeviceId("S002-R1"), till.head(), Happening("device_note", 1, AT, MANAGER, {}))
        inside = stranger.canonical.decode()
    till.do("adopted", {"fact": inside})
    till.sell()

    answer = till.push()

    assert answer.acked_seq == 3
    assert [(one.seq, one.code) for one in answer.exceptions] == [(2, "fact_unreadable")]
    assert execute(hq, "SELECT seq FROM fact WHERE state = 'quarantined'") == [(2,)]
    assert hq.administrator("GET", "/v1/reports/sales")["total"]["sales"] == 1


def test_an_opening_of_another_shape_opens_nothing(till: Till) -> None:
    fact = till.do("epoch_opened", {"reason": "behind", "follows": {"epoch": 1, "seq": 2, "hash": "00"}})
    whole = {"epoch": 1, "seq": 2, "hash": "00" * 32}

    assert read_opening(fact) is None
    assert read_opening(replace(fact, body={"reason": "bored", "follows": whole})) is None
    assert read_opening(replace(fact, body={"reason": "behind", "follows": [1, 2]})) is None
    assert read_opening(replace(fact, body={"reason": "behind", "follows": whole | {"seq": True}})) is None
    assert read_opening(replace(fact, body={"reason": "behind", "follows": whole | {"hash": "no"}})) is None
    assert read_opening(replace(fact, body={"reason": "behind", "follows": whole})) is not None


def test_the_own_chain_is_given_back_byte_for_byte_page_by_page(hq: RealHq, till: Till) -> None:
    till.note(450)
    for start in (0, 200, 400):
        till.push(till.facts[start : start + 200])
    given: list[bytes] = []
    after = "0:0"
    while True:
        page = till.ask("GET", f"/v1/devices/{till.device}/facts", params={"after": after}).json()
        if not page["facts"]:
            break
        given += [base64.b64decode(fact["canonical"]) for fact in page["facts"]]
        after = f"{page['facts'][-1]['epoch']}:{page['facts'][-1]['seq']}"

    assert given == [fact.canonical for fact in till.facts]
    assert (page["head_epoch"], page["head_seq"], page["frozen"]) == (1, 450, False)
    assert base64.b64decode(page["head_hash"]) == till.head().hash


def test_a_page_is_bounded_in_bytes_but_never_empty(hq: RealHq, till: Till) -> None:
    for _ in range(40):
        till.do("device_note", {"note": "x" * 250_000})
    for start in range(0, 40, 20):
        till.push(till.facts[start : start + 20])

    page = till.ask("GET", f"/v1/devices/{till.device}/facts", params={"after": "0:0"}).json()

    assert 0 < len(page["facts"]) < 40


def test_nobody_is_given_another_registers_chain(hq: RealHq, till: Till) -> None:
    refused = till.ask("GET", "/v1/devices/S002-R1/facts", params={"after": "0:0"})

    assert (refused.status_code, refused.json()["code"]) == (403, "device_mismatch")


@pytest.mark.parametrize("after", ["", "1", "1:x", "-1:2", "1:2:3", "9" * 40 + ":1"])
def test_a_place_that_is_none_is_named(till: Till, after: str) -> None:
    refused = till.ask("GET", f"/v1/devices/{till.device}/facts", params={"after": after})

    assert refused.status_code == 400
    assert refused.json()["field"] == "after"
