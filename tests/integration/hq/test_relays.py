"""A register brings another's facts: of its own store only, under the owner's signature, and counted once."""

from collections.abc import Callable

import httpx
import msgspec
import pytest

from pos_app.domain.facts import ChainHead, Fact
from sync.protocol.compression import compress
from sync.protocol.signatures import HEAD_HEADER, sign_head
from sync.protocol.wire import FactsAnswer
from tests.integration.hq.till import OIL, RICE, Till, execute, goods
from tests.support.real_hq import RealHq

NewTill = Callable[[str], Till]


@pytest.fixture
def owner(new_till: NewTill) -> Till:
    return new_till("S001")


def brings(bearer: Till, owner: Till, facts: list[Fact] | None = None, *, signer: Till | None = None) -> httpx.Response:
    """Let a register push facts of another, as its owner wrote and signed them."""
    facts = owner.facts if facts is None else facts
    last = ChainHead(facts[-1].position, facts[-1].hash)
    head = sign_head(owner.device, last, (signer or owner).identity.key)
    body = compress(b"".join(fact.canonical + b"\n" for fact in facts))
    return bearer.post(body, to=owner.device, **{HEAD_HEADER: head, "Content-Encoding": "zstd"})


def stock_of(hq: RealHq, sku: str) -> int:
    ((quantity,),) = execute(hq, "SELECT on_hand FROM stock_balance WHERE place = 'S001' AND sku = ?", sku)
    return int(quantity)


def test_facts_are_taken_byte_for_byte_from_whoever_comes_first_and_count_once(
    hq: RealHq, till: Till, owner: Till
) -> None:
    before = stock_of(hq, RICE)
    owner.sell(goods(RICE, 2))
    owner.sell(goods(RICE, 3))

    answer = brings(till, owner)

    assert answer.status_code == 200, answer.text
    said = msgspec.json.decode(answer.content, type=FactsAnswer)
    assert (said.acked_epoch, said.acked_seq) == (1, 2)
    assert hq.facts_of(owner.device) == [fact.canonical for fact in owner.facts]
    assert hq.facts_of(till.device) == []
    owner.sell(goods(RICE, 1))
    owner.push()
    brings(till, owner)
    assert stock_of(hq, RICE) == before - 6000
    ((signed,),) = execute(hq, "SELECT head_signed FROM device WHERE id = ?", owner.device)
    assert signed.split(" ")[:2] == ["1", "3"]


def test_what_the_owner_sent_itself_first_is_not_taken_again(hq: RealHq, till: Till, owner: Till) -> None:
    before = stock_of(hq, OIL)
    owner.sell(goods(OIL, 2))
    owner.push()

    assert brings(till, owner).status_code == 200
    assert stock_of(hq, OIL) == before - 2000


def test_a_register_of_another_store_brings_nothing(hq: RealHq, owner: Till, new_till: NewTill) -> None:
    owner.note()

    answer = brings(new_till("S002"), owner)

    assert (answer.status_code, answer.json()["code"]) == (403, "device_mismatch")
    assert hq.facts_of(owner.device) == []


def test_facts_of_nobody_are_not_brought(till: Till, owner: Till) -> None:
    owner.note()
    stranger = Till(type(owner.identity)("S001-R99", owner.identity.key), owner.transport, facts=owner.facts)

    answer = brings(till, stranger)

    assert (answer.status_code, answer.json()["code"]) == (403, "device_mismatch")


def test_who_brings_them_cannot_sign_for_their_owner(hq: RealHq, till: Till, owner: Till) -> None:
    owner.note()

    answer = brings(till, owner, signer=till)

    assert (answer.status_code, answer.json()["code"]) == (400, "head_signature")
    assert hq.facts_of(owner.device) == []


@pytest.mark.parametrize("revoked", ["bearer", "owner"])
def test_neither_a_revoked_register_nor_its_facts_are_heard(hq: RealHq, till: Till, owner: Till, revoked: str) -> None:
    owner.note()
    name = till.device if revoked == "bearer" else owner.device
    hq.administrator("POST", f"/v1/devices/{name}/revoke")

    answer = brings(till, owner)

    assert (answer.status_code, answer.json()["code"]) == (403, "device_revoked")
    assert hq.facts_of(owner.device) == []


def test_another_branch_freezes_its_owner_and_not_who_brings_it(hq: RealHq, till: Till, owner: Till) -> None:
    twin = Till(owner.identity, owner.transport)
    owner.sell(goods(RICE))
    owner.push()
    twin.sell(goods(OIL))

    answer = brings(till, twin)

    assert (answer.status_code, answer.json()["code"]) == (409, "fork")
    till.note()
    assert till.push().acked_seq == 1
    owner.note()
    assert owner.send([owner.facts[-1].canonical], owner.facts[-1:]).json()["code"] == "device_frozen"


def test_a_batch_with_a_gap_is_not_stored_and_says_from_where(hq: RealHq, till: Till, owner: Till) -> None:
    owner.note(4)

    answer = brings(till, owner, owner.facts[2:])

    assert answer.status_code == 200
    assert msgspec.json.decode(answer.content, type=FactsAnswer).acked_seq == 0
    assert hq.facts_of(owner.device) == []
