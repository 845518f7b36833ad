"""What the use cases need from the outside, named by need and matched by structure.

All calls are synchronous and run on the counter's one worker thread; none of them touches the network, but for a
`PaymentProvider`'s, which run on a thread of their own.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from pos_app.domain.basket import Basket
from pos_app.domain.catalog import FoundProduct
from pos_app.domain.coupons import Coupon, OfflineRule
from pos_app.domain.element_strings import Elements
from pos_app.domain.exceptions import StoreException
from pos_app.domain.facts import ChainHead, Fact, Happening, Position
from pos_app.domain.holds import Hold
from pos_app.domain.ids import BasketId, MemberId, OperatorId, ReceiptNumber, TenderId
from pos_app.domain.leases import Lease
from pos_app.domain.ledger import ConfirmedAmount, LedgerKey, Pending, PendingEntry
from pos_app.domain.members import Member
from pos_app.domain.money import Fen
from pos_app.domain.operators import Operator
from pos_app.domain.payments import Outcome, Refund
from pos_app.domain.pricing.inputs import Rulebook
from pos_app.domain.purchases import Purchase
from pos_app.domain.readiness import Holdings
from pos_app.domain.receipt import Receipt
from pos_app.domain.scale_labels import LabelLayout
from pos_app.domain.shift import Shift
from pos_app.domain.shift_report import ShiftReport
from pos_app.domain.suspended_basket import SuspendedBasket
from pos_app.domain.taken_tenders import TakenTender
from pos_app.domain.tokens import Token

Written = tuple[Happening, Sequence[Pending]]
"""What is written at once: a happening, and what it changes in the ledgers."""


class Clock(Protocol):
    """Corrected time: this machine's clock plus the offset to headquarters' (docs/sync.md §5)."""

    def now(self) -> datetime:
        """Give the time now, aware, in the store's own UTC offset."""
        ...


class Ids(Protocol):
    """Where new identities come from."""

    def new(self) -> UUID:
        """Make a UUIDv7."""
        ...


class TillJournal(Protocol):
    """The register's own file, as its sales and its shifts both read it."""

    def taken_tenders(self) -> Sequence[TakenTender]:
        """List the tenders that are in no sale yet, in the order of taking."""
        ...

    def open_shift(self) -> Shift | None:
        """Give the shift that is open."""
        ...

    def closed_day(self) -> date | None:
        """Tell the last business day that was closed."""
        ...


class Journal(TillJournal, Protocol):
    """The register's own file. Each call that writes is one transaction, whole or not there.

    What `append` wrote is durable when it returns. What is kept of an open basket is after `sync`, which its caller
    calls once the answer is under way.
    """

    def append(
        self,
        happening: Happening,
        pending: Sequence[Pending] = (),
        *,
        keeps: TakenTender | None = None,
        drops: TenderId | None = None,
    ) -> Fact:
        """Give a happening its place, with its pending amounts; keep a tender that it is of, or drop one it ends."""
        ...

    def keep_tender(self, tender: TakenTender) -> None:
        """Keep a tender as it stands now; it is durable when this returns."""
        ...

    def drop_tender(self, tender: TenderId) -> None:
        """Forget a tender that was taken back."""
        ...

    def append_all(self, written: Sequence[Written], *, closes: BasketId | None = None) -> Sequence[Fact]:
        """Give happenings their places, each with its amounts, and remove the basket they close: all of it, or none."""
        ...

    def append_keeping(self, happening: Happening, basket: Basket) -> Fact:
        """Give a happening its place in the chain, and keep the open basket as it is by it: both, or neither."""
        ...

    def append_dropping(self, happening: Happening, basket: BasketId) -> Fact:
        """Give a happening its place in the chain, and forget a basket that was cleared by it: both, or neither."""
        ...

    def next_receipt(self, business_date: date) -> ReceiptNumber:
        """Tell the number that the next sale of the day will have; it is used up by the `append` of that sale."""
        ...

    def keep_basket(self, basket: Basket) -> None:
        """Keep the open basket as it is now."""
        ...

    def drop_basket(self, basket: BasketId) -> None:
        """Forget a basket that was cleared."""
        ...

    def sync(self) -> None:
        """Bring to the disk what was kept ahead of it."""
        ...

    def suspend_basket(self, suspended: SuspendedBasket) -> None:
        """Keep the open basket as it is now, suspended; it is durable when this returns."""
        ...

    def suspended_baskets(self) -> Sequence[SuspendedBasket]:
        """List those that are suspended, the newest first."""
        ...

    def recall_basket(self, basket: BasketId) -> Basket | None:
        """Make a suspended basket the open one, in place of what is open, and give it; None where it is not here."""
        ...

    def adopt_basket(self, basket: Basket) -> None:
        """Make a basket that came from another register the open one; it is durable when this returns."""
        ...

    def open_basket(self) -> Basket | None:
        """Give back the basket that was open when the register stopped."""
        ...

    def pending_of(self, key: LedgerKey) -> Sequence[PendingEntry]:
        """List the pending entries of an amount."""
        ...

    def facts_naming(self, word: str, behind: Position) -> Sequence[Fact]:
        """List the sales and returns behind a place, and a few hundred facts before it, that have a word in them."""
        ...

    def registrations(self) -> Sequence[Fact]:
        """List the members registered here that headquarters' documents may lack, the newest first."""
        ...

    def sale_by_receipt(self, receipt: str) -> Fact | None:
        """Find a sale's fact by its receipt number."""
        ...

    def recent_sales(self, limit: int) -> Sequence[Fact]:
        """List the newest sales, newest first."""
        ...

    def returns_of(self, receipt: str) -> Sequence[Fact]:
        """List the returns and voids of a sale that were made here, in their order."""
        ...

    def recent_returns(self, limit: int) -> Sequence[Fact]:
        """List the newest returns and voids, newest first."""
        ...


