"""An enrolled register, opened: its files and its use cases, with or without a window.

What a usual start has no need of (Alembic, cryptography) is imported where it is called for.
"""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from pos_app.bootstrap.branches import JoinedBranches
from pos_app.bootstrap.elements import LateElements
from pos_app.bootstrap.payments import JoinedPayments
from pos_app.bootstrap.tokens import ReplicaTokens
from pos_app.domain.consequences import pending_of_fact
from pos_app.domain.facts import ChainHead
from pos_app.domain.ids import DeviceId
from pos_app.domain.sale import Place
from pos_app.domain.shift_report import ShiftReport
from pos_app.services.advising import Advising
from pos_app.services.approvals import Approvals
from pos_app.services.exchanging import Exchanging
from pos_app.services.knowing import Knowing
from pos_app.services.leases import Leases
from pos_app.services.leases import Returning as ReturningLeases
from pos_app.services.looking_up import LookingUp
from pos_app.services.member_book import MemberBook
from pos_app.services.paying import Paying, PayingParts
from pos_app.services.ports import Clock, DrawerAndPaper, Holding, Ids, Line, Nudge, ReceiptQueue
from pos_app.services.receipts import Receipts
from pos_app.services.registering import Registering
from pos_app.services.remembering import Remembering
from pos_app.services.returning import Returning, ReturningParts
from pos_app.services.returning_bare import BareReturns
from pos_app.services.reuniting import Reuniting
from pos_app.services.rights import Rights
from pos_app.services.selling import Selling
from pos_app.services.selling_parts import SellingParts
from pos_app.services.shifts import ShiftParts, Shifts
from pos_app.services.signed_codes import SignedCodes
from pos_app.services.signing_in import SigningIn
from pos_app.services.upkeep import Upkeep
from pos_app.services.watching import Watching
from pos_app.store.journal.checkpointer import Checkpointer
from pos_app.store.journal.compacting import Compacting
from pos_app.store.journal.journal import Journal
from pos_app.store.journal.opening import open_journal
from pos_app.store.journal.settling import Settling, follow_base
from pos_app.store.pins import Argon2Pins
from pos_app.store.register_folder import RegisterFolder, RegisterIdentity
from pos_app.store.replica.reader import Beside, ReplicaReader

UPKEEP_STEPS = 100
"""Steps of tidying at a start and a signing in: enough for ten thousand products."""


@dataclass(frozen=True, slots=True)
class AlwaysUp:
    """A line of which nobody tells that it is down: a replay's."""

    def is_up(self) -> bool:
        """Tell that it is."""
        return True


@dataclass(frozen=True, slots=True)
class NoDrawer:
    """No drawer and no printer: a replay's."""

    def put_report(self, report: ShiftReport) -> None:
        """Print nothing; the journal has it."""

    def open_drawer(self) -> None:
        """Open nothing."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What differs between a real counter, a replay and a test: time, identities, paper, who hears of facts."""

    clock: Clock
    ids: Ids
    receipts: ReceiptQueue
    nudge: Nudge
    try_again: Callable[[], None] = lambda: None
    """Tells the sync engine that what was refused may go now."""
    line: Line = AlwaysUp()
    paper: DrawerAndPaper = NoDrawer()
    payments: JoinedPayments = field(default_factory=JoinedPayments)
    holding: Holding | None = None
    """Asks headquarters for holds; none: nobody else spends what this register's customers have."""
    beside: Beside = lambda _: {}
    """Tells what other registers of the store did that headquarters may lack."""


