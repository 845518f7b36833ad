"""Both real ends: a register's files and engine, and the real headquarters in process."""

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from threading import Timer

import httpx
import pytest

from pos_app.domain.codes import lookup_key
from pos_app.domain.errors import Breakdown, LineDown, LineTalksRubbish, Refusal
from pos_app.domain.facts import Position
from sync.client.clock import HqClock
from sync.client.transport import HqLine, Question
from tests.support.mishaps import altered, answer_lost, cut_after, doubled, goes_well, silent
from tests.support.real_hq import RealHq
from tests.support.store_register import StoreRegister

PRICE = {"id": "R1", "sku": "P1", "kind": "base", "amount": 1000}
CHAIN = {
    "places": [{"id": "S001", "name": "人民路店", "zone": "east"}, {"id": "S002", "name": "东门店"}],
    "products": [{"sku": "P1", "name": "五常大米", "unit": "袋", "barcodes": [{"code": "6901234567892"}]}],
    "prices": [PRICE],
    "stock": [{"place": "S001", "sku": "P1", "quantity": 50_000}],
}


@pytest.fixture
def hq(tmp_path: Path) -> Iterator[RealHq]:
    hq = RealHq(tmp_path / "hq")
    hq.start()
    hq.administrator("POST", "/v1/import", json=CHAIN)
    yield hq
    hq.stop()


@pytest.fixture
def register(tmp_path: Path, hq: RealHq) -> Iterator[StoreRegister]:
    register = StoreRegister(tmp_path / "till", hq.enrol("S001"), hq)
    yield register
    register.close()


def set_price(hq: RealHq, amount: int) -> None:
    hq.administrator("POST", "/v1/import", json={"prices": [{**PRICE, "amount": amount}]})


def price_seen(register: StoreRegister) -> int | None:
    body = register.reader.document("price", "R1")
    return None if body is None else json.loads(body)["amount"]


def test_a_new_register_knows_the_chain(register: StoreRegister) -> None:
    register.engine.pull_once()

    found = register.reader.by_code(lookup_key("6901234567892"))
    assert found is not None
    assert found.product.name == "五常大米"
    assert price_seen(register) == 1000
    assert set(register.sink.standing().cursor) == {"chain", "store:S001", "zone:east"}
    assert register.engine.status().online


def test_what_it_did_is_there_once_and_verifies(register: StoreRegister, hq: RealHq) -> None:
    register.engine.pull_once()
    register.sign_in(450)

    register.push_all()

    assert hq.facts_of(register.identity.device) == register.in_journal()
    report = hq.administrator("GET", "/v1/reports/chains")
    assert (report["broken"], len(report["rows"])) == (0, 1)
    assert register.engine.status().waiting == 0


def test_a_price_comes_down(register: StoreRegister, hq: RealHq) -> None:
    register.engine.pull_once()
    set_price(hq, 900)

    assert "price" in register.engine.pull_once().topics
    assert price_seen(register) == 900


def test_a_held_question_is_answered_when_something_is_published(register: StoreRegister, hq: RealHq) -> None:
    register.engine.pull_once()
    held = hq_soon(hq, 900)

    pulled = register.engine.pull_once(20)
    held.join()

    assert "price" in pulled.topics
    assert price_seen(register) == 900


def hq_soon(hq: RealHq, amount: int) -> Timer:
    timer = Timer(0.3, set_price, (hq, amount))
    timer.start()
    return timer


@pytest.mark.parametrize("seed", range(3))
def test_any_weather_and_restarts_of_headquarters_leave_each_fact_there_once(
    register: StoreRegister, hq: RealHq, seed: int
) -> None:
    random = Random(seed)
    for number in range(25):
        register.sign_in(random.randrange(4))
        set_price(hq, 1000 + number)
        if random.random() < 0.1:
            hq.stop()
            with suppress(Breakdown):
                register.engine.push_once()
            hq.start()
        register.mishaps.expect(*random.choices([goes_well, answer_lost, doubled, silent], k=2))
        for step in (register.engine.push_once, register.engine.pull_once):
            with suppress(Breakdown, Refusal):
                step()
        register.mishaps.coming.clear()

    register.push_all()
    register.engine.pull_once()

    assert hq.facts_of(register.identity.device) == register.in_journal()
    assert price_seen(register) == 1024
    assert register.engine.status().online


def test_a_headquarters_that_was_down_for_days_gets_it_all(register: StoreRegister, hq: RealHq) -> None:
    register.engine.pull_once()
    hq.stop()
    for _ in range(5):
        register.sign_in(100)
        with pytest.raises(LineDown):
            register.engine.push_once()
    assert register.engine.status().waiting == 500

    hq.start()
    register.push_all()
    register.engine.pull_once()

    assert hq.facts_of(register.identity.device) == register.in_journal()
    assert register.engine.status().online


