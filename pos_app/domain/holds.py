"""Holds (占用): a right that headquarters keeps for one basket, asked for with a line (docs/sync.md §4).

A hold is the basket's from the moment it is asked for, answered or not: the basket's fact names it, and so ends it.
Pure.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

RELEASED_FACT_KIND: Final = "hold_released"
RELEASED_FACT_VERSION: Final = 1

Resource = Literal["points", "coupon"]


@dataclass(frozen=True, slots=True)
class Hold:
    """So much of a right, asked for a basket. ``key`` is the member or the coupon; a coupon's amount is 1."""

    id: str
    resource: Resource
    key: str
    amount: int = 1
    is_granted: bool = False
    """Headquarters said yes, and no later question for the same right took its place."""

    def document(self) -> dict[str, Any]:
        """Give the JSON document that the journal keeps."""
        return asdict(self)

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "Hold":
        """Read what ``document`` wrote."""
        return cls(**document)


@dataclass(frozen=True, slots=True)
class NamedHold:
    """A hold of a sold basket, and how much of the sale was spent by it; 0 where it was not granted, or not needed."""

    hold: str
    amount: int

    def document(self) -> dict[str, Any]:
        """Write it into a sale's fact."""
        return asdict(self)


def named_holds(holds: Sequence[Hold], points: int, coupons: Collection[str]) -> tuple[NamedHold, ...]:
    """Name all holds of a basket that is sold, which spends so many points by holds, and these coupons."""
    named: list[NamedHold] = []
    for hold in holds:
        if hold.resource == "points":
            amount = min(points, hold.amount) if hold.is_granted else 0
            points -= amount
        else:
            amount = int(hold.is_granted and hold.key in coupons)
        named.append(NamedHold(hold.id, amount))
    return tuple(named)


def released_body(basket: str, holds: Sequence[Hold]) -> dict[str, Any]:
    """Write the fact's body by which a basket lets go of holds."""
    return {"basket": basket, "holds": [hold.id for hold in holds]}
