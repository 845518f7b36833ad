"""A basket that was suspended (挂单) until its customer comes back: by whom, when, and what it came to then.

Values. It is priced anew when it is recalled.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from pos_app.domain.basket import Basket
from pos_app.domain.ids import BasketId, DeviceId, OperatorId
from pos_app.domain.money import Fen

MOST_SUSPENDED = 50
"""Baskets that may be suspended at a register: beyond it somebody is asked to recall some."""
NAME_CHARACTERS = 60
"""So much of a name is said in a list."""


@dataclass(frozen=True, slots=True)
class SuspendedHead:
    """What a list says of a suspended basket: short, whatever is in it."""

    id: BasketId
    handed_over: int
    at: str
    operator: OperatorId
    payable: Fen
    member: str
    """A name; empty: nobody's that is known."""
    first: str
    """What its first line is called."""
    lines: int

    def document(self) -> dict[str, Any]:
        """Give it as JSON, for another register of the store."""
        return asdict(self)

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "SuspendedHead":
        """Read what `document` gave; ``KeyError``, ``TypeError`` or ``ValueError`` where it is none."""
        return cls(
            id=BasketId(str(document["id"])),
            handed_over=int(document["handed_over"]),
            at=str(document["at"]),
            operator=OperatorId(str(document["operator"])),
            payable=Fen(int(document["payable"])),
            member=str(document["member"]),
            first=str(document["first"]),
            lines=int(document["lines"]),
        )


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

    @property
    def head(self) -> SuspendedHead:
        """What a list says of it."""
        basket = self.basket
        return SuspendedHead(
            id=basket.id,
            handed_over=basket.handed_over,
            at=self.at,
            operator=self.operator,
            payable=self.payable,
            member="" if basket.member is None else basket.member.name[:NAME_CHARACTERS],
            first=basket.lines[0].name[:NAME_CHARACTERS] if basket.lines else "",
            lines=len(basket.lines),
        )

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
    head: SuspendedHead
    copy: Basket | None = None
    """What was in it when it was last looked at; None: that is not known here."""
    in_hand: bool = False
    """That register has it open at this moment, as it said."""

    @property
    def id(self) -> BasketId:
        """Which basket it is."""
        return self.head.id

    @classmethod
    def whole(cls, device: DeviceId, suspended: SuspendedBasket) -> "SuspendedAt":
        """Say of a basket that is known whole where it is."""
        return cls(device, suspended.head, suspended.basket)


@dataclass(frozen=True, slots=True)
class Listed:
    """A basket that was suspended at this register; ``passed_to`` is who has it now, empty: nobody else."""

    head: SuspendedHead
    passed_to: str

    @property
    def id(self) -> BasketId:
        """Which basket it is."""
        return self.head.id


@dataclass(frozen=True, slots=True)
class Ended:
    """Which baskets came to their end at a register: sold there, or thrown away at which hand-over."""

    sold: frozenset[BasketId] = frozenset()
    thrown: Mapping[BasketId, int] = field(default_factory=dict)