def test_a_headquarters_restored_from_a_backup_gets_again_what_it_lost(
    register: StoreRegister, hq: RealHq, tmp_path: Path
) -> None:
    register.engine.pull_once()
    register.sign_in(4)
    register.push_all()
    hq.back_up(tmp_path / "backup.db")
    register.sign_in(6)
    register.push_all()
    set_price(hq, 900)
    register.engine.pull_once()

    hq.restore(tmp_path / "backup.db", "another-life")
    register.sign_in(1)
    register.engine.pull_once()
    register.push_all()
    register.engine.pull_once()

    assert hq.facts_of(register.identity.device) == register.in_journal()
    assert price_seen(register) == 1000
    assert register.sink.standing().incarnation == "another-life"
    assert hq.administrator("GET", "/v1/reports/chains")["broken"] == 0


def test_a_cloned_disk_is_frozen_and_says_so(register: StoreRegister, hq: RealHq, tmp_path: Path) -> None:
    register.sign_in(2)
    register.push_all()
    clone = StoreRegister(tmp_path / "clone", register.identity, hq)
    clone.sign_in(3, operator="1002")

    with pytest.raises(Refusal) as fork:
        clone.engine.push_once()
    register.sign_in(1)
    with pytest.raises(Refusal) as frozen:
        register.engine.push_once()

    assert fork.value.code == "fork"
    assert frozen.value.code == "device_frozen"
    assert register.engine.status().trouble == "device_frozen"
    assert register.engine.status().waiting == 1
    assert register.engine.pull_once().snapshot
    clone.close()


def test_a_revoked_register_says_so(register: StoreRegister, hq: RealHq) -> None:
    hq.administrator("POST", f"/v1/devices/{register.identity.device}/revoke")

    with pytest.raises(Refusal) as refused:
        register.engine.pull_once()

    assert refused.value.code == "device_revoked"
    assert register.engine.status().trouble == "device_revoked"


class SlowTicks:
    """A machine whose clock is five hours behind."""

    def wall(self) -> datetime:
        return datetime.now(UTC) - timedelta(hours=5)

    def steady_s(self) -> float:
        return self.wall().timestamp()


def test_a_register_with_a_wrong_clock_is_understood(tmp_path: Path, hq: RealHq) -> None:
    register = StoreRegister(tmp_path / "till", hq.enrol("S001"), hq, clock=HqClock(SlowTicks()))
    register.sign_in(1)

    register.engine.pull_once()
    register.push_all()

    assert register.engine.status().offset_ms == pytest.approx(5 * 3_600_000, abs=5000)
    assert register.reader.acknowledged() == Position(1, 1)
    register.close()


def one_bit_more(body: bytes) -> bytes:
    """Turn the last even digit into the next one: still JSON, and another number."""
    at = max(body.rfind(digit) for digit in b"02468")
    return body[:at] + bytes([body[at] + 1]) + body[at + 1 :]


def test_an_answer_with_another_number_in_it_is_no_answer(register: StoreRegister, hq: RealHq) -> None:
    register.engine.pull_once()
    register.sign_in(1)
    standing = register.sink.standing()
    for step in (register.engine.push_once, register.engine.pull_once):
        register.mishaps.expect(altered(one_bit_more))
        with pytest.raises(LineTalksRubbish) as damaged:
            step()
        assert damaged.value.code == "answer_checksum"

    assert register.reader.acknowledged() == Position(0, 0)
    assert register.sink.standing() == standing
    register.push_all()
    assert hq.facts_of(register.identity.device) == register.in_journal()


def test_an_unsigned_question_is_refused(register: StoreRegister, hq: RealHq) -> None:
    question = Question("GET", "/v1/changes", query={"after": "chain:0,store:S001:0,zone:east:0"})

    with pytest.raises(Refusal) as refused:
        HqLine("http://hq.test", HqClock(), transport=hq, verify=False).ask(question)

    assert refused.value.code == "signature_missing"
    assert register.engine.pull_once().snapshot


def test_a_snapshot_that_broke_goes_on_where_it_broke(register: StoreRegister) -> None:
    register.mishaps.expect(cut_after(2000))
    with pytest.raises(LineDown):
        register.engine.pull_once()
    part = register.folder / "spool/snapshot.part"
    assert part.stat().st_size == 2000
    ranges: list[tuple[str, str]] = []

    def noted(beyond: httpx.BaseTransport, request: httpx.Request) -> httpx.Response:
        response = beyond.handle_request(request)
        ranges.append((request.headers["Range"], response.headers["Content-Range"].partition("-")[0]))
        return response

    register.mishaps.expect(noted)
    register.engine.pull_once()

    assert ranges == [("bytes=2000-", "bytes 2000")]
    assert price_seen(register) == 1000


def test_two_registers_of_a_store_see_the_same(register: StoreRegister, hq: RealHq, tmp_path: Path) -> None:
    second = StoreRegister(tmp_path / "second", hq.enrol("S001"), hq)
    register.engine.pull_once()
    set_price(hq, 950)

    register.engine.pull_once()
    second.engine.pull_once()

    assert price_seen(register) == price_seen(second) == 950
    assert register.sink.standing() == second.sink.standing()
    second.close()
