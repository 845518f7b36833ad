"""ESC/POS as a printer reads it: where one command ends and the next begins. Knows its length, not what it does.

Any bytes can be read, in pieces of any length: an unknown command is named and passed over, and what follows it is read
on, as a printer does.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Kind = Literal["command", "text", "strange"]

_FIXED: dict[bytes, int] = {
    b"\n": 0,
    b"\r": 0,
    b"\t": 0,
    b"\x0c": 0,
    b"\x18": 0,
    b"\x1b@": 0,
    b"\x1b2": 0,
    b"\x1b3": 1,
    b"\x1b ": 1,
    b"\x1b!": 1,
    b"\x1b-": 1,
    b"\x1b=": 1,
    b"\x1bE": 1,
    b"\x1bG": 1,
    b"\x1bJ": 1,
    b"\x1bM": 1,
    b"\x1bR": 1,
    b"\x1bV": 1,
    b"\x1ba": 1,
    b"\x1bd": 1,
    b"\x1bt": 1,
    b"\x1b{": 1,
    b"\x1b$": 2,
    b"\x1b\\": 2,
    b"\x1bp": 3,
    b"\x1c&": 0,
    b"\x1c.": 0,
    b"\x1c!": 1,
    b"\x1c-": 1,
    b"\x1cC": 1,
    b"\x1cW": 1,
    b"\x1cS": 2,
    b"\x1d!": 1,
    b"\x1dB": 1,
    b"\x1dI": 1,
    b"\x1da": 1,
    b"\x1dr": 1,
    b"\x1dL": 2,
    b"\x1dW": 2,
    b"\x10\x04": 1,
}
"""Commands by their prefix, and how many bytes of parameters follow."""

_PREFIXES = b"\x1b\x1c\x1d\x10"
_LEAST_LEAD = 0x81
_LONG_SECOND = range(0x30, 0x3A)
MAX_RASTER = 1 << 20


@dataclass(frozen=True, slots=True)
class Token:
    """A command with its parameters, one character's bytes, or a command that this printer does not know."""

    kind: Kind
    name: bytes
    parameters: bytes
    end: int
    """Where the next one begins."""


def read_token(data: bytes, at: int, *, kanji: bool) -> Token | None:
    """Read what begins at ``at``; None when its end has not come yet. ``kanji`` joins the bytes of hanzi."""
    if data[at] >= 0x20 and data[at] != 0x7F:
        length = _character_length(data, at) if kanji else 1
        return None if length is None else _take(data, at, 0, length, kind="text")
    if data[at] not in _PREFIXES:
        return _take(data, at, 1, 0, kind="command" if data[at : at + 1] in _FIXED else "strange")
    if at + 1 >= len(data):
        return None
    name = data[at : at + 2]
    if name in _FIXED:
        return _take(data, at, 2, _FIXED[name])
    return _read_long(data, at, name)


def _take(data: bytes, at: int, name: int, parameters: int, *, kind: Kind = "command") -> Token | None:
    end = at + name + parameters
    if end > len(data):
        return None
    return Token(kind, data[at : at + name], data[at + name : end], end)


def _character_length(data: bytes, at: int) -> int | None:
    """GB 18030: one byte of ASCII, two, or four when the second is a digit."""
    if data[at] < _LEAST_LEAD or data[at] == 0xFF:
        return 1
    if at + 1 >= len(data):
        return None
    return 4 if data[at + 1] in _LONG_SECOND else 2


def _read_long(data: bytes, at: int, name: bytes) -> Token | None:
    """Commands that say themselves how long they are."""
    if name == b"\x1dV":
        return _after(data, at, 3, lambda head: 1 if head[2] in (65, 66) else 0)
    if name == b"\x1d(":
        return _after(data, at, 5, lambda head: int.from_bytes(head[3:5], "little"))
    if name == b"\x1dv":
        return _after(data, at, 8, _raster_length)
    if name == b"\x1b*":
        return _after(data, at, 5, lambda head: int.from_bytes(head[3:5], "little") * (3 if head[2] >= 32 else 1))
    return _take(data, at, 2, 0, kind="strange")


def _after(data: bytes, at: int, head: int, length: Callable[[bytes], int]) -> Token | None:
    if at + head > len(data):
        return None
    return _take(data, at, 2, head - 2 + length(data[at : at + head]))


def _raster_length(head: bytes) -> int:
    """GS v 0: bytes across times rows; a picture that no paper holds is passed over like an unknown command."""
    size = int.from_bytes(head[4:6], "little") * int.from_bytes(head[6:8], "little")
    return size if size <= MAX_RASTER else 0
