"""Many rows and many names in one statement each, on SQLite and PostgreSQL.

A row a statement is what costs, not a row. SQLite's driver repeats a statement by itself; PostgreSQL is handed all rows
as one JSON text, which costs who asks a third of a list for each column, and the server the same. Knows no table.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

import msgspec
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    LargeBinary,
    Table,
    Text,
    any_,
    func,
    literal,
    select,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.expression import cast

_POSTGRESQL_TYPES: Final[Mapping[type[Any], str]] = {
    Text: "text",
    BigInteger: "bigint",
    LargeBinary: "text",
    Boolean: "boolean",
}
"""As they come in JSON, where bytes are text in base64."""
Rows = Sequence[Mapping[str, Any]]

_FROM_JSON: Final = "SELECT {} FROM json_to_recordset($1::text::json) AS row ({})"


@dataclass(frozen=True, slots=True)
class ManyRows:
    """An insert of many rows into a table, made once and used often.

    ``tail`` says what to do on conflict, in the words that both databases share; with one each key may come once.
    ``columns`` are all by default; whatever else a row has is left out.
    """

    table: Table
    tail: str = ""
    columns: tuple[str, ...] = ()
    _names: tuple[str, ...] = field(init=False)
    _sqlite: str = field(init=False)
    postgresql: str = field(init=False)

    def __post_init__(self) -> None:
        """Write the statements."""
        names = self.columns or tuple(column.name for column in self.table.columns)
        quoted = ", ".join(f'"{name}"' for name in names)
        into = f"INSERT INTO {self.table.name} ({quoted})"
        read = ", ".join(_as_read(self.table.c[name]) for name in names)
        coming = ", ".join(f'"{name}" {_POSTGRESQL_TYPES[type(self.table.c[name].type)]}' for name in names)
        object.__setattr__(self, "_names", names)
        object.__setattr__(self, "_sqlite", f"{into} VALUES ({', '.join('?' for _ in names)}) {self.tail}")
        object.__setattr__(self, "postgresql", f"{into} {_FROM_JSON.format(read, coming)} {self.tail}")

    async def insert(self, connection: AsyncConnection, rows: Rows) -> None:
        """Insert rows, all of them in one go (none: nothing)."""
        if not rows:
            return
        if connection.dialect.name == "sqlite":
            await connection.exec_driver_sql(self._sqlite, [tuple(row[name] for name in self._names) for row in rows])
        else:
            await connection.exec_driver_sql(self.postgresql, (msgspec.json.encode(rows).decode(),))


async def insert_together(connection: AsyncConnection, parts: Sequence[tuple[ManyRows, Rows]]) -> None:
    """Insert rows into several tables; on PostgreSQL by one statement, so none of them may ask for another's rows."""
    some = [(many, rows) for many, rows in parts if rows]
    if connection.dialect.name == "sqlite" or len(some) < 2:
        for many, rows in some:
            await many.insert(connection, rows)
        return
    statement = _together(tuple(many.postgresql for many, _ in some))
    await connection.exec_driver_sql(statement, tuple(msgspec.json.encode(rows).decode() for _, rows in some))


@cache
def _together(statements: tuple[str, ...]) -> str:
    """Write statements as one: all but the last in front of it, each with a parameter of its own."""
    *first, last = (one.replace("$1", f"${at}") for at, one in enumerate(statements, 1))
    return f"WITH {', '.join(f'part_{at} AS ({one})' for at, one in enumerate(first, 1))} {last}"


def one_of(dialect: str, column: Column[str], names: Iterable[str]) -> ColumnElement[bool]:
    """Say that a column is one of many names: one parameter, and so one statement, however many they are.

    As one text too: of a list, PostgreSQL's driver asks each name whether it is another list.
    """
    listing = msgspec.json.encode(sorted(set(names))).decode()
    if dialect == "sqlite":
        return column.in_(select(func.json_each(listing).table_valued("value").c.value))
    listed = func.json_array_elements_text(cast(literal(listing, Text), JSON)).table_valued("value")
    return column == any_(func.array(select(listed.c.value).scalar_subquery()))


def _as_read(column: Column[Any]) -> str:
    binary = isinstance(column.type, LargeBinary)
    return f"decode(\"{column.name}\", 'base64')" if binary else f'"{column.name}"'
