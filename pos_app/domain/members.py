"""Members: who belongs to the brand, the same in every channel.

The foundation carries what a price and a sale need; ledgers and history come with the member issue.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pos_app.domain.ids import MemberId

PHONE_TAIL = 4


@dataclass(frozen=True, slots=True)
class Member:
    """A member as headquarters publishes it to a store's scope."""

    id: MemberId
    name: str
    tier: str = ""
    phone: str = ""
    card: str = ""
    segments: tuple[str, ...] = ()
    also: tuple[MemberId, ...] = ()
    """Other ids of the same person, under which own facts may stand."""
    merged_into: MemberId | None = None
    """The id under which the person is told as one, where it is another."""
    points: int = 0
    """What the member has, as this register sees it once the member is at the counter."""
    home_store: str = ""
    held_back: int = 0
    """How many of the points may not be spent here and now: they lie at other registers, or there is no line to ask."""
    used: Mapping[str, int] = field(default_factory=dict)
    """How often each promotion that is limited per member was used, as this register sees it."""

    @property
    def masked_name(self) -> str:
        """The name as others may read it: ``王**``; nothing where it is not known."""
        return self.name[:1] + "*" * (len(self.name) - 1)

    @property
    def ids(self) -> tuple[MemberId, ...]:
        """All ids of this person."""
        return (self.id, *self.also)

    @property
    def masked_phone(self) -> str:
        """The phone with its middle hidden: ``138****8000``."""
        if len(self.phone) < PHONE_TAIL + 3:
            return "*" * len(self.phone)
        return f"{self.phone[:3]}****{self.phone[-PHONE_TAIL:]}"
