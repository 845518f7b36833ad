"""Handing a suspended basket to another register of the store: the owner's side, in the owner's own journal.

A connection of its own, in the counter's process, since neighbours ask while the counter sells. One transaction makes
the basket the neighbour's before it is told so, and numbers the hand-over: an answer that is lost is given again to the
same one and to no other, and never to somebody who is past it.
"""

import json
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import Any, Final

from pos_app.domain.basket import Basket
from pos_app.domain.branches import meaning
from pos_app.domain.errors import Refusal
from pos_app.domain.facts import read_fact
from pos_app.domain.ids import BasketId
from pos_app.domain.suspended_basket import Ended, Listed, SuspendedBasket
from pos_app.store.journal.basket_rows import basket_of
from pos_app.store.journal.opening import connect
from pos_app.store.journal.suspended_rows import head_of, suspension_of
from pos_app.store.sqlite_failures import told_apart

SEARCHED_SALES: Final = 3000
"""How far back it is looked for a basket that was sold: some days of one register."""
MOST_PASSED: Final = 200
"""Passed baskets that are kept, for who gave them may have to take them back; the oldest go first."""

_HAND_OVER = (
    "UPDATE basket SET state = 'passed', body = json_set(body, '$.passed_to', ?,"
    " '$.handed_over', max(ifnull(json_extract(body, '$.handed_over'), 0), ?) + 1)"
    " WHERE id = ? AND state = 'suspended'"
)
_PRUNE = (
    "DELETE FROM basket WHERE state = 'passed'"
    " AND id NOT IN (SELECT id FROM basket WHERE state = 'passed' ORDER BY id DESC LIMIT ?)"
)
_ROW = "SELECT state, body FROM basket WHERE id = ?"
_LISTED = (
    "SELECT id, body, (SELECT count(*) FROM basket_line WHERE basket = id), (SELECT json_extract(line.body, '$.name')"
    " FROM basket_line AS line WHERE line.basket = basket.id ORDER BY line.line LIMIT 1)"
    " FROM basket WHERE state IN ('suspended', 'passed') ORDER BY state DESC, id DESC"
)
_IN_HAND = "SELECT id FROM basket WHERE state = 'open' AND id IN (SELECT basket FROM basket_line) ORDER BY id DESC"
# of one that was taken over the basket is inside
_SALES = (
    "SELECT epoch, seq, json_extract(CAST(canonical AS TEXT), '$.body.basket'),"
    " iif(json_extract(CAST(canonical AS TEXT), '$.body.basket') IS NULL, canonical, NULL) FROM fact"
    " WHERE kind = 'sale' AND (epoch, seq) > (?, ?) ORDER BY epoch DESC, seq DESC LIMIT ?"
)
_THROWN = (
    "SELECT id, json_extract(body, '$.handed_over') FROM basket"
    " WHERE state = 'thrown' AND id IN (SELECT value FROM json_each(?))"
)
_FORGET_SOLD = "DELETE FROM basket WHERE state IN ('suspended', 'passed') AND id IN (SELECT value FROM json_each(?))"
_FORGET_THROWN = (
    "DELETE FROM basket WHERE state = 'passed' AND id = ? AND ifnull(json_extract(body, '$.handed_over'), 1) <= ?"
)


