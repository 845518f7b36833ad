"""The open basket as it lies in the journal: a row for its head and one for each line.

Written at every scan, so only what a scan changed is: of a basket of 200 lines one row, not all. Knows nothing of
transactions.
"""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pos_app.domain.basket import Basket

# not OR REPLACE: that removes the old row first, and its lines with it
_KEEP_HEAD = (
    "INSERT INTO basket (id, state, body) VALUES (?, 'open', ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body"
)
_KEEP_LINE = "INSERT OR REPLACE INTO basket_line (basket, line, body) VALUES (?, ?, ?)"
_DROP_LINE = "DELETE FROM basket_line WHERE basket = ? AND line = ?"
_DROP_LINES = "DELETE FROM basket_line WHERE basket = ?"
# ids are UUIDv7, so that the newest sorts last
_OPEN = "SELECT id, body FROM basket WHERE state = 'open' ORDER BY id DESC LIMIT 1"
_LINES = "SELECT body FROM basket_line WHERE basket = ? ORDER BY line"


@dataclass(frozen=True, slots=True)
class Kept:
    """A basket that lies in the file, and the text of its head.

    Lines are values: one that is the same object is the same row.
    """

    basket: Basket
    head: str


def write_basket(connection: sqlite3.Connection, basket: Basket, kept: Kept | None) -> Kept:
    """Write what differs from the basket that was kept last; give what is kept once the transaction is."""
    head = _json(basket.head_document())
    if kept is None or kept.basket.id != basket.id:
        connection.execute(_DROP_LINES, (basket.id,))
        kept = Kept(Basket(basket.id), "")
    if head != kept.head:
        connection.execute(_KEEP_HEAD, (basket.id, head))
    before = {line.line: line for line in kept.basket.lines}
    for line in basket.lines:
        if before.pop(line.line, None) is not line:
            connection.execute(_KEEP_LINE, (basket.id, line.line, _json(line.document())))
    for gone in before:
        connection.execute(_DROP_LINE, (basket.id, gone))
    return Kept(basket, head)


def read_basket(connection: sqlite3.Connection) -> Kept | None:
    """Read the basket that is open; of several, the newest."""
    row = connection.execute(_OPEN).fetchone()
    if row is None:
        return None
    basket, head = row
    return Kept(basket_of(connection, basket, json.loads(head)), head)


def basket_of(connection: sqlite3.Connection, basket: str, head: Mapping[str, Any]) -> Basket:
    """Read a basket's lines, and join them with its head."""
    lines = [json.loads(body) for (body,) in connection.execute(_LINES, (basket,))]
    return Basket.from_document({**head, "lines": lines})


def _json(document: Mapping[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))
