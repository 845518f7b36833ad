"""Reading and writing headquarters' database: two types, so that who may not write cannot.

A piece of writing is one transaction, tried again when others were in its way; who only reads sees one state
throughout. Knows no table.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final, Self, TypeVar

from sqlalchemy import Column, Row, Select, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql import Executable

from sync.hq.db.engines import Engines, open_engines, touch_file
from sync.hq.db.many import ManyRows, Rows, insert_together, one_of
from sync.hq.db.migrating import upgrade
from sync.hq.db.troubles import HqBusy, database_troubles

ATTEMPTS: Final = 4


T = TypeVar("T")

AnyRow = Row[*tuple[Any, ...]]
"""A row of whatever was asked for."""
AnySelect = Select[*tuple[Any, ...]]
"""A question that gives such rows."""


class Reader:
    """Asks the database."""

    def __init__(self, connection: AsyncConnection) -> None:
        """Ask over a connection that has a transaction."""
        self._connection = connection

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self._connection.dialect.name

    async def rows(self, statement: Executable) -> Sequence[AnyRow]:
        """Give all rows."""
        return (await self._connection.execute(statement)).all()

    async def rows_in(
        self, statement: Select[*tuple[Any, ...]], column: Column[str], names: Iterable[str]
    ) -> list[AnyRow]:
        """Give all rows whose column is one of many names, however many."""
        if not (wanted := set(names)):
            return []
        return list(await self.rows(statement.where(one_of(self.dialect, column, wanted))))

    async def row(self, statement: Executable) -> AnyRow | None:
        """Give the only row, if there is one."""
        return (await self._connection.execute(statement)).one_or_none()

    async def value(self, statement: Executable) -> Any:  # noqa: ANN401 — a column's value is what it is
        """Give the only row's first column, or None."""
        return (await self._connection.execute(statement)).scalar_one_or_none()


class Writer(Reader):
    """Asks and writes, in one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        """Write over a connection that has a transaction."""
        super().__init__(connection)
        self.changed_scopes: set[str] = set()
        """Who waits for these scopes is woken once all is committed."""

    async def execute(self, statement: Executable, rows: Sequence[Mapping[str, Any]] | None = None) -> None:
        """Write; with rows, all of them in one go (none: nothing)."""
        if rows is None:
            await self._connection.execute(statement)
        elif rows:
            await self._connection.execute(statement, rows)

    async def add(self, many: ManyRows, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert many rows in one go (none: nothing)."""
        await many.insert(self._connection, rows)

    async def add_together(self, *parts: tuple[ManyRows, Rows]) -> None:
        """Insert many rows into several tables in one go; the tables must not hang together."""
        await insert_together(self._connection, parts)

    async def count(self, statement: Executable) -> int:
        """Write, and tell how many rows it was."""
        result = await self._connection.execute(statement)
        return int(getattr(result, "rowcount", 0))

    def insert(self, table: Table) -> "sqlite.Insert | postgresql.Insert":
        """Begin an insert that may say what to do on conflict."""
        return sqlite.insert(table) if self.dialect == "sqlite" else postgresql.insert(table)

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """Take back what is written inside when it raises."""
        nested = await self._connection.begin_nested()
        try:
            yield
        except Exception as error:
            try:
                await nested.rollback()
            except DBAPIError:
                # a full disk has ended the whole transaction already: what was said first is the trouble
                raise error from None
            raise
        await nested.commit()


class Database:
    """Headquarters' database, open."""

    def __init__(self, engines: Engines, announce: Callable[[frozenset[str]], None]) -> None:
        """``announce`` hears which scopes changed, once that is committed."""
        self._engines = engines
        self._announce = announce

    @classmethod
    async def open(cls, url: str, *, announce: Callable[[frozenset[str]], None]) -> Self:
        """Open a database and bring it up to date.

        Raises:
            FileTooNew: a newer release wrote it.
            HqBusy: somebody else is writing all the time.

        """
        database = cls(open_engines(url), announce)
        try:
            with database_troubles():
                await asyncio.to_thread(touch_file, url)
                async with database._engines.write.begin() as connection:
                    await connection.run_sync(upgrade)
        except BaseException:
            await database.close()
            raise
        return database

    async def close(self) -> None:
        """Close every connection."""
        await self._engines.close()

    @property
    def shared(self) -> bool:
        """Whether other processes may serve it too."""
        return self._engines.write.dialect.name != "sqlite"

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Reader]:
        """Read one state throughout."""
        with database_troubles():
            async with self._engines.read.connect() as connection, connection.begin():
                yield Reader(connection)

    @asynccontextmanager
    async def look(self) -> AsyncIterator[Reader]:
        """Ask one question, or several that each see the state of their own moment."""
        if not self.shared:
            async with self.read() as reader:
                yield reader
            return
        with database_troubles():
            # Without the words around a transaction, which cost more than such a question.
            async with self._engines.read.connect() as connection:
                yield Reader(await connection.execution_options(isolation_level="AUTOCOMMIT"))

    async def write_alone(self, statement: Executable, values: Mapping[str, Any]) -> AnyRow | None:
        """Write by one statement that is its own transaction; give the row that it gives, if it does."""
        with database_troubles():
            async with self._engines.write.connect() as connection:
                alone = await connection.execution_options(isolation_level="AUTOCOMMIT")
                return (await alone.execute(statement, values)).one_or_none()

    async def write(self, work: Callable[[Writer], Awaitable[T]]) -> T:
        """Do a piece of work in one transaction, from its beginning again when others were in its way.

        What it raises rolls everything back. Raises `HqBusy` when others were in its way to the end, ``DiskFull``.
        """
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return await self._write_once(work)
            except HqBusy:
                if attempt == ATTEMPTS:
                    raise
                await asyncio.sleep(random.uniform(0.01, 0.05) * attempt)
        raise AssertionError("the last attempt returns or raises")

    async def _write_once(self, work: Callable[[Writer], Awaitable[T]]) -> T:
        with database_troubles():
            async with self._engines.write.begin() as connection:
                writer = Writer(connection)
                result = await work(writer)
        if writer.changed_scopes:
            self._announce(frozenset(writer.changed_scopes))
        return result
