"""The drawers of a store's registers side by side, as who looks after them sees them."""

from dataclasses import dataclass

from pos_app.domain.money import Fen


@dataclass(frozen=True, slots=True)
class StoreDrawer:
    """A shift at one of the registers, and what its drawer should hold by what is known where it was added up."""

    device: str
    number: int
    business_date: str
    operator: str
    opened_at: str
    closed_at: str
    """Empty while it is open."""
    holds: Fen
    counted: Fen | None
    as_of: str
    """When what was added up came last; empty where it is this register's own, which knows all of it."""

    @property
    def difference(self) -> Fen | None:
        """What was counted less what there should be; None where nothing was counted."""
        return None if self.counted is None else Fen(self.counted - self.holds)
