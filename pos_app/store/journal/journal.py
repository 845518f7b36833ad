"""The journal as the counter uses it: fits the port `pos_app.services.ports.Journal`.

Each call that writes is one transaction, whole or not there. What appends a fact is durable when it returns: one
commit, one disk sync. The open basket's rows are on the disk after the next `sync`, so that a line is shown without
waiting for it. One object writes a file, from one thread at a time; `opening` sees to the first, the counter's worker
to the second. Knows no clock.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from pos_app.domain.basket import Basket
from pos_app.domain.branches import meaning
from pos_app.domain.errors import Breakdown, Refusal
from pos_app.domain.facts import ChainHead, Fact, Happening, Position, next_fact, read_fact
from pos_app.domain.ids import BasketId, DeviceId, ReceiptNumber, TenderId
from pos_app.domain.ledger import REGISTERED, LedgerKey, Pending, PendingEntry
from pos_app.domain.shift import Shift
from pos_app.domain.suspended_basket import SuspendedBasket
from pos_app.domain.taken_tenders import TakenTender
from pos_app.store.journal import shift_rows
from pos_app.store.journal.basket_rows import Kept, read_basket, write_basket
from pos_app.store.journal.chain import Owner, Verified, back_from, read_head, rows_after, verify_whole
from pos_app.store.journal.disk_sync import DiskSync
from pos_app.store.journal.suspended_rows import adopt, read_suspended, recall, suspend, throw_away
from pos_app.store.journal.tender_rows import drop_sold, drop_tender, keep_tender, read_tenders
from pos_app.store.owner_lock import OwnerLock
from pos_app.store.sqlite_failures import told_apart

_INSERT_FACT = "INSERT INTO fact (epoch, seq, at, kind, hash, canonical) VALUES (?, ?, ?, ?, ?, ?)"
_INSERT_PENDING = "INSERT INTO pending (topic, key, epoch, seq, delta) VALUES (?, ?, ?, ?, ?)"
_INSERT_RECEIPT = "INSERT INTO receipt (business_date, number, epoch, seq) VALUES (?, ?, ?, ?)"
_LAST_RECEIPT = "SELECT max(number) FROM receipt WHERE business_date = ?"
# its lines go with it
_DROP_BASKET = "DELETE FROM basket WHERE id = ?"
_PENDING_OF = "SELECT epoch, seq, delta FROM pending WHERE topic = ? AND key = ? ORDER BY epoch, seq"
_SALE_BY_RECEIPT = "SELECT canonical FROM receipt JOIN fact USING (epoch, seq) WHERE business_date = ? AND number = ?"
_RECENT_SALES = "SELECT canonical FROM fact WHERE kind = 'sale' ORDER BY epoch DESC, seq DESC LIMIT ?"
# by their own index: few among the sales
_RETURNS_NAMING = (
    "SELECT canonical FROM fact WHERE kind IN ('return', 'void') AND instr(canonical, ?) > 0 ORDER BY epoch, seq"
)
_RETURNS = "SELECT canonical FROM fact WHERE kind IN ('return', 'void') ORDER BY epoch DESC, seq DESC LIMIT ?"
_REGISTRATIONS = (
    "SELECT canonical FROM pending JOIN fact USING (epoch, seq) WHERE topic = ? ORDER BY epoch DESC, seq DESC"
)
_NAMING = (
    "SELECT canonical FROM fact WHERE (epoch, seq) > (?, ?) AND kind IN ('sale', 'return', 'void')"
    " AND instr(canonical, ?) > 0 ORDER BY epoch, seq"
)
FACTS_BEFORE = 300
"""Facts that headquarters has, and of whose consequences it may not have told yet."""


class Journal:
    """This register's own file, open for writing."""

    def __init__(self, path: Path, connection: sqlite3.Connection, owner: Owner, lock: OwnerLock) -> None:
        """Take over an opened and checked file; see `opening.open_journal`."""
        self._path = path
        self._connection = connection
        self._owner = owner
        self._lock = lock
        self._head = read_head(connection, owner.epoch)
        self._kept: Kept | None = None
        self._disk = DiskSync(path, connection)

    @property
    def path(self) -> Path:
        """The file."""
        return self._path

    @property
    def device(self) -> DeviceId:
        """Whose journal it is."""
        return self._owner.device

    def head(self) -> ChainHead:
        """Give the newest fact's place and hash."""
        return self._head

    def append(
        self,
        happening: Happening,
        pending: Sequence[Pending] = (),
        *,
        closes: BasketId | None = None,
        keeps: TakenTender | None = None,
        drops: TenderId | None = None,
    ) -> Fact:
        """Give a happening its place in the chain, with its pending amounts; remove the basket it closes, with the
        tenders that paid it; keep a tender that it is of, or drop one that it ends.

        A happening whose body names a ``receipt`` uses that number up: it must be the day's next one. So does one that
        opens a shift, which must be the next and the only one. When this raises ``DiskFull`` or another
        ``Breakdown``, nothing was kept and the same call may be made again.
        """
        (fact,) = self._append(((happening, pending),), closes=closes, keeps=keeps, drops=drops)
        return fact

    def append_all(
        self, written: Sequence[tuple[Happening, Sequence[Pending]]], *, closes: BasketId | None = None
    ) -> Sequence[Fact]:
        """Give happenings their places in the chain, each with its pending amounts: all of them, or none."""
        return self._append(written, closes=closes)

    def append_keeping(self, happening: Happening, basket: Basket) -> Fact:
        """Give a happening its place in the chain, and keep the open basket as it is by it, in one transaction."""
        (fact,) = self._append(((happening, ()),), basket=basket)
        return fact

    def append_dropping(self, happening: Happening, basket: BasketId) -> Fact:
        """Give a happening its place in the chain, and forget a basket that was cleared by it, in one transaction."""
        (fact,) = self._append(((happening, ()),), throws=basket)
        return fact

    def _append(
        self,
        written: Sequence[tuple[Happening, Sequence[Pending]]],
        *,
        closes: BasketId | None = None,
        keeps: TakenTender | None = None,
        drops: TenderId | None = None,
        basket: Basket | None = None,
        throws: BasketId | None = None,
    ) -> list[Fact]:
        facts: list[Fact] = []
        head, kept = self._head, self._kept
        with self.writing() as connection:
            for happening, pending in written:
                fact = next_fact(self._owner.device, head, happening)
                epoch, seq = fact.position.epoch, fact.position.seq
                connection.execute(_INSERT_FACT, (epoch, seq, fact.at, fact.kind, fact.hash, fact.canonical))
                if "receipt" in happening.body:
                    used = self._next_of(happening.body["receipt"])
                    connection.execute(_INSERT_RECEIPT, (used.business_date.isoformat(), used.number, epoch, seq))
                if happening.kind in shift_rows.KINDS:
                    shift_rows.note(connection, fact)
                if pending:
                    rows = [(each.ledger.topic, each.ledger.key, epoch, seq, each.delta) for each in pending]
                    connection.executemany(_INSERT_PENDING, rows)
                head = ChainHead(fact.position, fact.hash)
                facts.append(fact)
            if closes is not None:
                connection.execute(_DROP_BASKET, (closes,))
                drop_sold(connection, closes)
                kept = None
            if throws is not None:
                throw_away(connection, throws)
                kept = None
            if basket is not None:
                kept = write_basket(connection, basket, kept)
            if keeps is not None:
                keep_tender(connection, keeps)
            if drops is not None:
                drop_tender(connection, drops)
        # Only now: a commit that failed leaves the chain's end where it was.
        self._disk.due = False
        self._head, self._kept = head, kept
        return facts

    def next_receipt(self, business_date: date) -> ReceiptNumber:
        """Tell the number that the next sale of the day will have; it is used up by the `append` of that sale."""
        with told_apart(self._path):
            (last,) = self._connection.execute(_LAST_RECEIPT, (business_date.isoformat(),)).fetchone()
        return ReceiptNumber(self._owner.device, business_date, (last or 0) + 1)

    def keep_basket(self, basket: Basket) -> None:
        """Keep the open basket as it is now; it is on the disk after `sync`."""
        with self._writing_ahead() as connection:
            kept = write_basket(connection, basket, self._kept)
        self._kept = kept

    def drop_basket(self, basket: BasketId) -> None:
        """Forget a basket that was cleared; so does the disk after `sync`."""
        with self._writing_ahead() as connection:
            throw_away(connection, basket)
        self._kept = None

    def suspend_basket(self, suspended: SuspendedBasket) -> None:
        """Keep the open basket as it is now, suspended; it is on the disk when this returns."""
        with self.writing() as connection:
            suspend(connection, suspended, self._kept)
        self._disk.due = False
        self._kept = None

    def suspended_baskets(self) -> list[SuspendedBasket]:
        """List those that are suspended, the newest first."""
        with told_apart(self._path):
            return read_suspended(self._connection)

    def recall_basket(self, basket: BasketId) -> Basket | None:
        """Make a suspended basket the open one, in place of what is open, and give it; None where it is not here."""
        with self.writing() as connection:
            taken = recall(connection, basket)
        self._disk.due = False
        return self.open_basket() if taken else None

    def adopt_basket(self, basket: Basket) -> None:
        """Make a basket that came from another register the open one; it is on the disk when this returns."""
        with self.writing() as connection:
            adopt(connection, basket)
        self._disk.due = False
        self.open_basket()

    def keep_tender(self, tender: TakenTender) -> None:
        """Keep a tender as it stands now; it is on the disk when this returns."""
        with self.writing() as connection:
            keep_tender(connection, tender)
        self._disk.due = False

    def drop_tender(self, tender: TenderId) -> None:
        """Forget a tender that was taken back; so does the disk when this returns."""
        with self.writing() as connection:
            drop_tender(connection, tender)
        self._disk.due = False

    def taken_tenders(self) -> list[TakenTender]:
        """List the tenders that are in no sale yet, in the order of taking."""
        with told_apart(self._path):
            return read_tenders(self._connection)

    def sync(self) -> None:
        """Bring to the disk what was written ahead of it; raise ``Breakdown`` where it fails."""
        self._disk.run()

    def open_basket(self) -> Basket | None:
        """Give back the basket that was open when the register stopped."""
        with told_apart(self._path):
            self._kept = read_basket(self._connection)
        return None if self._kept is None else self._kept.basket

    def pending_of(self, key: LedgerKey) -> list[PendingEntry]:
        """List the pending entries of an amount, in the order of their facts."""
        with told_apart(self._path):
            rows = self._connection.execute(_PENDING_OF, (key.topic, key.key)).fetchall()
        return [PendingEntry(Position(epoch, seq), delta) for epoch, seq, delta in rows]

    def sale_by_receipt(self, receipt: str) -> Fact | None:
        """Find a sale's fact by its receipt number; another register's, or one that is none, is not found."""
        try:
            wanted = ReceiptNumber.parse(receipt)
        except Refusal:
            return None
        if wanted.device != self._owner.device:
            return None
        with told_apart(self._path):
            row = self._connection.execute(
                _SALE_BY_RECEIPT, (wanted.business_date.isoformat(), wanted.number)
            ).fetchone()
        return None if row is None else meaning(read_fact(row[0]))

    def recent_sales(self, limit: int) -> list[Fact]:
        """List the newest sales, newest first."""
        with told_apart(self._path):
            rows = self._connection.execute(_RECENT_SALES, (limit,)).fetchall()
        return [meaning(read_fact(canonical)) for (canonical,) in rows]

    def recent_returns(self, limit: int) -> list[Fact]:
        """List the newest returns and voids, newest first."""
        with told_apart(self._path):
            rows = self._connection.execute(_RETURNS, (limit,)).fetchall()
        return [meaning(read_fact(canonical)) for (canonical,) in rows]

    def returns_of(self, receipt: str) -> list[Fact]:
        """List the returns and voids of a sale that were made here, in their order."""
        with told_apart(self._path):
            rows = self._connection.execute(_RETURNS_NAMING, (receipt.encode(),)).fetchall()
        named = [meaning(read_fact(canonical)) for (canonical,) in rows]
        return [fact for fact in named if (fact.body["original"] or {}).get("receipt") == receipt]

    def facts_behind(self, position: Position, limit: int) -> list[Fact]:
        """List facts behind a place, in order, at most so many."""
        with told_apart(self._path):
            rows = rows_after(self._connection, position, limit)
        return [meaning(read_fact(canonical)) for _, _, _, canonical in rows]

    def open_shift(self) -> Shift | None:
        """Give the shift that is open."""
        with told_apart(self._path):
            return shift_rows.open_shift(self._connection)

    def next_shift(self) -> int:
        """Tell the number that the next shift has; it is used up by the `append` that opens it."""
        with told_apart(self._path):
            return shift_rows.next_number(self._connection)

    def unclaimed_since(self, day: date) -> Position:
        """Tell behind which place facts belong to no shift yet."""
        with told_apart(self._path):
            return shift_rows.unclaimed_since(self._connection, day, self._head.position)

    def closed_day(self) -> date | None:
        """Tell the last day that was closed."""
        with told_apart(self._path):
            return shift_rows.closed_day(self._connection)

    def days_to_close(self) -> list[date]:
        """List the days behind that one which have closed shifts."""
        with told_apart(self._path):
            return shift_rows.days_to_close(self._connection)

    def closings_of(self, day: date) -> list[Fact]:
        """List the facts that closed the shifts of a day, in order."""
        with told_apart(self._path):
            return shift_rows.closings_of(self._connection, day)

    def reports(self, limit: int) -> list[Fact]:
        """List the facts that closed a shift or a day, the newest first."""
        with told_apart(self._path):
            return shift_rows.reports(self._connection, limit)

    def facts_naming(self, word: str, behind: Position) -> list[Fact]:
        """List the sales and returns behind a place, and a few hundred facts before it, that have a word in them."""
        with told_apart(self._path):
            start = back_from(self._connection, behind, FACTS_BEFORE)
            rows = self._connection.execute(_NAMING, (start.epoch, start.seq, word.encode())).fetchall()
        return [meaning(read_fact(canonical)) for (canonical,) in rows]

    def registrations(self) -> list[Fact]:
        """List the members registered here that headquarters' documents may lack, the newest first."""
        with told_apart(self._path):
            rows = self._connection.execute(_REGISTRATIONS, (REGISTERED,)).fetchall()
        return [meaning(read_fact(canonical)) for (canonical,) in rows]

    def verify(self) -> Verified:
        """Verify the whole chain and the receipts; raise ``FileDamaged`` with the place that is broken."""
        with told_apart(self._path):
            return verify_whole(self._connection, self._owner)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Open a transaction for a write of the journal's own room; it is kept whole on leaving, or not at all."""
        self._disk.settle_doubt()
        with self._transaction() as connection:
            yield connection

    @contextmanager
    def _writing_ahead(self) -> Iterator[sqlite3.Connection]:
        """Open a transaction that does not wait for the disk: `sync` does, or the next fact's commit."""
        self._connection.execute("PRAGMA synchronous = NORMAL")
        try:
            with self._transaction() as connection:
                yield connection
            self._disk.due = True
        finally:
            self._connection.execute("PRAGMA synchronous = FULL")

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        connection = self._connection
        try:
            with told_apart(self._path):
                connection.execute("BEGIN IMMEDIATE")
                try:
                    yield connection
                    connection.execute("COMMIT")
                except BaseException:
                    # SQLite may have rolled back by itself: it does so on a full disk.
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")
                    raise
        except Breakdown as breakdown:
            # SQLite writes anew what its own sync failed on, but not what was kept before without one.
            if breakdown.code == "disk_failing":
                self._disk.doubt()
            raise

    def go_on_from(self, head: ChainHead) -> None:
        """Append behind another end of the chain from now on: `branches.begin_epoch` has written it."""
        self._head = head

    def reading(self) -> sqlite3.Connection:
        """Give the connection for a look by the journal's own room."""
        return self._connection

    def close(self) -> None:
        """Close the file and let another program have it."""
        self._disk.close()
        self._connection.close()
        self._lock.release()

    def _next_of(self, receipt: str) -> ReceiptNumber:
        used = ReceiptNumber.parse(receipt)
        expected = self.next_receipt(used.business_date)
        if used != expected:
            raise AssertionError(f"the sale has receipt {receipt}, the day's next one is {expected}")
        return used
