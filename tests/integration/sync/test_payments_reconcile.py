"""The providers' own books against headquarters', to the fen: two registers that die, every kind of customer."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from pos_app.bootstrap.payments import JoinedPayments
from pos_app.devices.payment.simulator.server import PaymentSimulator
from pos_app.domain.codes import PaymentCode, decode
from pos_app.domain.ids import OperatorId
from pos_app.domain.money import Fen
from pos_app.domain.payments import Asking, Outcome
from pos_app.domain.taken_tenders import TakenTender
from tests.integration.hq.till import small_chain
from tests.support.payments import SHORT, providers_of
from tests.support.real_hq import RealHq
from tests.support.whole_register import WholeRegister, enrolled

pytestmark = pytest.mark.loopback

RICE_CODE, CASHIER = "6999999000112", OperatorId("1001")
CUSTOMERS = ("01", "02", "90", "91", "92", "93", "94", "95", "96", "97", "98")
SALES = 40


@pytest.fixture
def hq(tmp_path: Path) -> Iterator[RealHq]:
    hq = RealHq(tmp_path / "hq")
    hq.start()
    hq.administrator("POST", "/v1/import", json=small_chain())
    yield hq
    hq.stop()


@pytest.fixture
def simulator(tmp_path: Path) -> Iterator[PaymentSimulator]:
    simulator = PaymentSimulator(tmp_path / "provider")
    yield simulator
    simulator.close()


@pytest.fixture
def registers(hq: RealHq, simulator: PaymentSimulator, tmp_path: Path) -> Iterator[list[WholeRegister]]:
    made = [enrolled(hq, tmp_path / f"register-{number}", "S001") for number in range(2)]
    for register in made:
        register.clock.at = datetime.now(UTC)
        register.payments = JoinedPayments(providers_of(simulator), simulated=True)
        register.restart()
    yield made
    for register in made:
        register.stop()


def last_word(register: WholeRegister, tender: TakenTender, said: Outcome) -> Outcome:
    """Ask as the window does, until it is known or has been reversed."""
    paying, asking = register.opened.paying, Asking(SHORT)
    while said.answer not in {"paid", "refused", "reversed"}:
        if asking.next_pause_ms(said) is None or asking.never_arrived:
            paying.take_back(tender)
            said = paying.reverse(tender)
        else:
            said = paying.query(tender)
    return said


def sell(register: WholeRegister, random: Random, number: int) -> None:
    """Sell something: by the customer's code, all of it or a part, and what remains for cash."""
    selling, paying = register.opened.selling, register.opened.paying
    selling.scan(RICE_CODE, random.randint(1, 3))
    due = selling.view().quote.payable
    prefix = random.choice(("13", "28"))
    code = decode(f"{prefix}{number:014d}{random.choice(CUSTOMERS)}")
    assert isinstance(code, PaymentCode)
    part = random.choice((None, Fen(random.randint(1, due))))
    asked = paying.ask(code, part, CASHIER, told=due)
    dies = random.random() < 0.2
    said = paying.pay(asked, code)
    if dies:
        register.restart()
        (asked,) = register.opened.paying.take_up()
        said = register.opened.paying.query(asked)
    taken = register.opened.paying.heard(asked, last_word(register, asked, said), CASHIER)
    if taken.completed is None:
        register.opened.paying.take_cash(due, CASHIER, told=due)


def test_what_providers_kept_is_what_headquarters_says_of_sales_to_the_fen(
    hq: RealHq, simulator: PaymentSimulator, registers: list[WholeRegister]
) -> None:
    random = Random(18)
    for number in range(SALES):
        register = random.choice(registers)
        sell(register, random, number)
        if random.random() < 0.3:
            register.push_all()
    for register in registers:
        register.push_all()

    rows = hq.administrator("GET", "/v1/reports/payments")["rows"]
    kept = {each.own: each.amount for each in simulator.ledger.trades() if each.state == "charged"}
    assert {row["id"]: row["amount"] for row in rows if row["state"] == "sold"} == kept
    assert {row["state"] for row in rows} == {"sold", "refused", "reversed"}
    assert len(rows) == SALES

    by_kind = {row["kind"]: row["net"] for row in hq.administrator("GET", "/v1/reports/tenders")["rows"]}
    books = dict.fromkeys(("wechat", "alipay"), 0)
    for each in simulator.ledger.trades():
        books[each.provider] += each.amount if each.state == "charged" else 0
    assert {name: by_kind[name] for name in books} == books
    assert sum(books.values()) == simulator.ledger.kept_fen() > 0
    total = hq.administrator("GET", "/v1/reports/sales")["total"]
    assert (total["sales"], sum(by_kind.values())) == (SALES, total["payable"])
    assert hq.administrator("GET", "/v1/exceptions")["rows"] == []
