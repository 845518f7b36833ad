"""Requests as they lie on the wire, and how an ASGI application is asked one.

Knows nothing of headquarters.
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

Headers = tuple[tuple[bytes, bytes], ...]
Scope = dict[str, Any]
Message = MutableMapping[str, Any]
Application = Callable[[Any, Any, Any], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Sent:
    """A request. ``target`` is path and query exactly as sent."""

    method: str
    target: str
    headers: Headers
    body: bytes

    @property
    def path(self) -> str:
        """Give the path alone."""
        return self.target.partition("?")[0]


@dataclass(frozen=True, slots=True)
class Answered:
    """A whole answer."""

    status: int
    headers: Headers
    body: bytes


async def ask(application: Application, sent: Sent) -> Answered:
    """Ask, and take the whole answer."""
    path, _, query = sent.target.partition("?")
    scope: Scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": sent.method,
        "headers": [(name.lower(), value) for name, value in sent.headers],
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "server": ("hq.simulated", 80),
        "client": ("127.0.0.1", 1),
        "root_path": "",
    }
    status = 0
    headers: Headers = ()
    body = bytearray()
    given = False
    whole = asyncio.Event()

    async def receive() -> Message:
        nonlocal given
        if given:
            # Who listens for a farewell hears it when the answer is whole, as from any server.
            await whole.wait()
            return {"type": "http.disconnect"}
        given = True
        return {"type": "http.request", "body": sent.body, "more_body": False}

    async def send(message: Message) -> None:
        nonlocal status, headers
        if message["type"] == "http.response.start":
            status, headers = (
                message["status"],
                tuple((bytes(name), bytes(value)) for name, value in message["headers"]),
            )
        else:
            body.extend(message.get("body", b""))
            if not message.get("more_body", False):
                whole.set()

    await application(scope, receive, send)
    return Answered(status, headers, bytes(body))
