"""A sealed question between two registers of one store, over the shop's own network, with no headquarters in it.

A connection carries one question and one answer, each a length and AES-GCM under the store's secret: who does not hold
it reads nothing, asks nothing and answers nothing. The answer is bound to its question, so that an old one is none.
Loads `cryptography`: who has no neighbours has no need of this module.
"""

import json
import logging
import os
import socket
import socketserver
from collections.abc import Callable, Mapping
from contextlib import suppress
from threading import BoundedSemaphore, Thread
from typing import Any, Final, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pos_app.domain.errors import LineDown, LineTalksRubbish, Refusal

_log = logging.getLogger(__name__)
MAX_BYTES: Final = 1024 * 1024
"""A sealed message: fifty baskets of two hundred lines."""
NONCE_BYTES: Final = 12
SECRET_BYTES: Final = 32
ASK_LIMIT_S: Final = 1.5
MOST_AT_ONCE: Final = 16
_ASKS: Final = b"granary-lan-1 asks"
_ANSWERS: Final = b"granary-lan-1 answers "
_LENGTH: Final = 4

Message = Mapping[str, Any]
Answer = Callable[[Message], Message]
"""Answers a question. A ``Refusal`` that it raises is the answer."""


def ask(address: str, secret: bytes, question: Message, *, limit_s: float = ASK_LIMIT_S) -> Message:
    """Ask a neighbour and wait for the answer, ``limit_s`` for each step.

    Raises ``LineDown("peer_down")`` where there is no answer, ``LineTalksRubbish`` where it is not the store's, or the
    ``Refusal`` that is the answer.
    """
    host, _, port = address.rpartition(":")
    nonce = os.urandom(NONCE_BYTES)
    try:
        with socket.create_connection((host, int(port)), timeout=limit_s) as line:
            _send(line, nonce + _seal(secret, nonce, question, _ASKS))
            sealed = _receive(line)
    except (OSError, ValueError) as error:
        raise LineDown("peer_down", peer=address) from error
    answer = _open(secret, sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _ANSWERS + nonce)
    if answer is None:
        raise LineTalksRubbish("peer_rubbish", peer=address)
    if "refused" in answer:
        raise Refusal(str(answer["refused"]), **answer.get("details", {}))
    return answer


class LanServer:
    """Answers the neighbours, each on a thread of its own, until it is stopped."""

    def __init__(self, address: str, secret: bytes, answer: Answer) -> None:
        """Listen at ``host:port`` (port 0: any that is free). Raises ``OSError`` where that is taken."""
        host, _, port = address.rpartition(":")
        self._server = _Server((host, int(port)), secret, answer)
        self.port: int = self._server.server_address[1]
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.2}, name="lan", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Answer no more."""
        self._server.shutdown()
        self._server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    """Takes connections, so many at once; one too many is closed unheard."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, address: tuple[str, int], secret: bytes, answer: Answer) -> None:
        super().__init__(address, _Question)
        self.secret, self.answer = secret, answer
        self._places = BoundedSemaphore(MOST_AT_ONCE)

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 — socketserver's own signature
        if self._places.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 — as above
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()


class _Question(socketserver.BaseRequestHandler):
    """One connection. What is not sealed by the store's secret is not answered at all."""

    def handle(self) -> None:
        server, line = cast("_Server", self.server), cast("socket.socket", self.request)
        line.settimeout(ASK_LIMIT_S)
        with suppress(OSError, ValueError):
            sealed = _receive(line)
            asked = sealed[:NONCE_BYTES]
            question = _open(server.secret, asked, sealed[NONCE_BYTES:], _ASKS)
            if question is not None:
                nonce = os.urandom(NONCE_BYTES)
                _send(line, nonce + _seal(server.secret, nonce, _answered(server, question), _ANSWERS + asked))


def _answered(server: _Server, question: Message) -> Message:
    try:
        return server.answer(question)
    except Refusal as refusal:
        return {"refused": refusal.code, "details": dict(refusal.details)}
    except Exception:  # noqa: BLE001 — an edge: a request handler
        # A question that we do not understand, or a full disk, ends nothing here.
        _log.exception("neighbour_not_answered")
        return {"refused": "peer_broken"}


def _seal(secret: bytes, nonce: bytes, message: Message, bound_to: bytes) -> bytes:

    return AESGCM(secret).encrypt(nonce, json.dumps(message, ensure_ascii=False).encode(), bound_to)


def _open(secret: bytes, nonce: bytes, sealed: bytes, bound_to: bytes) -> Message | None:

    try:
        message = json.loads(AESGCM(secret).decrypt(nonce, sealed, bound_to))
    except (InvalidTag, ValueError):
        return None
    return message if isinstance(message, dict) else None


def _send(line: socket.socket, sealed: bytes) -> None:
    if len(sealed) > MAX_BYTES:
        raise ValueError("too long")
    line.sendall(len(sealed).to_bytes(_LENGTH, "big") + sealed)


def _receive(line: socket.socket) -> bytes:
    length = int.from_bytes(_exactly(line, _LENGTH), "big")
    if not NONCE_BYTES < length <= MAX_BYTES:
        raise ValueError("no length of ours")
    return _exactly(line, length)


def _exactly(line: socket.socket, length: int) -> bytes:
    got = bytearray()
    while len(got) < length:
        part = line.recv(min(65536, length - len(got)))
        if not part:
            raise OSError("the line was cut")
        got += part
    return bytes(got)
