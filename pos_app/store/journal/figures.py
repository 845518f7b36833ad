"""A journal in figures: how much of what is in it and whether the file is sound, for who looks after it from afar.

Counts and places alone: nothing of what a fact says.
"""

import sqlite3
from dataclasses import dataclass
from typing import Final

from pos_app.domain.facts import Position
from pos_app.store.journal.chain import read_checkpoint

QUICK_CHECK: Final = "PRAGMA quick_check(1)"
_KINDS = "SELECT kind, count(*) FROM fact GROUP BY kind ORDER BY kind"
_WAITING = "SELECT count(*) FROM fact WHERE (epoch, seq) > (?, ?)"
_PENDING = "SELECT topic, count(*) FROM pending GROUP BY topic ORDER BY topic"
_BASKETS = "SELECT state, count(*) FROM basket GROUP BY state ORDER BY state"


@dataclass(frozen=True, slots=True)
class JournalFigures:
    """The figures."""

    kinds: dict[str, int]
    """Facts, by their kind."""
    pending: dict[str, int]
    """Amounts that follow from facts and have not reached their base, by topic."""
    baskets: dict[str, int]
    """Baskets that are not completed, by their state."""
    checkpoint: tuple[int, int]
    """The last fact that was taken out, (0, 0) where none was."""
    sound: str
    """``ok``, or the first thing that SQLite finds wrong with the file."""


def figures_of(connection: sqlite3.Connection) -> JournalFigures:
    """Count."""
    kinds, pending, baskets = (dict(connection.execute(each).fetchall()) for each in (_KINDS, _PENDING, _BASKETS))
    at = read_checkpoint(connection).position
    (sound,) = connection.execute(QUICK_CHECK).fetchone()
    return JournalFigures(kinds, pending, baskets, (at.epoch, at.seq), str(sound))


def count_after(connection: sqlite3.Connection, position: Position) -> int:
    """Count the facts behind a place."""
    return int(connection.execute(_WAITING, (position.epoch, position.seq)).fetchone()[0])
