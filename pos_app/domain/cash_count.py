"""Cash counted by its notes and coins (点钞): how many of each, and what they come to."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

from pos_app.domain.errors import Refusal
from pos_app.domain.money import Fen

DENOMINATIONS: Final = (10_000, 5_000, 2_000, 1_000, 500, 100, 50, 10)
"""Notes and coins of the renminbi that a shop is paid with, in fen, the greatest first."""
MOST_PIECES: Final = 99_999
"""Of one denomination: far beyond any drawer."""
_PIECES: Final = re.compile(r"[0-9]{1,5}")


@dataclass(frozen=True, slots=True)
class CashCount:
    """Pieces by denomination; those of which there is none are left out."""

    pieces: Mapping[int, int]

    @property
    def total(self) -> Fen:
        """What they come to."""
        return Fen(sum(value * pieces for value, pieces in self.pieces.items()))

    def document(self) -> dict[str, int]:
        """Give the JSON document in a fact: pieces by denomination in fen."""
        return {str(value): pieces for value, pieces in sorted(self.pieces.items(), reverse=True)}

    @classmethod
    def typed(cls, texts: Mapping[int, str]) -> Self:
        """Read what a person typed beside each denomination; nothing is none of it.

        Raises:
            Refusal: ``count_denomination`` for money that there is not, ``count_pieces`` for what is no count; both
                name the denomination in fen as ``field``.

        """
        pieces: dict[int, int] = {}
        for value, text in texts.items():
            if value not in DENOMINATIONS:
                raise Refusal("count_denomination", field=value, denomination=value)
            typed = text.strip()
            if typed and not _PIECES.fullmatch(typed):
                raise Refusal("count_pieces", field=value, denomination=value, text=text, most=MOST_PIECES)
            if typed and int(typed):
                pieces[value] = int(typed)
        return cls(pieces)

    @classmethod
    def read(cls, document: Mapping[str, int]) -> Self:
        """Read a fact's document."""
        return cls({int(value): pieces for value, pieces in document.items()})
