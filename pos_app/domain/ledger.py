"""Ledger keys: what a fact changes, by which amount (docs/sync.md §1).

A view of an amount is the confirmed base plus the own facts that the base does not contain yet.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from pos_app.domain.facts import Position
from pos_app.domain.ids import CouponId, DeviceId, MemberId, Sku

REGISTERED: Final = "registered"
"""The topic of members who wait for headquarters to tell of them."""


@dataclass(frozen=True, slots=True, order=True)
class LedgerKey:
    """An amount that registers change: a topic (``stock``) and a key in it (an SKU). The scope is the own store.

    ``use:<promotion>`` and ``leased`` are amounts of the member's document, as ``member`` is: all are told with one
    ``applied``. So is ``returned`` with the ``lease``.
    """

    topic: str
    key: str


@dataclass(frozen=True, slots=True)
class Pending:
    """What one fact adds to one amount. Thousandths for stock, points, uses of a promotion or of a coupon."""

    ledger: LedgerKey
    delta: int


@dataclass(frozen=True, slots=True)
class PendingEntry:
    """A pending amount with the position of the fact that made it."""

    position: Position
    delta: int


@dataclass(frozen=True, slots=True)
class Applied:
    """How far a base contains a register's facts: up to ``through``, but for the ``missing`` (quarantined) ones."""

    through: Position
    missing: frozenset[Position] = frozenset()

    def contains(self, position: Position) -> bool:
        """Tell whether the base has this fact in it."""
        return position <= self.through and position not in self.missing


@dataclass(frozen=True, slots=True)
class ConfirmedAmount:
    """An amount as headquarters published it, and what of each register is in it."""

    amount: int = 0
    applied: Mapping[DeviceId, Applied] = field(default_factory=dict)

    def seen_by(self, device: DeviceId, pending: Iterable[PendingEntry]) -> int:
        """Give the amount as the register ``device`` should see it: base + Σ own entries not yet in the base."""
        applied = self.applied.get(device)
        return self.amount + sum(
            entry.delta for entry in pending if applied is None or not applied.contains(entry.position)
        )

    def beside(self, others: Mapping[DeviceId, Iterable[PendingEntry]]) -> "ConfirmedAmount":
        """Count what other registers did that is not in the base, as far as it is known here."""
        amount = sum(ConfirmedAmount(0, self.applied).seen_by(device, pending) for device, pending in others.items())
        return replace(self, amount=self.amount + amount) if amount else self


def stock_key(sku: Sku) -> LedgerKey:
    """Name the stock of a product in the own store."""
    return LedgerKey("stock", sku)


def points_key(member: MemberId) -> LedgerKey:
    """Name a member's points."""
    return LedgerKey("member", member)


def use_key(promotion: str, member: MemberId) -> LedgerKey:
    """Name how often a member used a promotion that is limited per member."""
    return LedgerKey(f"use:{promotion}", member)


def coupon_key(coupon: CouponId) -> LedgerKey:
    """Name how often a coupon was redeemed."""
    return LedgerKey("coupon", coupon)


def leased_key(member: MemberId) -> LedgerKey:
    """Name how many of a member's points lie at registers."""
    return LedgerKey("leased", member)


def bounded_key(template: str, day: str) -> LedgerKey:
    """Name what was taken of a template's coupons on a day with no line, in fen; it has no base."""
    return LedgerKey("bounded", f"{template}:{day}")


def lease_key(lease: str) -> LedgerKey:
    """Name what is left of a lease."""
    return LedgerKey("lease", lease)


def registered_key(member: MemberId) -> LedgerKey:
    """Name that a member was registered, until headquarters' document says so."""
    return LedgerKey(REGISTERED, member)


def returned_key(lease: str) -> LedgerKey:
    """Name that a lease was given back."""
    return LedgerKey("returned", lease)
