"""Rows for tenders that are taken before their sale is complete."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "tender",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("basket", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )
