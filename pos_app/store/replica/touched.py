"""What of the rules each edition of a replica touched, so that a reader need not read again what it has.

A table of the register's own beside those of headquarters: the file's writer keeps it, and drops what is old. An
edition that touched too much, or that another release wrote, is not told: who has an older one reads all again.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from sync.protocol.topics import PRICE, STAGED
from sync.protocol.wire import Change

TOLD_EDITIONS: Final = 64
MOST_TOLD: Final = 2_000
"""Of more changes at a time nothing is told."""

CREATE: Final = """CREATE TABLE IF NOT EXISTS touched (
    edition INTEGER NOT NULL,
    topic TEXT NOT NULL,
    key TEXT NOT NULL,
    PRIMARY KEY (edition, topic, key)
) STRICT, WITHOUT ROWID"""
IS_KEPT: Final = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'touched'"
TOLD: Final = "SELECT edition, topic, key FROM touched WHERE edition > ?"
_TELL = "INSERT OR IGNORE INTO touched (edition, topic, key) VALUES (?, ?, ?)"
_FORGET = "DELETE FROM touched WHERE edition <= ?"
_PRICED = (
    "SELECT DISTINCT json_extract(body, '$.sku') FROM document"
    " WHERE topic = ? AND key IN (SELECT value FROM json_each(?)) AND json_type(body, '$.sku') = 'text'"
)

Touched = tuple[str, str]
"""A topic and a key; of a price, the SKU whose price it is. An edition alone is ("", "")."""


def touched_by(connection: sqlite3.Connection, changes: Sequence[Change]) -> list[Touched] | None:
    """Say what changes of the rules will touch, while the documents are still as they were; None: too much."""
    rules = [change for change in changes if change.topic in STAGED]
    if len(rules) > MOST_TOLD:
        return None
    prices = [change for change in rules if change.topic == PRICE]
    listing = msgspec.json.encode([change.key for change in prices]).decode()
    skus = {sku for (sku,) in connection.execute(_PRICED, (PRICE, listing))} | _skus_in(prices)
    others = {(change.topic, change.key) for change in rules if change.topic != PRICE}
    return [*others, *((PRICE, sku) for sku in skus)]


def tell(connection: sqlite3.Connection, edition: int, touched: Iterable[Touched] | None) -> None:
    """Note what an edition touched, and forget what nobody needs any more."""
    connection.execute(_FORGET, (edition - TOLD_EDITIONS,))
    if touched is not None:
        connection.executemany(_TELL, [(edition, "", ""), *((edition, *each) for each in touched)])


def since(rows: Iterable[tuple[int, str, str]], ours: int, now: int) -> set[Touched] | None:
    """Put together what the editions after ours touched, up to now; None where one of them is not told."""
    told, touched = set(), set()
    for edition, topic, key in rows:
        told.add(edition)
        touched.add((topic, key))
    return touched if ours <= now and told.issuperset(range(ours + 1, now + 1)) else None


def _skus_in(changes: Iterable[Change]) -> set[str]:
    found = {(change.body or {}).get("sku") for change in changes}
    return {sku for sku in found if isinstance(sku, str)}
