"""Keep what a register asked for a basket with a line: points of a member, or a coupon."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

_LIVE = sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "hold",
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("id", "resource", "key", "store", "device", "basket")
        ),
        *(sa.Column(name, sa.BigInteger(), nullable=False, autoincrement=False) for name in ("amount", "asked_at")),
        sa.Column("ended_at", sa.BigInteger(), nullable=True, autoincrement=False),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_hold"),
    )
    op.create_index("ix_hold_live", "hold", ["key"], sqlite_where=_LIVE, postgresql_where=_LIVE)
