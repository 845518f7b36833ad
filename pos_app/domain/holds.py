"""Holds (占用): a right that headquarters keeps for one basket, asked for with a line (docs/sync.md §4).

A hold is the basket's from the moment it is asked for, answered or not: the basket's fact names it, and so ends it.
Pure.
"""

from collections.abc import Mapping, Sequence
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

    def is_of(self, resource: Resource, key: str) -> bool:
        """Tell whether it is of this right."""
        return (self.resource, self.key) == (resource, key)

    def document(self) -> dict[str, Any]:
        """Give the JSON document that the journal keeps."""
        return asdict(self)

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "Hold":
        """Read what ``document`` wrote."""
        return cls(**document)


def released_body(basket: str, holds: Sequence[Hold]) -> dict[str, Any]:
    """Write the fact's body by which a basket lets go of holds."""
    return {"basket": basket, "holds": [hold.id for hold in holds]}
