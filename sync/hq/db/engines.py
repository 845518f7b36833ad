"""The two engines of a database: one that writes and one that can only read.

On SQLite one connection writes at a time, and others of this process queue for it in order; readers never wait.
On PostgreSQL rows are locked, and readers see one state by REPEATABLE READ.
"""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from time import monotonic
from typing import Any, Final

from sqlalchemy import Connection, event, make_url
from sqlalchemy.exc import ArgumentError, DisconnectionError, InvalidRequestError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool, ConnectionPoolEntry

from pos_app.domain.errors import Refusal

QUEUE_S: Final = 10
"""How long a request waits for its turn to write before it is told to come again."""
READERS: Final = 10
WRITERS: Final = 10
"""Connections of each kind that a process has to PostgreSQL; who comes while all are busy waits in turn."""
RESTED_S: Final = 2.0
"""A connection that nobody used for so long may be one that a restarted server has forgotten."""
_USED_S: Final = "used_s"
LOCK_MS: Final = 5000
"""How long it waits for another process."""

_POSTGRESQL: Final = {
    # A prepared statement keeps the plan of its first days: made while `sale` was empty, it read the whole table for
    # each batch until somebody analysed it. Who writes asks by keys, and every key has an index.
    "enable_seqscan": "off",
    # what has no index (a table of one row) now looks dear, and compiling it takes longer than it does
    "jit": "off",
}

_SQLITE: Final = ("PRAGMA journal_mode = WAL", f"PRAGMA busy_timeout = {LOCK_MS}", "PRAGMA cache_size = -65536")
_WRITING: Final = ("PRAGMA synchronous = FULL",)
_READING: Final = ("PRAGMA query_only = ON",)


@dataclass(frozen=True, slots=True)
class Engines:
    """How a database is reached."""

    read: AsyncEngine
    write: AsyncEngine

    async def close(self) -> None:
        """Close every connection."""
        await self.read.dispose()
        await self.write.dispose()


def open_engines(url: str) -> Engines:
    """Prepare to reach a database; nothing is opened yet. Raises ``Refusal("hq_database_url")``."""
    try:
        return _engines(url)
    except (ArgumentError, InvalidRequestError, ModuleNotFoundError) as error:
        raise Refusal("hq_database_url", reason=str(error).partition("\n")[0]) from error


def touch_file(url: str) -> None:
    """Open a SQLite file by the plain driver, so that one which cannot be opened is known before all else.

    A failing `aiosqlite.connect` leaves a thread behind that stumbles over the closed event loop
    (https://github.com/omnilib/aiosqlite/issues/241). Raises what `sqlite3` does.
    """
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(make_url(url).database or "")) as connection:
            connection.execute("PRAGMA schema_version").fetchone()


def _engines(url: str) -> Engines:
    if not url.startswith("sqlite"):
        # None beyond the pool: a connection that is made for a request and then closed costs the server more than the
        # request.
        pool: dict[str, Any] = {"max_overflow": 0, "pool_timeout": QUEUE_S, "hide_parameters": True}
        read = create_async_engine(url, isolation_level="REPEATABLE READ", pool_size=READERS, **pool)
        write = create_async_engine(
            url,
            isolation_level="READ COMMITTED",
            pool_size=WRITERS,
            connect_args={"server_settings": _POSTGRESQL},
            **pool,
        )
        for engine in (read, write):
            _ask_after_a_rest(engine)
        return Engines(read, write)
    # What a statement carries (secrets, people) is in no log.
    options: dict[str, Any] = {
        "hide_parameters": True,
        "poolclass": AsyncAdaptedQueuePool,
        "max_overflow": 0,
        "pool_timeout": QUEUE_S,
    }
    read = create_async_engine(url, pool_size=8, **options)
    write = create_async_engine(url, pool_size=1, **options)
    _prepare_sqlite(read, begin="BEGIN", pragmas=(*_SQLITE, *_READING))
    _prepare_sqlite(write, begin="BEGIN IMMEDIATE", pragmas=(*_SQLITE, *_WRITING))
    return Engines(read, write)


def _ask_after_a_rest(engine: AsyncEngine) -> None:
    """Ask whether the server still knows a connection that was not used for a while, and make a new one where not.

    Not before each use, which costs three words on the line: a server does not come back within so short a while, and
    who meets one that is gone is told to come again.
    """

    def on_checkin(_connection: object, record: ConnectionPoolEntry) -> None:
        record.info[_USED_S] = monotonic()

    def on_checkout(connection: Any, record: ConnectionPoolEntry, _: object) -> None:  # noqa: ANN401 — the driver's connection, adapted
        if monotonic() - record.info.get(_USED_S, monotonic()) < RESTED_S:
            return
        try:
            connection.ping()
        except Exception as error:
            raise DisconnectionError from error

    event.listen(engine.sync_engine, "checkin", on_checkin)
    event.listen(engine.sync_engine, "checkout", on_checkout)


def _prepare_sqlite(engine: AsyncEngine, *, begin: str, pragmas: tuple[str, ...]) -> None:
    """Begin transactions by our own word: the driver's comes too late to hold the lock from the first read on."""

    def on_connect(connection: Any, _: object) -> None:  # noqa: ANN401 — the driver's connection, adapted
        connection.isolation_level = None
        cursor = connection.cursor()
        try:
            for pragma in pragmas:
                cursor.execute(pragma)
        except sqlite3.Error:
            # nobody else knows of this connection yet, and its thread would outlive the event loop
            connection.close()
            raise
        cursor.close()

    def on_begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine.sync_engine, "connect", on_connect)
    event.listen(engine.sync_engine, "begin", on_begin)