class Passing:
    """The baskets of one register, as its neighbours may have them. May be used from any thread."""

    def __init__(self, journal: Path) -> None:
        """Open the journal beside the counter's own connection."""
        self._path = journal
        self._lock = Lock()
        self._connection = connect(journal)
        self._sold: set[BasketId] = set()
        self._sold_to = (0, 0)

    def listed(self) -> Sequence[Listed]:
        """List what is suspended here, and behind it what was and is passed, the newest first."""
        with self._lock, told_apart(self._path):
            rows = self._connection.execute(_LISTED).fetchall()
        return [_listed(basket, json.loads(body), lines, first or "") for basket, body, lines, first in rows]

    def in_hand(self) -> Sequence[BasketId]:
        """Tell which baskets are open here, with goods in them."""
        with self._lock, told_apart(self._path):
            return [BasketId(basket) for (basket,) in self._connection.execute(_IN_HAND)]

    def whole(self, basket: BasketId, register: str) -> SuspendedBasket | None:
        """Give a basket that a register may have, and leave it where it is; None where it is not to be had."""
        with self._whole("DEFERRED"):
            state, head = self._row(basket)
            if state == "suspended" or (state == "passed" and head["passed_to"] == register):
                return self._suspended(basket, head)
        return None

    def pass_to(self, basket: BasketId, register: str, *, known: int) -> SuspendedBasket:
        """Make a basket another register's; durable when this returns. It knows of ``known`` hand-overs of it.

        Raises:
            Refusal: ``basket_in_hand_there``, ``basket_passed_on`` with ``to``, ``basket_sold_there``,
                ``basket_thrown_there``, or ``basket_unknown_there`` where it was never here, or where what was here is
                older than what the asker knows of.

        """
        with self._whole("IMMEDIATE"):
            if self._connection.execute(_HAND_OVER, (register, known, basket)).rowcount:
                self._connection.execute(_PRUNE, (MOST_PASSED,))
            state, head = self._row(basket)
            if state != "passed":
                raise self._refusal(basket, state)
            if head["passed_to"] != register:
                raise Refusal("basket_passed_on", to=str(head["passed_to"]))
            if _number(head) <= known:
                raise Refusal("basket_unknown_there")
            return self._suspended(basket, head)

    def known(self, basket: BasketId) -> int:
        """Tell of how many hand-overs of a basket this register knows."""
        with self._lock, told_apart(self._path):
            state, head = self._row(basket)
        return _number(head) if state else 0

    def taken_back(self, basket: BasketId) -> Basket | None:
        """Give a basket that was passed and never arrived, as the next hand-over; None where it was not passed."""
        with self._whole("DEFERRED"):
            state, head = self._row(basket)
            if state != "passed":
                return None
            mine = self._suspended(basket, head).basket
        return replace(mine, handed_over=_number(head) + 1)

    def is_here(self, basket: BasketId) -> bool:
        """Tell whether a basket is in hand or suspended here."""
        with self._lock, told_apart(self._path):
            state, _ = self._row(basket)
        return state in {"open", "suspended"}

    def ended(self, baskets: Collection[BasketId]) -> Ended:
        """Tell which of some baskets were sold here, and which thrown away."""
        if not baskets:
            return Ended()
        with self._lock, told_apart(self._path):
            thrown = self._connection.execute(_THROWN, (json.dumps(list(baskets)),)).fetchall()
            return Ended(
                frozenset(self._known_sold().intersection(baskets)), {BasketId(each): at for each, at in thrown}
            )

    def forget(self, ended: Ended) -> None:
        """Let go of baskets that were sold elsewhere, and of those given away that were thrown away there."""
        with self._lock, told_apart(self._path):
            if ended.sold:
                self._connection.execute(_FORGET_SOLD, (json.dumps(sorted(ended.sold)),))
            for basket, number in ended.thrown.items():
                self._connection.execute(_FORGET_THROWN, (basket, number))

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def _whole(self, kind: str) -> Iterator[None]:
        """See a basket's head and lines as they are at one moment; a write is kept whole or not at all."""
        with self._lock, told_apart(self._path):
            self._connection.execute(f"BEGIN {kind}")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def _row(self, basket: BasketId) -> tuple[str, dict[str, Any]]:
        """Read a basket's state and head; no state where there is none."""
        row = self._connection.execute(_ROW, (basket,)).fetchone()
        return ("", {}) if row is None else (row[0], json.loads(row[1]))

    def _refusal(self, basket: BasketId, state: str) -> Refusal:
        if state == "open":
            return Refusal("basket_in_hand_there")
        if state == "thrown":
            return Refusal("basket_thrown_there")
        return Refusal("basket_sold_there" if basket in self._known_sold() else "basket_unknown_there")

    def _known_sold(self) -> set[BasketId]:
        """Know the baskets of the last sales; only those since the last look are read."""
        rows = self._connection.execute(_SALES, (*self._sold_to, SEARCHED_SALES)).fetchall()
        if rows:
            self._sold_to = rows[0][:2]
            baskets = (basket or meaning(read_fact(whole)).body.get("basket") for _, _, basket, whole in rows)
            self._sold.update(BasketId(basket) for basket in baskets if basket is not None)
        return self._sold

    def _suspended(self, basket: str, head: dict[str, Any]) -> SuspendedBasket:
        return suspension_of(basket_of(self._connection, basket, head), head)


def _listed(basket: str, head: dict[str, Any], lines: int, first: str) -> Listed:
    said = head_of(BasketId(basket), {**head, "handed_over": _number(head)}, lines=lines, first=first)
    return Listed(said, str(head.get("passed_to", "")))


def _number(head: dict[str, Any]) -> int:
    """Tell which hand-over a row is; one that was passed before they were numbered is the first."""
    return int(head.get("handed_over", 1 if "passed_to" in head else 0))
