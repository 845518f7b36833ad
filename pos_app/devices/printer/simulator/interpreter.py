"""The inside of a simulated printer: bytes in, paper out. What it prints is the `Sheet` that the bytes describe.

It reads as a Chinese printer does: without ``FS &`` the bytes of a hanzi come out as signs of code page 437, and a line
that is too wide goes on below. It knows no socket and no file.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import ClassVar

from pos_app.devices.paper import PLAIN, Align, Line, Look, Paper, Qr, Sheet, Span, columns_of
from pos_app.devices.printer.simulator.commands import Token, read_token

GS_R = b"\x1dr"
"""Asks how it is done: no part of what is printed."""
MAX_JOB_BYTES = 1 << 20
MAX_ITEMS = 5000
MAX_STRANGE = 100
MAX_QR_CONTENT = 2953
DEFAULT_MODULE_DOTS = 3
_ALIGNS: dict[int, Align] = {0: "left", 1: "center", 2: "right", 48: "left", 49: "center", 50: "right"}
_SIZE_MASK = 0x07
_BOLD_BIT, _TALL_BIT, _WIDE_BIT = 0x08, 0x10, 0x20


@dataclass(frozen=True, slots=True)
class Printed:
    """What fell out at a cut: the paper, the bytes that made it, and the commands that this printer did not know."""

    sheet: Sheet
    kicks: int
    data: bytes
    strange: tuple[bytes, ...]


class Interpreter:
    """A printer's receive buffer, settings and paper."""

    def __init__(self, paper: Paper, answer: Callable[[bytes], object] = lambda _: None) -> None:
        """``answer`` takes what it sends back (``GS r``)."""
        self._paper = paper
        self._answer = answer
        self._rest = b""
        self._out: list[Printed] = []
        self.kicks = 0
        self._new_paper()
        self._reset()

    def feed(self, data: bytes) -> list[Printed]:
        """Take bytes, cut anywhere; give what was cut off."""
        buffer, at = self._rest + data, 0
        while at < len(buffer):
            token = read_token(buffer, at, kanji=self._kanji)
            if token is None:
                break
            if token.name != GS_R:
                self._keep(buffer[at : token.end])
            self._act(token)
            at = token.end
        self._rest = buffer[at:]
        out, self._out = self._out, []
        return out

    def _reset(self, _parameters: bytes = b"") -> None:
        """ESC @: everything as when switched on; the line that was begun is lost."""
        self._look, self._align, self._kanji = PLAIN, _ALIGNS[0], False
        self._spans: list[Span] = []
        self._qr_content, self._module_dots = "", DEFAULT_MODULE_DOTS

    def _new_paper(self) -> None:
        self._items: list[Line | Qr] = []
        self._strange: deque[bytes] = deque(maxlen=MAX_STRANGE)
        self._data = bytearray()
        self._job_kicks = 0

    def _keep(self, piece: bytes) -> None:
        if len(self._data) + len(piece) <= MAX_JOB_BYTES:
            self._data += piece

    def _act(self, token: Token) -> None:
        if token.kind == "text":
            self._print(self._decoded(token.parameters))
        elif token.kind == "strange":
            self._strange.append(token.name)
        else:
            self._command(token.name, token.parameters)

    def _decoded(self, data: bytes) -> str:
        return data.decode("gb18030" if self._kanji else "cp437", errors="replace")[:1]

    def _print(self, character: str) -> None:
        width = columns_of(character) * self._look.width
        if sum(span.columns for span in self._spans) + width > self._paper.columns:
            self._end_line()
        if self._spans and self._spans[-1].look == self._look:
            last = self._spans.pop()
            character = last.text + character
        self._spans.append(Span(character, self._look))

    def _end_line(self) -> None:
        self._lay(Line(tuple(self._spans), self._align))
        self._spans = []

    def _lay(self, item: Line | Qr) -> None:
        if len(self._items) < MAX_ITEMS:
            self._items.append(item)

    def _command(self, name: bytes, parameters: bytes) -> None:
        act = self._ACTIONS.get(name)
        if act is not None:
            act(self, parameters)

    def _set_align(self, parameters: bytes) -> None:
        self._align = _ALIGNS.get(parameters[0], self._align)

    def _set_bold(self, parameters: bytes) -> None:
        self._look = replace(self._look, bold=bool(parameters[0] & 1))

    def _set_size(self, parameters: bytes) -> None:
        width, height = parameters[0] >> 4 & _SIZE_MASK, parameters[0] & _SIZE_MASK
        self._look = replace(self._look, width=width + 1, height=height + 1)

    def _set_mode(self, parameters: bytes) -> None:
        """ESC !: several at once."""
        bits = parameters[0]
        self._look = Look(2 if bits & _WIDE_BIT else 1, 2 if bits & _TALL_BIT else 1, bool(bits & _BOLD_BIT))

    def _begin_kanji(self, _parameters: bytes) -> None:
        self._kanji = True

    def _end_kanji(self, _parameters: bytes) -> None:
        self._kanji = False

    def _feed_line(self, _parameters: bytes) -> None:
        self._end_line()

    def _feed_lines(self, parameters: bytes) -> None:
        for _ in range(max(parameters[0], 1)):
            self._end_line()

    def _kick(self, _parameters: bytes) -> None:
        self.kicks += 1
        self._job_kicks += 1

    def _symbol(self, parameters: bytes) -> None:
        """GS ( k … for a QR code: store what it says and how large it is, then print it."""
        if parameters[:1] != b"k" or parameters[3:4] != b"1":
            return
        function, rest = parameters[4:5], parameters[5:]
        if function == b"C" and rest:
            self._module_dots = min(max(rest[0], 1), 16)
        elif function == b"P":
            self._qr_content = rest[1:][:MAX_QR_CONTENT].decode("utf-8", errors="replace")
        elif function == b"Q" and self._qr_content:
            self._lay(Qr(self._qr_content, self._module_dots, self._align))

    def _transmit(self, parameters: bytes) -> None:
        """GS r: it is reached only when all before it is printed and there is paper."""
        if parameters in (b"\x01", b"1"):
            self._answer(b"\x00")

    def _cut(self, _parameters: bytes) -> None:
        if self._spans:
            self._end_line()
        self._out.append(Printed(tuple(self._items), self._job_kicks, bytes(self._data), tuple(self._strange)))
        self._new_paper()

    _ACTIONS: ClassVar[dict[bytes, Callable[["Interpreter", bytes], None]]] = {
        b"\n": _feed_line,
        b"\x1b@": _reset,
        b"\x1bd": _feed_lines,
        b"\x1ba": _set_align,
        b"\x1bE": _set_bold,
        b"\x1b!": _set_mode,
        b"\x1bp": _kick,
        b"\x1c&": _begin_kanji,
        b"\x1c.": _end_kanji,
        b"\x1d!": _set_size,
        b"\x1d(": _symbol,
        b"\x1dr": _transmit,
        b"\x1dV": _cut,
    }
    """What the commands do; those that are not here (code pages, margins) change nothing that this paper shows."""
