"""What may happen to one request on its way, and how often.

Knows nothing of what is asked.
"""

from dataclasses import dataclass, field
from random import Random
from typing import Final

from pos_app.proving.simulate.faults import Faults
from pos_app.proving.simulate.hq.asking import Answered
from pos_app.proving.simulate.machine.timeline import MINUTE, MS, SECOND

LOST_REQUEST: Final = "lost_request"
LOST_ANSWER: Final = "lost_answer"
DOUBLED: Final = "doubled"
SLOW: Final = "slow"
CUT_SHORT: Final = "cut_short"
DAMAGED_REQUEST: Final = "damaged_request"
DAMAGED_ANSWER: Final = "damaged_answer"
STRANGER: Final = "stranger"
DRIPPING: Final = "dripping"
KINDS: Final = (
    LOST_REQUEST,
    LOST_ANSWER,
    DOUBLED,
    SLOW,
    CUT_SHORT,
    DAMAGED_REQUEST,
    DAMAGED_ANSWER,
    STRANGER,
    DRIPPING,
)
MOST_DOUBLED_US: Final = 20 * MINUTE
MOST_SLOW_US: Final = 90 * SECOND
SPEEDS_US: Final = (80 * MS, 80 * MS, 2 * SECOND, 9 * SECOND)
"""The slowest way of a request over a register's line: fibre, or a card in a thick wall."""


@dataclass(frozen=True, slots=True)
class Way:
    """How a request travels."""

    up_us: int
    down_us: int
    kind: str = ""
    random: Random = field(default_factory=Random)
    """How the mishap goes."""


@dataclass(slots=True)
class Road:
    """The line of one register: its speed, and how often it lies. ``bad`` is in thousandths of requests."""

    random: Random
    faults: Faults
    bad: int
    slowest_us: int = 80 * MS

    def way(self, who: str) -> Way:
        """Draw how the next request travels."""
        up_us, down_us = (self.random.randint(2 * MS, self.slowest_us) for _ in range(2))
        kind = self.random.choice(KINDS) if self.random.randrange(1000) < self.bad else ""
        stream = self.faults.strike(kind, who) if kind else None
        if stream is None:
            return Way(up_us, down_us)
        if kind == SLOW:
            up_us, down_us = (
                stream.randint(SECOND, MOST_SLOW_US) if stream.random() < 0.7 else each for each in (up_us, down_us)
            )
        return Way(up_us, down_us, kind, stream)


def damaged(body: bytes, random: Random) -> bytes:
    """Change a byte or some."""
    if not body:
        return body
    changed = bytearray(body)
    for _ in range(random.choice((1, 1, 1, 4))):
        changed[random.randrange(len(body))] ^= 1 << random.randrange(8)
    return bytes(changed)


def stranger(random: Random) -> Answered:
    """Somebody else answers: a portal, a gateway, headquarters' own guard at the door."""
    return random.choice(
        (
            Answered(200, ((b"content-type", b"text/html"),), b"<html><title>Welcome</title>Please pay</html>"),
            Answered(302, ((b"location", b"http://portal.example/"),), b""),
            Answered(200, ((b"content-type", b"application/json"),), b'{"ok":true}'),
            Answered(502, ((b"content-type", b"text/html"),), b"<html>Bad gateway</html>"),
            Answered(503, ((b"content-type", b"text/plain"),), b"no healthy upstream"),
            Answered(429, ((b"retry-after", b"30"), (b"content-type", b"application/json")), b'{"code":"slow_down"}'),
            Answered(404, ((b"content-type", b"application/json"),), b"not found"),
            Answered(413, ((b"content-type", b"text/plain"),), b"too large"),
        )
    )
