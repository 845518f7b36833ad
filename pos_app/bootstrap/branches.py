"""Both chains as a register knows them: its journal, and what the replica notes of headquarters' (fits
`pos_app.services.reuniting.Branches`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from pos_app.domain.branches import Opening, Parting
from pos_app.domain.consequences import pending_of_fact
from pos_app.domain.facts import Fact, Position
from pos_app.domain.ids import OperatorId
from pos_app.store.journal.branches import GoingOn, begin_epoch, count_behind, facts_behind, went_on_from
from pos_app.store.journal.journal import Journal
from pos_app.store.replica.reader import ReplicaReader


@dataclass(frozen=True, slots=True)
class JoinedBranches:
    """A journal and a replica."""

    journal: Journal
    replica: ReplicaReader

    @classmethod
    def join(cls, journal: Journal, replica: ReplicaReader) -> Self:
        """Join them as they are found at a start."""
        replica.goes_on_from(went_on_from(journal))
        return cls(journal, replica)

    def parting(self) -> Parting | None:
        """Tell where they part; None where they are one, or where the register has gone on already."""
        return self.replica.parting()

    def refused(self, behind: Position) -> Sequence[Fact]:
        """List the register's own facts behind a place."""
        return facts_behind(self.journal, behind)

    def has_refused(self, behind: Position) -> bool:
        """Tell whether there are any."""
        return count_behind(self.journal, behind) > 0

    def begin_epoch(self, parting: Parting, opening: Opening, at: str, operator: OperatorId) -> None:
        """Take in what was lost, begin a new epoch, carry the refused facts over: all of it, or nothing."""
        going_on = GoingOn(opening, at, operator, self.replica.lost_facts())
        begin_epoch(self.journal, parting, going_on, pending_of_fact)
        self.replica.goes_on_from(parting.head)
