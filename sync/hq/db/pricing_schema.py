"""Headquarters' tables of what other channels are told of prices, what they list, and what the daily scan found.

What `schema` says of columns holds here too.
"""

from typing import Final

from sqlalchemy import Index, PrimaryKeyConstraint, Table, text

from sync.hq.db.columns import number_column as _number
from sync.hq.db.columns import text_column as _text
from sync.hq.db.schema import device

METADATA: Final = device.metadata

channel = Table(
    "channel",
    METADATA,
    _text("id", primary_key=True),
    _text("prices"),
    _text("token_digest"),
    _text("url", nullable=True),
    _text("secret", nullable=True),
    _number("delivered"),
    _number("failures"),
    _number("next_try_at"),
    _text("last_error"),
    _number("made_at"),
)
"""``prices``: whose price rows it is told (``online`` or ``store``). With an ``url`` it has a webhook: what is behind
``delivered`` in the feed is still to be sent, in order, from ``next_try_at`` on."""

price_change = Table(
    "price_change",
    METADATA,
    _text("price", primary_key=True),
    _number("number"),
    _text("reached"),
    _text("body", nullable=True),
    _number("published_at"),
)
"""The feed of price changes, and every webhook's outbox: each row's newest, numbered in the order of imports. No body:
it is gone. ``reached``: each channel of rows that it ever was for, so that each hears of its end."""

Index("ix_price_change_number", price_change.c.number, unique=True)

listed_price = Table(
    "listed_price",
    METADATA,
    _text("channel"),
    _text("sku"),
    _text("store"),
    _number("amount"),
    _text("at"),
    PrimaryKeyConstraint("channel", "sku", "store"),
)
"""What a channel said that it asks for a product; ``store`` is empty where it sells for no store in particular."""

settlement = Table(
    "settlement",
    METADATA,
    _text("id", primary_key=True),
    _text("subject"),
    _text("state"),
    _number("frozen_at"),
    _number("released_at", nullable=True),
    _text("released_by", nullable=True),
    _text("release_reason", nullable=True),
    Index(
        "ix_settlement_frozen",
        "subject",
        unique=True,
        sqlite_where=text("state = 'frozen'"),
        postgresql_where=text("state = 'frozen'"),
    ),
)
"""A store's or a channel's settlement that is or was ``frozen``, until a person ``released`` it."""

price_alarm = Table(
    "price_alarm",
    METADATA,
    _text("settlement"),
    _text("key"),
    _text("kind"),
    _text("details"),
    _number("made_at"),
    PrimaryKeyConstraint("settlement", "key"),
)
"""A price that is another than the rulebook's. ``key`` says which, so that it is told once in a settlement."""

job = Table("job", METADATA, _text("name", primary_key=True), _number("ran_at"))
"""When a job ran last, so that of many processes one runs it."""
