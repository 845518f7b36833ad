"""Migrations lead to the schema that the code declares: a file that was upgraded step by step is like a new one."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, create_engine

from pos_app.store.journal import upgrading
from pos_app.store.journal.schema import metadata as journal_metadata
from sync.hq.db import migrating
from sync.hq.db.all_tables import METADATA as HQ_METADATA

Structure = dict[str, list[tuple[object, ...]]]


def structure(path: Path) -> Structure:
    """What a file's tables are made of, however the words of their making differ."""
    with closing(sqlite3.connect(path)) as connection:
        return {name: sorted(_parts(connection, name), key=repr) for name in _tables(connection)}


def _tables(connection: sqlite3.Connection) -> list[str]:
    named = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").fetchall()
    return [name for (name,) in named if name != "alembic_version" and not name.startswith("sqlite_")]


def _parts(connection: sqlite3.Connection, table: str) -> Iterator[tuple[object, ...]]:
    for kind, _, without_rowid, strict in connection.execute(
        "SELECT type, ncol, wr, strict FROM pragma_table_list WHERE name = ?", (table,)
    ):
        yield "table", kind, without_rowid, strict
    columns = 'SELECT name, type, "notnull", dflt_value, pk, hidden FROM pragma_table_xinfo(?)'
    for row in connection.execute(columns, (table,)):
        yield "column", *row
    references = 'SELECT "table", "from", "to", on_delete FROM pragma_foreign_key_list(?)'
    for row in connection.execute(references, (table,)):
        yield "reference", *row
    for name, unique, origin, partial in connection.execute(
        'SELECT name, "unique", origin, partial FROM pragma_index_list(?)', (table,)
    ).fetchall():
        inside = connection.execute('SELECT name, "desc" FROM pragma_index_xinfo(?) WHERE key', (name,)).fetchall()
        yield "index", name if origin == "c" else "", unique, partial, tuple(inside)
    (words,) = connection.execute("SELECT sql FROM sqlite_schema WHERE name = ?", (table,)).fetchone()
    yield "checks", words.upper().count("CHECK (")


def declared(metadata: MetaData, path: Path) -> Structure:
    engine = create_engine(f"sqlite:///{path}")
    metadata.create_all(engine)
    engine.dispose()
    return structure(path)


def test_a_journal_upgraded_from_the_first_release_is_like_a_new_one(tmp_path: Path) -> None:
    upgraded = tmp_path / "old.db"

    upgrading.bring_up_to_date(upgraded, "0001")
    assert structure(upgraded) != declared(journal_metadata, tmp_path / "new.db")
    upgrading.bring_up_to_date(upgraded)

    assert structure(upgraded) == declared(journal_metadata, tmp_path / "new.db")


def test_headquarters_database_upgraded_step_by_step_is_as_declared(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'old.db'}")
    with engine.begin() as connection:
        migrating.upgrade(connection)
    engine.dispose()

    assert structure(tmp_path / "old.db") == declared(HQ_METADATA, tmp_path / "new.db")


def test_every_line_of_migrations_has_one_end() -> None:
    for folder in (upgrading.MIGRATIONS, Path(migrating.__file__).parent / "migrations"):
        assert len(ScriptDirectory(str(folder)).get_heads()) == 1, folder


def test_a_column_an_index_or_a_check_that_is_missing_would_be_seen(tmp_path: Path) -> None:
    whole = "CREATE TABLE sale (id TEXT PRIMARY KEY, fen INTEGER NOT NULL, CHECK (fen > 0)) STRICT"
    others = [
        ["CREATE TABLE sale (id TEXT PRIMARY KEY, CHECK (id > '')) STRICT"],
        ["CREATE TABLE sale (id TEXT PRIMARY KEY, fen INTEGER, CHECK (fen > 0)) STRICT"],
        ["CREATE TABLE sale (id TEXT PRIMARY KEY, fen INTEGER NOT NULL) STRICT"],
        [whole, "CREATE INDEX by_fen ON sale (fen)"],
        [whole.removesuffix(" STRICT")],
    ]
    made = [_made(tmp_path / f"{number}.db", lines) for number, lines in enumerate([[whole], *others])]

    assert all(other != made[0] for other in made[1:])


def _made(path: Path, lines: list[str]) -> Structure:
    with closing(sqlite3.connect(path)) as connection:
        for line in lines:
            connection.execute(line)
    return structure(path)
