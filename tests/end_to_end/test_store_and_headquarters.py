"""A register and headquarters as they run at a shop: real processes, real files, loopback; the plug pulled at will."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from pos_app.bootstrap.counter import RegisterAtHand
from pos_app.bootstrap.line import enrol_register
from pos_app.bootstrap.paper import NO_PRINTER
from pos_app.bootstrap.payments import SIMULATED
from pos_app.bootstrap.register import OpenRegister, Surroundings, open_register
from pos_app.devices.clock import SystemClock, TimedIds
from pos_app.devices.payment.simulator.ledger import Ledger
from pos_app.devices.payment.simulator.server import LEDGER_FILE
from pos_app.domain.codes import PaymentCode, decode
from pos_app.domain.errors import Breakdown, FileLocked, Refusal
from pos_app.domain.ids import OperatorId, Sku
from pos_app.domain.ledger import stock_key
from pos_app.proving.demo import CHAIN
from pos_app.proving.served_hq import ServedHq
from pos_app.store.register_folder import RegisterFolder
from pos_app.ui.ports import LineStatus, Notice
from tests.support.ports import HandClock, Tray

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(180)]

RICE, RICE_CODE = "RICE-WC-5KG", "6999999000129"
CASHIER = OperatorId("1001")
PATIENCE_S = 30


@dataclass(slots=True)
class Shop:
    """A store with one register, and its headquarters."""

    hq: ServedHq
    folder: RegisterFolder
    told: list[Notice] = field(default_factory=list)

    @property
    def line(self) -> LineStatus:
        """What the window would show of the line."""
        return next((each for each in reversed(self.told) if isinstance(each, LineStatus)), LineStatus())


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedHq]:
    with ServedHq(tmp_path_factory.mktemp("hq")) as hq:
        hq.import_file(CHAIN)
        yield hq


@pytest.fixture
def shop(served: ServedHq, tmp_path: Path) -> Shop:
    folder = RegisterFolder(tmp_path / "register")
    enrol_register(folder, served.address, served.enrolment_code("S001"))
    return Shop(served, folder)


@pytest.fixture
def counter(shop: Shop) -> Iterator[OpenRegister]:
    register = RegisterAtHand(shop.folder, NO_PRINTER)
    register.listen(shop.told.append)
    opened = register.open()
    assert opened is not None
    until(lambda: shop.line.online)
    yield opened
    register.close()


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    ends = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < ends, "waited in vain"
        time.sleep(0.02)


def all_is_acknowledged(counter: OpenRegister) -> bool:
    """Ask the file: what the window was told last may be older than the last sale."""
    return counter.replica.acknowledged() == counter.journal.head().position


def sell(counter: OpenRegister, pieces: int = 1) -> str:
    counter.selling.scan(RICE_CODE, pieces)
    due = counter.selling.view().quote.payable
    return str(counter.selling.complete_with_cash(due, CASHIER).sale.id)


def test_a_price_changed_at_headquarters_is_that_of_the_next_scan(shop: Shop, counter: OpenRegister) -> None:
    before = counter.selling.scan(RICE_CODE).quote.payable
    counter.selling.clear()
    shop.hq.publish_price(RICE, "51.70")
    until(lambda: counter.looking_up.search(RICE)[0].unit_price == 5170)
    assert counter.selling.scan(RICE_CODE).quote.payable == 5170 < before
    shop.hq.ask("POST", "/v1/prices/import", [{"id": f"DEMO-{RICE}", "delete": True}])
    until(lambda: counter.selling.view().quote.payable == before)


def test_selling_goes_on_without_headquarters_and_everything_is_there_afterwards_once(
    shop: Shop, counter: OpenRegister
) -> None:
    sold = [sell(counter)]
    until(lambda: all_is_acknowledged(counter))
    shop.hq.stop()
    try:
        until(lambda: not shop.line.online)
        sold += [sell(counter, 2), sell(counter)]
        until(lambda: shop.line.waiting == 2)
        stock = counter.looking_up.search(RICE)[0].on_hand
    finally:
        shop.hq.start()
    until(lambda: all_is_acknowledged(counter))
    until(lambda: shop.line.online and shop.line.waiting == 0)
    there = [sale["id"] for sale in shop.hq.sales_of("S001")]
    assert [there.count(sale) for sale in sold] == [1, 1, 1]
    until(lambda: counter.replica.settled(stock_key(Sku(RICE))).contains(counter.journal.head().position))
    assert counter.looking_up.search(RICE)[0].on_hand == stock


def test_a_customer_pays_the_simulated_provider_and_headquarters_knows_by_which_sale(shop: Shop) -> None:
    register = RegisterAtHand(shop.folder, NO_PRINTER, payments=SIMULATED)
    register.listen(shop.told.append)
    opened = register.open()
    assert opened is not None
    code = decode("134567890123456701")
    assert isinstance(code, PaymentCode)
    opened.selling.scan(RICE_CODE)
    due = opened.selling.view().quote.payable
    asked = opened.paying.ask(code, None, CASHIER, told=due)
    done = opened.paying.heard(asked, opened.paying.pay(asked, code), CASHIER).completed
    assert opened.paying.simulated
    assert done is not None
    until(lambda: all_is_acknowledged(opened))
    register.close()

    (row,) = shop.hq.ask("GET", f"/v1/reports/payments?after={'0' * 32}")["rows"]
    assert (row["id"], row["state"], row["amount"], row["receipt"]) == (asked.id, "sold", due, str(done.sale.receipt))
    ledger = Ledger(shop.folder.simulated_payments / LEDGER_FILE)
    assert ledger.kept_fen() == due
    ledger.close()


def test_a_campaign_sent_yesterday_starts_and_stops_at_its_minute_with_no_line(shop: Shop) -> None:
    zone = timezone(timedelta(hours=8))
    starts = datetime(2027, 6, 18, 10, tzinfo=zone)
    row = {"id": "C618", "sku": RICE, "kind": "campaign", "amount": 4990, "from": starts.isoformat()}
    shop.hq.ask("POST", "/v1/prices/import", [row | {"to": (starts + timedelta(hours=2)).isoformat()}])
    register = RegisterAtHand(shop.folder, NO_PRINTER)
    register.listen(shop.told.append)
    opened = register.open()
    assert opened is not None
    until(lambda: "C618" in {each.id for each in opened.replica.rulebook().prices[Sku(RICE)]})
    register.close()

    clock, tray = HandClock(starts - timedelta(seconds=1)), Tray()
    identity = shop.folder.identity()
    assert identity is not None
    counter = open_register(shop.folder, identity, Surroundings(clock, TimedIds(SystemClock(480)), tray, tray))
    usual = counter.selling.scan(RICE_CODE).quote.lines[0].unit_price
    clock.turn(timedelta(seconds=1))
    assert counter.selling.view().quote.lines[0].unit_price == 4990 < usual
    clock.turn(timedelta(hours=2))
    assert counter.selling.view().quote.lines[0].unit_price == usual
    counter.close()


def test_a_second_register_on_the_same_files_is_refused(shop: Shop, counter: OpenRegister) -> None:
    identity = shop.folder.identity()
    assert identity is not None
    clock, tray = SystemClock(480), Tray()
    with pytest.raises(FileLocked):
        open_register(shop.folder, identity, Surroundings(clock, TimedIds(clock), tray, tray))
    assert counter.selling.scan(RICE_CODE).quote.lines


@pytest.mark.parametrize("code", ["", "AAAAAAAAAA"])
def test_a_wrong_code_is_refused_and_the_folder_stays_a_strangers(served: ServedHq, tmp_path: Path, code: str) -> None:
    folder = RegisterFolder(tmp_path / "stranger")
    with pytest.raises(Refusal, match="code"):
        enrol_register(folder, served.address, code)
    assert folder.identity() is None


@pytest.mark.parametrize(
    ("address", "trouble"), [("hq.example", Refusal), ("http://127.0.0.1:9", Breakdown)], ids=["malformed", "nobody"]
)
def test_an_address_where_headquarters_is_not_is_told_apart(
    tmp_path: Path, address: str, trouble: type[Exception]
) -> None:
    with pytest.raises(trouble):
        enrol_register(RegisterFolder(tmp_path / "stranger"), address, "AB2C-DE3F-GH4J")
