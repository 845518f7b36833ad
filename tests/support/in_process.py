"""The real headquarters in this process, for a client that is not asynchronous: no socket, no port, one event loop.

It sits where httpx's transports sit, so the register's own code runs unchanged above it.
"""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, TypeVar, cast

import httpx
from anyio.from_thread import BlockingPortal, start_blocking_portal
from litestar import Litestar

T = TypeVar("T")


class InProcess(httpx.BaseTransport):
    """Asks an ASGI application on its own loop, from any thread."""

    def __init__(self, app: Litestar, portal: BlockingPortal) -> None:
        self._asgi = httpx.ASGITransport(cast("Any", app), raise_app_exceptions=False)
        self._portal = portal
        self.app = app

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        return self._portal.call(self._answer, request)

    def call(self, work: Callable[..., Awaitable[T]], *arguments: object) -> T:
        """Do something on headquarters' loop."""
        return self._portal.call(work, *arguments)

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        response = await self._asgi.handle_async_request(request)
        assert isinstance(response.stream, httpx.AsyncByteStream)
        body = b"".join([piece async for piece in response.stream])
        return httpx.Response(response.status_code, headers=response.headers, stream=httpx.ByteStream(body))


@contextmanager
def in_process(app: Litestar) -> Iterator[InProcess]:
    """Start headquarters up, and shut it down."""
    with ExitStack() as stack:
        portal = stack.enter_context(start_blocking_portal())
        stack.enter_context(portal.wrap_async_context_manager(app.lifespan()))
        yield InProcess(app, portal)
