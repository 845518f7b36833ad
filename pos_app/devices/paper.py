"""Paper of a receipt printer: how wide it is, and what lies on it as lines, spans and codes.

One description for all that show it: the printer's bytes, the picture and the text on the screen. Knows no receipt,
no font and no command of a printer.
"""

from dataclasses import dataclass
from typing import Literal

DOTS_PER_COLUMN = 12
"""A column is one ASCII character of the printer's font A; a Chinese character takes two."""

Align = Literal["left", "center", "right"]


@dataclass(frozen=True, slots=True)
class Paper:
    """A roll, by how many columns are printed on it."""

    name: str
    columns: int

    @property
    def dots(self) -> int:
        """How many dots are printed across."""
        return self.columns * DOTS_PER_COLUMN


PAPER_80 = Paper("80 mm", 48)
PAPER_58 = Paper("58 mm", 32)
PAPERS = {80: PAPER_80, 58: PAPER_58}
"""Rolls by their width in millimetres."""


@dataclass(frozen=True, slots=True)
class Look:
    """How characters are printed: how many times as wide and as tall (1 to 8), and whether bold."""

    width: int = 1
    height: int = 1
    bold: bool = False


PLAIN = Look()


@dataclass(frozen=True, slots=True)
class Span:
    """Characters of one look."""

    text: str
    look: Look = PLAIN

    @property
    def columns(self) -> int:
        """How many columns it takes."""
        return columns_of(self.text) * self.look.width


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line. No spans is an empty line."""

    spans: tuple[Span, ...] = ()
    align: Align = "left"

    @property
    def text(self) -> str:
        """What stands on it, whatever its look."""
        return "".join(span.text for span in self.spans)

    @property
    def columns(self) -> int:
        """How many columns it takes."""
        return sum(span.columns for span in self.spans)


@dataclass(frozen=True, slots=True)
class Qr:
    """A QR code, each of its modules so many dots wide."""

    content: str
    module_dots: int
    align: Align = "center"


Sheet = tuple[Line | Qr, ...]
"""What lies on the paper from one cut to the next."""


def columns_of(text: str) -> int:
    """Count the columns of printable text: the printer's ASCII is one wide, all else two."""
    return sum(1 if each.isascii() else 2 for each in text)


def text_line(text: str, *, align: Align = "left", look: Look = PLAIN) -> Line:
    """Make a line of one look; without characters it is an empty line."""
    return Line((Span(text, look),) if text else (), align)
