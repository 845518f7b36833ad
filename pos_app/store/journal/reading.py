"""The journal for those who only read it: the sync engine (it fits `sync.client.ports.FactSource`), a doctor, a test.

A connection of its own that cannot write, in any process beside the writer's. Knows nothing of headquarters.
"""

from pathlib import Path

from pos_app.domain.errors import FileDamaged
from pos_app.domain.facts import ChainHead, Position
from pos_app.domain.ids import DeviceId
from pos_app.store.journal.chain import (
    Verified,
    back_from,
    hash_at,
    read_head,
    read_owner,
    read_signed_checkpoint,
    rows_after,
    verify_whole,
)
from pos_app.store.journal.figures import JournalFigures, count_after, figures_of
from pos_app.store.journal.file_format import Age
from pos_app.store.journal.opening import connect_to_read, existing_age
from pos_app.store.sqlite_failures import told_apart
from sync.protocol.stream import StoredFact


class JournalReader:
    """A register's journal, to be read beside its writer."""

    def __init__(self, path: Path) -> None:
        """Open it; raise ``FileDamaged`` when it is not there or not ours, ``FileTooNew`` from a newer release."""
        self._path = path
        with told_apart(path):
            if existing_age(path) is Age.OLD:
                raise FileDamaged("journal_not_upgraded", file=path.name)
            self._connection = connect_to_read(path)
            self._owner = read_owner(self._connection)

    @property
    def device(self) -> DeviceId:
        """Whose journal it is."""
        return self._owner.device

    def head(self) -> ChainHead:
        """Give the newest fact's place and hash."""
        with told_apart(self._path):
            return read_head(self._connection, self._owner.epoch)

    def after(self, position: Position, limit: int) -> list[StoredFact]:
        """List facts behind a position, in order, at most ``limit``."""
        with told_apart(self._path):
            rows = rows_after(self._connection, position, limit)
        return [StoredFact(Position(epoch, seq), canonical, known) for epoch, seq, known, canonical in rows]

    def hash_at(self, position: Position) -> bytes | None:
        """Give the hash of the fact in a place; None where there is none."""
        with told_apart(self._path):
            return hash_at(self._connection, position)

    def back_from(self, position: Position, count: int) -> Position:
        """Give the place so many facts before another, ``START`` where there are fewer."""
        with told_apart(self._path):
            return back_from(self._connection, position, count)

    def signed_checkpoint(self) -> str:
        """Give the end of what was taken out of the journal as its owner signed it, empty where nothing was."""
        with told_apart(self._path):
            return read_signed_checkpoint(self._connection)

    def verify(self) -> Verified:
        """Verify the whole chain and the receipts; raise ``FileDamaged`` with the place that is broken."""
        with told_apart(self._path):
            return verify_whole(self._connection, self._owner)

    def figures(self) -> JournalFigures:
        """Count what is in it, and look whether the file is sound."""
        with told_apart(self._path):
            return figures_of(self._connection)

    def waiting(self, acknowledged: Position) -> int:
        """Count the facts behind a place."""
        with told_apart(self._path):
            return count_after(self._connection, acknowledged)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()
