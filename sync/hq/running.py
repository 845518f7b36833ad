"""Running a headquarters in the foreground until a signal, or the end of the input, ends it."""

import asyncio
import gc
import json
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import parent_process
from multiprocessing.connection import Connection
from socket import socket
from threading import Thread
from typing import Final

from litestar import Litestar

from sync.hq.app import create_app
from sync.hq.certifying import OWN_NAMES
from sync.hq.logs import make_log
from sync.hq.serving import HqServer, address_of, listen, serve
from sync.hq.settings import Settings
from sync.hq.workers import Workers, check_workers

_OPEN: Final = (
    "warning: other machines reach this headquarters over a line that is not guarded. `granary hq certify` makes"
    " certificates; behind a gateway that guards it, listen on 127.0.0.1\n"
)
_PLAIN: Final = "The line is not guarded: for this machine alone. `granary hq certify` makes certificates\n"


_LOOK_EVERY: Final = 50_000
"""Objects more than before, until Python looks for circles among them."""


@dataclass(frozen=True, slots=True)
class Serving:
    """Where to listen, by how many processes. ``until_eof``: end with whoever holds our input."""

    host: str
    port: int
    until_eof: bool = False
    workers: int = 1


def serve_until_told(settings: Settings, serving: Serving) -> None:
    """Serve; the log goes to the error output, the first line of the output says where headquarters is reached.

    Raises ``Refusal`` as `check_workers` does.
    """
    check_workers(settings, serving.workers)
    if settings.tls is None and serving.host not in OWN_NAMES:
        sys.stderr.write(_OPEN)
    with listen(serving.host, serving.port) as listener:
        where = {"address": address_of(listener, guarded=settings.tls is not None), "data": str(settings.folder)}
        if serving.workers > 1:
            _serve_by_workers(settings, serving, listener, lambda: _announce(where))
            return
        app = create_app(settings, log=make_log(sys.stderr))
        server = _Telling(app, lambda: _announce(where))
        if serving.until_eof:
            Thread(target=_end_with_input, args=(server.end,), name="until-eof", daemon=True).start()
        asyncio.run(serve(app, server, listener))


def work(settings: Settings, listener: socket, says: Connection) -> None:
    """Be one worker of several: answer at a port that is taken already."""
    app = create_app(settings, log=make_log(sys.stderr))
    server = _Telling(app, lambda: says.send("answers"))
    Thread(target=_end_with_parent, args=(server.end,), name="until-parent-ends", daemon=True).start()
    with listener:
        asyncio.run(serve(app, server, listener))


def _serve_by_workers(settings: Settings, serving: Serving, listener: socket, ready: Callable[[], None]) -> None:
    workers = Workers(settings, listener, work)
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: workers.end())
    if serving.until_eof:
        Thread(target=_end_with_input, args=(workers.end,), name="until-eof", daemon=True).start()
    workers.run(serving.workers, ready)


class _Telling(HqServer):
    """Says when it answers."""

    def __init__(self, app: Litestar, ready: Callable[[], None]) -> None:
        super().__init__(app)
        self._ready = ready

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        _look_for_garbage_less_often()
        self._ready()

    def end(self) -> None:
        """End politely. From any thread."""
        self.should_exit = True


def _look_for_garbage_less_often() -> None:
    """Leave what was loaded to the end, and let many batches go by between two looks at what they made.

    A batch makes tens of thousands of objects, few of them in circles: nearly all are gone with their last use. To look
    through them at every 700 took a fifth of a batch.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_LOOK_EVERY)


def _announce(where: dict[str, str]) -> None:
    """Say where headquarters is: to a person in words, to a program as JSON."""
    if sys.stdout.isatty():
        said = "Headquarters answers at {address}\nIts page is {address}/schema, its folder {data}\n"
        plain = "" if where["address"].startswith("https:") else _PLAIN
        sys.stdout.write(said.format_map(where) + plain)
    else:
        sys.stdout.write(json.dumps(where, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def _end_with_parent(end: Callable[[], None]) -> None:
    """Outlive nobody: a parent that was killed has no word for its workers."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        end()


def _end_with_input(end: Callable[[], None]) -> None:
    while sys.stdin.buffer.read(4096):
        pass
    end()
