"""How Alembic reaches the database: over the connection that `sync.hq.db.migrating` hands it."""

from alembic import context

from sync.hq.db.all_tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
with context.begin_transaction():
    context.run_migrations()
