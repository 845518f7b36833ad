"""Headquarters' table of payments that providers were asked for.

What `schema` says of columns holds here too.
"""

from sqlalchemy import Index, Table, text

from sync.hq.db.columns import METADATA
from sync.hq.db.columns import number_column as _number
from sync.hq.db.columns import text_column as _text

payment = Table(
    "payment",
    METADATA,
    _text("id", primary_key=True),
    _text("device"),
    _number("epoch"),
    _number("seq"),
    _text("store"),
    _text("provider"),
    _number("amount"),
    _text("state"),
    _text("sale", nullable=True),
    _text("reason"),
    _text("reference"),
    _text("asked_at"),
    _number("since"),
    Index("ix_payment_store", "store", "asked_at"),
    Index(
        "ix_payment_hanging",
        "since",
        sqlite_where=text("state IN ('asked', 'paid')"),
        postgresql_where=text("state IN ('asked', 'paid')"),
    ),
)
"""``id`` is the merchant's number at the provider, ``reference`` the provider's own. ``state``: ``asked``, ``paid``
(its sale waits for more), ``sold`` (``sale`` names it), ``refused`` or ``reversed``; ``since`` is the instant of the
fact that said so. Device, epoch and seq are those of the fact that came first.
"""
