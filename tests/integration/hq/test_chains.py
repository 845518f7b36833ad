"""A register's chain at headquarters: whatever the line does to it, it is there once, as it was sent."""

from collections.abc import Callable
from threading import Barrier, Thread

import pytest

from pos_app.domain.facts import ChainHead, Position
from sync.protocol.wire import FactsAnswer
from tests.integration.hq.till import Till, aside, enrolled, execute
from tests.support.real_hq import RealHq


def chain_of(hq: RealHq, device: str = "S001-R1") -> dict[str, object]:
    rows = hq.administrator("GET", "/v1/reports/chains")["rows"]
    return next(row for row in rows if row["device"] == device)


def test_a_batch_is_stored_byte_for_byte_and_verifies(hq: RealHq, till: Till) -> None:
    facts = till.note(5)

    answer = till.push()

    assert (answer.acked_epoch, answer.acked_seq, answer.exceptions) == (1, 5, [])
    assert hq.facts_of(till.device) == [fact.canonical for fact in facts]
    chain = chain_of(hq)
    assert (chain["seq"], chain["facts"], chain["ok"]) == (5, 5, True)


def test_a_batch_sent_again_is_taken_once(hq: RealHq, till: Till) -> None:
    till.sell()
    first = till.push()

    again = till.push()

    assert again.acked_seq == first.acked_seq == 1
    assert hq.administrator("GET", "/v1/reports/sales")["total"]["sales"] == 1


def test_a_batch_that_overlaps_what_is_known_adds_the_rest(hq: RealHq, till: Till) -> None:
    till.note(3)
    till.push()
    till.note(2)

    answer = till.push(till.facts[1:])

    assert answer.acked_seq == 5
    assert hq.facts_of(till.device) == [fact.canonical for fact in till.facts]


def test_a_batch_that_comes_before_its_time_is_not_stored(hq: RealHq, till: Till) -> None:
    till.note(4)

    early = till.push(till.facts[2:])

    assert (early.acked_epoch, early.acked_seq) == (0, 0)
    assert hq.facts_of(till.device) == []
    assert till.push(till.facts[:2]).acked_seq == 2
    assert till.push(till.facts[2:]).acked_seq == 4


def test_lines_that_changed_places_are_refused_whole(hq: RealHq, till: Till) -> None:
    till.note(4)
    lines = [fact.canonical for fact in till.facts]

    answer = till.send([lines[0], lines[2], lines[1], lines[3]])

    assert (answer.status_code, answer.json()["code"]) == (400, "batch_not_in_order")
    assert hq.facts_of(till.device) == []


def test_another_fact_in_a_known_place_is_a_fork_and_both_are_kept(hq: RealHq, till: Till) -> None:
    till.note(3)
    till.push()
    twin = Till(till.identity, hq)
    twin.facts = till.facts[:1]
    twin.do("device_note", {"note": "what the restored disk did"})

    answer = twin.send([fact.canonical for fact in twin.facts])

    assert (answer.status_code, answer.json()["code"]) == (409, "fork")
    assert answer.json()["details"] == {"epoch": 1, "seq": 2}
    assert hq.facts_of(till.device) == [fact.canonical for fact in till.facts]
    assert aside(hq) == [twin.facts[1].canonical]


def test_a_new_fact_behind_another_head_is_a_fork(hq: RealHq, till: Till) -> None:
    till.note(2)
    till.push()
    twin = Till(till.identity, hq, base=ChainHead(Position(1, 2), b"\7" * 32))
    twin.note()

    answer = twin.send([twin.facts[0].canonical])

    assert (answer.status_code, answer.json()["code"]) == (409, "fork")
    assert aside(hq) == [twin.facts[0].canonical]


