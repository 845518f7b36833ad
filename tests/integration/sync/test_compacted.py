"""A compacted journal beside the real headquarters: it goes on, is sent again from where it begins, and is held to its
word.
"""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from pos_app.domain.facts import START, Position
from pos_app.store.journal import compacting
from pos_app.store.journal.compacting import KEPT_FOR
from pos_app.store.journal.reading import JournalReader
from pos_app.store.journal.settling import KEPT_FOR as PENDING_KEPT_FOR
from sync.client.signing import Identity
from sync.protocol.signatures import verify_head
from tests.integration.hq.till import small_chain
from tests.support.real_hq import RealHq
from tests.support.whole_register import WholeRegister, enrolled

RICE_CODE = "6999999000112"


@pytest.fixture
def hq(tmp_path: Path) -> Iterator[RealHq]:
    hq = RealHq(tmp_path / "hq")
    hq.start()
    hq.administrator("POST", "/v1/import", json=small_chain())
    yield hq
    hq.stop()


@pytest.fixture
def register(hq: RealHq, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WholeRegister]:
    """A register a season later: of its thirty sales all but the newest have left the journal."""
    monkeypatch.setattr(compacting, "KEPT_FACTS", 5)
    monkeypatch.setattr(compacting, "FACTS_A_STEP", 5)
    register = enrolled(hq, tmp_path / "register", "S001")
    for _ in range(30):
        register.sell(RICE_CODE)
    register.sync()
    register.clock.turn(PENDING_KEPT_FOR + timedelta(hours=1))
    register.sync()
    register.clock.turn(KEPT_FOR)
    register.sync()
    yield register
    register.stop()


def facts_here(register: WholeRegister) -> list[Position]:
    return [fact.position for fact in register.engine._source.after(START, 1000)]


def all_is_well(hq: RealHq, register: WholeRegister, sales: int) -> None:
    register.push_all()
    assert register.engine.status().waiting == 0
    assert hq.administrator("GET", "/v1/reports/sales")["total"]["sales"] == sales
    assert hq.administrator("GET", "/v1/reports/chains")["broken"] == 0
    register.opened.journal.verify()


def test_it_goes_on_selling_and_sending(hq: RealHq, register: WholeRegister) -> None:
    assert facts_here(register) == [Position(1, seq) for seq in range(26, 32)]

    register.sell(RICE_CODE)

    all_is_well(hq, register, 31)
    register.restart()
    register.sell(RICE_CODE)
    all_is_well(hq, register, 32)


def test_a_register_that_lost_its_replica_sends_what_it_has_again(hq: RealHq, register: WholeRegister) -> None:
    register.stop()
    shutil.rmtree(register.folder.replica)
    register.folder.prepare()
    register.start()

    register.engine.pull_once()
    register.sell(RICE_CODE)

    all_is_well(hq, register, 31)


def test_a_disk_of_yesterday_goes_on_though_it_was_compacted(
    hq: RealHq, register: WholeRegister, tmp_path: Path
) -> None:
    register.push_all()
    register.stop()
    register.copy_disk(tmp_path / "backup")
    register.start()
    register.sell(RICE_CODE)
    register.push_all()
    register.stop()
    register.put_back(tmp_path / "backup")
    register.start()

    register.engine.pull_once()
    register.see_to_it()
    register.sell(RICE_CODE)

    assert register.opened.journal.head().position == Position(2, 2)
    all_is_well(hq, register, 32)


def test_headquarters_holds_the_checkpoint_against_what_it_has(hq: RealHq, register: WholeRegister) -> None:
    register.push_all()
    reader = JournalReader(register.folder.journal)
    signed = reader.signed_checkpoint()
    reader.close()
    signer = Identity.read("S001-R1", register.folder.key() or b"")
    assert verify_head(signed, "S001-R1", signer.key.public_key()).position == Position(1, 25)
    all_is_well(hq, register, 30)

    hq.meddle("UPDATE fact SET hash = zeroblob(32) WHERE seq = 25")

    (row,) = hq.administrator("GET", "/v1/reports/chains")["rows"]
    assert row["ok"] is False


def test_a_false_word_of_what_was_compacted_is_found_out(hq: RealHq, register: WholeRegister) -> None:
    from pos_app.domain.branches import compaction  # noqa: PLC0415 — the lie, and only here
    from pos_app.domain.facts import ChainHead  # noqa: PLC0415 — as above

    lie = compaction(ChainHead(Position(1, 3), bytes(32)), 3, "2026-10-01T08:00:00+08:00")
    register.opened.journal.append(lie)
    register.push_all()

    (row,) = hq.administrator("GET", "/v1/reports/chains")["rows"]
    assert (row["ok"], row["broken_at"]) == (False, [1, 32])
