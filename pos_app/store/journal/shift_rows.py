"""Shifts and closed days as they lie in the journal: a row each, written in the transaction of the fact that says so.

The file itself holds that shifts are numbered without a gap and that one is open at a time. Knows no figures.
"""

import sqlite3
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from pos_app.domain.branches import meaning
from pos_app.domain.facts import Fact, Position, read_fact
from pos_app.domain.shift import CLOSED, DAY_CLOSED, OPENED, Shift, read_opening

KINDS: Final = frozenset({OPENED, CLOSED, DAY_CLOSED})
_OVER: Final = (0, 0)
"""Where a shift ended whose end is not here."""

_LAST = "SELECT number, business_date, closed_epoch, closed_seq FROM shift ORDER BY number DESC LIMIT 1"
_OPEN = (
    "SELECT canonical, since_epoch, since_seq FROM shift"
    " JOIN fact ON fact.epoch = opened_epoch AND fact.seq = opened_seq"
    " WHERE closed_seq IS NULL ORDER BY number DESC LIMIT 1"
)
_BEGIN = (
    "INSERT INTO shift (number, business_date, since_epoch, since_seq, opened_epoch, opened_seq)"
    " VALUES (?, ?, ?, ?, ?, ?)"
)
_END = "UPDATE shift SET closed_epoch = ?, closed_seq = ? WHERE number = ? AND closed_seq IS NULL"
_CLOSE_DAY = "INSERT INTO closed_day (business_date, epoch, seq) VALUES (?, ?, ?)"
_LAST_DAY = "SELECT max(business_date) FROM closed_day"
_FIRST_OF_DAY = "SELECT epoch, seq FROM receipt WHERE business_date = ? AND seq NOT NULL ORDER BY epoch, seq LIMIT 1"
_OF_DAY = (
    "SELECT canonical FROM shift JOIN fact ON fact.epoch = closed_epoch AND fact.seq = closed_seq"
    " WHERE business_date = ? ORDER BY number"
)
_DAYS = (
    "SELECT DISTINCT business_date FROM shift WHERE closed_seq NOT NULL AND business_date > ? ORDER BY business_date"
)
_REPORTS = (
    "SELECT canonical FROM (SELECT closed_epoch AS epoch, closed_seq AS seq FROM shift WHERE closed_seq NOT NULL"
    " UNION ALL SELECT epoch, seq FROM closed_day WHERE seq NOT NULL) JOIN fact USING (epoch, seq)"
    " ORDER BY epoch DESC, seq DESC LIMIT ?"
)
# in another branch of the chain, or lost and told by headquarters: a number stands once, and stays used
_KNOW_SHIFT = (
    "INSERT OR IGNORE INTO shift (number, business_date, since_epoch, since_seq, opened_epoch, opened_seq,"
    " closed_epoch, closed_seq) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)
_KNOW_DAY = "INSERT OR IGNORE INTO closed_day (business_date, epoch, seq) VALUES (?, ?, ?)"
MOVE = (
    "UPDATE shift SET since_epoch = ?, since_seq = ? WHERE since_epoch = ? AND since_seq = ?",
    "UPDATE shift SET opened_epoch = ?, opened_seq = ? WHERE opened_epoch = ? AND opened_seq = ?",
    "UPDATE shift SET closed_epoch = ?, closed_seq = ? WHERE closed_epoch = ? AND closed_seq = ?",
    "UPDATE closed_day SET epoch = ?, seq = ? WHERE epoch = ? AND seq = ?",
)
"""What follows a fact to another place of the chain (`branches.begin_epoch`)."""


def begin(connection: sqlite3.Connection, number: int, closed: date | None) -> None:
    """Note what was used before this file began: a shift's number, a day."""
    if number:
        connection.execute(_KNOW_SHIFT, (number, "", *_OVER, None, None, *_OVER))
    if closed is not None:
        connection.execute(_KNOW_DAY, (closed.isoformat(), None, None))


def note(connection: sqlite3.Connection, fact: Fact) -> None:
    """Note what a new fact says of shifts; one that does not follow from those before is a bug."""
    body, place = fact.body, (fact.position.epoch, fact.position.seq)
    if fact.kind == OPENED:
        last = connection.execute(_LAST).fetchone()
        if body["number"] != next_number(connection) or (last is not None and last[3] is None):
            raise AssertionError(f"shift {body['number']} does not follow {last}")
        since = (body["since"]["epoch"], body["since"]["seq"])
        connection.execute(_BEGIN, (body["number"], body["business_date"], *since, *place))
    elif fact.kind == CLOSED:
        if connection.execute(_END, (*place, body["number"])).rowcount != 1:
            raise AssertionError(f"shift {body['number']} is not open")
    else:
        connection.execute(_CLOSE_DAY, (body["business_date"], *place))


def know(connection: sqlite3.Connection, meant: Fact, place: tuple[int | None, int | None]) -> None:
    """Note a fact that was made here and lost, as far as nothing else is known in its stead.

    One that has no place here any more has used its number up: its shift is over.
    """
    body, is_here = meant.body, place[1] is not None
    if meant.kind == OPENED:
        since = (body["since"]["epoch"], body["since"]["seq"])
        end = (None, None) if is_here else _OVER
        connection.execute(_KNOW_SHIFT, (body["number"], body["business_date"], *since, *place, *end))
    elif meant.kind == CLOSED:
        connection.execute(_END, (*(place if is_here else _OVER), body["number"]))
    elif meant.kind == DAY_CLOSED:
        connection.execute(_KNOW_DAY, (body["business_date"], *place))


def open_shift(connection: sqlite3.Connection) -> Shift | None:
    """Read the shift that is open."""
    row = connection.execute(_OPEN).fetchone()
    return None if row is None else read_opening(meaning(read_fact(row[0])), Position(row[1], row[2]))


def next_number(connection: sqlite3.Connection) -> int:
    """Tell the number that the next shift has."""
    row = connection.execute(_LAST).fetchone()
    return 1 if row is None else int(row[0]) + 1


def closed_day(connection: sqlite3.Connection) -> date | None:
    """Tell the last day that was closed."""
    (last,) = connection.execute(_LAST_DAY).fetchone()
    return None if last is None else date.fromisoformat(last)


def days_to_close(connection: sqlite3.Connection) -> list[date]:
    """List the days that have closed shifts and are not closed themselves."""
    last = closed_day(connection)
    rows = connection.execute(_DAYS, ("" if last is None else last.isoformat(),)).fetchall()
    return [date.fromisoformat(day) for (day,) in rows]


def unclaimed_since(connection: sqlite3.Connection, day: date, head: Position) -> Position:
    """Tell behind which place facts belong to no shift yet.

    It is where the last shift ended; where that is more than a day ago, or there never was one, the first receipt of
    the day.
    """
    last = connection.execute(_LAST).fetchone()
    if last is not None and last[3] and date.fromisoformat(last[1]) >= day - timedelta(days=1):
        return Position(last[2], last[3])
    first = connection.execute(_FIRST_OF_DAY, (day.isoformat(),)).fetchone()
    return head if first is None else Position(first[0], first[1] - 1)


def closings_of(connection: sqlite3.Connection, day: date) -> list[Fact]:
    """List the facts that closed the shifts of a day, in order."""
    return _facts(connection.execute(_OF_DAY, (day.isoformat(),)).fetchall())


def reports(connection: sqlite3.Connection, limit: int) -> list[Fact]:
    """List the facts that closed a shift or a day, the newest first."""
    return _facts(connection.execute(_REPORTS, (limit,)).fetchall())


def _facts(rows: Sequence[tuple[bytes]]) -> list[Fact]:
    return [meaning(read_fact(canonical)) for (canonical,) in rows]
