"""Running a headquarters in the foreground until a signal, or the end of the input, ends it."""

import asyncio
import json
import sys
from dataclasses import dataclass
from socket import socket
from threading import Thread

from litestar import Litestar

from sync.hq.app import create_app
from sync.hq.logs import make_log
from sync.hq.serving import HqServer, address_of, listen, serve
from sync.hq.settings import Settings


@dataclass(frozen=True, slots=True)
class Serving:
    """Where to listen. ``until_eof``: end with whoever holds our input."""

    host: str
    port: int
    until_eof: bool = False


def serve_until_told(settings: Settings, serving: Serving) -> None:
    """Serve; the log goes to the error output, the first line of the output says where headquarters is reached."""
    listener = listen(serving.host, serving.port)
    app = create_app(settings, log=make_log(sys.stderr))
    server = _Announcing(app, {"address": address_of(listener), "data": str(settings.folder)})
    if serving.until_eof:
        Thread(target=_end_with_input, args=(server,), name="until-eof", daemon=True).start()
    with listener:
        asyncio.run(serve(app, server, listener))


class _Announcing(HqServer):
    """Says where it is once it answers: to a person in words, to a program as JSON."""

    def __init__(self, app: Litestar, where: dict[str, str]) -> None:
        super().__init__(app)
        self._where = where

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        if sys.stdout.isatty():
            said = "Headquarters answers at {address}\nIts page is {address}/schema, its folder {data}\n"
            sys.stdout.write(said.format_map(self._where))
        else:
            sys.stdout.write(json.dumps(self._where, ensure_ascii=False) + "\n")
        sys.stdout.flush()


def _end_with_input(server: HqServer) -> None:
    while sys.stdin.buffer.read(4096):
        pass
    server.should_exit = True
