"""Compaction: facts that headquarters has confirmed long ago leave the journal, oldest first, in small steps, behind a
checkpoint that the device's key signs (docs/sync.md §2). From there on the chain verifies as before.

Runs on the journal's own writer. Knows no line: how far headquarters has the chain, and the signature, are handed in.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from pos_app.domain.branches import compaction
from pos_app.domain.errors import Refusal
from pos_app.domain.facts import ChainHead, Position
from pos_app.domain.instants import instant_of, parse_instant
from pos_app.store.journal.chain import read_checkpoint
from pos_app.store.journal.file_format import CHECKPOINT
from pos_app.store.journal.journal import Journal
from pos_app.store.sqlite_failures import told_apart

KEPT_FOR: Final = timedelta(days=90)
KEPT_FACTS: Final = 500
"""So many of the newest stay in any case: a register that rested for a season still knows its last receipts."""
FACTS_A_STEP: Final = 100
"""All of a step go, or none: else each fact that comes of age would make another that says so."""

_OLDEST = "SELECT epoch, seq, at, hash FROM fact ORDER BY epoch, seq LIMIT ?"
_COUNT = "SELECT count(*) FROM fact"
_PENDING = "SELECT 1 FROM pending WHERE epoch = ? AND seq = ? LIMIT 1"
_OF_OPEN_SHIFT = "SELECT 1 FROM shift WHERE closed_seq IS NULL AND (since_epoch, since_seq) < (?, ?) LIMIT 1"
_REMOVE = "DELETE FROM fact WHERE (epoch, seq) <= (?, ?)"
_FORGET_FACTS = "UPDATE receipt SET epoch = NULL, seq = NULL WHERE (epoch, seq) <= (?, ?)"
_FORGET_DAYS = (
    "DELETE FROM receipt WHERE business_date IN"
    " (SELECT business_date FROM receipt GROUP BY business_date HAVING count(epoch) = 0 AND business_date < ?)"
)
_NOTE = "INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)"

Sign = Callable[[ChainHead], str]
"""Signs the end of what goes: `sync.protocol.signatures.sign_head`."""


@dataclass(slots=True)
class Compacting:
    """Takes old facts out, a step at a time."""

    journal: Journal
    sign: Sign
    _gone: int = 0

    def step(self, acknowledged: Position, now: datetime) -> bool:
        """Take the next old facts out; tell whether there may be more. At a round's end the chain itself says so."""
        last = self._last_to_go(acknowledged, now)
        if last is None:
            if self._gone:
                self._tell(now)
            return False
        signed = self.sign(last)
        with self.journal.writing() as connection:
            place = (last.position.epoch, last.position.seq)
            connection.execute(_REMOVE, place)
            connection.execute(_FORGET_FACTS, place)
            connection.execute(_FORGET_DAYS, ((now - KEPT_FOR).date().isoformat(),))
            connection.execute(_NOTE, (CHECKPOINT, signed))
        self._gone += FACTS_A_STEP
        return True

    def _last_to_go(self, acknowledged: Position, now: datetime) -> ChainHead | None:
        """Find the last fact of a step, if all of them may go."""
        connection = self.journal.reading()
        with told_apart(self.journal.path):
            (kept,) = connection.execute(_COUNT).fetchone()
            rows = connection.execute(_OLDEST, (FACTS_A_STEP,)).fetchall()
        before_us = instant_of(now - KEPT_FOR)
        if kept < KEPT_FACTS + FACTS_A_STEP:
            return None
        for epoch, seq, at, _ in rows:
            position = Position(epoch, seq)
            if position > acknowledged or not _before(at, before_us) or self._waits(connection, position):
                return None
        epoch, seq, _, known = rows[-1]
        return ChainHead(Position(epoch, seq), known)

    def _waits(self, connection: sqlite3.Connection, position: Position) -> bool:
        """Tell whether amounts of a fact are still pending, or a shift that is open counts it."""
        place = (position.epoch, position.seq)
        with told_apart(self.journal.path):
            return any(connection.execute(each, place).fetchone() is not None for each in (_PENDING, _OF_OPEN_SHIFT))

    def _tell(self, now: datetime) -> None:
        """Write the checkpoint into the chain, so that headquarters can hold it against what it has."""
        through = read_checkpoint(self.journal.reading())
        self.journal.append(compaction(through, self._gone, now.isoformat(timespec="milliseconds")))
        self._gone = 0


def _before(at: str, before_us: int) -> bool:
    try:
        return parse_instant(at) < before_us
    except Refusal:
        return False
