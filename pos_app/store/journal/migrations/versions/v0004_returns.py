"""Returns and voids found among the facts without reading through the sales."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_index("ix_fact_returns", "fact", ["epoch", "seq"], sqlite_where=sa.text("kind IN ('return', 'void')"))
