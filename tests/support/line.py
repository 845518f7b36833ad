"""A line between a register and headquarters, on real sockets of this machine, and what may happen to it.

`TcpLine` is a proxy that delays, cuts, doubles, swallows, or answers rubbish itself; `serve` puts headquarters on
paper behind a socket. Knows nothing of what is said.
"""

import contextlib
import socket
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread

from tests.support.paper_hq import PaperHq

_FAREWELL_S = 1.0
_PIECE = 64 * 1024


@dataclass(frozen=True, slots=True)
class Weather:
    """What happens to a connection that is opened now."""

    delay_s: float = 0.0
    """Each piece is held so long, both ways."""
    cut_after_bytes: int | None = None
    """So much of the answers comes through, then the connection is reset."""
    swallow: bool = False
    """Everything goes in, nothing comes out: a dead router."""
    double: bool = False
    """What is asked is asked again on a second connection, whose answers nobody hears."""
    answer: bytes | None = None
    """Somebody else answers with these bytes and hangs up."""


FINE = Weather()


class TcpLine:
    """A proxy on loopback. Connections keep the weather in which they were opened, but for `cut`."""

    def __init__(self, target: tuple[str, int]) -> None:
        self.target = target
        self.weather = FINE
        self._lock = Lock()
        self._open: set[socket.socket] = set()
        self._listener: socket.socket | None = None
        self._port = 0
        self.mend()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def change(self, weather: Weather) -> None:
        """Let connections meet other weather from now on; those that are open are reset."""
        self.weather = weather
        self._reset_all()

    def cut(self) -> None:
        """Pull the plug: nobody listens any more, what is open breaks."""
        listener, self._listener = self._listener, None
        if listener is not None:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        self._reset_all()

    def mend(self) -> None:
        """Put the plug back, at the same address."""
        if self._listener is not None:
            return
        listener = socket.create_server(("127.0.0.1", self._port), reuse_port=False)
        self._port = listener.getsockname()[1]
        self._listener = listener
        Thread(target=self._accept, args=(listener,), daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            Thread(target=self._carry, args=(near, self.weather), daemon=True).start()

    def _carry(self, near: socket.socket, weather: Weather) -> None:
        self._keep(near)
        if weather.answer is not None:
            with contextlib.suppress(OSError):
                near.recv(_PIECE)
                near.sendall(weather.answer)
                # Closed with a part of the question unread, the system resets, and the answer may be lost with it.
                near.shutdown(socket.SHUT_WR)
                near.settimeout(_FAREWELL_S)
                while near.recv(_PIECE):
                    pass
            self._drop(near)
            return
        if weather.swallow:
            with contextlib.suppress(OSError):
                while near.recv(_PIECE):
                    pass
            self._drop(near)
            return
        try:
            fars = [socket.create_connection(self.target) for _ in range(2 if weather.double else 1)]
        except OSError:
            self._drop(near)
            return
        for far in fars:
            self._keep(far)
        if weather.double:
            Thread(target=self._pump, args=(fars[1], [], weather), daemon=True).start()
        Thread(target=self._pump, args=(near, fars, replace(weather, cut_after_bytes=None)), daemon=True).start()
        self._pump(fars[0], [near], weather)

    def _pump(self, source: socket.socket, sinks: list[socket.socket], weather: Weather) -> None:
        left = weather.cut_after_bytes
        try:
            while piece := source.recv(_PIECE):
                time.sleep(weather.delay_s)
                for sink in sinks:
                    sink.sendall(piece if left is None else piece[:left])
                if left is not None:
                    left -= len(piece)
                    if left <= 0:
                        break
        except OSError:
            pass
        for each in (source, *sinks):
            self._drop(each)

    def _keep(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.add(connection)

    def _drop(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.discard(connection)
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)
        connection.close()

    def _reset_all(self) -> None:
        with self._lock:
            connections = list(self._open)
        for connection in connections:
            with contextlib.suppress(OSError):
                # Zero linger: a reset, not a farewell.
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._drop(connection)


@contextlib.contextmanager
def tcp_line(target: tuple[str, int]) -> Iterator[TcpLine]:
    """Lay a line, and take it away."""
    line = TcpLine(target)
    try:
        yield line
    finally:
        line.cut()


class _Counter(ThreadingHTTPServer):
    """Headquarters' door. A client that hangs up in the middle is no news."""

    daemon_threads = True
    paper: PaperHq

    def handle_error(self, request: object, client_address: object) -> None:
        del request, client_address


class _Clerk(BaseHTTPRequestHandler):
    """Carries a request from a socket to headquarters on paper."""

    protocol_version = "HTTP/1.1"
    server: _Counter

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        said = self.server.paper.answer(self.command, self.path, dict(self.headers.items()), body)
        self.send_response(said.status)
        for name, value in {**said.headers, "Content-Length": str(len(said.body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(said.body)

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 — the library's own name
        del format, args


@contextlib.contextmanager
def serve(paper: PaperHq, port: int = 0) -> Iterator[tuple[str, int]]:
    """Put headquarters on paper behind a socket; gives its host and port."""
    server = _Counter(("127.0.0.1", port), _Clerk)
    server.paper = paper
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield "127.0.0.1", server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
