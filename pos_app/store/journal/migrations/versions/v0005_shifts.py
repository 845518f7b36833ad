"""Shifts and closed days: what is open, which numbers are used, which days take nothing more."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "shift",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("business_date", sa.Text, nullable=False),
        sa.Column("since_epoch", sa.Integer, nullable=False),
        sa.Column("since_seq", sa.Integer, nullable=False),
        sa.Column("opened_epoch", sa.Integer),
        sa.Column("opened_seq", sa.Integer),
        sa.Column("closed_epoch", sa.Integer),
        sa.Column("closed_seq", sa.Integer),
        sa.CheckConstraint("number > 0", name="shift_number_counts_from_one"),
        sqlite_strict=True,
    )
    op.create_table(
        "closed_day",
        sa.Column("business_date", sa.Text, primary_key=True),
        sa.Column("epoch", sa.Integer),
        sa.Column("seq", sa.Integer),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )
