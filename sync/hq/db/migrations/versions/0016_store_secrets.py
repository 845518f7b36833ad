"""A secret for each store, by which its registers know each other on its own network."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_table(
        "store_secret",
        sa.Column("store", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("store", name="pk_store_secret"),
    )
