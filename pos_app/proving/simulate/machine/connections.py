"""What a simulated process does to its disk: each SQL statement and each renaming is a step at which it may be killed.

Connections of this kind take the place of `sqlite3.connect` while a simulation runs; what the simulation itself opens
is not touched. Knows nothing of what is written.
"""

import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Self

from pos_app.proving.simulate.machine.images import frames, wal_of
from pos_app.proving.simulate.machine.processes import Commit, Process, running_process

_REAL: Final[Any] = sqlite3.connect
_NAMING: Final = frozenset({"os.rename", "os.remove"})
_OPENING: Final = "open"


class SimulatedCursor(sqlite3.Cursor):
    """A cursor whose statements are steps."""

    connection: "SimulatedConnection"

    def execute(self, sql: str, parameters: Any = (), /) -> Self:  # noqa: ANN401 — the driver's own types
        """Take a step, then do it."""
        self.connection.step(sql, lambda: super(SimulatedCursor, self).execute(sql))
        return super().execute(sql, parameters)

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> Self:
        """Take a step, then do it."""
        self.connection.step(sql)
        return super().executemany(sql, parameters)


class SimulatedConnection(sqlite3.Connection):
    """A connection that belongs to a process."""

    process: Process
    path: Path
    lazy: bool = False
    """Its commits do not wait for the disk."""
    began: int = 0
    """Its count of changes when the transaction began."""

    def cursor(self, factory: Any = SimulatedCursor) -> Any:  # noqa: ANN401 — as the driver declares it
        """Make a cursor."""
        return super().cursor(factory)

    def execute(self, sql: str, parameters: Any = (), /) -> Any:  # noqa: ANN401 — the driver's own types
        """Execute by a cursor of ours: the driver would take one of its own."""
        return self.cursor().execute(sql, parameters)

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> Any:  # noqa: ANN401 — the driver's own types
        """Execute by a cursor of ours."""
        return self.cursor().executemany(sql, parameters)

    def step(self, sql: str, do: Callable[[], object] | None = None) -> None:
        """Take the step before a statement. The dead may roll back: it reaches no disk that anybody reads."""
        if self.process.alive and str(self.path).startswith(self.process.root):
            self.process.room.statement(self, sql, self.began)
        if sql.startswith("BEGIN"):
            self.began = self.total_changes
        if sql == "COMMIT" and do is not None:
            self.process.step(sql, Commit(self.path, do))
            self._note_sync(synced=not self.lazy)
        elif sql.startswith("PRAGMA synchronous"):
            self.lazy = sql.endswith("NORMAL")
        elif sql.startswith("PRAGMA wal_checkpoint"):
            self.process.step(sql)
            self._note_sync(synced=True)  # it syncs the WAL before it moves a page
        elif sql != "ROLLBACK" or self.process.alive:
            self.process.step(sql)

    def _note_sync(self, *, synced: bool) -> None:
        """Remember what a sync has left; a replica's WAL is told by its own shared memory (`images`)."""
        wal = wal_of(self.path)
        if synced:
            self.process.unsynced.pop(wal, None)
        elif not self.path.name.startswith("replica-") and wal not in self.process.unsynced:
            self.process.unsynced[wal] = frames(wal)

    def commit(self) -> None:
        """Commit, as SQLAlchemy says it."""
        if self.in_transaction:
            self.step("COMMIT", super().commit)
        super().commit()
        self.process.committed()

    def rollback(self) -> None:
        """Roll back, as SQLAlchemy says it."""
        if self.in_transaction:
            self.step("ROLLBACK")
        super().rollback()


def connect(database: Any, *arguments: Any, **options: Any) -> sqlite3.Connection:  # noqa: ANN401 — as `sqlite3.connect`
    """Connect for whichever process runs."""
    process = running_process()
    if process is None:
        plain: sqlite3.Connection = _REAL(database, *arguments, **options)
        return plain
    process.step("connect")
    options.setdefault("factory", SimulatedConnection)
    connection: SimulatedConnection = _REAL(database, *arguments, **options)
    connection.process, connection.path = process, _path(str(database))
    return connection


def _path(database: str) -> Path:
    return Path(database.removeprefix("file://").partition("?")[0])


def _on_audit(event: str, arguments: tuple[Any, ...]) -> None:
    """Make steps of what gives a file of the running process another name, or none; refuse files for which there is no
    room.

    Python tells of it beforehand (PEP 578), and what is raised here stops it.
    """
    if event not in _NAMING and event != _OPENING:
        return
    process = running_process()
    if process is None or not process.alive or not str(arguments[0]).startswith(process.root):
        return
    if event == _OPENING:
        process.room.opening(str(arguments[0]), arguments[2])
    else:
        process.step(event)


class _Hook:
    """An audit hook cannot be taken out again: one is put in, once, and does nothing where no process runs."""

    installed = False


@contextmanager
def simulated_disks() -> Iterator[None]:
    """Let every connection and every renaming of a simulated process be a step of it."""
    if not _Hook.installed:
        _Hook.installed = True
        sys.addaudithook(_on_audit)
    sqlite3.connect = connect  # type: ignore[assignment]  # a plainer signature
    try:
        yield
    finally:
        sqlite3.connect = _REAL
