"""Tenders that are taken, as they lie in the journal: a row each until its sale is there, or it is given back.

Knows nothing of transactions.
"""

import json
import sqlite3

from pos_app.domain.ids import BasketId, TenderId
from pos_app.domain.taken_tenders import TakenTender

_KEEP = "INSERT OR REPLACE INTO tender (id, basket, state, body) VALUES (?, ?, ?, ?)"
_DROP = "DELETE FROM tender WHERE id = ?"
# one that is being reversed is none of the sale's: it stays until it is
_SOLD = "DELETE FROM tender WHERE basket = ? AND state <> 'reversing'"
# ids are UUIDv7: in the order of taking
_ALL = "SELECT body FROM tender ORDER BY id"


def keep_tender(connection: sqlite3.Connection, tender: TakenTender) -> None:
    """Write one as it stands now."""
    body = json.dumps(tender.document(), ensure_ascii=False, separators=(",", ":"))
    connection.execute(_KEEP, (tender.id, tender.basket, tender.state, body))


def drop_tender(connection: sqlite3.Connection, tender: TenderId) -> None:
    """Forget one that ended."""
    connection.execute(_DROP, (tender,))


def drop_sold(connection: sqlite3.Connection, basket: BasketId) -> None:
    """Forget those that are in the sale of their basket now."""
    connection.execute(_SOLD, (basket,))


def read_tenders(connection: sqlite3.Connection) -> list[TakenTender]:
    """Read all, in the order of taking."""
    return [TakenTender.from_document(json.loads(body)) for (body,) in connection.execute(_ALL).fetchall()]
