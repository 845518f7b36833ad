"""Alembic's door to the journal: runs on the connection that `upgrading` hands over, inside its transaction."""

from alembic import context

from pos_app.store.journal.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
