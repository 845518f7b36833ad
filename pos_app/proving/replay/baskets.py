"""Baskets as the source has them: values only, so that a till's process need not load what reads the source."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A till line: pieces, what was paid (``sales_value``), and what the shelf said, in cents."""

    sku: str
    pieces: int
    paid: int
    shelf: int


@dataclass(frozen=True, slots=True)
class SourceBasket:
    """A basket as it was rung."""

    id: int
    store: str
    household: str
    at: datetime
    lines: tuple[SourceLine, ...]

    @property
    def paid(self) -> int:
        """What was paid for it, in cents."""
        return sum(line.paid for line in self.lines)


@dataclass(frozen=True, slots=True)
class Source:
    """The chosen part of the source, and how many of its lines were left out."""

    baskets: dict[str, tuple[SourceBasket, ...]]
    names: dict[str, str]
    left_out: int
    first_day: datetime
    days: int

    def all_baskets(self) -> Iterator[SourceBasket]:
        """Go through every basket, store by store."""
        for baskets in self.baskets.values():
            yield from baskets
