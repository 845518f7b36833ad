"""Going on after this register's chain and headquarters' have parted (docs/sync.md §2): by itself where nothing was
refused, else by a manager's approval on the spot.

Knows no file format and no line; what headquarters has was noted before.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from pos_app.domain.branches import NOBODY, Opening, Parting, meaning
from pos_app.domain.errors import Refusal
from pos_app.domain.facts import Fact, Position
from pos_app.domain.ids import OperatorId
from pos_app.domain.instants import parse_moment
from pos_app.domain.money import Fen
from pos_app.domain.sale import FACT_KIND
from pos_app.services.ports import Clock
from pos_app.services.signing_in import SigningIn

MANAGER = "manager"


class Branches(Protocol):
    """Both chains, as far as they are known here."""

    def parting(self) -> Parting | None:
        """Tell where they part; None where they are one, or where the register has gone on already."""
        ...

    def refused(self, behind: Position) -> Sequence[Fact]:
        """List the register's own facts behind a place."""
        ...

    def has_refused(self, behind: Position) -> bool:
        """Tell whether there are any."""
        ...

    def begin_epoch(self, parting: Parting, opening: Opening, at: str, operator: OperatorId) -> None:
        """Take in what was lost, begin a new epoch, carry the refused facts over: all of it, or nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Parted:
    """What a manager is told before approving. The two instants are those of the first and last refused fact."""

    facts: int
    """How many facts of this register headquarters refused."""
    sales: int
    total: Fen
    first_at: datetime | None
    last_at: datetime | None
    elsewhere: int
    """How many facts headquarters has under this register's name that are not here."""


@dataclass(frozen=True, slots=True)
class Reuniting:
    """How a register goes on. Used from the counter's one worker thread only."""

    branches: Branches
    signing_in: SigningIn
    clock: Clock
    try_again: Callable[[], None]
    """Tells the sync engine that what was refused may go now. Returns at once."""

    def go_on_alone(self) -> bool:
        """Begin a new epoch where headquarters only has more than this disk; tell whether it was so.

        So it is done before the next sale, and that has a receipt number behind all that were ever used.
        """
        parting = self.branches.parting()
        if parting is None or parting.frozen or self.branches.has_refused(parting.common):
            return False
        self._go_on(parting, Opening("behind", parting.head), NOBODY)
        return True

    def parted(self) -> Parted | None:
        """Tell what waits for a manager; None where nothing does."""
        parting = self.branches.parting()
        if parting is None or not parting.frozen:
            return None
        facts = [meaning(fact) for fact in self.branches.refused(parting.common)]
        sales = [fact for fact in facts if fact.kind == FACT_KIND]
        head, common = parting.head.position, parting.common
        return Parted(
            facts=len(facts),
            sales=len(sales),
            total=Fen(sum(fact.body["payable"] for fact in sales)),
            first_at=parse_moment(facts[0].at) if facts else None,
            last_at=parse_moment(facts[-1].at) if facts else None,
            elsewhere=head.seq - (common.seq if common.epoch == head.epoch else 0),
        )

    def approve(self, number: str, pin: str) -> None:
        """Let the register go on in a new epoch, which begins with its refused facts.

        Raises ``Refusal`` as `SigningIn.recognise` does, ``approval_needs_manager``, or ``chain_not_parted`` when
        nothing waits any more.
        """
        operator = self.signing_in.recognise(number, pin)
        if operator.role != MANAGER:
            raise Refusal("approval_needs_manager", name=operator.name)
        parting = self.branches.parting()
        if parting is None or not parting.frozen:
            raise Refusal("chain_not_parted")
        self._go_on(parting, Opening("forked", parting.head), operator.id)

    def _go_on(self, parting: Parting, opening: Opening, operator: OperatorId) -> None:
        at = self.clock.now().isoformat(timespec="milliseconds")
        self.branches.begin_epoch(parting, opening, at, operator)
        self.try_again()