class ShiftJournal(TillJournal, Protocol):
    """The register's own file, of its shifts. Each call that writes is one transaction, durable when it returns."""

    def head(self) -> ChainHead:
        """Give the newest fact's place and hash."""
        ...

    def append(self, happening: Happening) -> Fact:
        """Give a happening its place in the chain. One that opens a shift takes the next number."""
        ...

    def append_all(self, written: Sequence[Written]) -> Sequence[Fact]:
        """Give happenings their places in the chain: all of them, or none."""
        ...

    def facts_behind(self, position: Position, limit: int) -> Sequence[Fact]:
        """List facts behind a place, in order, at most so many."""
        ...

    def next_shift(self) -> int:
        """Tell the number that the next shift has."""
        ...

    def unclaimed_since(self, day: date) -> Position:
        """Tell behind which place facts belong to no shift yet, on a business day."""
        ...

    def days_to_close(self) -> Sequence[date]:
        """List the days behind that one which have closed shifts."""
        ...

    def closings_of(self, day: date) -> Sequence[Fact]:
        """List the facts that closed the shifts of a day, in order."""
        ...

    def reports(self, limit: int) -> Sequence[Fact]:
        """List the facts that closed a shift or a day, the newest first."""
        ...


class ElementReader(Protocol):
    """Takes GS1 element strings apart."""

    def read(self, text: str) -> Elements:
        """Read one; raise ``Refusal`` as `pos_app.devices.gs1_elements.read_elements` does."""
        ...


