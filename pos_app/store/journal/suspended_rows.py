"""Suspended baskets as they lie in the journal: rows like the open one's, in another state, with by whom and when.

Knows nothing of transactions.
"""

import json
import sqlite3
from collections.abc import Mapping
from typing import Any

from pos_app.domain.basket import Basket
from pos_app.domain.ids import BasketId
from pos_app.domain.suspended_basket import SuspendedBasket
from pos_app.store.journal.basket_rows import Kept, basket_of, write_basket

_SUSPENSION = "suspended"
_SUSPEND = "UPDATE basket SET state = 'suspended', body = json_set(body, '$.suspended', json(?)) WHERE id = ?"
_RECALL = (
    "UPDATE basket SET state = 'open', body = json_remove(body, '$.suspended') WHERE id = ? AND state = 'suspended'"
)
# ids are UUIDv7, so that the newest sorts last
_SUSPENDED = "SELECT id, body FROM basket WHERE state = 'suspended' ORDER BY id DESC"
_DROP = "DELETE FROM basket WHERE id = ?"
_DROP_OTHERS = "DELETE FROM basket WHERE state = 'open' AND id <> ?"


def suspend(connection: sqlite3.Connection, suspended: SuspendedBasket, kept: Kept | None) -> None:
    """Write the basket as it is now, and suspend it."""
    write_basket(connection, suspended.basket, kept)
    connection.execute(_SUSPEND, (json.dumps(suspended.suspension_document(), ensure_ascii=False), suspended.id))


def recall(connection: sqlite3.Connection, basket: BasketId) -> bool:
    """Make a suspended basket the open one, in place of what is open; tell whether it was there."""
    if connection.execute(_RECALL, (basket,)).rowcount == 0:
        return False
    connection.execute(_DROP_OTHERS, (basket,))
    return True


def read_suspended(connection: sqlite3.Connection) -> list[SuspendedBasket]:
    """Read all that are suspended, the newest first."""
    return [_suspended(connection, basket, body) for basket, body in connection.execute(_SUSPENDED).fetchall()]


def suspension_of(basket: Basket, head: Mapping[str, Any]) -> SuspendedBasket:
    """Join a basket with what its head says of its suspension."""
    return SuspendedBasket.of(basket, head[_SUSPENSION])


def adopt(connection: sqlite3.Connection, basket: Basket) -> None:
    """Make a basket that came from elsewhere the open one, in place of what is open and of any state it had here."""
    connection.execute(_DROP_OTHERS, ("",))
    connection.execute(_DROP, (basket.id,))
    write_basket(connection, basket, None)


def _suspended(connection: sqlite3.Connection, basket: str, body: str) -> SuspendedBasket:
    head: dict[str, Any] = json.loads(body)
    return suspension_of(basket_of(connection, basket, head), head)
