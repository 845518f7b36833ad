"""A register whose disk was restored, copied or lost a day, on real files against the real headquarters: whatever
happened, each sale is there once, and the register goes on.
"""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from pos_app.domain.branches import meaning
from pos_app.domain.errors import GranaryError, Refusal
from pos_app.domain.facts import START, Position, read_fact
from sync.client.health import JOURNAL_BEHIND
from tests.integration.hq.till import OIL, RICE, small_chain
from tests.support.real_hq import RealHq
from tests.support.whole_register import WholeRegister, enrolled

RICE_CODE, OIL_CODE = "6999999000112", "6999999000129"
MANAGER, MANAGERS_PIN = "9001", "4321"
PEOPLE = [
    {"id": "1001", "name": "林晓雯", "role": "cashier", "stores": ["S001"], "pin": "1234"},
    {"id": MANAGER, "name": "周立群", "role": "manager", "stores": ["S001"], "pin": MANAGERS_PIN},
]


@pytest.fixture
def hq(tmp_path: Path) -> Iterator[RealHq]:
    hq = RealHq(tmp_path / "hq")
    hq.start()
    hq.administrator("POST", "/v1/import", json=small_chain() | {"operators": PEOPLE})
    yield hq
    hq.stop()


@pytest.fixture
def register(hq: RealHq, tmp_path: Path) -> Iterator[WholeRegister]:
    register = enrolled(hq, tmp_path / "register", "S001")
    yield register
    register.stop()


def receipts_at(hq: RealHq) -> list[str]:
    rows = hq.administrator("GET", "/v1/reports/sales", params={"group": "sale"})["rows"]
    return sorted(row["receipt"] for row in rows)


def numbers(*counted: int) -> list[str]:
    return [f"S001-R1-20260618-{number:04d}" for number in counted]


def all_is_well(hq: RealHq, register: WholeRegister) -> None:
    """Both have one chain, nothing waits, every figure is its ledger's, and the screen shows it."""
    assert register.engine.status().waiting == 0
    assert register.engine.status().trouble is None
    register.opened.journal.verify()
    chains = hq.administrator("GET", "/v1/reports/chains")
    assert (chains["broken"], {row["state"] for row in chains["rows"]}) == (0, {"active"})
    stock = hq.administrator("GET", "/v1/reports/stock", params={"place": "S001"})
    assert stock["differs"] == 0
    for row in stock["rows"]:
        assert register.on_hand(row["sku"]) == row["on_hand"]


def yesterday(register: WholeRegister, backup: Path) -> None:
    """Sell three, keep a copy of the disk, sell two more; headquarters has them all."""
    for _ in range(3):
        register.sell(RICE_CODE)
    register.sync()
    register.stop()
    register.copy_disk(backup)
    register.start()
    register.sell(RICE_CODE, 2)
    register.sell(OIL_CODE)
    register.sync()
    register.stop()


def test_a_disk_of_yesterday_goes_on_in_a_new_epoch_with_what_it_had_lost(
    hq: RealHq, register: WholeRegister, tmp_path: Path
) -> None:
    yesterday(register, tmp_path / "backup")
    register.put_back(tmp_path / "backup")
    register.start()

    register.engine.pull_once()
    register.see_to_it()

    assert register.opened.journal.head().position == Position(2, 1)
    assert register.asked_again == 1
    assert len(register.opened.journal.recent_sales(10)) == 5
    assert register.on_hand(RICE) == 95_000
    assert register.sell(RICE_CODE) == numbers(6)[0]
    register.sync()
    assert receipts_at(hq) == numbers(1, 2, 3, 4, 5, 6)
    all_is_well(hq, register)
    assert register.opened.replica.parting() is None


def test_a_journal_alone_of_yesterday_goes_on_before_the_first_sale_and_without_a_line(
    hq: RealHq, register: WholeRegister, tmp_path: Path
) -> None:
    yesterday(register, tmp_path / "backup")
    register.put_back(tmp_path / "backup", "journal.db")
    register.start()
    with pytest.raises(Refusal, match=JOURNAL_BEHIND):
        register.engine.push_once()  # as the agent does at once
    register.stop()
    register.line.cut()

    register.start()

    assert register.opened.journal.head().position == Position(2, 1)
    assert register.sell(OIL_CODE) == numbers(6)[0]
    assert register.on_hand(OIL) == 98_000
    register.line.mend()
    register.sync()
    assert receipts_at(hq) == numbers(1, 2, 3, 4, 5, 6)
    all_is_well(hq, register)


