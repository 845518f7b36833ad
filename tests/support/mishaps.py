"""What can happen to one request on its way, as transports in front of headquarters, one mishap a request.

The same as `tests.support.line` does to bytes on a socket, but in process and by name.
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import httpx

Mishap = Callable[[httpx.BaseTransport, httpx.Request], httpx.Response]


@dataclass(slots=True)
class Mishaps(httpx.BaseTransport):
    """Lets each request meet the next mishap in the list; with none left, all goes well."""

    beyond: httpx.BaseTransport
    coming: deque[Mishap] = field(default_factory=deque)

    def expect(self, *mishaps: Mishap) -> None:
        """Let these happen to the next requests, in order."""
        self.coming.extend(mishaps)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        mishap = self.coming.popleft() if self.coming else goes_well
        return mishap(self.beyond, request)


def goes_well(beyond: httpx.BaseTransport, request: httpx.Request) -> httpx.Response:
    return beyond.handle_request(request)


def answer_lost(beyond: httpx.BaseTransport, request: httpx.Request) -> httpx.Response:
    """Headquarters did it, and nobody hears."""
    beyond.handle_request(request)
    raise httpx.ReadError("the line was cut", request=request)


def doubled(beyond: httpx.BaseTransport, request: httpx.Request) -> httpx.Response:
    """The request arrives twice; the second answer is heard."""
    beyond.handle_request(request)
    return beyond.handle_request(request)


def silent(_: httpx.BaseTransport, request: httpx.Request) -> httpx.Response:
    raise httpx.ReadTimeout("nothing came", request=request)


def answered(status: int = 200, body: bytes = b"", **headers: str) -> Mishap:
    """Somebody else answers."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    def stranger(_: httpx.BaseTransport, __: httpx.Request) -> httpx.Response:
        return httpx.Response(status, headers=named, stream=httpx.ByteStream(body))

    return stranger


def altered(change: Callable[[bytes], bytes]) -> Mishap:
    """Headquarters answers, and the body is not what it was."""

    def damage(beyond: httpx.BaseTransport, request: httpx.Request) -> httpx.Response:
        response = beyond.handle_request(request)
        body = change(b"".join(response.iter_raw()))
        headers = {name: value for name, value in response.headers.items() if name != "content-length"}
        return httpx.Response(response.status_code, headers=headers, stream=httpx.ByteStream(body))

    return damage


class _Breaking(httpx.SyncByteStream):
    """A body that ends too soon, as a dead line does."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def __iter__(self) -> Iterator[bytes]:
        yield self._body
        raise httpx.ReadError("the line was cut")


def cut_after(count: int) -> Mishap:
    """So many bytes of the answer come, then the line breaks."""

    def cut(beyond: httpx.BaseTransport, request: httpx.Request) -> httpx.Response:
        response = beyond.handle_request(request)
        body = b"".join(response.iter_raw())
        return httpx.Response(response.status_code, headers=response.headers, stream=_Breaking(body[:count]))

    return cut


@dataclass(slots=True)
class Earlier:
    """Keeps the first answer and gives it again: answers that arrive in another order."""

    kept: Callable[[], httpx.Response] | None = None

    def __call__(self, beyond: httpx.BaseTransport, request: httpx.Request) -> httpx.Response:
        response = beyond.handle_request(request)
        if self.kept is None:
            status, headers, body = response.status_code, response.headers, b"".join(response.iter_raw())
            self.kept = lambda: httpx.Response(status, headers=headers, stream=httpx.ByteStream(body))
        return self.kept()
