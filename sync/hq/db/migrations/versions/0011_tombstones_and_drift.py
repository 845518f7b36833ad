"""Find old tombstones by an index, and keep what comparisons at registers found different."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_GONE = sa.text("body IS NULL")


def upgrade() -> None:
    op.create_index(
        "ix_publication_gone",
        "publication",
        ["scope", "published_at"],
        sqlite_where=_GONE,
        postgresql_where=_GONE,
    )
    op.create_table(
        "drift",
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("buckets", sa.BigInteger(), nullable=False),
        sa.Column("documents", sa.BigInteger(), nullable=False),
        sa.Column("cursor", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("device", "at", "scope", "topic", name="pk_drift"),
    )
