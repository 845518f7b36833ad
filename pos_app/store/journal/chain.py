"""The chain as it lies in the file: its head, its facts in order, and whether it still holds together.

Works on any connection to a journal, reading alone. Knows nothing of who writes it.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pos_app.domain.branches import meaning
from pos_app.domain.errors import FileDamaged, Refusal
from pos_app.domain.facts import GENESIS, START, ChainHead, Position, read_fact
from pos_app.domain.ids import DeviceId, ReceiptNumber
from pos_app.store.journal.file_format import CHECKPOINT, DEVICE, EPOCH

TAIL_FACTS = 64
"""How many of the newest facts are verified at every start: what a torn write could have touched, and more."""

_STEP_FACTS = 500
_HEAD = "SELECT epoch, seq, hash FROM fact ORDER BY epoch DESC, seq DESC LIMIT 1"
_AFTER = "SELECT epoch, seq, hash, canonical FROM fact WHERE (epoch, seq) > (?, ?) ORDER BY epoch, seq LIMIT ?"
_HASH = "SELECT hash FROM fact WHERE epoch = ? AND seq = ?"
_BACK = "SELECT epoch, seq FROM fact WHERE (epoch, seq) < (?, ?) ORDER BY epoch DESC, seq DESC LIMIT 1 OFFSET ?"
_USED = "SELECT 1 FROM receipt WHERE business_date = ? AND number = ?"
_META = "SELECT value FROM meta WHERE key = ?"
_TAIL = "SELECT epoch, seq, hash, canonical FROM fact ORDER BY epoch DESC, seq DESC LIMIT ?"

Row = tuple[int, int, bytes, bytes]


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose chain it is, and the epoch it is in."""

    device: DeviceId
    epoch: int


@dataclass(frozen=True, slots=True)
class Verified:
    """A chain that holds: how many facts, and where it ends."""

    facts: int
    head: ChainHead


def read_owner(connection: sqlite3.Connection) -> Owner:
    """Read whose chain it is."""
    words: dict[str, Any] = dict(connection.execute("SELECT key, value FROM meta").fetchall())
    try:
        return Owner(DeviceId(words[DEVICE]), int(words[EPOCH]))
    except (KeyError, ValueError) as error:
        raise FileDamaged("journal_without_owner", reason=str(error)) from error


def read_checkpoint(connection: sqlite3.Connection) -> ChainHead:
    """Read the end of what was taken out of the file; before anything was, the beginning of all."""
    row = connection.execute(_META, (CHECKPOINT,)).fetchone()
    if row is None:
        return ChainHead(START, GENESIS)
    try:
        epoch, seq, digest, _ = row[0].split(" ")
        return ChainHead(Position(int(epoch), int(seq)), bytes.fromhex(digest))
    except ValueError as error:
        raise FileDamaged("journal_chain_broken", epoch=0, seq=0, reason="its checkpoint is unreadable") from error


def read_signed_checkpoint(connection: sqlite3.Connection) -> str:
    """Read the checkpoint as it was signed, empty where nothing was taken out."""
    row = connection.execute(_META, (CHECKPOINT,)).fetchone()
    return "" if row is None else str(row[0])


def read_head(connection: sqlite3.Connection, epoch: int) -> ChainHead:
    """Read the newest fact's place and hash; before the first one, the beginning of ``epoch``."""
    row = connection.execute(_HEAD).fetchone()
    if row is not None:
        return ChainHead(Position(row[0], row[1]), row[2])
    checkpoint = read_checkpoint(connection)
    return ChainHead(Position(epoch, 0), GENESIS) if checkpoint.position == START else checkpoint


def rows_after(connection: sqlite3.Connection, position: Position, limit: int) -> list[Row]:
    """Read facts behind a position, in order."""
    return connection.execute(_AFTER, (position.epoch, position.seq, limit)).fetchall()


def hash_at(connection: sqlite3.Connection, position: Position) -> bytes | None:
    """Read the hash of the fact in a place; None where there is none."""
    row = connection.execute(_HASH, (position.epoch, position.seq)).fetchone()
    if row is not None:
        return bytes(row[0])
    checkpoint = read_checkpoint(connection)
    return checkpoint.hash if position == checkpoint.position != START else None


