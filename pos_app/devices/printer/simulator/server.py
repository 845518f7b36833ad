"""A simulated printer on a socket: TCP like port 9100, with paper that runs out, a cover and a plug.

It answers ``DLE EOT`` at once, as printers do, and reads everything else only while it can print: what comes in trouble
waits in its buffer and is printed when the trouble is over. Knows no file: who wants paper gives ``on_printed``.
"""

import re
import socket
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from threading import Lock, Thread

from escpos.constants import DLE, EOT

from pos_app.devices.paper import PAPER_80, Paper
from pos_app.devices.printer.simulator.interpreter import Interpreter, Printed
from pos_app.devices.printer.status import Trouble, answer_of

REAL_TIME = DLE + EOT
_REAL_TIME = re.compile(re.escape(REAL_TIME) + rb"([\x01-\x04])")
RECEIVE_BYTES = 4096
BUFFER_LIMIT = 1 << 20
KEPT = 200


class PrinterSimulator:
    """One printer. ``printed`` holds what it cut off, newest last; the trouble is set by who tries it out."""

    def __init__(
        self, paper: Paper = PAPER_80, *, port: int = 0, on_printed: Callable[[Printed], object] = lambda _: None
    ) -> None:
        """Listen on this machine only; port 0 takes a free one. ``on_printed`` is called on the printer's thread."""
        self.printed: deque[Printed] = deque(maxlen=KEPT)
        self._on_printed = on_printed
        self._lock = Lock()
        self._trouble = Trouble()
        self._held, self._answers = bytearray(), bytearray()
        self._line: socket.socket | None = None
        self._interpreter = Interpreter(paper, self._answer)
        self._server = socket.create_server(("127.0.0.1", port))
        self.host, self.port = self._server.getsockname()[:2]
        self._thread = Thread(target=self._serve, name="printer-simulator", daemon=True)
        self._thread.start()

    @property
    def kicks(self) -> int:
        """How often the drawer was opened."""
        return self._interpreter.kicks

    def set_trouble(self, **trouble: bool) -> None:
        """Change what is wrong (fields of `Trouble`); when nothing is, print what was held."""
        with self._lock:
            self._trouble = replace(self._trouble, **trouble)
            self._print_held()

    def close(self) -> None:
        """Pull the plug."""
        for line in (self._server, self._line):
            if line is not None:
                with suppress(OSError):
                    line.shutdown(socket.SHUT_RDWR)
                line.close()
        self._thread.join(5)

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._server.accept()
            except OSError:
                return
            self._line = line
            with line, suppress(OSError):
                self._talk(line)
            self._line = None

    def _talk(self, line: socket.socket) -> None:
        """Read until the other end hangs up. A real-time command may come in two pieces."""
        rest = b""
        while data := line.recv(RECEIVE_BYTES):
            rest = self._take(rest + data)
        with self._lock:
            self._hold(rest)

    def _take(self, data: bytes) -> bytes:
        """Answer what is asked in real time, hold and print the rest; give back a tail that may be half a question."""
        with self._lock:
            kept, end = bytearray(), 0
            for asked in _REAL_TIME.finditer(data):
                kept += data[end : asked.start()]
                end = asked.end()
                self._send(bytes([answer_of(self._trouble, asked[1][0])]))
            kept += data[end:]
            tail = _half_question(kept)
            self._hold(bytes(kept[: len(kept) - tail]))
            return bytes(kept[len(kept) - tail :])

    def _hold(self, data: bytes) -> None:
        self._held += data[: BUFFER_LIMIT - len(self._held)]
        self._print_held()

    def _print_held(self) -> None:
        if self._trouble.code or not self._held:
            return
        held, self._held = bytes(self._held), bytearray()
        cut_off = self._interpreter.feed(held)
        self.printed.extend(cut_off)
        answers, self._answers = bytes(self._answers), bytearray()
        self._send(answers)
        for printed in cut_off:
            self._on_printed(printed)

    def _answer(self, answer: bytes) -> None:
        """Said once what it answers for lies on the paper."""
        self._answers += answer

    def _send(self, answer: bytes) -> None:
        if self._line is not None:
            with suppress(OSError):
                self._line.sendall(answer)


def _half_question(data: bytes | bytearray) -> int:
    """Count the bytes at the end that may begin a real-time command."""
    if data.endswith(REAL_TIME):
        return 2
    return 1 if data.endswith(DLE) else 0
