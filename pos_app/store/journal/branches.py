"""Going on where the chain has parted from headquarters' (docs/sync.md §2): in one transaction the register takes in
what it had lost, begins a new epoch behind headquarters' end, and carries its own refused facts over.

Runs on the journal's own writer. A refused fact leaves its place, where headquarters has another, and stands byte for
byte inside an adopted one; its pending amounts and its receipt number go with it.
"""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pos_app.domain.branches import Opening, Parting, adoption, meaning, read_opening
from pos_app.domain.errors import Refusal
from pos_app.domain.facts import MAX_LINE_BYTES, START, ChainHead, Fact, Happening, Position, next_fact, read_fact
from pos_app.domain.ids import OperatorId, ReceiptNumber
from pos_app.domain.ledger import Pending
from pos_app.store.journal import shift_rows
from pos_app.store.journal.chain import hash_at
from pos_app.store.journal.file_format import EPOCH
from pos_app.store.journal.journal import Journal
from pos_app.store.sqlite_failures import told_apart

_INSERT_FACT = "INSERT INTO fact (epoch, seq, at, kind, hash, canonical) VALUES (?, ?, ?, ?, ?, ?)"
_KEEP_PENDING = (
    "INSERT INTO pending (topic, key, epoch, seq, delta) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT DO UPDATE SET delta = excluded.delta, settled_at_us = NULL"
)
_BEHIND = "SELECT canonical FROM fact WHERE (epoch, seq) > (?, ?) ORDER BY epoch, seq"
_COUNT = "SELECT count(*) FROM fact WHERE (epoch, seq) > (?, ?)"
_FIRST_OF_EPOCH = "SELECT canonical FROM fact WHERE epoch = ? AND seq = 1"
_LEAVE = ("DELETE FROM fact WHERE (epoch, seq) > (?, ?)", "DELETE FROM pending WHERE (epoch, seq) > (?, ?)")
_MOVE_RECEIPT = "UPDATE receipt SET epoch = ?, seq = ? WHERE epoch = ? AND seq = ?"
_USE_RECEIPT = "INSERT OR IGNORE INTO receipt (business_date, number, epoch, seq) VALUES (?, ?, ?, ?)"
_FILL_RECEIPTS = """
    WITH RECURSIVE
        span (business_date, number, highest) AS (
            SELECT business_date, min(number), max(number) FROM receipt GROUP BY business_date
            UNION ALL SELECT business_date, number + 1, highest FROM span WHERE number < highest
        )
    INSERT OR IGNORE INTO receipt (business_date, number) SELECT business_date, number FROM span
"""
"""A number below one that was used was used too, by a fact that cannot be read any more."""
_SET_EPOCH = "UPDATE meta SET value = ? WHERE key = ?"

PendingOf = Callable[[Fact], Sequence[Pending]]


@dataclass(frozen=True, slots=True)
class GoingOn:
    """How a register goes on: who approved and when. ``lost`` are headquarters' facts behind the parting."""

    opening: Opening
    at: str
    operator: OperatorId
    lost: Sequence[Fact] = ()


def went_on_from(journal: Journal) -> ChainHead | None:
    """Tell which end of headquarters' chain the current epoch follows; None where it follows its own, or none."""
    with told_apart(journal.path):
        row = journal.reading().execute(_FIRST_OF_EPOCH, (journal.head().position.epoch,)).fetchone()
    opening = None if row is None else read_opening(read_fact(row[0]))
    return None if opening is None else opening.follows


def facts_behind(journal: Journal, place: Position) -> list[Fact]:
    """List the register's own facts behind a place."""
    with told_apart(journal.path):
        rows = journal.reading().execute(_BEHIND, (place.epoch, place.seq)).fetchall()
    return [read_fact(canonical) for (canonical,) in rows]


def count_behind(journal: Journal, place: Position) -> int:
    """Count the register's own facts behind a place."""
    with told_apart(journal.path):
        (count,) = journal.reading().execute(_COUNT, (place.epoch, place.seq)).fetchone()
    return int(count)


