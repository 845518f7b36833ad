"""Keep at which stores members shopped, and what other channels tell of them."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    op.create_table(
        "member_visit",
        *(_text(name) for name in ("member", "store")),
        _number("last_at"),
        sa.PrimaryKeyConstraint("member", "store", name="pk_member_visit"),
    )
    op.create_index("ix_member_visit_last", "member_visit", ["last_at"])
    op.create_table(
        "channel_event",
        *(_text(name) for name in ("channel", "id")),
        _text("member", nullable=True),
        *(_text(name) for name in ("kind", "at")),
        *(_text(name, nullable=True) for name in ("identity_kind", "digest")),
        _text("document"),
        _number("received_at"),
        sa.PrimaryKeyConstraint("channel", "id", name="pk_channel_event"),
    )
    op.create_index("ix_channel_event_member", "channel_event", ["member", "at"])
    op.create_index("ix_channel_event_digest", "channel_event", ["identity_kind", "digest"])


def _text(name: str, *, nullable: bool = False) -> "sa.Column[str]":
    return sa.Column(name, sa.Text(), nullable=nullable)


def _number(name: str) -> "sa.Column[int]":
    return sa.Column(name, sa.BigInteger(), nullable=False, autoincrement=False)
