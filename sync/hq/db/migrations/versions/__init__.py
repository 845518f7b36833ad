"""One module a step; Alembic loads them by path."""
