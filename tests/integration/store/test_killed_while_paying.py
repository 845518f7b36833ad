"""A register that is killed at any moment of a payment: paid once and recorded once, or not at all.

A real window in a process of its own, its real journal, real SIGKILLs, and the simulated providers' own books.
"""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from pos_app.devices.payment.simulator.server import PaymentSimulator

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(300)]

DUE = 6590
LIMIT_S = 100
WECHAT, ALIPAY = "1345678901234567", "28765432109876"
RUNS = 6
STATEMENTS = 16
"""How many the journal is asked for from the scan of the payment code to the end of the sale, and some more."""


@pytest.fixture
def simulator(tmp_path: Path) -> Iterator[PaymentSimulator]:
    simulator = PaymentSimulator(tmp_path / "provider")
    yield simulator
    simulator.close()


class Register:
    """One register and the simulator that it asks."""

    def __init__(self, folder: Path, simulator: PaymentSimulator) -> None:
        self.folder, self.simulator = folder, simulator
        folder.mkdir()

    def begin(self, *words: str) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "tests.support.paying_window", str(self.folder), self.simulator.host]
        return subprocess.Popen([*command, str(self.simulator.port), *words], stdout=subprocess.PIPE)

    def pay(self, code: str, moment: str) -> int:
        """Let the customer pay, and the register die; give how it ended."""
        process = self.begin(code, moment)
        process.communicate(timeout=LIMIT_S)
        return process.returncode

    def again(self) -> dict[str, Any]:
        """Start it again, and hear what it found."""
        process = self.begin()
        said, _ = process.communicate(timeout=LIMIT_S)
        assert process.returncode == 0
        found: dict[str, Any] = json.loads(said)
        return found


@pytest.fixture
def register(tmp_path: Path, simulator: PaymentSimulator) -> Register:
    return Register(tmp_path / "register", simulator)


def agree(found: dict[str, Any], simulator: PaymentSimulator) -> None:
    """The provider's books and the journal's sales are the same payments, to the fen; nothing hangs in the air."""
    in_sales = {each["payment"]: each["amount"] for tenders in found["sales"] for each in tenders if "payment" in each}
    charged = {each.own: each.amount for each in simulator.ledger.trades() if each.state == "charged"}
    assert in_sales == charged
    assert found["open"] == []
    assert len(found["sales"]) <= 1


@pytest.mark.parametrize("code", [WECHAT, ALIPAY])
def test_killed_before_the_call_nothing_is_charged_and_the_basket_waits(
    register: Register, simulator: PaymentSimulator, code: str
) -> None:
    assert register.pay(code + "01", "before-call") == -signal.SIGKILL
    found = register.again()

    agree(found, simulator)
    assert (found["sales"], found["basket"]) == ([], True)
    assert found["payments"] == [["payment_asked", ""], ["payment_settled", "reversed"]]
    assert "撤销" in found["said"]
    assert simulator.ledger.kept_fen() == 0


@pytest.mark.parametrize("code", [WECHAT, ALIPAY])
def test_killed_after_the_charge_and_before_its_answer_it_is_paid_once_and_recorded_once(
    register: Register, simulator: PaymentSimulator, code: str
) -> None:
    process = register.begin(code + "88", "never")
    ends = time.monotonic() + LIMIT_S
    while not simulator.ledger.trades():
        assert time.monotonic() < ends
        time.sleep(0.01)
    process.kill()
    process.communicate()
    found = register.again()

    agree(found, simulator)
    assert [[each["amount"] for each in tenders] for tenders in found["sales"]] == [[DUE]]
    assert "已付" in found["said"]
    assert simulator.ledger.kept_fen() == DUE


@pytest.mark.parametrize("code", [WECHAT, ALIPAY])
def test_killed_after_the_answer_and_before_the_sale_it_is_paid_once_and_recorded_once(
    register: Register, simulator: PaymentSimulator, code: str
) -> None:
    assert register.pay(code + "01", "after-answer") == -signal.SIGKILL
    found = register.again()

    agree(found, simulator)
    assert len(found["sales"]) == 1
    assert simulator.ledger.kept_fen() == DUE


def test_killed_while_the_customer_has_no_password_yet_it_waits_on_and_is_paid(
    register: Register, simulator: PaymentSimulator
) -> None:
    assert register.pay(WECHAT + "90", "after-answer") == -signal.SIGKILL
    found = register.again()

    agree(found, simulator)
    assert len(found["sales"]) == 1


def test_killed_again_while_it_takes_up_what_was_left(register: Register, simulator: PaymentSimulator) -> None:
    assert register.pay(WECHAT + "01", "after-answer") == -signal.SIGKILL
    for after_s in (0.4, 0.8, 1.2):
        process = register.begin()
        time.sleep(after_s)
        process.kill()
        process.communicate()
    agree(register.again(), simulator)
    assert simulator.ledger.kept_fen() == DUE


@pytest.mark.slow
def test_killed_before_any_statement_of_its_journal_the_books_agree(tmp_path: Path) -> None:
    random = Random(7)
    ends: list[int] = []
    for number, statement in enumerate(random.sample(range(1, STATEMENTS + 1), RUNS)):
        books = PaymentSimulator(tmp_path / f"provider-{number}")
        register = Register(tmp_path / f"register-{number}", books)
        ends.append(register.pay(random.choice([WECHAT, ALIPAY]) + random.choice(["01", "90", "95"]), str(statement)))
        agree(register.again(), books)
        books.close()
    assert ends.count(-signal.SIGKILL) >= RUNS // 2
