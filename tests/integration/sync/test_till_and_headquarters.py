"""Every real part at once: headquarters on a socket, a line to cut, the agent's process, the register's files."""

import contextlib
import json
import os
import queue
import signal
import sqlite3
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from pos_app.domain.facts import START, Happening
from pos_app.domain.ids import DeviceId, OperatorId
from pos_app.store.journal.journal import Journal
from pos_app.store.journal.opening import Beginning, create_journal, open_journal
from pos_app.store.journal.reading import JournalReader
from pos_app.store.journal.upgrading import bring_up_to_date
from pos_app.store.replica.reader import ReplicaReader
from sync.client.clock import HqClock
from sync.client.enrolment import enrol, make_key
from sync.client.handle import Launch, Listener, SyncAgentHandle
from sync.client.report import Event, Status
from sync.client.transport import HqLine
from sync.hq.embedded import EmbeddedHq
from sync.hq.settings import PinCost, Settings
from tests.support.line import TcpLine, tcp_line
from tests.support.till_agent import JOURNAL, KEY

pytestmark = pytest.mark.loopback

PATIENCE_S = 30.0
PRICE = {"id": "R1", "sku": "P1", "kind": "base", "amount": 1000}
CHAIN = {"places": [{"id": "S001", "name": "人民路店"}], "products": [{"sku": "P1", "name": "大米"}], "prices": [PRICE]}


@dataclass(slots=True)
class Till:
    """A register with its agent beside it."""

    folder: Path
    hq: EmbeddedHq
    line: TcpLine
    device: str
    journal: Journal
    events: queue.Queue[Event] = field(default_factory=queue.Queue)
    handle: SyncAgentHandle = field(init=False)

    def __post_init__(self) -> None:
        command = [sys.executable, "-m", "tests.support.till_agent", self.line.address, str(self.folder), self.device]
        self.handle = SyncAgentHandle(Launch(command), Listener(self.events.put, self.events.put))
        self.handle.start()

    def sign_in(self, count: int) -> None:
        for _ in range(count):
            self.journal.append(Happening("signed_in", 1, "2026-06-18T08:00:00+08:00", OperatorId("1001"), {}))
            self.handle.facts_waiting()

    def until(self, holds: Callable[[Status], bool]) -> Status:
        while True:
            event = self.events.get(timeout=PATIENCE_S)
            if isinstance(event, Status) and holds(event):
                return event

    def until_sent(self) -> None:
        head = self.journal.head().position
        self.until(lambda status: status.online and status.acked == (head.epoch, head.seq))

    def until_price(self, amount: int) -> None:
        with contextlib.closing(ReplicaReader(self.folder, DeviceId(self.device))) as reader:
            while json.loads(reader.document("price", "R1") or "{}").get("amount") != amount:
                self.events.get(timeout=PATIENCE_S)

    def set_price(self, amount: int) -> None:
        ask_hq(self.hq, "/v1/import", {"prices": [{**PRICE, "amount": amount}]})

    def at_hq(self) -> list[bytes]:
        with contextlib.closing(sqlite3.connect(self.hq.settings.folder / "hq.db")) as database:
            return [bytes(row[0]) for row in database.execute("SELECT canonical FROM fact ORDER BY epoch, seq")]

    def in_journal(self) -> list[bytes]:
        with contextlib.closing(JournalReader(self.folder / JOURNAL)) as reader:
            return [fact.canonical for fact in reader.after(START, 100_000)]


def ask_hq(hq: EmbeddedHq, path: str, what: object) -> dict[str, str]:
    token = {"Authorization": f"Bearer {hq.settings.admin_token}"}
    response = httpx.post(hq.address + path, json=what, headers=token, trust_env=False)
    assert response.is_success, response.text
    answer: dict[str, str] = response.json()
    return answer


@pytest.fixture
def till(tmp_path: Path) -> Iterator[Till]:
    settings = Settings.embedded(tmp_path / "hq", pin_cost=PinCost(time_cost=1, memory_kib=8, parallelism=1))
    with EmbeddedHq(settings) as hq:
        ask_hq(hq, "/v1/import", CHAIN)
        code = ask_hq(hq, "/v1/enrolment-codes", {"store": "S001"})["code"]
        folder = tmp_path / "till"
        folder.mkdir()
        (folder / KEY).write_bytes(make_key())
        with contextlib.closing(HqLine(hq.address, HqClock())) as line_to_enrol:
            enrolment = enrol(line_to_enrol, code, (folder / KEY).read_bytes())
        device = DeviceId(enrolment.answer.device)
        create_journal(folder / JOURNAL, Beginning(device), bring_up_to_date)
        journal = open_journal(folder / JOURNAL, device, bring_up_to_date)
        with tcp_line(("127.0.0.1", urlsplit(hq.address).port or 0)) as line:
            till = Till(folder, hq, line, device, journal)
            yield till
            till.handle.stop()
        journal.close()


def test_facts_go_up_and_prices_come_down(till: Till) -> None:
    till.until_price(1000)
    till.sign_in(20)
    till.until_sent()

    till.set_price(900)
    till.until_price(900)

    assert till.at_hq() == till.in_journal()


def test_the_plug_is_pulled_and_put_back(till: Till) -> None:
    till.until_price(1000)
    till.line.cut()
    till.sign_in(250)
    till.set_price(900)
    till.until(lambda status: not status.online and status.waiting == 250)

    till.line.mend()
    till.until_sent()
    till.until_price(900)

    assert till.at_hq() == till.in_journal()


def test_an_agent_killed_again_and_again_loses_and_doubles_nothing(till: Till) -> None:
    till.until_price(1000)
    for round_ in range(4):
        till.sign_in(60)
        till.set_price(900 + round_)
        process = till.handle.process_id
        if process is not None:
            os.kill(process, signal.SIGKILL)
        till.until(lambda status: not status.online)

    till.until_sent()
    till.until_price(903)

    assert till.at_hq() == till.in_journal()
    with contextlib.closing(ReplicaReader(till.folder, DeviceId(till.device))) as reader:
        assert reader.acknowledged() == till.journal.head().position
