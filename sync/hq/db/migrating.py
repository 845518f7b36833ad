"""Brings a database to this release's tables; refuses one that a newer release wrote."""

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from pos_app.domain.errors import FileDamaged, FileTooNew

_STEPS_LOCK: Final = 0x4752414E
"""``GRAN``: the advisory lock of whoever brings a database up to date."""
MIGRATIONS: Final = Path(__file__).with_name("migrations")


def upgrade(connection: Connection, until: str = "head") -> None:
    """Run the steps that are missing, in the connection's transaction; a test may stop at an older revision.

    Raises:
        FileTooNew: ``hq_database_newer``, a newer release wrote it.
        FileDamaged: ``hq_database_foreign``, somebody else's tables are in it.

    """
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    if connection.dialect.name == "postgresql":
        # Several workers start at once: one makes the steps, the others wait and find them made.
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_STEPS_LOCK})")
    known = {step.revision for step in ScriptDirectory.from_config(config).walk_revisions()}
    stands_at = MigrationContext.configure(connection).get_current_revision()
    if stands_at is not None and stands_at not in known:
        raise FileTooNew("hq_database_newer", revision=stands_at)
    if stands_at is None and inspect(connection).get_table_names():
        raise FileDamaged("hq_database_foreign")
    command.upgrade(config, until)
