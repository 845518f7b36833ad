"""What a simulated provider has charged and given back, on its disk: a row for each payment that it ever heard of.

A test holds it against headquarters to the fen.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Literal

from pos_app.devices.payment.simulator.customers import QUERIES_BEFORE_AN_ANSWER, Customer

State = Literal["asked", "charged", "declined", "reversed"]
_TRADES = (
    "CREATE TABLE IF NOT EXISTS trade (provider TEXT, own TEXT, amount INTEGER, code TEXT, customer TEXT, state TEXT,"
    " queries INTEGER, PRIMARY KEY (provider, own)) STRICT"
)
_REFUNDS = (
    "CREATE TABLE IF NOT EXISTS refund (provider TEXT, own TEXT, trade TEXT, amount INTEGER,"
    " PRIMARY KEY (provider, own)) STRICT"
)
_PUT = "INSERT OR REPLACE INTO trade VALUES (?, ?, ?, ?, ?, ?, ?)"
_GET = "SELECT provider, own, amount, code, customer, state, queries FROM trade WHERE provider = ? AND own = ?"
_ALL = "SELECT provider, own, amount, code, customer, state, queries FROM trade ORDER BY own"
_USED = "SELECT 1 FROM trade WHERE provider = ? AND code = ? AND own <> ?"
_REFUNDED = "SELECT coalesce(sum(amount), 0) FROM refund WHERE provider = ? AND trade = ?"
_GET_REFUND = "SELECT amount, trade FROM refund WHERE provider = ? AND own = ?"
_PUT_REFUND = "INSERT INTO refund VALUES (?, ?, ?, ?)"


@dataclass(slots=True)
class Trade:
    """A payment as the provider has it. ``own`` is the merchant's number of it."""

    provider: str
    own: str
    amount: int
    code: str
    customer: Customer
    state: State
    queries: int = 0

    @property
    def transaction(self) -> str:
        """The provider's number of it."""
        return f"SIM{self.own.upper()}"


class CodeUsed(Exception):
    """A payment code is good for one payment."""


class TradeDiffers(Exception):
    """The merchant's number was used for another amount."""


class Ledger:
    """The provider's books. Any thread may ask; one at a time is served."""

    def __init__(self, path: Path) -> None:
        """Open them, or begin."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._lock = Lock()
        for table in (_TRADES, _REFUNDS):
            self._connection.execute(table)

    def open(self, new: Trade) -> Trade:
        """Take a payment up; one that is known already is given as it stands, charged once.

        Raises `TradeDiffers` or `CodeUsed`.
        """
        with self._lock:
            known = self._get(new.provider, new.own)
            if known is not None:
                if known.state != "reversed" and known.amount != new.amount:
                    raise TradeDiffers
                return known
            if self._connection.execute(_USED, (new.provider, new.code, new.own)).fetchone():
                raise CodeUsed
            self._put(new)
            return new

    def query(self, provider: str, own: str) -> Trade | None:
        """Tell how a payment stands; a customer who types a password has done so after a few questions."""
        with self._lock:
            trade = self._get(provider, own)
            if trade is not None and trade.state == "asked":
                trade.queries += 1
                if trade.queries >= QUERIES_BEFORE_AN_ANSWER:
                    decided: dict[Customer, State] = {
                        Customer.ASKED_AND_PAYS: "charged",
                        Customer.TURNS_AWAY: "declined",
                    }
                    trade.state = decided.get(trade.customer, "asked")
                self._put(trade)
            return trade

    def reverse(self, provider: str, own: str) -> Trade:
        """End a payment, one that was never heard of too: a request that is still on its way finds it closed."""
        with self._lock:
            trade = self._get(provider, own) or Trade(provider, own, 0, "", Customer.PAYS, "reversed")
            trade.state = "reversed"
            self._put(trade)
            return trade

    def refund(self, provider: str, own: str, trade: str, amount: int) -> bool:
        """Give some of a payment back, once for each number of the merchant's; False where there is not so much."""
        with self._lock:
            charged = self._get(provider, trade)
            if charged is None or charged.state != "charged":
                return False
            known = self._connection.execute(_GET_REFUND, (provider, own)).fetchone()
            if known is not None:
                return bool(known == (amount, trade))
            (refunded,) = self._connection.execute(_REFUNDED, (provider, trade)).fetchone()
            if not 0 < amount <= charged.amount - refunded:
                return False
            self._connection.execute(_PUT_REFUND, (provider, own, trade, amount))
            return True

    def trades(self) -> Sequence[Trade]:
        """List all payments."""
        with self._lock:
            return [_trade(*row) for row in self._connection.execute(_ALL)]

    def kept_fen(self) -> int:
        """Add up what was charged and not given back."""
        with self._lock:
            rows = [_trade(*row) for row in self._connection.execute(_ALL)]
            charged = sum(each.amount for each in rows if each.state == "charged")
            (refunded,) = self._connection.execute("SELECT coalesce(sum(amount), 0) FROM refund").fetchone()
            return int(charged - refunded)

    def close(self) -> None:
        """Close the books."""
        with self._lock:
            self._connection.close()

    def _get(self, provider: str, own: str) -> Trade | None:
        row = self._connection.execute(_GET, (provider, own)).fetchone()
        return None if row is None else _trade(*row)

    def _put(self, trade: Trade) -> None:
        row = (trade.provider, trade.own, trade.amount, trade.code, trade.customer.value, trade.state, trade.queries)
        self._connection.execute(_PUT, row)


def _trade(provider: str, own: str, amount: int, code: str, *rest: object) -> Trade:
    customer, state, queries = rest
    return Trade(provider, own, amount, code, Customer(customer), state, int(str(queries)))  # type: ignore[arg-type] # STRICT
