"""A line that can be cut and mended by hand: for proofs that run many registers in one process, and for drills.

Knows nothing of what is said over it.
"""

from threading import Event

import httpx


class SwitchableLine(httpx.BaseTransport):
    """Passes requests on while it is up; while it is cut, nobody is reached."""

    def __init__(self, beyond: httpx.BaseTransport) -> None:
        """Stand before another transport."""
        self._beyond = beyond
        self._up = Event()
        self._up.set()

    @property
    def up(self) -> bool:
        """Tell whether it is up."""
        return self._up.is_set()

    def cut(self) -> None:
        """Pull the plug."""
        self._up.clear()

    def mend(self) -> None:
        """Put it back."""
        self._up.set()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Pass a request on, or fail as a dead socket does; an answer on its way when the line is cut is lost."""
        if not self._up.is_set():
            raise httpx.ConnectError("the line is cut", request=request)
        response = self._beyond.handle_request(request)
        if not self._up.is_set():
            response.close()
            raise httpx.ReadError("the line was cut before the answer", request=request)
        return response

    def close(self) -> None:
        """Hang up for good."""
        self._beyond.close()
