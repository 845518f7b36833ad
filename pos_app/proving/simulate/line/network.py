"""The network between registers and headquarters: takes its time, loses, doubles, reorders, lies, and is cut for days.

It sits at httpx's one-method seam, so that the register's own code runs unchanged above it. Who asks is a strand, which
rests until the answer is there.
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final, NoReturn

import httpx

from pos_app.proving.simulate.hq.asking import Answered, Sent
from pos_app.proving.simulate.hq.headquarters import SimulatedHq
from pos_app.proving.simulate.line import mishaps
from pos_app.proving.simulate.line.mishaps import Road, Way
from pos_app.proving.simulate.machine.processes import Strand, running_strand
from pos_app.proving.simulate.machine.timeline import MINUTE, SECOND, Timeline
from pos_app.proving.simulate.trace import Trace

PIECES: Final = 6
MOST_A_MINUTE: Final = 250
"""Requests of one register; an honest one that catches up on a week needs fewer."""


class _Broken:
    """What a strand hears when the connection breaks."""


_BROKEN: Final = _Broken()


@dataclass(slots=True)
class Line:
    """A register's line. While it is cut, nobody is reached; what is on its way is lost."""

    name: str
    road: Road
    cuts: int = 0
    """How many things keep it cut at this moment."""
    healed: bool = False
    asked_us: deque[int] = field(default_factory=lambda: deque(maxlen=MOST_A_MINUTE))
    """When its last requests left."""
    well_us: int | None = None
    """When an answer of headquarters last came through whole."""

    @property
    def up(self) -> bool:
        """Tell whether anything goes through."""
        return self.cuts == 0

    def mend(self) -> None:
        """Let nothing keep it cut, now and from now on."""
        self.cuts, self.healed = 0, True

    def unplug(self) -> None:
        """Cut it, whatever has healed, until it is mended again."""
        self.cuts = 1

    def cut(self) -> None:
        """Let one more thing keep it cut."""
        self.cuts += not self.healed

    def uncut(self) -> None:
        """Let one thing less keep it cut."""
        self.cuts = max(0, self.cuts - 1)


@dataclass(slots=True)
class Network:
    """Carries requests."""

    timeline: Timeline
    hq: SimulatedHq
    trace: Trace
    spins: Callable[[str], None]
    """Hears of a register that asks without end."""

    def transport(self, line: Line) -> httpx.BaseTransport:
        """Give a register's end of its line."""
        return _Transport(self, line)

    def carry(self, line: Line, request: httpx.Request) -> httpx.Response:
        """Carry a request there and its answer back."""
        strand = running_strand()
        if strand is None:
            raise AssertionError("who asks over the network is a strand")
        sent = Sent(request.method, request.url.raw_path.decode(), tuple(request.headers.raw), request.read())
        self._count(line)
        way = line.road.way(line.name)
        if not line.up:
            strand.sleep(way.up_us)
            raise httpx.ConnectError("nobody is reached", request=request)
        if way.kind == mishaps.STRANGER:
            strand.sleep(way.up_us)
            return _response(request, mishaps.stranger(way.random))
        self._send(line, sent, way, strand.waker())
        if way.kind == mishaps.DOUBLED:
            later_us = way.random.randint(0, mishaps.MOST_DOUBLED_US)
            self.timeline.after(later_us, lambda: self._arrive(line, sent, lambda _: None))
        read_s = request.extensions["timeout"]["read"]
        whole = strand.wait(round(read_s * SECOND))
        if whole is None:
            raise httpx.ReadTimeout("nothing came", request=request)
        if not isinstance(whole, Answered):
            raise httpx.ReadError("the connection broke", request=request)
        return self._deliver(_Delivery(line, request, sent, way, strand), whole)

    def _count(self, line: Line) -> None:
        now_us = self.timeline.now_us
        if len(line.asked_us) == MOST_A_MINUTE and now_us - line.asked_us[0] < MINUTE:
            self.spins(line.name)
        line.asked_us.append(now_us)

    def _send(self, line: Line, sent: Sent, way: Way, tell: Callable[[object], None]) -> None:
        if way.kind == mishaps.LOST_REQUEST:
            return
        if way.kind == mishaps.DAMAGED_REQUEST:
            sent = Sent(sent.method, sent.target, sent.headers, mishaps.damaged(sent.body, way.random))

        def answered(whole: Answered | None) -> None:
            if way.kind == mishaps.LOST_ANSWER:
                if way.random.random() < 0.5:
                    self.timeline.after(way.down_us, lambda: tell(_BROKEN))
                return
            self.timeline.after(way.down_us, lambda: tell(whole or _BROKEN) if line.up else None)

        self.timeline.after(way.up_us, lambda: self._arrive(line, sent, answered))

    def _arrive(self, line: Line, sent: Sent, answered: Callable[[Answered | None], None]) -> None:
        if not line.up:
            return
        method, path = sent.method, sent.path
        self.trace.note(line.name, "asks", method, path)

        def noted(whole: Answered | None) -> None:
            self.trace.note("hq", "answers", line.name, path, whole.status if whole else "broken")
            if whole is not None:
                self.trace.note_bytes(whole.body)
            answered(whole)

        self.hq.receive(sent, noted)

    def _deliver(self, to: "_Delivery", whole: Answered) -> httpx.Response:
        way, body = to.way, whole.body
        if way.kind == mishaps.DAMAGED_ANSWER:
            body = mishaps.damaged(body, way.random)
        elif way.kind in {mishaps.CUT_SHORT, mishaps.DRIPPING}:
            return _response(to.request, whole, _Dripping(self, to, body))
        if body == whole.body and whole.status < 400:
            to.line.well_us = self.timeline.now_us
        return _response(to.request, Answered(whole.status, whole.headers, body))


@dataclass(frozen=True, slots=True)
class _Delivery:
    """To whom an answer goes."""

    line: Line
    request: httpx.Request
    sent: Sent
    way: Way
    strand: Strand


@dataclass(slots=True)
class _Dripping(httpx.SyncByteStream):
    """A body that comes in pieces, and may end too soon."""

    network: Network
    to: _Delivery
    body: bytes

    def __iter__(self) -> Iterator[bytes]:
        way, body = self.to.way, self.body
        left = len(body)
        if way.kind == mishaps.CUT_SHORT:
            left = way.random.randint(0, len(body))
        piece = max(1, left // PIECES)
        for start in range(0, left, piece):
            self.to.strand.sleep(way.random.randint(0, 3 * SECOND))
            if not self.to.line.up:
                self._break()
            yield body[start : min(start + piece, left)]
        if way.kind == mishaps.CUT_SHORT:
            self._break()
        self.to.line.well_us = self.network.timeline.now_us

    def _break(self) -> NoReturn:
        if self.to.way.random.random() < 0.5:
            raise httpx.ReadError("the connection broke", request=self.to.request)
        raise httpx.RemoteProtocolError("peer closed connection (incomplete)", request=self.to.request)


def _response(request: httpx.Request, whole: Answered, stream: httpx.SyncByteStream | None = None) -> httpx.Response:
    return httpx.Response(
        whole.status, headers=list(whole.headers), stream=stream or httpx.ByteStream(whole.body), request=request
    )


@dataclass(frozen=True, slots=True)
class _Transport(httpx.BaseTransport):
    """A register's end of its line."""

    network: Network
    line: Line

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self.network.carry(self.line, request)
