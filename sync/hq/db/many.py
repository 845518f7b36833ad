"""Many rows and many names in one statement each, on SQLite and PostgreSQL.

A row a statement is what costs, not a row. SQLite's driver repeats a statement by itself; PostgreSQL is handed all rows
as one JSON text, which costs who asks a third of a list for each column, and the server the same. Knows no table.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec
from sqlalchemy import BigInteger, Boolean, Column, ColumnElement, LargeBinary, Table, Text, any_, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.expression import cast

_POSTGRESQL_TYPES: Final[Mapping[type[Any], str]] = {
    Text: "text",
    BigInteger: "bigint",
    LargeBinary: "text",
    Boolean: "boolean",
}
"""As they come in JSON, where bytes are text in base64."""
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
    _postgresql: str = field(init=False)

    def __post_init__(self) -> None:
        """Write the statements."""
        names = self.columns or tuple(column.name for column in self.table.columns)
        quoted = ", ".join(f'"{name}"' for name in names)
        into = f"INSERT INTO {self.table.name} ({quoted})"
        read = ", ".join(_as_read(self.table.c[name]) for name in names)
        coming = ", ".join(f'"{name}" {_POSTGRESQL_TYPES[type(self.table.c[name].type)]}' for name in names)
        object.__setattr__(self, "_names", names)
        object.__setattr__(self, "_sqlite", f"{into} VALUES ({', '.join('?' for _ in names)}) {self.tail}")
        object.__setattr__(self, "_postgresql", f"{into} {_FROM_JSON.format(read, coming)} {self.tail}")

    async def insert(self, connection: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert rows, all of them in one go (none: nothing)."""
        if not rows:
            return
        if connection.dialect.name == "sqlite":
            await connection.exec_driver_sql(self._sqlite, [tuple(row[name] for name in self._names) for row in rows])
        else:
            await connection.exec_driver_sql(self._postgresql, (msgspec.json.encode(rows).decode(),))


def one_of(dialect: str, column: Column[str], names: Iterable[str]) -> ColumnElement[bool]:
    """Say that a column is one of many names: one parameter, and so one statement, however many they are."""
    wanted = sorted(set(names))
    if dialect == "sqlite":
        listed = func.json_each(msgspec.json.encode(wanted).decode()).table_valued("value")
        return column.in_(select(listed.c.value))
    return column == any_(cast(wanted, ARRAY(Text)))


def _as_read(column: Column[Any]) -> str:
    binary = isinstance(column.type, LargeBinary)
    return f"decode(\"{column.name}\", 'base64')" if binary else f'"{column.name}"'
