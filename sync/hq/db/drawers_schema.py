"""Headquarters' table of drawers: a ledger of what registers told of their shifts. A row is never changed.

What `schema` says of columns holds here too.
"""

from sqlalchemy import Index, PrimaryKeyConstraint, Table

from sync.hq.db.columns import METADATA
from sync.hq.db.columns import number_column as _number
from sync.hq.db.columns import text_column as _text

drawer_entry = Table(
    "drawer_entry",
    METADATA,
    _text("device"),
    _number("epoch"),
    _number("seq"),
    _text("kind"),
    _text("store"),
    _text("shift", nullable=True),
    _number("number", nullable=True),
    _text("business_date", nullable=True),
    _text("at"),
    _text("operator"),
    _number("amount"),
    _number("since_epoch", nullable=True),
    _number("since_seq", nullable=True),
    _number("expected", nullable=True),
    _number("difference", nullable=True),
    _text("reason"),
    _text("approved_by", nullable=True),
    PrimaryKeyConstraint("device", "epoch", "seq"),
    Index("ix_drawer_entry_shift", "shift"),
    Index("ix_drawer_entry_store_day", "store", "business_date"),
)
"""``kind`` is the fact's. ``amount`` is the float of a shift that was opened, what was counted where one was closed or
counted, and what was put in (taken out: below nothing).
"""