def test_a_register_that_sold_before_it_heard_is_forked_and_goes_on_by_approval(
    hq: RealHq, register: WholeRegister, tmp_path: Path
) -> None:
    yesterday(register, tmp_path / "backup")
    register.put_back(tmp_path / "backup")
    register.line.cut()
    register.start()
    refused = [register.sell(OIL_CODE), register.sell(RICE_CODE), register.sell(RICE_CODE)]
    register.line.mend()
    assert refused == numbers(4, 5, 6)

    with pytest.raises(Refusal, match="fork"):
        register.engine.push_once()
    register.engine.pull_once()
    register.see_to_it()

    assert register.engine.status().trouble == "fork"
    assert register.engine.status().waiting == 3
    parted = register.opened.reuniting.parted()
    assert parted is not None
    assert (parted.facts, parted.sales, parted.total, parted.elsewhere) == (3, 3, 8990 + 2 * 6900, 2)
    # Of both branches nothing is missing on the screen: 5 and 2 of rice, 1 and 1 of oil.
    assert (register.on_hand(RICE), register.on_hand(OIL)) == (93_000, 98_000)

    register.opened.reuniting.approve(MANAGER, MANAGERS_PIN)

    assert register.opened.reuniting.parted() is None
    assert (register.on_hand(RICE), register.on_hand(OIL)) == (93_000, 98_000)
    register.sync()
    assert receipts_at(hq) == sorted(numbers(1, 2, 3, 4, 5, 4, 5, 6))
    assert register.sell(RICE_CODE) == numbers(7)[0]
    register.sync()
    all_is_well(hq, register)
    read = [(each.code, each.open, each.resolved_by) for each in register.opened.watching.exceptions()]
    assert read == [("receipt_repeated", True, "")] * 2 + [("chain_forked", False, MANAGER)]
    assert register.opened.replica.parting() is None


def test_what_was_refused_is_carried_over_byte_for_byte_behind_who_approved(
    hq: RealHq, register: WholeRegister, tmp_path: Path
) -> None:
    yesterday(register, tmp_path / "backup")
    register.put_back(tmp_path / "backup")
    register.start()
    register.sell(OIL_CODE)
    refused = register.opened.journal.recent_sales(1)[0]
    with pytest.raises(Refusal, match="fork"):
        register.engine.push_once()
    register.opened.reuniting.approve(MANAGER, MANAGERS_PIN)
    register.sync()

    opened, adopted = map(read_fact, hq.facts_of("S001-R1")[-2:])

    assert (opened.kind, opened.operator, opened.body["reason"], opened.body["adopted"]) == (
        "epoch_opened",
        MANAGER,
        "forked",
        1,
    )
    assert adopted.body["fact"].encode() == refused.canonical
    assert meaning(adopted).body == refused.body
    assert register.opened.journal.sale_by_receipt(refused.body["receipt"]) == meaning(adopted)


@pytest.mark.parametrize(("number", "pin", "code"), [("9001", "0000", "sign_in_wrong"), ("1001", "1234", "manager")])
def test_only_a_managers_pin_lets_a_forked_register_go_on(
    register: WholeRegister, tmp_path: Path, number: str, pin: str, code: str
) -> None:
    yesterday(register, tmp_path / "backup")
    register.put_back(tmp_path / "backup")
    register.start()
    register.sell(OIL_CODE)
    with pytest.raises(Refusal, match="fork"):
        register.engine.push_once()

    with pytest.raises(Refusal, match=code):
        register.opened.reuniting.approve(number, pin)

    assert register.opened.journal.head().position.epoch == 1
    assert register.opened.reuniting.parted() is not None


def test_where_nothing_has_parted_there_is_nothing_to_approve(register: WholeRegister) -> None:
    with pytest.raises(Refusal, match="chain_not_parted"):
        register.opened.reuniting.approve(MANAGER, MANAGERS_PIN)
    assert register.opened.reuniting.parted() is None


