"""The current replica, open for reading: follows it from file to file, and falls back where one cannot be read.

Selling goes on whatever happens here: a damaged file is reported to its writer, and the spare (yesterday's prices, say)
or an empty one serves until another has been fetched. Knows nothing of what the tables mean.
"""

import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from pos_app.domain.errors import FileDamaged
from pos_app.store.replica.numbered_files import NumberedFiles, Stamp
from pos_app.store.sqlite_failures import breakdown_of
from sync.protocol.replica_schema import create_tables, is_replica

Row = tuple[Any, ...]
BUSY_MS: Final = 200
EMPTY: Final = Path("an empty replica")


class _Held(Exception):
    """A file that is there cannot be read just now: whoever writes it goes through what a killed writer left."""


class CurrentFile:
    """A connection to whichever replica is current. Used from one thread at a time."""

    def __init__(self, folder: Path) -> None:
        """Open the current replica in ``folder``; with none, or none that can be read, an empty one."""
        self._files = NumberedFiles(folder)
        self._stamp: Stamp | None = None
        self._number: int | None = None
        self._connection = _empty()
        self.generation = 0
        """Moves whenever another file is read from here on."""
        self.reopen_if_switched()

    @property
    def number(self) -> int | None:
        """The number of the file that is read, None when it is an empty one."""
        return self._number

    def reopen_if_switched(self) -> bool:
        """Go over to another file if one was named current; tell whether that was so. Costs one look at a file."""
        stamp = self._files.stamp()
        if stamp == self._stamp:
            return False
        named = self._files.named()
        try:
            self._open([named.current, named.spare])
        except _Held:
            # The next look asks again. Until then what is read goes on to be; with nothing, the spare.
            return self._number is None and named.spare is not None and self._open_spare(named.spare)
        self._stamp = stamp
        return True

    def _open_spare(self, number: int) -> bool:
        with suppress(_Held):
            self._open([number])
        return self._number is not None

    def hold(self) -> None:
        """See the file as it is now until `let_go`: what is read belongs together."""
        self.let_go()
        self._connection.execute("BEGIN")

    def let_go(self) -> None:
        """See the file as it comes again."""
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def rows(self, statement: str, *parameters: object) -> Sequence[Row]:
        """Ask; where the file turns out to be damaged, ask the one that takes its place."""
        try:
            return self._connection.execute(statement, parameters).fetchall()
        except sqlite3.DatabaseError as error:
            self._fall_back(error)
        return self._connection.execute(statement, parameters).fetchall()

    def row(self, statement: str, *parameters: object) -> Row | None:
        """Ask for the first row."""
        rows = self.rows(statement, *parameters)
        return rows[0] if rows else None

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def _fall_back(self, error: sqlite3.DatabaseError) -> None:
        path = EMPTY if self._number is None else self._files.path(self._number)
        breakdown = breakdown_of(error, path)
        if breakdown is None:
            raise error
        if self._number is None or not isinstance(breakdown, FileDamaged):
            raise breakdown from error
        self._files.report_damage(self._number)
        spare = self._files.named().spare
        try:
            self._open([spare if spare != self._number else None])
        except _Held:
            raise breakdown from error

    def _open(self, numbers: Sequence[int | None]) -> None:
        """Go over to the first that can be read, or an empty one; raise `_Held`, and nothing has changed."""
        found: tuple[int | None, sqlite3.Connection] | None = None
        for number in numbers:
            connection = None if number is None or self._files.is_damaged(number) else self._connect(number)
            if connection is not None:
                found = number, connection
                break
        self._connection.close()
        self.generation += 1
        self._number, self._connection = found or (None, _empty())

    def _connect(self, number: int) -> sqlite3.Connection | None:
        """Open a file that is a replica of this release, else nothing: its writer sees to others. Raises `_Held`."""
        path = self._files.path(number)
        connection, held = None, False
        try:
            uri = f"{path.resolve().as_uri()}?mode=ro"
            # Opened where the register starts, used by its worker.
            connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
            connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
            if is_replica(connection):
                return connection
        except sqlite3.DatabaseError as error:
            if isinstance(breakdown_of(error, path), FileDamaged):
                self._files.report_damage(number)
            else:
                held = path.exists()
        if connection is not None:
            connection.close()
        if held:
            raise _Held
        return None


def _empty() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    create_tables(connection)
    return connection
