"""Suspended baskets as they lie in the journal: rows like the open one's, in another state, with by whom and when.

Knows nothing of transactions.
"""

import json
import sqlite3
from collections.abc import Mapping
from typing import Any

from pos_app.domain.basket import Basket
from pos_app.domain.ids import BasketId, OperatorId
from pos_app.domain.money import Fen
from pos_app.domain.suspended_basket import NAME_CHARACTERS, SuspendedBasket, SuspendedHead
from pos_app.store.journal.basket_rows import Kept, basket_of, write_basket

MOST_THROWN = 200
"""Baskets of which it is remembered that they came from another register and were thrown away here."""

_SUSPENSION = "suspended"
_SUSPEND = "UPDATE basket SET state = 'suspended', body = json_set(body, '$.suspended', json(?)) WHERE id = ?"
_RECALL = (
    "UPDATE basket SET state = 'open', body = json_remove(body, '$.suspended') WHERE id = ? AND state = 'suspended'"
)
# ids are UUIDv7, so that the newest sorts last
_SUSPENDED = "SELECT id, body FROM basket WHERE state = 'suspended' ORDER BY id DESC"
_DROP = "DELETE FROM basket WHERE id = ?"
_THROW = (
    "UPDATE basket SET state = 'thrown', body = json_object('handed_over', json_extract(body, '$.handed_over'))"
    " WHERE id = ? AND json_extract(body, '$.handed_over') > 0"
)
_DROP_LINES = "DELETE FROM basket_line WHERE basket = ?"
_PRUNE_THROWN = (
    "DELETE FROM basket WHERE state = 'thrown'"
    " AND id NOT IN (SELECT id FROM basket WHERE state = 'thrown' ORDER BY id DESC LIMIT ?)"
)
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


def throw_away(connection: sqlite3.Connection, basket: BasketId) -> None:
    """Forget a basket; of one that was handed over it is remembered that it was thrown away: who gave it asks."""
    if connection.execute(_THROW, (basket,)).rowcount:
        connection.execute(_DROP_LINES, (basket,))
        connection.execute(_PRUNE_THROWN, (MOST_THROWN,))
    else:
        connection.execute(_DROP, (basket,))


def head_of(basket: BasketId, head: Mapping[str, Any], *, lines: int, first: str) -> SuspendedHead:
    """Join what a basket's head says of its suspension with what is known of its lines."""
    said, member = head[_SUSPENSION], head["member"]
    return SuspendedHead(
        id=basket,
        handed_over=head.get("handed_over", 0),
        at=said["at"],
        operator=OperatorId(said["operator"]),
        payable=Fen(said["payable"]),
        member="" if member is None else member["name"][:NAME_CHARACTERS],
        first=first[:NAME_CHARACTERS],
        lines=lines,
    )


def _suspended(connection: sqlite3.Connection, basket: str, body: str) -> SuspendedBasket:
    head: dict[str, Any] = json.loads(body)
    return suspension_of(basket_of(connection, basket, head), head)
