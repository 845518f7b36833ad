"""A call to a payment provider over HTTP, and the one thing that matters when it fails: whether it may have arrived.

Plain HTTP, for the simulator on this machine. Real providers are called by a library that signs (`wechat_library`).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import Any, Final, Protocol

CONNECT_S: Final = 3.0
ANSWER_S: Final = 12.0
"""Longer than providers take to say that they do not know."""
MAX_ANSWER_BYTES: Final = 256 * 1024


class NoAnswer(Exception):
    """There is no answer. ``sent``: the request may have arrived, and what it asked for may have been done."""

    def __init__(self, *, sent: bool) -> None:
        """Say whether it may have arrived."""
        super().__init__("sent" if sent else "not sent")
        self.sent = sent


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer: HTTP's status and the JSON object."""

    status: int
    body: Mapping[str, Any]


class PlainCall(Protocol):
    """Who carries a request to a simulator."""

    def call(self, method: str, path: str, body: str = "", kind: str = "application/json") -> Answered:
        """Call; raise `NoAnswer`."""
        ...


@dataclass(frozen=True, slots=True)
class PlainCaller:
    """Calls a provider at a host and port."""

    host: str
    port: int
    answer_s: float = ANSWER_S

    def call(self, method: str, path: str, body: str = "", kind: str = "application/json") -> Answered:
        """Call, and wait for the answer; raise `NoAnswer`. What is no JSON object is no answer either."""
        connection = HTTPConnection(self.host, self.port, timeout=CONNECT_S)
        try:
            self._connect(connection)
            try:
                connection.request(method, path, body.encode() or None, {"Content-Type": kind})
                response = connection.getresponse()
                read = json.loads(response.read(MAX_ANSWER_BYTES))
            except (OSError, HTTPException, ValueError) as error:
                raise NoAnswer(sent=True) from error
        finally:
            connection.close()
        if not isinstance(read, dict):
            raise NoAnswer(sent=True)
        return Answered(response.status, read)

    def _connect(self, connection: HTTPConnection) -> None:
        try:
            connection.connect()
        except OSError as error:
            raise NoAnswer(sent=False) from error
        connection.sock.settimeout(self.answer_s)
