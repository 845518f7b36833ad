"""The line to headquarters: a question goes out signed, an answer comes back whole, or it is said what came instead.

Below it is httpx's one-method seam (``BaseTransport.handle_request``): a socket, the HQ application in process, or
a line that can be cut. Knows nothing of facts, cursors or files.
"""

import ssl
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime

import httpx
import msgspec

from pos_app.domain.errors import LineDown, LineTalksRubbish, Refusal
from sync.client.clock import HqClock
from sync.client.signing import DeviceAuth, Identity
from sync.client.strangers import line_error, refuse_strangers
from sync.protocol.compression import ENCODING, NotCompressed, decompress
from sync.protocol.content_digest import DIGEST_HEADER, is_undamaged
from sync.protocol.wire import MIN_WIRE_VERSION, TIME_HEADER, WIRE_HEADER, WIRE_VERSION, Failure

CONNECT_S = 5.0
READ_S = 20.0
WRITE_S = 20.0
ANSWER_S = 40.0
"""A whole answer, headquarters' own holding not counted: a line that drips a byte a second is down."""

_ANSWER_BYTES = 64 * 1024 * 1024
_FAILURE_BYTES = 64 * 1024
_UNAVAILABLE = frozenset({429, 503})
_SIGNED_AGAIN = frozenset({"signature_stale", "signature_replayed"})


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked. ``wait_s`` is how long headquarters may hold the answer; ``signer`` is who signs it, where that is
    not whose line it is.
    """

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    wait_s: float = 0.0
    signer: Identity | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer: its body is no longer compressed. The moments are on the steady counter."""

    status: int
    headers: httpx.Headers
    body: bytes
    asked_s: float
    answered_s: float


@dataclass(frozen=True, slots=True)
class OpenAnswer:
    """An answer whose body is still coming, as it is on the wire."""

    status: int
    headers: httpx.Headers
    pieces: Iterator[bytes]