def back_from(connection: sqlite3.Connection, position: Position, count: int) -> Position:
    """Give the place so many facts before another; where there are fewer, that of the checkpoint."""
    row = connection.execute(_BACK, (position.epoch, position.seq, count - 1)).fetchone()
    if row is not None:
        return Position(*row)
    checkpoint = read_checkpoint(connection).position
    return checkpoint if checkpoint < position else START


def verify_tail(connection: sqlite3.Connection, owner: Owner) -> Verified:
    """Verify the newest facts; raise ``FileDamaged("journal_chain_broken")`` with the place."""
    rows = connection.execute(_TAIL, (TAIL_FACTS,)).fetchall()
    return _verify(reversed(rows), owner, behind=read_checkpoint(connection) if len(rows) < TAIL_FACTS else None)


def verify_whole(connection: sqlite3.Connection, owner: Owner) -> Verified:
    """Verify every fact behind the checkpoint, and that receipts were used without a gap; raise ``FileDamaged``."""
    verified = _verify(_all_rows(connection), owner, behind=read_checkpoint(connection))
    _verify_receipts(connection)
    return verified


def _all_rows(connection: sqlite3.Connection) -> Iterator[Row]:
    position = START
    while rows := rows_after(connection, position, _STEP_FACTS):
        yield from rows
        position = Position(rows[-1][0], rows[-1][1])


def _verify(rows: Iterable[Row], owner: Owner, *, behind: ChainHead | None) -> Verified:
    head = behind
    count = 0
    for epoch, seq, known_hash, canonical in rows:
        position = Position(epoch, seq)
        try:
            fact = read_fact(canonical)
        except Refusal as error:
            raise _broken(position, f"unreadable: {error.details.get('field')}") from error
        if (fact.device, fact.position) != (owner.device, position):
            raise _broken(position, "another fact lies in its place")
        if fact.hash != known_hash:
            raise _broken(position, "its bytes were changed")
        if head is not None and not _follows(position, fact.prev, head):
            raise _broken(position, "it does not follow the one before")
        head = ChainHead(position, fact.hash)
        count += 1
    if head is None or count == 0:
        head = ChainHead(Position(owner.epoch, 0), GENESIS)
    return Verified(count, head)


def _follows(position: Position, prev: bytes, head: ChainHead) -> bool:
    if position.epoch == head.position.epoch:
        return position.seq == head.position.seq + 1 and prev == head.hash
    # A new epoch goes on from what headquarters has, which need not be what lies here.
    first = head.position == START
    return position.epoch > head.position.epoch and position.seq == 1 and (not first or prev == GENESIS)


def _verify_receipts(connection: sqlite3.Connection) -> None:
    """Each number belongs to a sale or was used before this file began, and none in between is missing."""
    gap = connection.execute(
        "SELECT business_date FROM receipt GROUP BY business_date"
        " HAVING max(number) - min(number) + 1 <> count(*)"
        " OR min(number) <> 1 AND sum(seq IS NULL) = 0 LIMIT 1"
    ).fetchone()
    if gap is not None:
        raise FileDamaged("journal_receipts_broken", business_date=gap[0], reason="a number is missing")
    lost = connection.execute(
        "SELECT fact.epoch, fact.seq, fact.canonical FROM fact LEFT JOIN receipt USING (epoch, seq)"
        " WHERE fact.kind = 'sale' GROUP BY fact.epoch, fact.seq HAVING count(receipt.number) <> 1"
    ).fetchall()
    for epoch, seq, canonical in lost:
        # A number used in two branches of the chain stands there once.
        number = ReceiptNumber.parse(meaning(read_fact(canonical)).body["receipt"])
        if connection.execute(_USED, (number.business_date.isoformat(), number.number)).fetchone() is None:
            raise _broken(Position(epoch, seq), "its receipt number is not kept")


def _broken(position: Position, reason: str) -> FileDamaged:
    return FileDamaged("journal_chain_broken", epoch=position.epoch, seq=position.seq, reason=reason)
