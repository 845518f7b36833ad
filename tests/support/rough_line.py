"""A rough line: a TCP proxy of our own that lets each question meet the next fate of a seeded plan.

It delays, cuts in mid-body, doubles questions, keeps them for later, swallows answers and flips bits, either way.
`tests.support.line` changes the weather for all that comes; here the same seed tells the same story, question by
question. Knows of HTTP where a question ends, and nothing of what is said.
"""

import contextlib
import re
import socket
import struct
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random
from threading import Lock, Thread

_PIECE = 64 * 1024
_PATIENCE_S = 60.0
"""Longer than headquarters holds a question; one whose length was damaged it waits for, and nobody here for ever."""
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d{1,9})\r\n", re.IGNORECASE)
_ONCE = b"\r\nConnection: close\r\n\r\n"
"""A question and its answer to a connection: then an answer ends where the connection does."""


class Fate(StrEnum):
    """What becomes of one question."""

    FINE = "fine"
    SLOW = "slow"
    LOST = "never arrives"
    LATE = "arrives after the next one, and nobody hears the answer"
    DOUBLED = "arrives twice; either answer is heard"
    UNANSWERED = "is done, and the answer swallowed"
    SILENT = "is done, and nothing more is heard, not even an end"
    CUT_ASKING = "breaks in its middle"
    CUT_ANSWERING = "is done, and the answer breaks in its middle"
    BENT = "arrives with a bit flipped"
    BENT_ANSWER = "is answered with a bit flipped"


TROUBLES = tuple(fate for fate in Fate if fate is not Fate.FINE)


@dataclass(slots=True)
class Plan:
    """The fates to come: of so many in a hundred questions something is wrong, until it is told to heal."""

    seed: int
    troubles: Sequence[Fate] = TROUBLES
    troubled_percent: int = 60
    met: Counter[Fate] = field(default_factory=Counter)

    def next(self) -> tuple[Fate, Random]:
        """Draw the next question's fate, and the luck that it has in it."""
        luck = Random(f"{self.seed}:{self.met.total()}")
        troubled = luck.randrange(100) < self.troubled_percent
        fate = luck.choice(self.troubles) if troubled else Fate.FINE
        self.met[fate] += 1
        return fate, luck

    def heal(self) -> None:
        """Let all go well from now on."""
        self.troubled_percent = 0


def cut(text: bytes, luck: Random) -> bytes:
    """Give a beginning of it."""
    return text[: luck.randrange(max(1, len(text)))]


def bend(text: bytes, luck: Random) -> bytes:
    """Flip one bit of it."""
    if not text:
        return text
    bent = bytearray(text)
    bent[luck.randrange(len(bent))] ^= 1 << luck.randrange(8)
    return bytes(bent)


class RoughLine:
    """The proxy, on loopback. Each connection carries one question."""

    def __init__(self, target: tuple[str, int], plan: Plan) -> None:
        self.plan = plan
        self._target = target
        self._turn = Lock()
        self._late: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Take the line away."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            Thread(target=self._carry, args=(near,), daemon=True).start()

    def _carry(self, near: socket.socket) -> None:
        with near, contextlib.suppress(OSError):
            question = _read_question(near)
            if question is None:
                return
            with self._turn:
                fate, luck = self.plan.next()
                late, self._late = self._late, []
            if not self._meet(fate, luck, (near, question)):
                # Zero linger: a reset, not a farewell.
                near.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            for each in late:
                self._ask(each)

    def _meet(self, fate: Fate, luck: Random, asked: tuple[socket.socket, bytes]) -> bool:
        """Let a question meet its fate; tell whether the connection ends politely."""
        near, question = asked
        if fate is Fate.LOST:
            return False
        if fate is Fate.LATE:
            self._late.append(question)
            return False
        if fate is Fate.CUT_ASKING:
            self._ask(cut(question, luck), waits=False)
            return False
        if fate is Fate.SLOW:
            time.sleep(0.05)
        if fate is Fate.BENT:
            question = bend(question, luck)
        answers = [self._ask(question) for _ in range(2 if fate is Fate.DOUBLED else 1)]
        return _answer(near, luck.choice(answers), fate, luck)

    def _ask(self, question: bytes, *, waits: bool = True) -> bytes:
        """Ask headquarters; give all that it says until it hangs up."""
        said = bytearray()
        with contextlib.suppress(OSError), socket.create_connection(self._target) as far:
            far.settimeout(_PATIENCE_S if waits else 0.05)
            far.sendall(question)
            while piece := far.recv(_PIECE):
                said += piece
        return bytes(said)


def _answer(near: socket.socket, answer: bytes, fate: Fate, luck: Random) -> bool:
    if fate is Fate.UNANSWERED:
        return False
    if fate is Fate.SILENT:
        near.settimeout(_PATIENCE_S)
        near.recv(1)
        return False
    if fate is Fate.CUT_ANSWERING:
        near.sendall(cut(answer, luck))
        return False
    near.sendall(bend(answer, luck) if fate is Fate.BENT_ANSWER else answer)
    return True


def _read_question(near: socket.socket) -> bytes | None:
    near.settimeout(_PATIENCE_S)
    text = bytearray()
    while b"\r\n\r\n" not in text:
        if not (piece := near.recv(_PIECE)):
            return None
        text += piece
    head, _, body = bytes(text).partition(b"\r\n\r\n")
    found = _LENGTH.search(head + b"\r\n")
    while found and len(body) < int(found[1]):
        if not (piece := near.recv(_PIECE)):
            return None
        body += piece
    return re.sub(rb"\r\nconnection: [^\r]*", b"", head, flags=re.IGNORECASE) + _ONCE + body


@contextlib.contextmanager
def rough_line(target: tuple[str, int], plan: Plan) -> Iterator[RoughLine]:
    """Lay a line, and take it away."""
    line = RoughLine(target, plan)
    try:
        yield line
    finally:
        line.close()
