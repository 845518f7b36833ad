"""The end of the store's network that answers: each neighbour on a thread of its own, until it is stopped.

Strangers may connect as they like; they hold no place that a neighbour needs. Knows nothing of what is asked.
"""

import logging
import socket
import socketserver
from collections.abc import Callable
from contextlib import suppress
from threading import Lock, Thread
from time import monotonic
from typing import Any, Final, cast

from pos_app.domain.errors import Refusal
from sync.client.lan import EXCHANGE_S, MAX_BYTES, Exchange, Greeting, Line, Message, Speaker

_log = logging.getLogger(__name__)
MOST_AT_ONCE: Final = 16
MOST_OF_ONE: Final = 4
"""Connections from one address: who opens more loses the oldest."""

Answer = Callable[[str, Message], Message]
"""Answers a question of a register. A ``Refusal`` that it raises is the answer."""


class LanServer:
    """Answers the neighbours."""

    def __init__(self, address: str, speaker: Speaker, answer: Answer) -> None:
        """Listen at ``host:port`` (port 0: any that is free). Raises ``OSError`` where that is taken."""
        host, _, port = address.rpartition(":")
        self._server = _Server((host, int(port)), speaker, answer)
        self.port: int = self._server.server_address[1]
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.2}, name="lan", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Answer no more."""
        self._server.shutdown()
        self._server.server_close()


class Places:
    """Who is being heard at this moment. Who comes when it is full takes the place of the one that has been silent
    longest: a neighbour has said its word within milliseconds.
    """

    def __init__(self) -> None:
        """Begin with nobody."""
        self._lock = Lock()
        self._silent: dict[socket.socket, str] = {}
        self._heard: set[socket.socket] = set()

    def take(self, line: socket.socket, host: str) -> bool:
        """Let somebody in; False where every place is a neighbour's own."""
        with self._lock:
            same = [each for each, where in self._silent.items() if where == host]
            if len(same) >= MOST_OF_ONE:
                self._turn_out(same[0])
            elif len(self._silent) + len(self._heard) >= MOST_AT_ONCE:
                if not self._silent:
                    return False
                self._turn_out(next(iter(self._silent)))
            self._silent[line] = host
            return True

    def hear(self, line: socket.socket) -> None:
        """Note that somebody has asked under the store's secret: it keeps its place."""
        with self._lock:
            if self._silent.pop(line, None) is not None:
                self._heard.add(line)

    def leave(self, line: socket.socket) -> None:
        """Give a place back."""
        with self._lock:
            self._silent.pop(line, None)
            self._heard.discard(line)

    def _turn_out(self, line: socket.socket) -> None:
        del self._silent[line]
        with suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)


class _Server(socketserver.ThreadingTCPServer):
    """Takes connections, so many at once."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], speaker: Speaker, answer: Answer) -> None:
        super().__init__(address, _Question)
        self.speaker, self.answer = speaker, answer
        self.places = Places()

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 — socketserver's own signature
        if self.places.take(request, client_address[0]):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 — as above
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.places.leave(request)


class _Question(socketserver.BaseRequestHandler):
    """One connection. What is not sealed by the store's secret, for this greeting, is not answered at all."""

    def handle(self) -> None:
        server, connection = cast("_Server", self.server), cast("socket.socket", self.request)
        line = Line(connection, monotonic() + EXCHANGE_S)
        with suppress(OSError, ValueError):
            greeting = Greeting.fresh(server.speaker.name)
            line.send(greeting.written())
            sealed = line.receive()
            opened = Exchange.open_question(server.speaker.secret, greeting, sealed)
            if opened is not None:
                server.places.hear(connection)
                exchange, question = opened
                line.send(_sealed_answer(server, exchange, question, sealed))


def _sealed_answer(server: _Server, exchange: Exchange, question: Message, sealed: bytes) -> bytes:
    answer = exchange.seal_answer(_answered(server, exchange.asks, question), sealed)
    if len(answer) <= MAX_BYTES:
        return answer
    _log.warning("answer_too_long")
    return exchange.seal_answer({"refused": "peer_answer_too_long"}, sealed)


def _answered(server: _Server, by: str, question: Message) -> Message:
    try:
        return server.answer(by, question)
    except Refusal as refusal:
        return {"refused": refusal.code, "details": dict(refusal.details)}
    except Exception:  # noqa: BLE001 — an edge: a request handler
        # A question that we do not understand, or a full disk, ends nothing here.
        _log.exception("neighbour_not_answered")
        return {"refused": "peer_broken"}