class HqLine:
    """Asks headquarters. Safe to share between threads."""

    def __init__(
        self,
        address: str,
        clock: HqClock,
        *,
        identity: Identity | None = None,
        transport: httpx.BaseTransport | None = None,
        verify: ssl.SSLContext | bool = True,
    ) -> None:
        """Reach ``address`` (``https://hq.example``); without an identity only a ``signer``'s question is answered.

        Raises ``Refusal("address_malformed")``.
        """
        self.clock = clock
        self._client = httpx.Client(
            base_url=read_address(address),
            auth=DeviceAuth(identity, clock.now) if identity else None,
            transport=transport,
            verify=verify,
            timeout=httpx.Timeout(READ_S, connect=CONNECT_S, write=WRITE_S),
            headers={"Accept-Encoding": ENCODING, WIRE_HEADER: str(WIRE_VERSION), "User-Agent": "granary-register"},
            follow_redirects=False,
            # A proxy set for somebody's browser is not headquarters' line.
            trust_env=False,
        )

    def close(self) -> None:
        """Hang up."""
        self._client.close()

    def ask(self, question: Question) -> Answer:
        """Ask and take the whole answer.

        Raises ``LineDown``, ``LineTalksRubbish``, or ``Refusal`` with headquarters' own code when it says no.
        """
        with self._open(question) as (response, asked_s):
            answered_s = self.clock.steady_s()
            body = self._whole(response, deadline_s=asked_s + question.wait_s + ANSWER_S, limit_bytes=_ANSWER_BYTES)
            return Answer(response.status_code, response.headers, _plain(response, body), asked_s, answered_s)

    @contextmanager
    def stream(self, question: Question) -> Iterator[OpenAnswer]:
        """Ask, and hand over the body as it comes; fails as `ask` does, in the middle too."""
        with self._open(question) as (response, _):
            yield OpenAnswer(response.status_code, response.headers, response.iter_raw())

    @contextmanager
    def _open(self, question: Question) -> Iterator[tuple[httpx.Response, float]]:
        with ExitStack() as stack:
            try:
                opened = stack.enter_context(self._open_once(question))
            except Refusal as refusal:
                if refusal.code not in _SIGNED_AGAIN:
                    raise
                # The refusal told headquarters' time: signed by that, it is good. Or somebody on the way asked twice,
                # and the second answer was heard: with another nonce it is a question of its own.
                opened = stack.enter_context(self._open_once(question))
            yield opened

    @contextmanager
    def _open_once(self, question: Question) -> Iterator[tuple[httpx.Response, float]]:
        asked_s = self.clock.steady_s()
        timeout = httpx.Timeout(READ_S + question.wait_s, connect=CONNECT_S, write=WRITE_S)
        try:
            with self._client.stream(
                question.method,
                question.path,
                params=dict(question.query) or None,
                headers=dict(question.headers),
                content=question.body or None,
                timeout=timeout,
                auth=DeviceAuth(question.signer, self.clock.now) if question.signer else httpx.USE_CLIENT_DEFAULT,
            ) as response:
                refuse_strangers(response)
                _check_wire(response)
                if response.status_code >= 400:
                    self._refuse(response, asked_s)
                yield response, asked_s
        except httpx.HTTPError as error:
            raise line_error(error) from error

    def _whole(self, response: httpx.Response, *, deadline_s: float, limit_bytes: int) -> bytes:
        whole = bytearray()
        for piece in response.iter_raw():
            whole += piece
            if len(whole) > limit_bytes:
                raise LineTalksRubbish("answer_too_long", limit=limit_bytes)
            if self.clock.steady_s() > deadline_s:
                raise LineDown("line_timeout", phase="body")
        if not is_undamaged(response.headers.get(DIGEST_HEADER, ""), whole):
            raise LineTalksRubbish("answer_checksum", status=response.status_code)
        return bytes(whole)

    def _refuse(self, response: httpx.Response, asked_s: float) -> None:
        """Raise what a refusal means; its time is heard first, so that a wrong clock can sign again."""
        status = response.status_code
        answered_s = self.clock.steady_s()
        body = self._whole(response, deadline_s=asked_s + ANSWER_S, limit_bytes=_FAILURE_BYTES)
        retry_after_s = self._retry_after_s(response.headers.get("Retry-After", ""))
        try:
            failure = msgspec.json.decode(_plain(response, body), type=Failure)
        except (msgspec.MsgspecError, LineTalksRubbish) as error:
            if status >= 500 or status in _UNAVAILABLE:
                raise LineDown("hq_failed", status=status, retry_after_s=retry_after_s) from error
            raise LineTalksRubbish("answer_malformed", status=status) from error
        told = failure.time or response.headers.get(TIME_HEADER, "")
        if told:
            self.clock.heard(told, asked_s=asked_s, answered_s=answered_s)
        if status >= 500 or status in _UNAVAILABLE:
            code = "hq_busy" if status in _UNAVAILABLE else "hq_failed"
            raise LineDown(code, status=status, reason=failure.code, retry_after_s=retry_after_s)
        raise Refusal(failure.code, **_facts_of_the_case(failure, status))

    def _retry_after_s(self, text: str) -> float | None:
        """Read ``Retry-After``: seconds, or a date (RFC 9110 §10.2.3); None when it is neither."""
        if text.isdecimal():
            return float(text)
        try:
            until = parsedate_to_datetime(text)
        except ValueError:
            return None
        if until.tzinfo is None:
            return None
        return max(0.0, (until - self.clock.now()).total_seconds())


def read_address(text: str) -> httpx.URL:
    """Read headquarters' address as a person typed it; raise ``Refusal("address_malformed")``."""
    try:
        address = httpx.URL(text.strip())
    except httpx.InvalidURL as error:
        raise Refusal("address_malformed", field="address", text=text[:120]) from error
    if address.scheme not in {"http", "https"} or not address.host:
        raise Refusal("address_malformed", field="address", text=text[:120])
    return address


def _check_wire(response: httpx.Response) -> None:
    """Hear which wire headquarters speaks; raise ``Refusal("hq_too_old")`` when it is none that we still understand."""
    said = response.headers.get(WIRE_HEADER, "")
    if said.isdecimal() and int(said[:9]) < MIN_WIRE_VERSION:
        raise Refusal("hq_too_old", newest=int(said[:9]), oldest=MIN_WIRE_VERSION)


def _facts_of_the_case(failure: Failure, status: int) -> dict[str, object]:
    """Give a refusal's details as its text names them; no word of theirs takes the place of ours."""
    theirs = {name: value for name, value in failure.details.items() if name not in {"self", "code"}}
    return {**theirs, "field": failure.field, "status": status}


def _plain(response: httpx.Response, body: bytes) -> bytes:
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding == "identity":
        return body
    if encoding != ENCODING:
        raise LineTalksRubbish("answer_malformed", field="Content-Encoding", text=encoding[:40])
    try:
        return decompress(body, limit_bytes=_ANSWER_BYTES)
    except NotCompressed as error:
        raise LineTalksRubbish("answer_half", reason=str(error)) from error
