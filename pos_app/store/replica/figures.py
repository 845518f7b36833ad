"""A replica in figures: how much of what is in it, where it stands and whether the file is sound.

Counts and places alone: nothing of what a document says, but for the codes of exceptions.
"""

import sqlite3
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from pos_app.store.replica import documents
from pos_app.store.replica.current_file import CurrentFile
from sync.protocol.replica_schema import AS_OF, INCARNATION, RULES_CURSOR
from sync.protocol.topics import EXCEPTION

_TOPICS = "SELECT topic, scope, count(*) FROM document GROUP BY topic, scope ORDER BY topic, scope"
_STAGED = "SELECT count(*) FROM staged"
_SCOPES = "SELECT scope, rev FROM scope ORDER BY scope"
_WORDS = "SELECT key, value FROM meta WHERE key IN (?, ?, ?)"
_ACKNOWLEDGED = "SELECT epoch, seq FROM acknowledged"
_EXCEPTIONS = "SELECT body FROM document WHERE topic = ?"
_PARTED = "SELECT count(*) FROM parting"


@dataclass(frozen=True, slots=True)
class ReplicaFigures:
    """The figures."""

    file: int | None
    """The number of the file that is read; None: there is none that can be."""
    documents: dict[str, int]
    """Documents by topic and scope: ``price chain``."""
    staged: int
    cursor: dict[str, int]
    words: dict[str, str]
    """The incarnation, the cursor of the rules, and as of when it holds all there was."""
    acknowledged: tuple[int, int]
    parted: bool
    exceptions: dict[str, int]
    """Exceptions by code, those that wait under ``code (open)``."""
    sound: str


def figures_of(folder: Path) -> ReplicaFigures:
    """Count, in the file that is current."""
    file = CurrentFile(folder)
    try:
        acknowledged, parted, staged = file.row(_ACKNOWLEDGED) or (0, 0), file.row(_PARTED), file.row(_STAGED)
        return ReplicaFigures(
            documents={f"{topic} {scope}": count for topic, scope, count in file.rows(_TOPICS)},
            staged=0 if staged is None else int(staged[0]),
            cursor=dict(file.rows(_SCOPES)),
            words=dict(file.rows(_WORDS, INCARNATION, RULES_CURSOR, AS_OF)),
            acknowledged=(acknowledged[0], acknowledged[1]),
            parted=parted is not None and bool(parted[0]),
            exceptions=_exceptions(file),
            sound=_sound(file),
            file=file.number,
        )
    finally:
        file.close()


def _exceptions(file: CurrentFile) -> dict[str, int]:
    found = [documents.exception(body) for (body,) in file.rows(_EXCEPTIONS, EXCEPTION)]
    return dict(Counter(f"{each.code} (open)" if each.open else each.code for each in found if each is not None))


def _sound(file: CurrentFile) -> str:
    try:
        row = file.row("PRAGMA quick_check(1)")
    except sqlite3.DatabaseError as error:
        return str(error)
    return "" if row is None else str(row[0])
