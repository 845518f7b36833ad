"""An enrolled register, opened: its files and its use cases, with or without a window.

What a usual start has no need of (Alembic) is imported where it is called for.
"""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from pos_app.domain.ids import DeviceId
from pos_app.domain.sale import Place, pending_of_fact
from pos_app.services.advising import Advising
from pos_app.services.looking_up import LookingUp
from pos_app.services.ports import Clock, Ids, Nudge, ReceiptQueue
from pos_app.services.receipts import Receipts
from pos_app.services.rights import Rights
from pos_app.services.selling import Selling, SellingParts
from pos_app.services.signing_in import SigningIn
from pos_app.store.journal.checkpointer import Checkpointer
from pos_app.store.journal.journal import Journal
from pos_app.store.journal.opening import open_journal
from pos_app.store.journal.settling import Settling, follow_base
from pos_app.store.pins import Argon2Pins
from pos_app.store.register_folder import RegisterFolder, RegisterIdentity
from pos_app.store.replica.reader import ReplicaReader

SETTLING_STEPS = 100
"""Steps of tidying at a start and a signing in: enough for ten thousand products."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What differs between a real counter, a replay and a test: time, identities, paper, who hears of facts."""

    clock: Clock
    ids: Ids
    receipts: ReceiptQueue
    nudge: Nudge


@dataclass(frozen=True, slots=True)
class OpenRegister:
    """An enrolled register with its files open: its use cases, and the files to close at the end."""

    selling: Selling
    receipts: Receipts
    signing_in: SigningIn
    looking_up: LookingUp
    advising: Advising
    journal: Journal
    replica: ReplicaReader
    checkpointer: Checkpointer

    def close(self) -> None:
        """Close the files."""
        self.checkpointer.close()
        self.replica.close()
        self.journal.close()


@dataclass(frozen=True, slots=True)
class _TidyingNudge:
    """Says that facts wait, and on the way puts pending amounts in order that have reached their base."""

    nudge: Nudge
    tidy: Callable[[], None]

    def facts_waiting(self) -> None:
        self.nudge.facts_waiting()
        self.tidy()


def open_register(
    folder: RegisterFolder, identity: RegisterIdentity, around: Surroundings, *, background: bool = True
) -> OpenRegister:
    """Open an enrolled register's files and join its use cases. Everything runs on the caller's thread.

    Without a ``background`` no thread is started: who opened it calls `Checkpointer.look` now and then.
    """
    with ExitStack() as undo:
        joined = _join(undo, folder, identity, around)
        if background:
            joined.checkpointer.start()
        undo.pop_all()
        return joined


def _join(undo: ExitStack, folder: RegisterFolder, identity: RegisterIdentity, around: Surroundings) -> OpenRegister:
    """Open and join; ``undo`` closes what was opened, should a later part fail."""
    device = DeviceId(identity.device)
    journal = open_journal(folder.journal, device, upgrade_journal)
    undo.callback(journal.close)
    replica = ReplicaReader(folder.replica, device)
    undo.callback(replica.close)
    settling = Settling(journal)

    def tidy() -> None:
        follow_base(journal, replica.standing(), pending_of_fact)
        for _ in range(SETTLING_STEPS):
            if not settling.step(replica.settled, around.clock.now()):
                break
        replica.rest()

    tidy()
    place = Place(identity.store, identity.zone, identity.register)
    parts = SellingParts(journal, replica, around.clock, around.ids, around.receipts, around.nudge)
    return OpenRegister(
        selling=Selling(parts, place, identity.store_name),
        receipts=Receipts(journal, around.receipts, identity.store_name),
        signing_in=SigningIn(journal, replica, around.clock, Argon2Pins(), _TidyingNudge(around.nudge, tidy)),
        looking_up=LookingUp(journal, replica, around.clock, place, device),
        advising=Advising(replica, Rights(journal, replica, place)),
        journal=journal,
        replica=replica,
        checkpointer=Checkpointer(folder.journal),
    )


def upgrade_journal(path: Path) -> None:
    """Bring a journal up to this release."""
    from pos_app.store.journal.upgrading import bring_up_to_date

    bring_up_to_date(path)
