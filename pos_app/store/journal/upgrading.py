"""Makes a fresh journal, or brings an older one to this release, in one transaction: it is done or it never was.

Loads SQLAlchemy and Alembic, which a usual start has no use for: `pos_app.bootstrap` imports this module when
`opening` asks for it. Knows nothing of what the facts mean.
"""

import sqlite3
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, event
from sqlalchemy.pool import StaticPool

from pos_app.store.journal.file_format import APPLICATION_ID, VERSION, Age, age_of
from pos_app.store.journal.schema import metadata

MIGRATIONS = Path(__file__).parent / "migrations"
HEAD = f"{VERSION:04d}"


def bring_up_to_date(path: Path, revision: str = HEAD) -> None:
    """Make the journal at ``path`` one of this release. ``revision`` is for making older files to test with."""
    raw = sqlite3.connect(path, isolation_level=None)
    engine = create_engine("sqlite://", creator=lambda: raw, poolclass=StaticPool)
    # https://docs.sqlalchemy.org/en/21/dialects/sqlite.html#serializable-isolation-savepoints-transactional-ddl
    event.listen(engine, "begin", _begin)
    try:
        age = age_of(raw, path)
        with engine.begin() as connection:
            config = Config(attributes={"connection": connection})
            config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
            config.set_main_option("path_separator", "os")
            if age is Age.EMPTY and revision == HEAD:
                metadata.create_all(connection)
                command.stamp(config, revision)
            else:
                command.upgrade(config, revision)
            connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.exec_driver_sql(f"PRAGMA user_version = {int(revision)}")
    finally:
        engine.dispose()
        raw.close()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
