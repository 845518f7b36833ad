"""Headquarters on a socket: uvicorn, told to let go of held questions before it waits for them to end."""

import socket
from typing import Final

import uvicorn
from litestar import Litestar

from pos_app.domain.errors import Breakdown, GranaryError
from sync.hq.certifying import Tls
from sync.hq.publications.bell import Bell

GOODBYE_S: Final = 10
KEEP_ALIVE_S: Final = 75
"""Longer than a register keeps a connection: else one is closed here just as it is used again there."""
_BACKLOG: Final = 512


def listen(host: str, port: int) -> socket.socket:
    """Take a port (0: any); raise ``Breakdown("hq_port")`` when that cannot be."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        raise Breakdown("hq_port", host=host, port=port, reason=str(error)) from error
    # What is accepted inherits it. asyncio sees to it only where a socket names its protocol, which this one does not
    # (https://github.com/Kludex/uvicorn/issues/3149): every answer but a connection's first waited 40 ms.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def address_of(listener: socket.socket, *, guarded: bool = False) -> str:
    """Write where it is reached."""
    host, port = listener.getsockname()[:2]
    scheme = "https" if guarded else "http"
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


class HqServer(uvicorn.Server):
    """One headquarters, served."""

    def __init__(self, app: Litestar) -> None:
        """Serve an application; its lifespan is the caller's."""
        self._bell: Bell = app.state.bell
        tls: Tls | None = app.state.tls
        super().__init__(
            uvicorn.Config(
                app,
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_keep_alive=KEEP_ALIVE_S,
                timeout_graceful_shutdown=GOODBYE_S,
                ssl_certfile=tls.certificate if tls else None,
                ssl_keyfile=tls.key if tls else None,
            )
        )

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End politely."""
        self._bell.close()
        await super().shutdown(sockets)


async def serve(app: Litestar, server: HqServer, listener: socket.socket) -> None:
    """Open headquarters and serve it until the server should exit; raises what keeps it from opening."""
    try:
        async with app.lifespan():
            await server.serve([listener])
    except BaseExceptionGroup as group:
        # The framework opens within a task group, which wraps what went wrong in the opening.
        trouble = group.subgroup(GranaryError)
        if trouble is None:
            raise
        raise _first_of(trouble) from group


def _first_of(group: BaseExceptionGroup[GranaryError]) -> GranaryError:
    inner = group.exceptions[0]
    return _first_of(inner) if isinstance(inner, BaseExceptionGroup) else inner