def test_a_frozen_register_goes_on_reading_but_pushes_nothing(hq: RealHq, till: Till) -> None:
    till.note(1)
    till.push()
    twin = Till(till.identity, hq)
    twin.do("device_note", {"note": "other"})
    twin.send([twin.facts[0].canonical])
    till.note(1)

    refused = till.send([fact.canonical for fact in till.facts])

    assert (refused.status_code, refused.json()["code"]) == (403, "device_frozen")
    till.changes("chain:0")
    assert chain_of(hq)["state"] == "frozen"


def test_a_register_that_enrols_anew_goes_on_in_a_new_epoch(hq: RealHq, till: Till) -> None:
    till.sell()
    till.sell()
    till.push()
    code = hq.administrator("POST", "/v1/enrolment-codes", json={"store": "S001", "register": 1})["code"]
    identity, answer = enrolled(hq, code)
    anew = Till(identity, hq, epoch=answer.epoch, receipts=answer.receipts["2026-06-18"])

    anew.sell()
    pushed = anew.push()

    assert (answer.device, answer.epoch, answer.receipts) == (till.device, 2, {"2026-06-18": 2})
    assert (pushed.acked_epoch, pushed.acked_seq) == (2, 1)
    assert chain_of(hq)["ok"] is True
    assert hq.administrator("GET", "/v1/reports/sales")["total"]["sales"] == 3


def test_an_epoch_that_nobody_granted_is_refused(hq: RealHq, till: Till) -> None:
    till.epoch = 2
    till.note(1)

    answer = till.send([till.facts[0].canonical])

    assert (answer.status_code, answer.json()["code"]) == (409, "epoch_unknown")


@pytest.mark.parametrize("senders", [2, 4])
def test_senders_at_the_same_moment_store_each_fact_once(hq: RealHq, till: Till, senders: int) -> None:
    for _ in range(20):
        till.sell()
    together = Barrier(senders)
    heard: list[FactsAnswer] = []

    def push() -> None:
        together.wait()
        heard.extend(till.push(till.facts[: end + 5]) for end in range(0, 20, 5))

    threads = [Thread(target=push) for _ in range(senders)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(heard) == 4 * senders
    assert max(answer.acked_seq for answer in heard) == 20
    assert hq.facts_of(till.device) == [fact.canonical for fact in till.facts]
    assert hq.administrator("GET", "/v1/reports/sales")["total"]["sales"] == 20


def test_chains_of_two_registers_do_not_meet(hq: RealHq, till: Till, new_till: Callable[[str], Till]) -> None:
    other = new_till("S001")
    till.note(2)
    other.note(3)

    assert (till.push().acked_seq, other.push().acked_seq) == (2, 3)
    assert other.device == "S001-R2"


def test_a_chain_whose_stored_bytes_were_changed_is_found_out(hq: RealHq, till: Till) -> None:
    till.note(5)
    till.push()
    hq.stop()
    tampered = till.facts[2].canonical.replace(b"no. 3", b"no. 4")
    execute(hq, "UPDATE fact SET canonical = ? WHERE seq = 3", tampered)
    hq.start()

    chain = chain_of(hq)

    assert (chain["ok"], chain["broken_at"]) == (False, [1, 3])


def test_a_chain_with_a_hole_is_found_out(hq: RealHq, till: Till) -> None:
    till.note(5)
    till.push()
    hq.stop()
    execute(hq, "DELETE FROM fact WHERE seq = ?", 4)
    hq.start()

    assert chain_of(hq)["broken_at"] == [1, 5]


def test_a_fact_that_was_moved_to_another_place_is_found_out(hq: RealHq, till: Till) -> None:
    till.note(5)
    till.push()
    hq.stop()
    execute(hq, "UPDATE fact SET seq = 6 WHERE seq = ?", 5)
    hq.start()

    assert chain_of(hq)["broken_at"] == [1, 6]


def test_a_chain_without_its_end_is_found_out(hq: RealHq, till: Till) -> None:
    till.note(5)
    till.push()
    hq.stop()
    execute(hq, "DELETE FROM fact WHERE seq = ?", 5)
    hq.start()

    assert chain_of(hq)["ok"] is False
