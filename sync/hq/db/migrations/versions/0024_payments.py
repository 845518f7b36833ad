"""Payments that providers were asked for, and how each stands."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def _text(*names: str, nullable: bool = False) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=nullable) for name in names]


def _number(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger(), nullable=False, autoincrement=False) for name in names]


def upgrade() -> None:
    op.create_table(
        "payment",
        *_text("id", "device"),
        *_number("epoch", "seq"),
        *_text("store", "provider"),
        *_number("amount"),
        *_text("state"),
        *_text("sale", nullable=True),
        *_text("reason", "reference", "asked_at"),
        *_number("since"),
        sa.PrimaryKeyConstraint("id", name="pk_payment"),
    )
    op.create_index("ix_payment_store", "payment", ["store", "asked_at"])
    hanging = sa.text("state IN ('asked', 'paid')")
    op.create_index("ix_payment_hanging", "payment", ["since"], sqlite_where=hanging, postgresql_where=hanging)
