"""SQLite for headquarters without a thread of its own: ``sqlite+simulated:///…`` in its database's URL.

`aiosqlite` runs each statement in a thread and wakes the loop through a socket; here the statement runs where it is
said. Now and then it takes a while of simulated time, in which other requests go on, as they do beside a real one.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Iterable
from typing import Any, Final, Self

from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import URL, Engine
from sqlalchemy.pool import AsyncAdaptedQueuePool, Pool
from sqlalchemy.util.concurrency import await_, in_greenlet

from pos_app.proving.simulate.machine.connections import SimulatedConnection, SimulatedCursor

NAME = "sqlite.simulated"
_COMPILED: Final[dict[Any, Any]] = {}
"""Statements as SQL, for every life of headquarters: each would write the same ones out again."""


class _Pace:
    """How long statements take, in seconds; the simulation says it."""

    of_statement: Callable[[], float] = staticmethod(lambda: 0.0)


def set_pace(of_statement: Callable[[], float]) -> None:
    """Say how long each statement takes from now on."""
    _Pace.of_statement = staticmethod(of_statement)


async def _passing(wait_s: float) -> None:
    if wait_s:
        await asyncio.sleep(wait_s)


def _take_time() -> None:
    if in_greenlet():
        await_(_passing(_Pace.of_statement()))


class _Cursor(SimulatedCursor):
    """Waits in its loop, where SQLAlchemy expects it to."""

    def execute(self, sql: str, parameters: Any = (), /) -> Self:  # noqa: ANN401 — the driver's own types
        _take_time()
        return super().execute(sql, parameters)

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> Self:
        _take_time()
        return super().executemany(sql, parameters)

    async def _async_soft_close(self) -> None:
        """SQLAlchemy asks every asynchronous cursor to let go of its rows: these hold none back."""


class _Connection(SimulatedConnection):
    """Makes such cursors."""

    def cursor(self, factory: Any = _Cursor) -> Any:  # noqa: ANN401 — as the driver declares it
        return super().cursor(factory)


class InPlaceDialect(SQLiteDialect_pysqlite):
    """SQLAlchemy's own SQLite dialect, said to be asynchronous."""

    driver = "simulated"
    supports_statement_cache = True
    is_async = True

    def __eq__(self, other: object) -> bool:
        """One speaks as any other: what was compiled for one is good for all."""
        return type(other) is InPlaceDialect

    def __hash__(self) -> int:
        """Be found as the same."""
        return hash(NAME)

    @classmethod
    def engine_created(cls, engine: Engine) -> None:
        """Give it what other lives have compiled."""
        engine.update_execution_options(compiled_cache=_COMPILED)

    @classmethod
    def get_pool_class(cls, url: URL) -> type[Pool]:
        """Wait for a connection as beside aiosqlite: in the loop."""
        del url
        return AsyncAdaptedQueuePool

    def connect(self, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 — as SQLAlchemy declares it
        """Open a connection of the process that runs."""
        return sqlite3.connect(*arguments, factory=_Connection, **options)


def register_driver() -> None:
    """Make the driver known to SQLAlchemy; a second time does nothing."""
    registry.register(NAME, __name__, InPlaceDialect.__name__)
