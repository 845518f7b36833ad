"""The registers of one store beside each other: real files, real sockets on loopback, headquarters long gone."""

import socket
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pos_app.bootstrap.line import enrol_register, wired_sync
from pos_app.bootstrap.register import OpenRegister, Surroundings, open_register
from pos_app.bootstrap.store_lan import Beside, StoreLan
from pos_app.devices.clock import TimedIds
from pos_app.domain.facts import START, Position
from pos_app.domain.ids import BasketId, DeviceId, OperatorId
from pos_app.domain.suspended_basket import SuspendedAt
from pos_app.store.journal.reading import JournalReader
from pos_app.store.register_folder import RegisterFolder, RegisterIdentity
from sync.client import lan
from sync.client.engine import SyncEngine
from sync.client.network import LanState, Network
from tests.support.ports import HandClock, Tray
from tests.support.real_hq import Borrowed, RealHq

CASHIER = OperatorId("1001")


def enrolled_folder(hq: RealHq, path: Path, store: str = "S001") -> RegisterFolder:
    """A store's next register, enrolled the way that a person does it."""
    folder = RegisterFolder(path)
    code = hq.administrator("POST", "/v1/enrolment-codes", json={"store": store})["code"]
    enrol_register(folder, "http://hq.test", code, transport=Borrowed(hq))
    return folder


def free_port() -> int:
    """A port that nobody has at this moment."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


@dataclass(slots=True)
class Till:
    """One register without its window: the use cases, and its end of the store's network."""

    folder: RegisterFolder
    network: Network
    clock: HandClock = field(default_factory=HandClock)
    opened: OpenRegister = field(init=False)
    lan: StoreLan = field(init=False)
    told: tuple[bool, Position] | None = None
    """What its sync agent says of its line."""
    states: list[LanState] = field(default_factory=list)
    """What is told of the store's network, round by round."""
    sold_elsewhere: list[tuple[BasketId, DeviceId]] = field(default_factory=list)

    def start(self) -> "Till":
        tray = Tray()
        self.lan = self.lan_of()
        around = Surroundings(self.clock, TimedIds(self.clock), tray, tray, beside=self.lan.pending_of)
        self.opened = open_register(self.folder, self.identity, around, background=False)
        self.lan.open(self.identity)
        return self

    def lan_of(self) -> StoreLan:
        """Make its end of the store's network."""
        sold, states = self.sold_elsewhere, self.states
        beside = Beside(
            lambda: self.told, lambda: None, lambda basket, device: sold.append((basket, device)), states.append
        )
        return StoreLan(self.folder, self.network, beside)

    def stop(self) -> None:
        self.lan.close()
        self.opened.close()

    def line_is(self, *, up: bool) -> None:
        """Say what its sync agent would say of its line."""
        self.told = (up, self.opened.replica.acknowledged())

    @property
    def identity(self) -> RegisterIdentity:
        identity = self.folder.identity()
        assert identity is not None
        return identity

    def suspend(self, code: str, pieces: int = 1) -> BasketId:
        """Ring something up and set it aside."""
        basket = self.opened.selling.scan(code, pieces).basket
        self.opened.selling.suspend(CASHIER)
        return basket.id

    def sees(self, basket: BasketId) -> SuspendedAt | None:
        """Look for a basket among the neighbours'."""
        return next((each for each in self.lan.elsewhere() if each.id == basket), None)

    def has_heard(self) -> bool:
        """Tell whether a neighbour has answered yet: from then on it can be asked for a basket."""
        return self.lan._neighbours is not None and bool(self.lan._neighbours._heard._neighbours)

    def recall(self, wanted: SuspendedAt) -> None:
        """Have it handed over, as the window does."""
        basket = self.lan.fetch(wanted)
        try:
            self.opened.selling.adopt(basket)
        finally:
            self.lan.done_with(basket.id)

    def copy(self, wanted: SuspendedAt) -> None:
        """Open what was last heard of it."""
        assert wanted.copy is not None
        self.opened.selling.adopt(wanted.copy)

    def sell(self) -> Any:  # noqa: ANN401 — a fact's body is JSON
        """Sell what is in hand, for cash."""
        due = self.opened.selling.view().quote.payable
        self.opened.selling.complete_with_cash(due, CASHIER)
        (fact,) = self.opened.journal.recent_sales(1)
        return fact.body

    def push(self, hq: RealHq) -> None:
        """Send headquarters all that there is."""
        with wired_sync(self.folder, self.identity, Borrowed(hq)) as wiring:
            engine = SyncEngine(wiring)
            while engine.push_once().more:
                pass

    def relay(self, hq: RealHq) -> None:
        """Bring headquarters all that neighbours gave."""
        with wired_sync(self.folder, self.identity, Borrowed(hq)) as wiring:
            engine = SyncEngine(wiring)
            while engine.relay_once():
                pass

    def pull(self, hq: RealHq) -> None:
        """Hear all that headquarters says."""
        with wired_sync(self.folder, self.identity, Borrowed(hq)) as wiring:
            SyncEngine(wiring).pull_once()

    def chain(self) -> list[bytes]:
        """List its facts, as they lie in its journal."""
        with closing(JournalReader(self.folder.journal)) as journal:
            return [fact.canonical for fact in journal.after(START, 100_000)]


class CutLine:
    """A line between two registers that swallows, while ``cut``, the answers to who wants a basket."""

    def __init__(self, towards: int, secret: bytes) -> None:
        """Carry to a port on loopback; the store's secret tells one question from another."""
        self._towards, self._secret = towards, secret
        self.meanwhile: Callable[[], object] = lambda: None
        """Happens where an answer is swallowed."""
        self.cut = False
        self.swallowed = 0
        self.taped: list[bytes] = []
        """All questions, as they went over the line."""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._carry, args=(line,), daemon=True).start()

    def _carry(self, connection: socket.socket) -> None:
        ends_s = time.monotonic() + 5
        try:
            with connection, socket.create_connection(("127.0.0.1", self._towards), timeout=5) as far:
                line, other = lan.Line(connection, ends_s), lan.Line(far, ends_s)
                greeting = other.receive()
                line.send(greeting)
                sealed = line.receive()
                self.taped.append(sealed)
                other.send(sealed)
                opened = lan.Exchange.open_question(self._secret, lan.Greeting.read(greeting), sealed)
                answer = other.receive()
                if self.cut and opened is not None and opened[1]["ask"] in {"pass", "keep"}:
                    self.swallowed += 1
                    self.meanwhile()
                else:
                    line.send(answer)
        except (OSError, ValueError):
            return
