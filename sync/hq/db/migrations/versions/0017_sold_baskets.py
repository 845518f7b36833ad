"""Which basket a sale was, so that one sold at two registers is found."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.add_column("sale", sa.Column("basket", sa.Text(), nullable=True))
    op.create_index("ix_sale_basket", "sale", ["basket"])