def begin_epoch(journal: Journal, parting: Parting, going_on: GoingOn, pending_of: PendingOf) -> int:
    """Go on behind headquarters' end; tell how many own facts were carried over."""
    with journal.writing() as connection:
        refused = [read_fact(canonical) for (canonical,) in connection.execute(_BEHIND, _place(parting.common))]
        epoch = 1 + max(parting.head.position.epoch, journal.head().position.epoch)
        for statement in _LEAVE:
            connection.execute(statement, _place(parting.common))
        # Behind the fact that opens the epoch, in their order; first, before other facts take their places.
        moves = [(epoch, seq, *_place(fact.position)) for seq, fact in enumerate(refused, 2)]
        for statement in (_MOVE_RECEIPT, *shift_rows.MOVE):
            connection.executemany(statement, moves)
        writer = _Writer(journal, connection, ChainHead(Position(epoch, 0), parting.head.hash), pending_of)
        writer.take_in(going_on.lost, parting.common)
        writer.append(going_on.opening.happening(going_on.at, going_on.operator, adopted=len(refused)))
        for fact in refused:
            writer.append(adoption(fact, going_on.at, going_on.operator))
        connection.execute(_SET_EPOCH, (str(epoch), EPOCH))
    journal.go_on_from(writer.head)
    return len(refused)


@dataclass(slots=True)
class _Writer:
    """Writes facts into an open transaction."""

    journal: Journal
    connection: sqlite3.Connection
    head: ChainHead
    pending_of: PendingOf

    def take_in(self, lost: Sequence[Fact], common: Position) -> None:
        """Keep facts that were made here and lost, as far as they follow on; of those behind only the receipts."""
        before = ChainHead(common, b"" if common == START else hash_at(self.connection, common) or b"")
        follows = True
        for fact in lost:
            follows = follows and _follows(fact, before)
            if follows:
                self._keep(fact)
                before = ChainHead(fact.position, fact.hash)
            place = _place(fact.position) if follows else (None, None)
            self._use_receipt(fact, place)
            shift_rows.know(self.connection, _meant(fact), place)
        if not follows:
            self.connection.execute(_FILL_RECEIPTS)

    def append(self, happening: Happening) -> Fact:
        """Give a happening the next place."""
        fact = next_fact(self.journal.device, self.head, happening, limit_bytes=MAX_LINE_BYTES)
        self._keep(fact)
        self.head = ChainHead(fact.position, fact.hash)
        return fact

    def _keep(self, fact: Fact) -> None:
        meant = _meant(fact)
        place = _place(fact.position)
        self.connection.execute(_INSERT_FACT, (*place, fact.at, meant.kind, fact.hash, fact.canonical))
        self.connection.executemany(
            _KEEP_PENDING, [(each.ledger.topic, each.ledger.key, *place, each.delta) for each in self.pending_of(fact)]
        )

    def _use_receipt(self, fact: Fact, place: tuple[int | None, int | None]) -> None:
        meant = _meant(fact)
        if "receipt" not in meant.body:
            return
        used = ReceiptNumber.parse(meant.body["receipt"])
        self.connection.execute(_USE_RECEIPT, (used.business_date.isoformat(), used.number, *place))


def _follows(fact: Fact, before: ChainHead) -> bool:
    """Tell whether a fact stands behind another: in the same epoch the next, or the first of a later one."""
    position = fact.position
    if position.epoch == before.position.epoch:
        return position.seq == before.position.seq + 1 and fact.prev == before.hash
    return position.epoch > before.position.epoch and position.seq == 1


def _meant(fact: Fact) -> Fact:
    """Give what a fact means; one of another release's making is itself."""
    try:
        return meaning(fact)
    except Refusal:
        return fact


def _place(position: Position) -> tuple[int, int]:
    return position.epoch, position.seq