@dataclass(frozen=True, slots=True)
class OpenRegister:
    """An enrolled register with its files open: its use cases, and the files to close at the end."""

    selling: Selling
    paying: Paying
    receipts: Receipts
    returning: Returning
    bare_returns: BareReturns
    signing_in: SigningIn
    looking_up: LookingUp
    advising: Advising
    knowing: Knowing
    registering: Registering
    remembering: Remembering
    reuniting: Reuniting
    watching: Watching
    shifts: Shifts
    upkeep: Upkeep
    journal: Journal
    replica: ReplicaReader
    checkpointer: Checkpointer

    @property
    def exchanging(self) -> Exchanging:
        """Goods that go in place of what came back."""
        return Exchanging(self.returning, self.selling)

    def sync(self) -> None:
        """Bring to the disk what was answered ahead of it."""
        self.journal.sync()

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
    replica = ReplicaReader(folder.replica, device, around.beside)
    undo.callback(replica.close)
    signing_in = SigningIn(journal, replica, around.clock, Argon2Pins(), around.nudge)
    reuniting = Reuniting(JoinedBranches.join(journal, replica), signing_in, around.clock, around.try_again)
    tidying = _tidying(journal, replica, reuniting, around.clock)
    signing_in.nudge = _TidyingNudge(around.nudge, lambda: tidying.all(UPKEEP_STEPS))
    tidying.all(UPKEEP_STEPS)
    compacting = Compacting(journal, partial(_sign, folder, device))
    place = Place(identity.store, identity.zone, identity.register)
    leases = Leases(journal, replica, place, around.clock, around.line)
    giving_back = ReturningLeases(leases, around.nudge)
    drawer = ShiftParts(journal, around.clock, around.ids, around.nudge, around.paper, Approvals(signing_in))
    shifts = Shifts(drawer, place, identity.store_name)
    compact = partial(_compact, compacting, replica, around.clock)
    upkeep = Upkeep((tidying.step, giving_back.step, compact, shifts.step))
    tokens = ReplicaTokens(replica)
    ports = journal, replica, around.clock, around.ids, around.receipts, around.nudge
    parts = SellingParts(*ports, around.line, tokens, LateElements(), around.holding)
    book = MemberBook(journal, replica)
    rights, codes = Rights(journal, replica, place, leases), SignedCodes(tokens, around.clock)
    selling = Selling(parts, place, identity.store_name)
    asked = around.payments
    money = PayingParts(
        journal, around.clock, around.ids, around.nudge, asked.providers, asked.simulated, asked.trouble
    )
    return OpenRegister(
        selling=selling,
        paying=Paying(money, selling),
        remembering=Remembering(journal, replica, selling),
        receipts=Receipts(journal, around.receipts, identity.store_name),
        returning=Returning(
            ReturningParts(journal, replica, around.clock, around.ids, around.receipts, around.nudge),
            place,
            identity.store_name,
            Approvals(signing_in),
        ),
        bare_returns=BareReturns(journal, replica, around.clock, place),
        signing_in=signing_in,
        looking_up=LookingUp(journal, replica, around.clock, place, device),
        advising=Advising(replica, rights),
        knowing=Knowing(book, journal, replica, around.clock, around.nudge, codes, rights, place),
        registering=Registering(book, journal, around.clock, around.ids, around.nudge, place),
        reuniting=reuniting,
        watching=Watching(replica, around.clock),
        shifts=shifts,
        upkeep=upkeep,
        journal=journal,
        replica=replica,
        checkpointer=Checkpointer(folder.journal),
    )


def _compact(compacting: Compacting, replica: ReplicaReader, clock: Clock) -> bool:
    return compacting.step(replica.acknowledged(), clock.now())


def _tidying(journal: Journal, replica: ReplicaReader, reuniting: Reuniting, clock: Clock) -> Upkeep:
    """Join the chores that come before a sale. The base is followed before anything is settled by it."""
    settling = Settling(journal)

    def go_on() -> bool:
        reuniting.go_on_alone()
        return False

    def follow() -> bool:
        follow_base(journal, replica.standing(), pending_of_fact)
        return False

    def settle() -> bool:
        more = settling.step(replica.settled, clock.now())
        replica.rest()
        return more

    return Upkeep((go_on, follow, settle))


def _sign(folder: RegisterFolder, device: DeviceId, head: ChainHead) -> str:
    """Sign an end of the chain with the device's key."""
    from sync.protocol.signatures import read_key, sign_head

    return sign_head(device, head, read_key(folder.key() or b""))


def upgrade_journal(path: Path) -> None:
    """Bring a journal up to this release."""
    from pos_app.store.journal.upgrading import bring_up_to_date

    bring_up_to_date(path)
