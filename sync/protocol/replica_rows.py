"""How documents become rows of a replica: the one way in which headquarters fills a snapshot and a register applies
changes, so that snapshot + changes = a fresh snapshot.

Works on a plain `sqlite3` connection, inside the caller's transaction. What a document makes is found again from the
document itself: the old body says which rows go, the new one which come. Knows nothing of staging, of which file is
current, or of when.
"""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import msgspec

from sync.protocol.replica_derived import DERIVED, UNREADABLE, Row, rows_of
from sync.protocol.replica_schema import INCARNATION, RULES_CURSOR, create_indexes, create_tables
from sync.protocol.wire import Change, cursor_text

BATCH = 1000
"""Changes handled at a time: enough for ``executemany`` to pay, few enough to hold."""
BUILD_CACHE_KIB = 64 * 1024


_STANDING = (
    "SELECT document.topic, document.scope, document.body FROM json_each(?) AS named CROSS JOIN document"
    " ON document.topic = named.value ->> 0 AND document.key = named.value ->> 1 AND document.scope = named.value ->> 2"
)
"""Bodies as they stand, by as many names as wanted. ``CROSS JOIN``: SQLite takes the names first, and seeks each."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A document of a known topic in a shape that this release cannot read. It is kept, but not found by its rows."""

    topic: str
    key: str
    reason: str


def write_changes(connection: sqlite3.Connection, changes: Iterable[Change]) -> list[Unreadable]:
    """Write documents in order, or delete those that are gone, with the rows that follow from them."""
    unreadable: list[Unreadable] = []
    coming = iter(changes)
    while batch := list(islice(coming, BATCH)):
        newest = {(change.topic, change.key, change.scope): change for change in batch}
        _forget(connection, newest.values())
        unreadable += _derive(connection, newest.values())
        _keep(connection, newest.values())
    return unreadable


def write_cursor(connection: sqlite3.Connection, cursor: Mapping[str, int]) -> None:
    """Write how far the file has each scope."""
    connection.executemany("INSERT OR REPLACE INTO scope (scope, rev) VALUES (?, ?)", sorted(cursor.items()))


def read_cursor(connection: sqlite3.Connection) -> dict[str, int]:
    """Read how far the file has each scope."""
    return dict(connection.execute("SELECT scope, rev FROM scope ORDER BY scope").fetchall())


def write_meta(connection: sqlite3.Connection, key: str, value: str) -> None:
    """Write a word about the file."""
    connection.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (key, value))


def read_meta(connection: sqlite3.Connection, key: str) -> str:
    """Read a word about the file, empty when it was never written."""
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return "" if row is None else str(row[0])


def build_snapshot(
    path: Path, changes: Iterable[Change], *, cursor: Mapping[str, int], incarnation: str
) -> list[Unreadable]:
    """Fill a new file with every document of a device's scopes, as of ``cursor``; the file must not exist yet.

    It is one plain file when this returns, with no WAL beside it. It is not synced: who serves it can build it again.
    """
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute(f"PRAGMA cache_size = {-BUILD_CACHE_KIB}")
        connection.execute("BEGIN")
        create_tables(connection)
        unreadable = write_changes(connection, changes)
        write_cursor(connection, cursor)
        write_meta(connection, INCARNATION, incarnation)
        write_meta(connection, RULES_CURSOR, cursor_text(cursor))
        create_indexes(connection)
        connection.execute("INSERT INTO product_text (product_text) VALUES ('optimize')")
        connection.execute("COMMIT")
        return unreadable
    finally:
        connection.close()


def extend_snapshot(path: Path, changes: Iterable[Change], cursor: Mapping[str, int]) -> list[Unreadable]:
    """Bring a snapshot up to a later cursor. Where this fails the file is good for nothing: build it again."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("BEGIN")
        unreadable = write_changes(connection, changes)
        write_cursor(connection, cursor)
        write_meta(connection, RULES_CURSOR, cursor_text(cursor))
        connection.execute("COMMIT")
        return unreadable
    finally:
        connection.close()


def mend_changes(connection: sqlite3.Connection, changes: Sequence[Change]) -> list[Unreadable]:
    """Write documents over whatever is in their place, and over whatever rows follow from that or from nothing."""
    for change in changes:
        for how in reversed(tuple(DERIVED.values())):
            if how.topic == change.topic:
                connection.execute(how.purge, (change.key, change.scope))
        named = (change.topic, change.key, change.scope)
        connection.execute("DELETE FROM document WHERE topic = ? AND key = ? AND scope = ?", named)
    return write_changes(connection, changes)


def _forget(connection: sqlite3.Connection, changes: Iterable[Change]) -> None:
    """Delete the rows that follow from the documents as they still are in the file."""
    gone: dict[str, list[Row]] = {}
    names = [(change.topic, change.key, change.scope) for change in changes]
    for topic, scope, old in connection.execute(_STANDING, (msgspec.json.encode(names).decode(),)).fetchall():
        try:
            derived = rows_of(topic, scope, msgspec.json.decode(old))
        except UNREADABLE:
            continue  # it was not readable when it came either: nothing followed from it
        for table, rows in derived.items():
            gone.setdefault(table, []).extend(row[: DERIVED[table].key_columns] for row in rows)
    for table in reversed(tuple(DERIVED)):
        if table in gone:
            connection.executemany(DERIVED[table].delete, gone[table])


def _derive(connection: sqlite3.Connection, changes: Iterable[Change]) -> list[Unreadable]:
    """Write the rows that follow from the documents as they come."""
    unreadable: list[Unreadable] = []
    coming: dict[str, list[Row]] = {}
    for change in changes:
        if change.deleted:
            continue
        try:
            derived = rows_of(change.topic, change.scope, change.body or {})
        except UNREADABLE as error:
            unreadable.append(Unreadable(change.topic, change.key, str(error)))
            continue
        for table, rows in derived.items():
            coming.setdefault(table, []).extend(rows)
    for table, how in DERIVED.items():
        if table in coming:
            connection.executemany(how.insert, coming[table])
    return unreadable


def _keep(connection: sqlite3.Connection, changes: Iterable[Change]) -> None:
    """Write the documents themselves."""
    gone, coming = [], []
    for change in changes:
        named = (change.topic, change.key, change.scope)
        if change.deleted:
            gone.append(named)
        else:
            coming.append((*named, change.rev, msgspec.json.encode(change.body or {}).decode()))
    connection.executemany("DELETE FROM document WHERE topic = ? AND key = ? AND scope = ?", gone)
    connection.executemany(
        "INSERT OR REPLACE INTO document (topic, key, scope, rev, body) VALUES (?, ?, ?, ?, ?)", coming
    )
