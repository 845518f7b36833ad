"""Keep channels and the feed of price changes, what they list, alarms and frozen settlements; find versions quickly."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_UNCHECKED = sa.text("prices_checked_at IS NULL")
_FROZEN = sa.text("state = 'frozen'")
_AT_A_TIME = 5000


def upgrade() -> None:
    op.drop_index("ix_publication_version_sku", "publication_version")
    op.create_index("ix_publication_version_sku", "publication_version", ["sku", "scope"])
    op.create_index("ix_sale_day", "sale", ["business_date", "store", "id"])
    op.add_column("sale", _number("prices_checked_at", nullable=True))
    op.create_index("ix_sale_unchecked", "sale", ["id"], sqlite_where=_UNCHECKED, postgresql_where=_UNCHECKED)
    _channels()
    _settlements()
    op.create_table("job", _text("name"), _number("ran_at"), sa.PrimaryKeyConstraint("name", name="pk_job"))
    _feed_what_stands()


def _text(name: str, *, nullable: bool = False) -> "sa.Column[str]":
    return sa.Column(name, sa.Text(), nullable=nullable)


def _number(name: str, *, nullable: bool = False) -> "sa.Column[int]":
    return sa.Column(name, sa.BigInteger(), nullable=nullable, autoincrement=False)


def _channels() -> None:
    op.create_table(
        "channel",
        _text("id"),
        _text("prices"),
        _text("token_digest"),
        _text("url", nullable=True),
        _text("secret", nullable=True),
        _number("delivered"),
        _number("failures"),
        _number("next_try_at"),
        _text("last_error"),
        _number("made_at"),
        sa.PrimaryKeyConstraint("id", name="pk_channel"),
    )
    op.create_table(
        "price_change",
        _text("price"),
        _number("number"),
        _text("reached"),
        _text("body", nullable=True),
        _number("published_at"),
        sa.PrimaryKeyConstraint("price", name="pk_price_change"),
    )
    op.create_index("ix_price_change_number", "price_change", ["number"], unique=True)
    op.create_table(
        "listed_price",
        _text("channel"),
        _text("sku"),
        _text("store"),
        _number("amount"),
        _text("at"),
        sa.PrimaryKeyConstraint("channel", "sku", "store", name="pk_listed_price"),
    )


def _settlements() -> None:
    op.create_table(
        "settlement",
        _text("id"),
        _text("subject"),
        _text("state"),
        _number("frozen_at"),
        _number("released_at", nullable=True),
        _text("released_by", nullable=True),
        _text("release_reason", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_settlement"),
    )
    op.create_index(
        "ix_settlement_frozen", "settlement", ["subject"], unique=True, sqlite_where=_FROZEN, postgresql_where=_FROZEN
    )
    op.create_table(
        "price_alarm",
        _text("settlement"),
        _text("key"),
        _text("kind"),
        _text("details"),
        _number("made_at"),
        sa.PrimaryKeyConstraint("settlement", "key", name="pk_price_alarm"),
    )


def _feed_what_stands() -> None:
    """Begin the feed of price changes with the rows that stand now."""
    connection = op.get_bind()
    names = ("topic", "key", "scope", "rev", "body", "published_at")
    published = sa.table("publication", *(sa.column(name) for name in names))
    standing = sa.select(published).where(published.c.topic == "price", published.c.body.is_not(None))
    rows = connection.execute(standing.order_by(published.c.published_at, published.c.scope, published.c.rev)).all()
    newest = {row.key: row for row in rows}
    changes = [
        {
            "price": row.key,
            "number": number,
            "reached": json.loads(row.body).get("channel", "all"),
            "body": row.body,
            "published_at": row.published_at,
        }
        for number, row in enumerate(newest.values(), 1)
    ]
    columns = ("price", "number", "reached", "body", "published_at")
    feed = sa.table("price_change", *(sa.column(name) for name in columns))
    for first in range(0, len(changes), _AT_A_TIME):
        connection.execute(sa.insert(feed), changes[first : first + _AT_A_TIME])
