"""A printer on the network: TCP, port 9100, asked how it is before a job and whether it is done after it.

A connection for each job, since such a printer talks to one register at a time.
"""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic

from pos_app.devices.printer.ports import JobInDoubt
from pos_app.devices.printer.status import (
    ASK_DONE,
    OFFLINE_CAUSE,
    PAPER_SENSOR,
    PRINTER,
    UNASKED_BYTES,
    ask,
    is_done,
    is_status,
    is_unasked,
    trouble_of,
)
from pos_app.domain.errors import PrinterDown

PORT = 9100
STATUS_WAIT_S = 2.0
DONE_WAIT_S = 15.0
"""Longer than the longest receipt takes."""
MAX_UNASKED = 16
"""Automatic reports before the answer; whoever sends more, or anything else, is no printer of ours."""


@dataclass(frozen=True, slots=True)
class NetworkPort:
    """The way to one network printer.

    ``answers`` is False for the few that take text and never speak: then what was sent counts as printed.
    """

    host: str
    port: int = PORT
    answers: bool = True
    status_wait_s: float = STATUS_WAIT_S
    done_wait_s: float = DONE_WAIT_S

    def check(self) -> None:
        """Raise ``PrinterDown`` when it cannot be reached, or says why it would not print."""
        with self._connected() as line:
            self._look(line)

    def deliver(self, job: bytes) -> None:
        """Print a job, and wait until it is done."""
        with self._connected() as line:
            self._look(line)
            try:
                line.settimeout(self.done_wait_s)
                line.sendall(job + (ASK_DONE if self.answers else b""))
                if self.answers:
                    self._hear(line, is_done, self.done_wait_s)
            except (OSError, PrinterDown) as error:
                raise JobInDoubt("printer_cut_off", address=self.address) from error

    @property
    def address(self) -> str:
        """Where it is, for people."""
        return f"{self.host}:{self.port}"

    @contextmanager
    def _connected(self) -> Iterator[socket.socket]:
        try:
            line = socket.create_connection((self.host, self.port), self.status_wait_s)
        except OSError as error:
            raise PrinterDown("printer_unreachable", address=self.address) from error
        with line:
            yield line

    def _look(self, line: socket.socket) -> None:
        if self.answers:
            trouble_of(*(self._status(line, part) for part in (PRINTER, OFFLINE_CAUSE, PAPER_SENSOR))).check()

    def _status(self, line: socket.socket, part: int) -> int:
        try:
            line.sendall(ask(part))
            return self._hear(line, is_status, self.status_wait_s)
        except OSError as error:
            raise PrinterDown("printer_silent", address=self.address) from error

    def _hear(self, line: socket.socket, wanted: Callable[[int], bool], wait_s: float) -> int:
        """Give the next byte that is wanted; ``OSError`` or ``PrinterDown`` when none comes in time."""
        until = monotonic() + wait_s
        for _ in range(MAX_UNASKED):
            line.settimeout(max(until - monotonic(), 0.001))
            heard = line.recv(1)
            if heard and wanted(heard[0]):
                return heard[0]
            if not heard or not is_unasked(heard[0]):
                break
            line.recv(UNASKED_BYTES - 1, socket.MSG_WAITALL)
        raise PrinterDown("printer_silent", address=self.address)
