"""The engine on a register's real files: chain and replica on disk, headquarters on paper at its worst."""

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest

from pos_app.domain.codes import lookup_key
from pos_app.domain.errors import Breakdown, FileDamaged, LineDown
from pos_app.domain.facts import Position
from sync.client.signing import Identity
from sync.protocol.compression import compress
from sync.protocol.signatures import new_key
from tests.support.mishaps import answer_lost, goes_well, silent
from tests.support.paper_hq import PaperHq
from tests.support.register_files import DEVICE
from tests.support.store_register import StoreRegister

RICE = {"sku": "P1", "name": "五常大米", "barcodes": [{"code": "6901234567892"}]}


def priced(amount: int) -> dict[str, object]:
    return {"id": "R1", "sku": "P1", "kind": "base", "amount": amount, "scope": "chain"}


@pytest.fixture
def hq() -> PaperHq:
    hq = PaperHq()
    hq.publish("chain", "product", "P1", RICE)
    hq.publish("chain", "price", "R1", priced(1000))
    return hq


@pytest.fixture
def identity(hq: PaperHq) -> Identity:
    key = new_key()
    hq.keys[DEVICE] = key.public_key()
    return Identity(DEVICE, key)


@pytest.fixture
def register(tmp_path: Path, hq: PaperHq, identity: Identity) -> Iterator[StoreRegister]:
    register = StoreRegister(tmp_path / "till", identity, hq)
    yield register
    register.close()


def at_hq(hq: PaperHq) -> list[bytes]:
    return [fact.canonical for fact in hq.chains[DEVICE]]


def price_seen(register: StoreRegister) -> int | None:
    body = register.reader.document("price", "R1")
    return None if body is None else json.loads(body)["amount"]


def test_the_first_snapshot_is_what_readers_see(register: StoreRegister) -> None:
    register.engine.pull_once()

    found = register.reader.by_code(lookup_key("6901234567892"))
    assert found is not None
    assert found.product.name == "五常大米"
    assert price_seen(register) == 1000


def test_a_price_comes_down_and_facts_go_up(register: StoreRegister, hq: PaperHq) -> None:
    register.engine.pull_once()
    hq.publish("chain", "price", "R1", priced(900))
    register.sign_in(5)

    register.push_all()
    register.engine.pull_once()

    assert price_seen(register) == 900
    assert at_hq(hq) == register.in_journal()
    assert register.reader.acknowledged() == Position(1, 5)
    assert register.engine.status().waiting == 0


def test_facts_may_be_appended_while_they_are_sent(register: StoreRegister, hq: PaperHq) -> None:
    for _ in range(30):
        register.sign_in(7)
        register.engine.push_once()

    register.push_all()

    assert at_hq(hq) == register.in_journal()


def test_after_a_restart_it_goes_on_where_it_was(
    register: StoreRegister, hq: PaperHq, identity: Identity, tmp_path: Path
) -> None:
    register.engine.pull_once()
    register.sign_in(5)
    register.mishaps.expect(answer_lost)
    with pytest.raises(LineDown):
        register.engine.push_once()
    register.close()

    again = StoreRegister(tmp_path / "till", identity, hq)
    again.sign_in(1)
    again.push_all()
    again.engine.pull_once()

    assert at_hq(hq) == again.in_journal()
    assert len(hq.chains[DEVICE]) == 6
    assert [line for line in hq.asked if "snapshot" in line] == ["GET /v1/snapshot"]
    again.close()


def test_a_pull_that_breaks_shows_no_half_of_the_prices(register: StoreRegister, hq: PaperHq) -> None:
    register.engine.pull_once()
    hq.publish("chain", "price", "R1", priced(900))
    for number in range(5):
        hq.publish("store:S001", "stock", f"P{number}", {"sku": f"P{number}", "on_hand": number})
    register.mishaps.expect(goes_well, silent)

    with pytest.raises(LineDown):
        register.engine.pull_once()
    assert price_seen(register) == 1000

    register.engine.pull_once()
    assert price_seen(register) == 900


def test_a_new_replica_is_shown_once_it_knows_as_much_as_the_old_one(register: StoreRegister, hq: PaperHq) -> None:
    register.engine.pull_once()
    hq.publish("chain", "price", "R1", priced(900))
    register.engine.pull_once()
    # A snapshot made before that price, as headquarters may have one ready.
    hq.publish("chain", "price", "R1", priced(800))
    hq.revs["chain"] -= 1
    stale = hq.documents.pop(("chain", "price", "R1"))
    hq._snapshot_of(tuple(hq.revs.values()), hq.incarnation)
    hq.documents["chain", "price", "R1"] = stale
    hq.revs["chain"] += 1
    assert hq.ready is not None
    hq.ready = (tuple(hq.revs.values()), hq.incarnation, hq.ready[2])

    register.engine.fetch_again()

    assert price_seen(register) == 800


def test_a_replica_that_was_deleted_is_fetched_again(
    register: StoreRegister, hq: PaperHq, identity: Identity, tmp_path: Path
) -> None:
    register.engine.pull_once()
    register.sign_in(3)
    register.push_all()
    register.close()
    for path in (tmp_path / "till").glob("replica*"):
        path.unlink()

    again = StoreRegister(tmp_path / "till", identity, hq)
    again.engine.pull_once()
    again.push_all()

    assert price_seen(again) == 1000
    assert again.engine.status().waiting == 0
    assert len(hq.chains[DEVICE]) == 3
    again.close()


def test_headquarters_restored_from_yesterday_is_followed(register: StoreRegister, hq: PaperHq) -> None:
    register.engine.pull_once()
    register.sign_in(10)
    register.push_all()
    hq.restore_from_backup(facts=4, incarnation="i2")
    register.sign_in(2)

    register.engine.pull_once()
    register.push_all()
    register.engine.pull_once()

    assert at_hq(hq) == register.in_journal()
    assert register.sink.standing().incarnation == "i2"
    assert register.engine.status().online


def test_a_snapshot_that_is_no_replica_leaves_everything_as_it_was(
    register: StoreRegister, hq: PaperHq, tmp_path: Path
) -> None:
    register.engine.pull_once()
    hq.ready = (tuple(hq.revs.values()), hq.incarnation, compress(b"no database at all" * 100))

    with pytest.raises(FileDamaged):
        register.engine.fetch_again()

    assert price_seen(register) == 1000
    assert register.engine.status().trouble is not None
    assert not list((tmp_path / "till" / "spool").glob("snapshot*"))
    hq.ready = None
    register.engine.fetch_again()
    assert register.engine.status().trouble is None


@pytest.mark.parametrize("seed", range(3))
def test_random_weather_on_real_files(register: StoreRegister, hq: PaperHq, seed: int) -> None:
    random = Random(seed)
    for number in range(40):
        register.sign_in(random.randrange(3))
        hq.publish("chain", "price", "R1", priced(1000 + number))
        register.mishaps.expect(*random.choices([goes_well, answer_lost, silent], k=2))
        with suppress(Breakdown):
            register.engine.push_once()
        with suppress(Breakdown):
            register.engine.pull_once()
        register.mishaps.coming.clear()

    register.push_all()
    register.engine.pull_once()

    assert at_hq(hq) == register.in_journal()
    assert price_seen(register) == 1039
