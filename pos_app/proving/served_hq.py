"""A headquarters of one's own: `granary hq serve` in a child process on loopback, asked as its administrator.

It ends with its parent, since its input is a pipe that the parent holds.
"""

import json
import os
import socket
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from pos_app.bootstrap.program import granary_command
from pos_app.domain.errors import Breakdown, Refusal
from sync.hq.settings import read_token

PORTS = range(18_000, 28_000)
STOP_S = 10.0
ANSWER_S = 600.0


@dataclass(slots=True)
class ServedHq:
    """One headquarters, running or reached. ``folder`` is its data folder."""

    folder: Path
    port: int = 0
    address: str = field(default="", init=False)
    _process: "subprocess.Popen[bytes] | None" = field(default=None, init=False)

    def __enter__(self) -> Self:
        """Start it."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop it."""
        self.stop()

    def start(self) -> None:
        """Start it, at its port of before where it had one; raise ``Breakdown("hq_not_started")``."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port = self.port or free_port()
        log = self.folder / "hq.log"
        command = [*granary_command(), "hq", "serve", "--data", str(self.folder), "--port", str(self.port)]
        with log.open("ab") as said:
            self._process = subprocess.Popen(
                [*command, "--until-eof"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said
            )
        line = self._process.stdout.readline() if self._process.stdout else b""
        if not line:
            self.stop()
            raise Breakdown("hq_not_started", log=str(log))
        self.address = json.loads(line)["address"]
        self.port = int(self.address.rpartition(":")[2])

    def stop(self) -> None:
        """Stop it: politely, then by force."""
        process, self._process = self._process, None
        if process is None:
            return
        with process:
            if process.stdin is not None:
                process.stdin.close()
            try:
                process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()

    def ask(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 — a JSON document
        """Ask as its administrator; raise ``Refusal`` with its code."""
        headers = {"Authorization": f"Bearer {read_token(self.folder)}"}
        with httpx.Client(base_url=self.address, timeout=ANSWER_S, trust_env=False) as client:
            answer = client.request(method, path, headers=headers, json=body)
        said = answer.json()
        if not answer.is_success:
            raise Refusal(said["code"], field=said["field"], **said["details"])
        return said

    def import_chain(self, chain: Mapping[str, object]) -> None:
        """Import a chain document, or parts of one."""
        self.ask("POST", "/v1/import", chain)

    def import_file(self, path: Path) -> None:
        """Import a chain document from a file."""
        self.import_chain(json.loads(path.read_text(encoding="utf-8")))

    def publish_price(self, sku: str, yuan: str) -> None:
        """Give a product a campaign price from now on, in the whole chain."""
        row = {"id": f"DEMO-{sku}", "sku": sku, "kind": "campaign", "amount_yuan": yuan}
        self.ask("POST", "/v1/prices/import", [row])

    def enrolment_code(self, store: str) -> str:
        """Make a one-time code for the store's next register."""
        return str(self.ask("POST", "/v1/enrolment-codes", {"store": store})["code"])

    def sales_of(self, store: str) -> list[dict[str, Any]]:
        """List a store's sales."""
        rows: list[dict[str, Any]] = []
        after = ""
        while True:
            page = self.ask("GET", f"/v1/reports/sales?group=sale&store={store}&after={after}")
            rows += page["rows"]
            if not (after := page["next"]):
                return rows

    def sales_count(self) -> int:
        """Count all sales."""
        return int(self.ask("GET", "/v1/reports/sales")["total"]["sales"])

    def stock_of(self, place: str) -> list[dict[str, Any]]:
        """List a place's stock: ``opening``, ``moved`` and ``on_hand``, in thousandths."""
        rows: list[dict[str, Any]] = self.ask("GET", f"/v1/reports/stock?place={place}")["rows"]
        return rows

    def chains(self) -> list[dict[str, Any]]:
        """List every register's chain, verified."""
        rows: list[dict[str, Any]] = self.ask("GET", "/v1/reports/chains")["rows"]
        return rows


def free_port() -> int:
    """Find a port that stays ours while headquarters is down: not one that the system gives to outgoing calls."""
    first = PORTS.start + os.getpid() % (len(PORTS) // 2)
    for port in range(first, PORTS.stop):
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise Breakdown("hq_not_started", log=f"no free port from {first} to {PORTS.stop}")
