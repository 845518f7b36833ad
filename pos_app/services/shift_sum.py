"""A shift's figures as a running sum: what was added once is not read again.

It is made of the journal's facts alone and kept nowhere else: after a start it is added up anew, in small steps between
sales, or at once when somebody asks. Knows no operator and no right.
"""

from dataclasses import dataclass, field
from typing import Final

from pos_app.domain.facts import Position
from pos_app.domain.shift import Shift
from pos_app.domain.shift_figures import Figures
from pos_app.services.ports import ShiftJournal

FACTS_A_STEP: Final = 100


@dataclass(frozen=True, slots=True)
class _Sum:
    """Figures of the facts behind ``since``, up to ``through``, in the epoch that the chain was in."""

    since: Position
    shift: str | None
    epoch: int
    through: Position
    figures: Figures


@dataclass(slots=True)
class ShiftSum:
    """The sum of the shift that is open, or of what no shift has claimed yet."""

    journal: ShiftJournal
    _kept: _Sum | None = field(default=None, init=False)

    def figures(self, since: Position, shift: Shift | None) -> Figures:
        """Add what came since the last time, and give all of it."""
        while self._add(since, shift):
            pass
        return self._begun(since, shift).figures

    def step(self) -> bool:
        """Add a little; tell whether there may be more. Where no shift is open nobody is about to ask."""
        shift = self.journal.open_shift()
        return shift is not None and self._add(shift.since, shift)

    def _add(self, since: Position, shift: Shift | None) -> bool:
        begun = self._begun(since, shift)
        facts = self.journal.facts_behind(begun.through, FACTS_A_STEP)
        figures, through = begun.figures, begun.through
        for fact in facts:
            figures = figures.plus(fact, before=begun.shift is not None and fact.body.get("shift") != begun.shift)
            through = fact.position
        self._kept = _Sum(begun.since, begun.shift, begun.epoch, through, figures)
        return len(facts) == FACTS_A_STEP

    def _begun(self, since: Position, shift: Shift | None) -> _Sum:
        """Give the sum so far; a new one where the shift is another, or facts have changed their places."""
        kept, epoch = self._kept, self.journal.head().position.epoch
        name = None if shift is None else shift.id
        if kept is not None and (kept.since, kept.shift, kept.epoch) == (since, name, epoch):
            return kept
        return _Sum(since, name, epoch, since, Figures())
