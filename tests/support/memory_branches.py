"""The two ends' chains in memory, parted where a test says so."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from pos_app.domain.branches import Opening, Parting
from pos_app.domain.facts import Fact, Position
from pos_app.domain.ids import OperatorId


@dataclass(slots=True)
class MemoryBranches:
    """Both chains, parted where a test says so."""

    parted: Parting | None = None
    facts: list[Fact] = field(default_factory=list)
    epochs: list[tuple[Opening, OperatorId]] = field(default_factory=list)

    def parting(self) -> Parting | None:
        """Tell what the test said."""
        return self.parted

    def refused(self, behind: Position) -> Sequence[Fact]:
        """List the facts behind a place."""
        return [fact for fact in self.facts if fact.position > behind]

    def has_refused(self, behind: Position) -> bool:
        """Tell whether there are any."""
        return bool(self.refused(behind))

    def begin_epoch(self, parting: Parting, opening: Opening, at: str, operator: OperatorId) -> None:
        """Note it; the chains are one."""
        del parting, at
        self.epochs.append((opening, operator))
        self.parted = None
