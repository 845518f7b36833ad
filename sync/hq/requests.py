"""Around every request: an id that its answer and all its log lines carry, how it ended and how long it took.

Knows nothing of what is asked; logs the path but no query and no body.
"""

import re
import time
from typing import Any, Final
from uuid import uuid4

import structlog
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from sync.protocol.wire import TIME_HEADER, WIRE_HEADER, WIRE_VERSION

ID_HEADER: Final = "X-Request-Id"
_GIVEN_ID: Final = re.compile(rb"[A-Za-z0-9._-]{8,64}")
_WIRE: Final = ((WIRE_HEADER.lower().encode(), str(WIRE_VERSION).encode()),)
_QUIET: Final = frozenset({"/healthz"})


def told(app: ASGIApp) -> ASGIApp:
    """Wrap an application."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        method = scope["method"]
        state = scope["litestar_app"].state
        request_id = _request_id(scope)
        added = [(ID_HEADER.lower().encode(), request_id.encode())]
        status = 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                time_header = (TIME_HEADER.lower().encode(), state.clock.now().isoformat().encode())
                message["headers"] = [*message["headers"], *added, *_WIRE, time_header]
            await send(message)

        started_s = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request=request_id):
            try:
                await app(scope, receive, sending)
            finally:
                if scope["path"] not in _QUIET:
                    took_ms = round((time.perf_counter() - started_s) * 1000)
                    state.log.info("answered", method=method, path=_template(scope), status=status, took_ms=took_ms)

    return answer


def _template(scope: Any) -> str:  # noqa: ANN401 — as below
    """Give the route, not what was asked for: paths carry members and coupons."""
    return str(scope.get("path_template") or "unknown")


def _request_id(scope: Any) -> str:  # noqa: ANN401 — a scope is a dictionary of anything
    """Take over the id that a gateway gave, if it is one; else make one."""
    given = dict(scope["headers"]).get(ID_HEADER.lower().encode(), b"")
    return given.decode() if _GIVEN_ID.fullmatch(given) else uuid4().hex
