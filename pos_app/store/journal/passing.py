"""Handing a suspended basket to another register of the store: the owner's side, in the owner's own journal.

A connection of its own, in the counter's process, since neighbours ask while the counter sells. One transaction makes
the basket the neighbour's before it is told so: an answer that is lost is given again to the same one, and to no other.
"""

import json
from collections.abc import Collection, Sequence
from pathlib import Path
from threading import Lock
from typing import Any, Final

from pos_app.domain.errors import Refusal
from pos_app.domain.ids import BasketId
from pos_app.domain.suspended_basket import Listed, SuspendedBasket
from pos_app.store.journal.basket_rows import basket_of
from pos_app.store.journal.opening import connect
from pos_app.store.journal.suspended_rows import suspension_of
from pos_app.store.sqlite_failures import told_apart

SEARCHED_FACTS: Final = 3000
"""How far back it is looked for a basket that was sold: some days of one register."""

_HAND_OVER = (
    "UPDATE basket SET state = 'passed', body = json_set(body, '$.passed_to', ?)"
    " WHERE id = ? AND (state = 'suspended' OR state = 'passed' AND json_extract(body, '$.passed_to') = ?)"
)
_ROW = "SELECT state, body FROM basket WHERE id = ?"
_LISTED = "SELECT id, state, body FROM basket WHERE state IN ('suspended', 'passed') ORDER BY id DESC"
_SOLD = (
    "SELECT json_extract(CAST(canonical AS TEXT), '$.body.basket') AS basket"
    " FROM (SELECT canonical FROM fact WHERE kind = 'sale' ORDER BY epoch DESC, seq DESC LIMIT ?)"
    " WHERE basket IN (SELECT value FROM json_each(?))"
)
_FORGET = "DELETE FROM basket WHERE state IN ('suspended', 'passed') AND id IN (SELECT value FROM json_each(?))"


class Passing:
    """The baskets of one register, as its neighbours may have them. May be used from any thread."""

    def __init__(self, journal: Path) -> None:
        """Open the journal beside the counter's own connection."""
        self._path = journal
        self._lock = Lock()
        self._connection = connect(journal)

    def listed(self) -> Sequence[Listed]:
        """List what is suspended here, and what was and is passed, the newest first."""
        with self._lock, told_apart(self._path):
            rows = self._connection.execute(_LISTED).fetchall()
            return [self._listed(basket, json.loads(body)) for basket, _, body in rows]

    def pass_to(self, basket: BasketId, register: str) -> SuspendedBasket:
        """Make a basket another register's; durable when this returns.

        Raises:
            Refusal: ``basket_in_hand_there``, ``basket_passed_on`` with ``to``, ``basket_sold_there``, or
                ``basket_unknown_there`` where it was never here or was thrown away.

        """
        with self._lock, told_apart(self._path):
            if self._connection.execute(_HAND_OVER, (register, basket, register)).rowcount:
                _, body = self._connection.execute(_ROW, (basket,)).fetchone()
                return self._listed(basket, json.loads(body)).suspended
            raise self._refusal(basket)

    def is_here(self, basket: BasketId) -> bool:
        """Tell whether a basket is in hand or suspended here."""
        with self._lock, told_apart(self._path):
            row = self._connection.execute(_ROW, (basket,)).fetchone()
        return row is not None and row[0] != "passed"

    def sold(self, baskets: Collection[BasketId]) -> frozenset[BasketId]:
        """Tell which of some baskets were sold here. Reads through some thousand sales."""
        if not baskets:
            return frozenset()
        with self._lock, told_apart(self._path):
            return self._sold(baskets)

    def forget(self, baskets: Collection[BasketId]) -> None:
        """Let go of baskets that were sold elsewhere."""
        if baskets:
            with self._lock, told_apart(self._path):
                self._connection.execute(_FORGET, (json.dumps(sorted(baskets)),))

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def _refusal(self, basket: BasketId) -> Refusal:
        row = self._connection.execute(_ROW, (basket,)).fetchone()
        if row is None:
            return Refusal("basket_sold_there" if self._sold([basket]) else "basket_unknown_there")
        state, body = row
        if state == "open":
            return Refusal("basket_in_hand_there")
        return Refusal("basket_passed_on", to=str(json.loads(body).get("passed_to", "")))

    def _sold(self, baskets: Collection[BasketId]) -> frozenset[BasketId]:
        rows = self._connection.execute(_SOLD, (SEARCHED_FACTS, json.dumps(sorted(baskets))))
        return frozenset(BasketId(basket) for (basket,) in rows)

    def _listed(self, basket: str, head: dict[str, Any]) -> Listed:
        suspended = suspension_of(basket_of(self._connection, basket, head), head)
        return Listed(suspended, str(head.get("passed_to", "")))
