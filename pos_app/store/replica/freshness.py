"""How old is what a replica says: noted in the file itself, with the changes, so that it is true of that file.

Where a damaged file gives way to the spare, the age is the spare's.
"""

import sqlite3
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from pos_app.domain.readiness import Holding, Holdings, Subject
from pos_app.store.replica.current_file import CurrentFile
from sync.protocol.replica_rows import read_meta, write_meta
from sync.protocol.replica_schema import AS_OF, FIRST_AS_OF, NEWS
from sync.protocol.stream import Chunk
from sync.protocol.topics import COUPON, COUPON_TEMPLATE, MEMBER, OPERATOR, POINTS, PRICE, PRODUCT, PROMOTION, STOCK

TOPICS: Final[Mapping[Subject, tuple[str, ...]]] = {
    Subject.PRICES: (PRODUCT, PRICE),
    Subject.PROMOTIONS: (PROMOTION, COUPON_TEMPLATE, POINTS),
    Subject.MEMBERS: (MEMBER,),
    Subject.POINTS: (MEMBER,),
    Subject.COUPONS: (COUPON,),
    Subject.STOCK: (STOCK,),
    Subject.OPERATORS: (OPERATOR,),
}
"""The topics of each subject."""
_ALL_NEEDED: Final = frozenset({Subject.PRICES})
"""Subjects that are there only when each of their topics is: goods without prices cannot be sold."""

_WORDS = "SELECT key, value FROM meta"
_PRESENT = "SELECT 1 FROM document WHERE topic = ? LIMIT 1"


def note(connection: sqlite3.Connection, chunk: Chunk, topics: Iterable[str]) -> None:
    """Note, in the transaction of a chunk, what took effect with it, and that nothing more waits if that is so."""
    if not chunk.time:
        return
    for topic in topics:
        write_meta(connection, NEWS + topic, chunk.time)
    if not chunk.more:
        write_meta(connection, AS_OF, chunk.time)
        if not read_meta(connection, FIRST_AS_OF):
            write_meta(connection, FIRST_AS_OF, chunk.time)


def holdings(file: CurrentFile) -> Holdings:
    """Read what is held of each subject."""
    words: dict[str, str] = dict(file.rows(_WORDS))
    present = {topic for topics in TOPICS.values() for topic in topics if file.row(_PRESENT, topic) is not None}
    subjects = {subject: _holding(subject, words, present) for subject in Subject}
    return Holdings(_moment(words.get(AS_OF)), subjects)


def _holding(subject: Subject, words: Mapping[str, str], present: set[str]) -> Holding:
    topics = TOPICS[subject]
    there = [topic in present for topic in topics]
    news = [_moment(words.get(NEWS + topic)) or _moment(words.get(FIRST_AS_OF)) for topic in topics]
    newest = max((moment for moment in news if moment is not None), default=None)
    return Holding(all(there) if subject in _ALL_NEEDED else any(there), newest)


def _moment(text: str | None) -> datetime | None:
    try:
        moment = None if not text else datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment is None or moment.tzinfo is not None else None
