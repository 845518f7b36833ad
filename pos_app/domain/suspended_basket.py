"""A basket that was suspended (挂单) until its customer comes back: by whom, when, and what it came to then.

A value. It is priced anew when it is recalled.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pos_app.domain.basket import Basket
from pos_app.domain.ids import BasketId, DeviceId, OperatorId
from pos_app.domain.money import Fen

MOST_SUSPENDED = 50
"""Baskets that may be suspended at a register: beyond it somebody is asked to recall some."""


@dataclass(frozen=True, slots=True)
class SuspendedBasket:
    """One of them. ``at`` is ISO 8601 with the store's own offset."""

    basket: Basket
    at: str
    operator: OperatorId
    payable: Fen

    @property
    def id(self) -> BasketId:
        """Which basket it is."""
        return self.basket.id

    def suspension_document(self) -> dict[str, Any]:
        """Give what is kept of it beside the basket."""
        return {"at": self.at, "operator": self.operator, "payable": self.payable}

    @classmethod
    def of(cls, basket: Basket, suspended: Mapping[str, Any]) -> "SuspendedBasket":
        """Join a basket and what `suspension_document` gave."""
        return cls(basket, suspended["at"], OperatorId(suspended["operator"]), Fen(suspended["payable"]))

    def document(self) -> dict[str, Any]:
        """Give all of it as JSON, for another register of the store."""
        return {"basket": self.basket.document(), **self.suspension_document()}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "SuspendedBasket":
        """Read what `document` gave; ``KeyError``, ``TypeError`` or ``ValueError`` where it is none."""
        return cls.of(Basket.from_document(document["basket"]), document)


@dataclass(frozen=True, slots=True)
class SuspendedAt:
    """A suspended basket and the register that has it, as far as is known here."""

    device: DeviceId
    suspended: SuspendedBasket

    @property
    def id(self) -> BasketId:
        """Which basket it is."""
        return self.suspended.id


@dataclass(frozen=True, slots=True)
class Listed:
    """A basket that was suspended at this register; ``passed_to`` is who has it now, empty: nobody else."""

    suspended: SuspendedBasket
    passed_to: str
