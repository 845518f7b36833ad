"""Give exceptions an owner, a receipt and a resolution, and keep the steps by which they are settled."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0003"


def upgrade() -> None:
    for column in (
        sa.Column("receipt", sa.Text(), nullable=True),
        sa.Column("owner", sa.Text(), nullable=False, server_default="hq"),
        sa.Column("resolved_at", sa.BigInteger(), nullable=True),
        sa.Column("resolved_by", sa.Text(), nullable=True),
        sa.Column("resolution", sa.Text(), nullable=True),
    ):
        op.add_column("fact_exception", column)
    op.create_index("ix_fact_exception_state", "fact_exception", ["state", "made_at"])
    op.create_table(
        "exception_step",
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("seq", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("number", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("step", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("device", "epoch", "seq", "number", "step", name="pk_exception_step"),
    )