class Replica(Protocol):
    """What headquarters said, as of the last pull. Reading takes well under a millisecond."""

    def by_code(self, key: str) -> FoundProduct | None:
        """Find goods by a code's lookup key (`domain.codes.lookup_key`)."""
        ...

    def search(self, text: str, limit: int) -> Sequence[FoundProduct]:
        """Find goods by part of the name, pinyin initials, SKU, or the last digits of a code; best first."""
        ...

    def rulebook(self) -> Rulebook:
        """Give the rules in force; products and prices are read as they are asked for."""
        ...

    def rest(self) -> None:
        """Let go of the rules that were given last: until then all of it is read as it stood at that moment."""
        ...

    def cursor(self) -> str:
        """Name the revision of the rules in force: ``chain:120,store:S001:88``."""
        ...

    def confirmed(self, key: LedgerKey) -> ConfirmedAmount | None:
        """Give an amount as published, or None when headquarters never spoke of it."""
        ...

    def operator(self, number: OperatorId) -> Operator | None:
        """Find who may sign in here."""
        ...

    def holdings(self) -> Holdings:
        """Tell what is held of each subject, and as of when."""
        ...

    def exceptions(self) -> Sequence[StoreException]:
        """List what headquarters could not honour of this store's facts, in no order."""
        ...

    def member(self, code: str) -> Member | None:
        """Find a member by id, card or phone."""
        ...

    def find_members(self, text: str, limit: int) -> Sequence[Member]:
        """Find members by code, the last digits of the phone, the name's beginning or its pinyin initials; the surest
        first.
        """
        ...

    def purchases_of(self, members: Sequence[MemberId], limit: int) -> Sequence[Purchase]:
        """List what the person with these ids bought of late, as headquarters told it, the newest first."""
        ...

    def acknowledged(self) -> Position:
        """Tell how far headquarters has this register's chain."""
        ...

    def leases_of(self, member: MemberId) -> Sequence[Lease]:
        """List the leases of a member's points that lie in this store, by key."""
        ...

    def leases_on(self, resource: str, key: str) -> Sequence[Lease]:
        """List the leases that lie in this store of a ``coupon``, or of what a template's may come to (``bounded``)."""
        ...

    def coupon_offline(self, template: str) -> OfflineRule:
        """Tell how a template's coupons may be spent with no line."""
        ...

    def leases_behind(self, key: str, limit: int) -> Sequence[Lease]:
        """List the leases that lie in this store, by key, those behind one."""
        ...

    def coupon(self, code: str) -> Coupon | None:
        """Find a coupon by its id."""
        ...

    def label_layouts(self) -> Sequence[LabelLayout]:
        """List the chain's own layouts of scale labels, by id; none where it has not said."""
        ...

    def coupon_comes_back(self, template: str) -> bool:
        """Tell whether a template's coupons are the customer's again when all of their sale came back."""
        ...

    def coupons_of(self, member: MemberId) -> Sequence[Coupon]:
        """List the coupons that are one member's own, by id."""
        ...


class Tokens(Protocol):
    """Headquarters' signed codes."""

    def read(self, text: str) -> Token:
        """Read a code whose signature is right; raise ``Refusal`` for any other."""
        ...


class Line(Protocol):
    """The line to headquarters, as the sync engine last told."""

    def is_up(self) -> bool:
        """Tell whether headquarters answers."""
        ...


class Holding(Protocol):
    """Who asks headquarters to hold a right for a basket (docs/sync.md §4)."""

    def ask_hold(self, hold: Hold, basket: BasketId, limit_ms: int) -> None:
        """Ask; when this returns, it is granted.

        Raises ``Refusal`` with headquarters' own code, or ``LineDown`` where no answer came within ``limit_ms``.
        """
        ...


class PinCheck(Protocol):
    """How a PIN is held against its hash."""

    def matches(self, pin_hash: str, pin: str) -> bool:
        """Tell whether the PIN is the one that was hashed."""
        ...


class ReceiptQueue(Protocol):
    """Where receipts wait for the printer. Never blocks and never fails the sale."""

    def put(self, receipt: Receipt) -> None:
        """Queue a receipt."""
        ...


class DrawerAndPaper(Protocol):
    """The drawer, and where its reports wait for the printer. Never blocks and fails nothing."""

    def put_report(self, report: ShiftReport) -> None:
        """Queue a report."""
        ...

    def open_drawer(self) -> None:
        """Let the drawer spring open."""
        ...


class Nudge(Protocol):
    """How the sync engine learns that there is something to send."""

    def facts_waiting(self) -> None:
        """Say that a fact was appended. Returns at once."""
        ...


class PaymentProvider(Protocol):
    """Who charges a customer by the code on their phone. Each call may take seconds; none raises for what the line or
    the provider does: what is not known is ``unknown``. The same id asked twice charges once.
    """

    def pay(self, payment: TenderId, amount: Fen, code: str) -> Outcome:
        """Charge the customer whose code was scanned."""
        ...

    def query(self, payment: TenderId) -> Outcome:
        """Tell how a payment stands."""
        ...

    def reverse(self, payment: TenderId) -> Outcome:
        """End a payment, whether it was charged or not: ``reversed`` when nothing is, or ever will be, charged."""
        ...

    def refund(self, refund: Refund) -> Outcome:
        """Give some of a payment back: ``reversed`` when it is under way to the customer."""
        ...
