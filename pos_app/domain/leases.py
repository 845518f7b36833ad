"""Leases (租约): a part of what somebody has that one register alone may spend, asking nobody (docs/sync.md §4).

Pure: what is left of one, and the time, are handed in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from pos_app.domain.ids import DeviceId
from pos_app.domain.instants import Instant
from pos_app.domain.ledger import Pending, returned_key

RETURNED_FACT_KIND: Final = "lease_returned"
RETURNED_FACT_VERSION: Final = 1

GUARD: Final = timedelta(minutes=10)
"""So long before a lease's end its register stops spending from it: clocks differ."""
_GUARD_US: Final = GUARD // timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Lease:
    """A lease as headquarters published it. ``key`` names its document: ``points:M1:<id>``."""

    key: str
    register: DeviceId
    until: Instant
    is_asked: bool = False
    """Headquarters wants it back."""

    def holds(self, now: Instant) -> bool:
        """Tell whether it may be spent from."""
        return not self.is_asked and now < self.until - _GUARD_US


@dataclass(frozen=True, slots=True)
class SpentFrom:
    """So much of a sale was spent from a lease."""

    lease: str
    amount: int

    def document(self) -> dict[str, Any]:
        """Write it into a sale's fact."""
        return {"lease": self.lease, "amount": self.amount}


def returned_body(lease: str, left: int) -> dict[str, Any]:
    """Write the fact's body by which a register gives a lease back."""
    return {"lease": lease, "left": left}


def pending_of_return(body: Mapping[str, Any]) -> list[Pending]:
    """List what that changes: the lease is not the register's any more, until its document is gone."""
    return [Pending(returned_key(body["lease"]), 1)]
