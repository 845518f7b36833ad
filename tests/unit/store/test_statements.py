"""Each statement that the register's files are spoken to with fits the tables that are declared for them."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from types import ModuleType

import pytest
from sqlalchemy import create_engine

from pos_app.store import journal, replica
from pos_app.store.journal.schema import metadata
from pos_app.store.replica import touched
from sync.protocol.replica_schema import create_tables

VERBS = ("SELECT ", "INSERT ", "UPDATE ", "DELETE ")


def journal_tables(path: Path) -> None:
    engine = create_engine(f"sqlite:///{path}")
    metadata.create_all(engine)
    engine.dispose()


def replica_tables(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        create_tables(connection)
        connection.execute(touched.CREATE)
        connection.commit()


def statements(room: ModuleType) -> Iterator[tuple[str, str]]:
    for module in walk_packages(room.__path__, f"{room.__name__}."):
        if ".migrations" in module.name:
            continue
        for name, value in vars(import_module(module.name)).items():
            for each in value if isinstance(value, tuple) else (value,):
                if isinstance(each, str) and each.startswith(VERBS):
                    yield f"{module.name}.{name}", each


@pytest.mark.parametrize(
    ("room", "make_tables", "at_least"), [(journal, journal_tables, 20), (replica, replica_tables, 15)]
)
def test_every_statement_fits_its_tables(
    room: ModuleType, make_tables: Callable[[Path], None], at_least: int, tmp_path: Path
) -> None:
    make_tables(tmp_path / "file.db")
    count = 0
    with closing(sqlite3.connect(tmp_path / "file.db")) as connection:
        for name, statement in statements(room):
            count += 1
            try:
                connection.execute(f"EXPLAIN {statement}", (None,) * statement.count("?"))
            except sqlite3.Error as error:
                pytest.fail(f"{name}: {error}: {statement}")
    assert count >= at_least