def test_two_machines_with_one_disk_lose_nothing_however_often_they_meet(
    hq: RealHq, register: WholeRegister, tmp_path: Path
) -> None:
    register.sell(RICE_CODE)
    register.sync()
    register.stop()
    register.copy_disk(tmp_path / "twin")
    register.start()
    twin = WholeRegister(type(register.folder)(tmp_path / "twin"), hq)
    twin.start()
    sold = 1
    for _ in range(3):
        for each in (register, twin):
            each.sell(RICE_CODE)
            each.sell(OIL_CODE)
            sold += 2
            for _ in range(2):
                with suppress(GranaryError):
                    each.sync()
                if each.opened.reuniting.parted() is not None:
                    each.opened.reuniting.approve(MANAGER, MANAGERS_PIN)
            each.sync()

    assert len(receipts_at(hq)) == sold
    sales = hq.administrator("GET", "/v1/reports/sales", params={"group": "sale"})["rows"]
    assert len({row["id"] for row in sales}) == sold
    all_is_well(hq, twin)
    register.opened.journal.verify()
    twin.stop()


def test_a_headquarters_put_back_to_before_the_fork_gets_all_of_it_again(
    hq: RealHq, register: WholeRegister, tmp_path: Path
) -> None:
    register.sell(RICE_CODE)
    register.sync()
    hq.back_up(tmp_path / "hq.db")
    yesterday(register, tmp_path / "backup")
    register.put_back(tmp_path / "backup")
    register.start()
    register.sell(OIL_CODE)
    with suppress(Refusal):
        register.engine.push_once()
    register.opened.reuniting.approve(MANAGER, MANAGERS_PIN)
    register.sell(RICE_CODE)
    register.sync()
    before = receipts_at(hq)

    hq.restore(tmp_path / "hq.db", "another-life")
    register.engine.pull_once()
    register.sync()

    assert receipts_at(hq) == before
    all_is_well(hq, register)


def test_a_part_of_the_chain_that_came_damaged_to_headquarters_is_no_obstacle(
    hq: RealHq, register: WholeRegister, tmp_path: Path
) -> None:
    yesterday(register, tmp_path / "backup")
    hq.meddle("UPDATE fact SET canonical = ? WHERE seq = 4", b"rust")
    register.put_back(tmp_path / "backup")
    register.start()

    register.engine.pull_once()
    register.see_to_it()

    assert register.sell(RICE_CODE) == numbers(6)[0]
    register.sync()
    assert register.engine.status().waiting == 0
    register.opened.journal.verify()


def test_a_far_older_disk_finds_where_the_chains_part(hq: RealHq, register: WholeRegister, tmp_path: Path) -> None:
    for _ in range(20):
        register.sell(RICE_CODE)
    register.sync()
    register.stop()
    register.copy_disk(tmp_path / "backup")
    register.start()
    for _ in range(230):
        register.sell(OIL_CODE)
    register.sync()
    register.stop()
    register.put_back(tmp_path / "backup", "journal.db")
    register.start()  # the replica is of today: it says that all 250 are acknowledged

    register.engine.pull_once()
    register.see_to_it()

    assert register.sell(RICE_CODE) == numbers(251)[0]
    register.sync()
    assert receipts_at(hq) == numbers(*range(1, 252))
    assert register.opened.journal.head().position == Position(2, 2)
    assert len(register.engine._source.after(START, 1000)) == 252
    all_is_well(hq, register)


@pytest.mark.slow
def test_a_register_that_dies_while_it_goes_on_does_so_whole_or_not_at_all(
    hq: RealHq, register: WholeRegister, tmp_path: Path
) -> None:
    yesterday(register, tmp_path / "backup")
    register.put_back(tmp_path / "backup")
    register.start()
    for _ in range(3):
        register.sell(OIL_CODE)
    with pytest.raises(Refusal, match="fork"):
        register.engine.push_once()
    register.stop()
    statements = 0
    approved = False
    while not approved:
        statements += 3
        command = [sys.executable, "-m", "tests.support.approving", str(register.folder.path), MANAGER, MANAGERS_PIN]
        died = subprocess.run([*command, str(statements)], stdout=subprocess.PIPE, check=False)
        approved = died.stdout == b"approved\n"
        assert approved or died.returncode == -signal.SIGKILL
        register.start()
        assert register.opened.journal.head().position in {Position(1, 6), Position(2, 4)}
        register.opened.journal.verify()
        if register.opened.journal.head().position.epoch == 2:
            break
        register.stop()

    register.sync()

    assert statements > 9
    assert len(receipts_at(hq)) == 8
    all_is_well(hq, register)
