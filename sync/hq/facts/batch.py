"""A pushed batch before headquarters compares it with anything: lines in their places, the damaged ones told apart.

The owner's signed head says where the last line stands and what its hash is; every line's ``prev`` says the hash of the
one before. So a line that is damaged, or cannot be read at all, still has its place, and those behind it go on.
Knows no database.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pos_app.domain.errors import Refusal
from pos_app.domain.facts import MAX_LINE_BYTES, ChainHead, Fact, Position, chain_hash, read_fact
from pos_app.domain.instants import parse_moment
from sync.protocol.wire import MAX_BATCH_FACTS

MAX_WORD_CHARACTERS: Final = 100

_NO_TEXT: Final = re.compile(rb"(?<!\\)(?:\\\\)*\\u(?:[dD][89a-fA-F]|0000)")
"""Escapes of what is no text to any database: half a character, and NUL."""

DAMAGED: Final = "fact_damaged"
UNREADABLE: Final = "fact_unreadable"
OTHER_DEVICE: Final = "fact_of_other_device"


@dataclass(frozen=True, slots=True)
class Arrived:
    """One line in its place. ``hash`` is what the chain says of it; ``fact`` is None when ``trouble`` says why."""

    position: Position
    hash: bytes
    prev: bytes | None
    canonical: bytes
    fact: Fact | None
    trouble: str = ""


def split_lines(body: bytes) -> list[bytes]:
    """Split a batch; raise ``Refusal`` with ``batch_empty``, ``batch_too_large`` or ``fact_too_large``."""
    lines = body.removesuffix(b"\n").split(b"\n") if body else []
    if not lines:
        raise Refusal("batch_empty")
    if len(lines) > MAX_BATCH_FACTS:
        raise Refusal("batch_too_large", facts=len(lines), limit=MAX_BATCH_FACTS)
    for number, line in enumerate(lines, 1):
        if len(line) > MAX_LINE_BYTES:
            raise Refusal("fact_too_large", line=number, limit=MAX_LINE_BYTES)
    return lines


def read_batch(device: str, lines: Sequence[bytes], head: ChainHead) -> list[Arrived]:
    """Put lines in their places, the last at the signed head.

    Raises ``Refusal("batch_not_in_order")`` when lines themselves say other places.
    """
    first = head.position.seq - len(lines) + 1
    if first < 1:
        raise Refusal("batch_not_in_order", facts=len(lines), head=head.position.seq)
    places = [Position(head.position.epoch, first + index) for index in range(len(lines))]
    facts = [read_line(line) for line in lines]
    misplaced = [at for at, fact in zip(places, facts, strict=True) if fact is not None and fact.position != at]
    if len(misplaced) > 1:
        # One alone is a damaged number; two have changed places.
        raise Refusal("batch_not_in_order", seq=misplaced[0].seq)
    arrived: list[Arrived] = []
    told: bytes | None = head.hash
    for at, line, fact in reversed(list(zip(places, lines, facts, strict=True))):
        one = _arrived(device, (at, line, fact), told)
        arrived.append(one)
        told = one.prev
    return arrived[::-1]


def _arrived(device: str, line: tuple[Position, bytes, Fact | None], told: bytes | None) -> Arrived:
    """Judge a line by the hash that the next one, or the signed head, tells of it (None: that one was damaged)."""
    at, canonical, fact = line
    if fact is None or fact.position != at:
        return Arrived(at, told or chain_hash(b"", canonical), None, canonical, None, UNREADABLE)
    if told is not None and fact.hash != told:
        return Arrived(at, told, None, canonical, None, DAMAGED)
    if fact.device != device:
        return Arrived(at, fact.hash, fact.prev, canonical, None, OTHER_DEVICE)
    return Arrived(at, fact.hash, fact.prev, canonical, fact)


def read_line(line: bytes) -> Fact | None:
    """Read a line; None when it is not a fact that can be kept with its words."""
    if b"\\u" in line and _NO_TEXT.search(line):
        return None
    try:
        fact = read_fact(line)
        if max(len(fact.kind), len(fact.operator), len(fact.at)) > MAX_WORD_CHARACTERS:
            return None
        parse_moment(fact.at)
    except (Refusal, ValueError, RecursionError):
        return None
    return fact
