"""Keep what registers tell of their drawers: shifts opened and closed, cash moved, counts, days closed."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0021"


def _text(*names: str, nullable: bool = False) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=nullable) for name in names]


def _number(*names: str, nullable: bool = False) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger(), nullable=nullable, autoincrement=False) for name in names]


def upgrade() -> None:
    op.create_table(
        "drawer_entry",
        *_text("device"),
        *_number("epoch", "seq"),
        *_text("kind", "store"),
        *_text("shift", nullable=True),
        *_number("number", nullable=True),
        *_text("business_date", nullable=True),
        *_text("at", "operator"),
        *_number("amount"),
        *_number("since_epoch", "since_seq", "expected", "difference", nullable=True),
        *_text("reason"),
        *_text("approved_by", nullable=True),
        sa.PrimaryKeyConstraint("device", "epoch", "seq", name="pk_drawer_entry"),
    )
    op.create_index("ix_drawer_entry_shift", "drawer_entry", ["shift"])
    op.create_index("ix_drawer_entry_store_day", "drawer_entry", ["store", "business_date"])
