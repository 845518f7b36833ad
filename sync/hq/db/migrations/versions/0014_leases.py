"""Keep what lies at registers, to be spent there without asking."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

_LIVE = sa.text("state != 'ended'")


def upgrade() -> None:
    op.create_table(
        "lease",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("id", "resource", "key", "store", "device")),
        *(
            sa.Column(name, sa.BigInteger(), nullable=False, autoincrement=False)
            for name in ("amount", "spent", "until")
        ),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("granted_at", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True, autoincrement=False),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_lease"),
    )
    op.create_index("ix_lease_live", "lease", ["key"], sqlite_where=_LIVE, postgresql_where=_LIVE)
