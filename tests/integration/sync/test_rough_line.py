"""A register's real engine and a real headquarters process, a rough line between: nothing is lost, nothing twice."""

import contextlib
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

import httpx
import pytest

from pos_app.bootstrap.counter import RegisterAtHand
from pos_app.bootstrap.line import enrol_register, wired_sync
from pos_app.bootstrap.paper import NO_PRINTER
from pos_app.bootstrap.register import OpenRegister, Surroundings, open_register
from pos_app.devices.clock import TimedIds
from pos_app.domain.errors import GranaryError
from pos_app.domain.facts import START
from pos_app.domain.ids import OperatorId
from pos_app.proving.served_hq import ServedHq
from pos_app.store.journal.reading import JournalReader
from pos_app.store.register_folder import RegisterFolder
from pos_app.ui.ports import LineStatus, Notice
from sync.client import transport
from sync.client.engine import SyncEngine
from tests.integration.hq.till import RICE, small_chain
from tests.support.ports import HandClock, Tray
from tests.support.rough_line import TROUBLES, Fate, Plan, RoughLine, rough_line
from tests.support.whole_register import OPENS_AT

pytestmark = pytest.mark.loopback

RICE_CODE = "6999999000112"
PATIENCE_S = 60.0
IMPATIENCE_S = 0.3
ENOUGH = 32


@pytest.fixture(scope="module")
def hq(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedHq]:
    with ServedHq(tmp_path_factory.mktemp("rough") / "hq") as hq:
        hq.import_chain(small_chain())
        yield hq


class Redirected(httpx.HTTPTransport):
    """Real sockets, to wherever the line begins."""

    def __init__(self, line: RoughLine) -> None:
        super().__init__()
        self._port = urlsplit(line.address).port

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.url = request.url.copy_with(port=self._port)
        return super().handle_request(request)


@dataclass(slots=True)
class Counter:
    """An open register, and what it sold."""

    folder: RegisterFolder
    opened: OpenRegister
    sold: list[str] = field(default_factory=list)

    @property
    def device(self) -> str:
        return self.opened.journal.device

    def sell(self) -> None:
        self.opened.selling.scan(RICE_CODE, 1 + len(self.sold) % 3)
        due = self.opened.selling.view().quote.payable
        self.sold.append(str(self.opened.selling.complete_with_cash(due, OperatorId("1001")).sale.id))

    def chain(self) -> list[bytes]:
        with contextlib.closing(JournalReader(self.folder.journal)) as reader:
            return [fact.canonical for fact in reader.after(START, 100_000)]


@pytest.fixture
def folder(hq: ServedHq, tmp_path: Path) -> RegisterFolder:
    """Give a register that is enrolled."""
    folder = RegisterFolder(tmp_path / "register")
    enrol_register(folder, hq.address, hq.enrolment_code("S001"))
    return folder


def chain_at(hq: ServedHq, device: str) -> list[bytes]:
    with contextlib.closing(sqlite3.connect(f"file:{hq.folder / 'hq.db'}?mode=ro", uri=True)) as database:
        rows = database.execute("SELECT canonical FROM fact WHERE device = ? ORDER BY epoch, seq", (device,))
        return [bytes(canonical) for (canonical,) in rows]


def assert_all_is_there_once(hq: ServedHq, counter: Counter) -> None:
    assert chain_at(hq, counter.device) == counter.chain()
    at_hq = [sale["id"] for sale in hq.sales_of("S001")]
    assert [at_hq.count(sale) for sale in counter.sold] == [1] * len(counter.sold)
    assert all(row["ok"] for row in hq.chains())
    assert hq.ask("GET", "/v1/reports/stock")["differs"] == 0
    assert hq.ask("GET", "/v1/reports/exceptions")["rows"] == []


@pytest.mark.parametrize("seed", range(6))
def test_whatever_a_line_does_every_sale_is_there_once_and_the_replica_is_headquarters_own(
    hq: ServedHq, folder: RegisterFolder, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "READ_S", IMPATIENCE_S)
    plan, random = Plan(seed), Random(seed)
    identity, clock, tray = folder.identity(), HandClock(OPENS_AT), Tray()
    assert identity is not None
    with (
        rough_line(port_of(hq), plan) as line,
        wired_sync(folder, identity, Redirected(line)) as wiring,
        contextlib.closing(open_register(folder, identity, Surroundings(clock, TimedIds(clock), tray, tray))) as opened,
    ):
        counter = Counter(folder, opened)
        engine = SyncEngine(wiring, breathe=lambda _: None)
        for step in range(ENOUGH):
            for _ in range(random.randrange(3)):
                counter.sell()
            if step % 4 == 0:
                hq.publish_price(RICE, f"{50 + step}.00")
            for exchange in (engine.push_once, engine.fetch_again if step % 16 == 9 else engine.pull_once):
                with contextlib.suppress(GranaryError):
                    exchange()

        plan.heal()
        monkeypatch.setattr(transport, "READ_S", PATIENCE_S)
        while engine.push_once().more:
            pass
        compared = engine.compare()

        assert_all_is_there_once(hq, counter)
        assert compared.mended == 0
        status = engine.status()
        assert (status.online, status.waiting, status.trouble) == (True, 0, None)
    assert len(plan.met) > len(Fate) // 2, plan.met


def test_the_agent_of_a_register_gets_everything_through_a_rough_line(hq: ServedHq, folder: RegisterFolder) -> None:
    # Its patience is that of life: what would cost a minute each is left to the engine's own test.
    troubles = set(TROUBLES) - {Fate.SILENT, Fate.BENT}
    plan = Plan(1, sorted(troubles))
    told: list[Notice] = []
    identity = folder.identity()
    assert identity is not None
    with rough_line(port_of(hq), plan) as line, contextlib.ExitStack() as closing:
        folder.keep_identity(replace(identity, headquarters=line.address))
        register = RegisterAtHand(folder, NO_PRINTER)
        closing.callback(register.close)
        register.listen(told.append)
        opened = register.open()
        assert opened is not None
        counter = Counter(folder, opened)
        for number in range(30):
            counter.sell()
            hq.publish_price(RICE, f"{30 + number}.00")
            until(plan_goes_on(plan))
        plan.heal()
        until(lambda: opened.replica.acknowledged() == opened.journal.head().position)
        until(lambda: opened.looking_up.search(RICE)[0].unit_price == 5900)
        until(lambda: next(each for each in reversed(told) if isinstance(each, LineStatus)).online)

        assert_all_is_there_once(hq, counter)


def plan_goes_on(plan: Plan) -> Callable[[], bool]:
    """Tell whether anything was asked since now."""
    asked = plan.met.total()
    return lambda: plan.met.total() > asked


def port_of(hq: ServedHq) -> tuple[str, int]:
    return "127.0.0.1", urlsplit(hq.address).port or 0


def until(holds: Callable[[], bool]) -> None:
    ends = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < ends, "waited in vain"
        time.sleep(0.01)
