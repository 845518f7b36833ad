"""How a drawer stands, as it is told to those who work at it: what it should hold only once it was counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pos_app.domain.money import Fen
from pos_app.domain.shift import Shift
from pos_app.domain.shift_figures import Figures


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose shift is open, and to which day belongs what happens now: all of it at a glance."""

    shift: Shift | None
    name: str
    """Of whose shift it is; the number where headquarters does not tell it."""
    business_date: date
    late: bool
    """The calendar's day is closed: what happens now belongs to the next."""
    overdue: bool
    """The shift is from a day that is over."""


@dataclass(frozen=True, slots=True)
class ShiftState:
    """What everybody may know of the drawer now. What it should hold is not in it."""

    at: Holder
    sales: int
    """Of the shift; where none is open, those that the next one will take over."""
    given_back: int
    """Returns and voids, likewise."""
    cash_in: Fen
    cash_out: Fen
    drawer: int
    counts: int
    outcome: "Outcome | None"
    """The count that stands."""
    days_to_close: Sequence[date]

    @property
    def shift(self) -> Shift | None:
        """The shift that is open."""
        return self.at.shift

    @property
    def unclaimed(self) -> bool:
        """Whether something was sold or given back that the next shift takes over."""
        return self.shift is None and bool(self.sales or self.given_back)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was counted, and what there should have been: told once it was counted."""

    counted: Fen
    expected: Fen

    @property
    def difference(self) -> Fen:
        """Too much, or too little where it is below nothing."""
        return Fen(self.counted - self.expected)


def outcome_of(shift: Shift, figures: Figures) -> Outcome | None:
    """Tell what the count that stands came to; None where none does."""
    return None if figures.counted is None else Outcome(Fen(figures.counted), figures.expected(shift.float_fen))
