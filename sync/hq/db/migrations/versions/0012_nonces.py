"""Remember nonces where every worker finds them."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "nonce",
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("device", "nonce", name="pk_nonce"),
    )
    op.create_index("ix_nonce_seen_at", "nonce", ["seen_at"])
