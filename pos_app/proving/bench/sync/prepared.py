"""Requests made beforehand, byte for byte and signed, so that who asks costs next to nothing beside who answers.

A signature holds for minutes: they are made for what comes next. Knows nothing of what is asked.
"""

import re
import socket
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self
from urllib.parse import urlsplit

from pos_app.domain.errors import Breakdown
from sync.client.clock import HqClock
from sync.client.signing import Identity, random_nonce
from sync.protocol.compression import ENCODING, decompress
from sync.protocol.signatures import RequestParts, sign_request

_LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)
_PACKED: Final = re.compile(rb"\r\ncontent-encoding: *zstd\r\n", re.IGNORECASE)
_PIECE_BYTES: Final = 64 * 1024
_ANSWER_BYTES: Final = 64 * 1024 * 1024
_TIMEOUT_S: Final = 120
_CLOCK: Final = HqClock()


def request(identity: Identity, asked: tuple[str, str], body: bytes = b"", **headers: str) -> bytes:
    """Write a request of (method, target), signed as of now; headers are named with underscores."""
    method, target = asked
    signed = sign_request(
        RequestParts(method, target, {}),
        body,
        device=identity.device,
        key=identity.key,
        created=_CLOCK.now(),
        nonce=random_nonce(),
    )
    lines = [f"{method} {target} HTTP/1.1", "Host: headquarters", f"Accept-Encoding: {ENCODING}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in (headers | dict(signed)).items()]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


@dataclass(frozen=True, slots=True)
class Answer:
    """What came: the status, and the body as it was written."""

    status: int
    body: bytes


class Connection:
    """A connection that is kept, asked by one thread at a time."""

    def __init__(self, address: str) -> None:
        """Connect to ``http://host:port``."""
        url = urlsplit(address)
        self._socket = socket.create_connection((url.hostname or "", url.port or 80), _TIMEOUT_S)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> Self:
        """Use it."""
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _: TracebackType | None
    ) -> None:
        """Hang up."""
        self.close()

    def fileno(self) -> int:
        """Let a selector wait for an answer."""
        return self._socket.fileno()

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def send(self, whole: bytes) -> None:
        """Ask."""
        self._socket.sendall(whole)

    def receive(self) -> Answer:
        """Take an answer; raise ``Breakdown("line_cut")`` when it breaks off."""
        said = bytearray()
        while (head := said.find(b"\r\n\r\n")) < 0:
            self._more(said)
        header = bytes(said[: head + 2])
        length = _LENGTH.search(header)
        whole = head + 4 + (int(length[1]) if length else 0)
        while len(said) < whole:
            self._more(said)
        body = bytes(said[head + 4 : whole])
        return Answer(
            int(header[9:12]), decompress(body, limit_bytes=_ANSWER_BYTES) if _PACKED.search(header) else body
        )

    def _more(self, said: bytearray) -> None:
        piece = self._socket.recv(_PIECE_BYTES)
        if not piece:
            raise Breakdown("line_cut")
        said += piece
