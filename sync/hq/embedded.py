"""A headquarters in a thread of this process, on loopback: for a demo, for proofs and for tests that want sockets.

Knows nothing of who asks it. (In a process of its own it is `granary hq serve --until-eof`.)
"""

import asyncio
import socket
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import structlog
from litestar import Litestar

from sync.hq.app import create_app
from sync.hq.clock import Clock
from sync.hq.importing.importing import Imported
from sync.hq.seed import seed
from sync.hq.serving import HqServer, address_of, listen, serve
from sync.hq.settings import Settings

START_S: Final = 60


class EmbeddedHq:
    """One headquarters; a context manager."""

    def __init__(
        self,
        settings: Settings,
        *,
        port: int = 0,
        clock: Clock | None = None,
        log: structlog.typing.FilteringBoundLogger | None = None,
    ) -> None:
        """Stand ready; `start` opens the database and the port (0: any that is free)."""
        self.settings = settings
        self.address = ""
        self._port = port
        self._app: Litestar = create_app(settings, clock, log)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="headquarters")
        self._server: _TellingServer | None = None
        self._served: Future[None] | None = None

    def __enter__(self) -> Self:
        """Start it."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop it."""
        self.stop()

    def start(self) -> str:
        """Start, and give the address once it answers; raises what kept it from starting."""
        listener = listen("127.0.0.1", self._port)
        self.address = address_of(listener, guarded=self.settings.tls is not None)
        server = _TellingServer(self._app)
        served = self._thread.submit(_run, self._app, server, listener)
        either: list[Future[Any]] = [server.ready, served]
        wait(either, START_S, FIRST_COMPLETED)
        if served.done():
            served.result()
        self._server, self._served = server, served
        return self.address

    def stop(self) -> None:
        """Stop: held questions are answered, what is being written is finished."""
        server, self._server = self._server, None
        if server is not None and self._served is not None:
            server.should_exit = True
            self._served.result()
        self._thread.shutdown()

    def seed(self, document: Path) -> Imported:
        """Import a chain document."""
        if self._server is None:
            raise AssertionError("a headquarters that runs is seeded")
        loop = self._server.ready.result(START_S)
        return asyncio.run_coroutine_threadsafe(seed(self._app.state.hq, document), loop).result()


class _TellingServer(HqServer):
    """Says when it answers."""

    def __init__(self, app: Litestar) -> None:
        super().__init__(app)
        self.ready: Future[asyncio.AbstractEventLoop] = Future()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set_result(asyncio.get_running_loop())


def _run(app: Litestar, server: HqServer, listener: socket.socket) -> None:
    with listener:
        asyncio.run(serve(app, server, listener))
