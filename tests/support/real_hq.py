"""The real headquarters for a register's tests: in this process, on its own SQLite file, stopped and started at will.

Registers reach it as a transport; while it is stopped, nobody answers. Knows no register.
"""

import shutil
import sqlite3
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from sync.client.clock import HqClock
from sync.client.enrolment import enrol, make_key
from sync.client.signing import Identity
from sync.client.transport import HqLine
from sync.hq.app import create_app
from sync.hq.settings import PinCost, Settings
from tests.support.in_process import InProcess, in_process

CHEAP_PIN = PinCost(time_cost=1, memory_kib=8, parallelism=1)


@dataclass(slots=True)
class RealHq(httpx.BaseTransport):
    """A headquarters that may be down."""

    folder: Path
    settings: Settings = field(init=False)
    running: ExitStack | None = None
    inside: InProcess | None = None

    def __post_init__(self) -> None:
        self.settings = Settings.embedded(self.folder, pin_cost=CHEAP_PIN)

    def start(self) -> None:
        self.running = ExitStack()
        self.inside = self.running.enter_context(in_process(create_app(self.settings)))

    def stop(self) -> None:
        running, self.running, self.inside = self.running, None, None
        if running is not None:
            running.close()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if self.inside is None:
            raise httpx.ConnectError("headquarters is down", request=request)
        return self.inside.handle_request(request)

    def administrator(self, method: str, path: str, **what: Any) -> Any:  # noqa: ANN401 — httpx's own words, JSON's own shape
        """Ask as a person of headquarters does."""
        token = {"Authorization": f"Bearer {self.settings.admin_token}"}
        with httpx.Client(base_url="http://hq.test", transport=Borrowed(self), headers=token) as client:
            response = client.request(method, path, **what)
            assert response.is_success, response.text
            return response.json()

    def enrol(self, store: str) -> Identity:
        """Enrol a store's next register."""
        code = self.administrator("POST", "/v1/enrolment-codes", json={"store": store})["code"]
        key = make_key()
        line = HqLine("http://hq.test", HqClock(), transport=Borrowed(self), verify=False)
        return Identity.read(enrol(line, code, key).answer.device, key)

    def facts_of(self, device: str) -> list[bytes]:
        """List a register's chain as it is stored."""
        with closing(sqlite3.connect(f"file:{self.folder / 'hq.db'}?mode=ro", uri=True)) as database:
            rows = database.execute("SELECT canonical FROM fact WHERE device = ? ORDER BY epoch, seq", (device,))
            return [bytes(canonical) for (canonical,) in rows]

    def meddle(self, statement: str, *values: object) -> None:
        """Change the database behind headquarters' back."""
        with closing(sqlite3.connect(self.folder / "hq.db")) as database, database:
            database.execute(statement, values)

    def back_up(self, target: Path) -> None:
        """Copy the database as a backup does."""
        with (
            closing(sqlite3.connect(self.folder / "hq.db")) as database,
            closing(sqlite3.connect(target)) as copy,
        ):
            database.backup(copy)

    def restore(self, backup: Path, incarnation: str) -> None:
        """Start from a backup, under another incarnation."""
        self.stop()
        for path in self.folder.glob("hq.db*"):
            path.unlink()
        shutil.copy(backup, self.folder / "hq.db")
        with closing(sqlite3.connect(self.folder / "hq.db")) as database, database:
            database.execute("UPDATE headquarters SET incarnation = ?", (incarnation,))
        self.start()


@dataclass(slots=True)
class Borrowed(httpx.BaseTransport):
    """Somebody else's transport: closing a client leaves it open."""

    lender: httpx.BaseTransport

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self.lender.handle_request(request)
