"""Shifts of a journal that forgets everything with the test: read out of its facts, whenever they are asked for."""

from collections.abc import Sequence
from datetime import date

from pos_app.domain.facts import Fact, Position
from pos_app.domain.shift import Shift, read_opening


class MemoryShifts:
    """What `MemoryJournal` knows of shifts."""

    __slots__ = ()
    facts: list[Fact]

    def open_shift(self) -> Shift | None:
        """Find the one that no fact closes."""
        closed = {fact.body["number"] for fact in self.facts if fact.kind == "shift_closed"}
        openings = [fact for fact in self.facts if fact.kind == "shift_opened" and fact.body["number"] not in closed]
        return read_opening(openings[-1], Position(**openings[-1].body["since"])) if openings else None

    def next_shift(self) -> int:
        """Count them."""
        return 1 + sum(fact.kind == "shift_opened" for fact in self.facts)

    def unclaimed_since(self, day: date) -> Position:
        """Find the end of the last one, whatever the day."""
        del day
        return next((fact.position for fact in reversed(self.facts) if fact.kind == "shift_closed"), Position(1, 0))

    def closed_day(self) -> date | None:
        """Find the last one."""
        closed = [fact.body["business_date"] for fact in self.facts if fact.kind == "day_closed"]
        return date.fromisoformat(max(closed)) if closed else None

    def days_to_close(self) -> Sequence[date]:
        """List those with shifts."""
        days = {date.fromisoformat(fact.body["business_date"]) for fact in self.facts if fact.kind == "shift_closed"}
        return sorted(day for day in days if day > (self.closed_day() or date.min))

    def closings_of(self, day: date) -> Sequence[Fact]:
        """List the day's."""
        closings = [fact for fact in self.facts if fact.kind == "shift_closed"]
        return [fact for fact in closings if fact.body["business_date"] == day.isoformat()]

    def reports(self, limit: int) -> Sequence[Fact]:
        """List them."""
        return [fact for fact in reversed(self.facts) if fact.kind in {"shift_closed", "day_closed"}][:limit]
