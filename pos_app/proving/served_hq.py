"""A headquarters of one's own: `granary hq serve` in a child process on loopback.

It ends with its parent, since its input is a pipe that the parent holds.
"""

import json
import os
import socket
import subprocess
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from pos_app.bootstrap.program import granary_command
from pos_app.domain.errors import Breakdown
from pos_app.proving.administrator import Administrator
from sync.hq.settings import read_token

PORTS = range(18_000, 28_000)
STOP_S = 10.0


class ServedHq(Administrator):
    """A headquarters in a child process; ``folder`` is its data folder."""

    def __init__(self, folder: Path, port: int = 0, *, database: str = "", workers: int = 1) -> None:
        """Stand ready; `start` takes ``port``, or with 0 one that stays free while it is down.

        ``database`` is another one than SQLite in the folder, which ``workers`` may share.
        """
        super().__init__("", "")
        self.folder = folder
        self._port = port
        self._serving = ["--database", database, "--workers", str(workers)] if database else []
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def process_id(self) -> int | None:
        """Its process while it runs."""
        return None if self._process is None else self._process.pid

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
        """Start it, at its port of before where it had one.

        Raises ``Breakdown`` with ``hq_not_started`` or ``file_not_writable``.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Breakdown("file_not_writable", file=str(self.folder), reason=error.strerror) from error
        self._port = self._port or free_port()
        log = self.folder / "hq.log"
        command = [*granary_command(), "hq", "serve", "--data", str(self.folder), "--port", str(self._port)]
        with log.open("ab") as said:
            self._process = subprocess.Popen(
                [*command, *self._serving, "--until-eof"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said
            )
        line = self._process.stdout.readline() if self._process.stdout else b""
        if not line:
            self.stop()
            raise Breakdown("hq_not_started", log=str(log))
        self.address = json.loads(line)["address"]
        self.token = read_token(self.folder)
        self._port = int(self.address.rpartition(":")[2])

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


def free_port() -> int:
    """Find a port that stays ours while headquarters is down: not one that the system gives to outgoing calls."""
    first = PORTS.start + os.getpid() % (len(PORTS) // 2)
    for port in range(first, PORTS.stop):
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise Breakdown("hq_not_started", log=f"no free port from {first} to {PORTS.stop}")
