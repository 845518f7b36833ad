"""Headquarters' tables, the same on SQLite and PostgreSQL.

Amounts are fen, quantities thousandths, instants microseconds since 1970; documents are JSON as text. Hot tables have
no foreign keys and no sequences (docs/sync.md §8): their keys come from the facts themselves. How an older database
becomes this one is the migrations' business; a test holds both to each other.
"""

from sqlalchemy import (
    Boolean,
    Column,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from sync.hq.db.columns import METADATA
from sync.hq.db.columns import number_column as _number
from sync.hq.db.columns import text_column as _text

headquarters = Table(
    "headquarters",
    METADATA,
    _number("one", primary_key=True),
    _text("incarnation"),
    _number("made_at"),
)
"""One row: which database this is. Imports lock it, so that they come one after the other."""

place = Table("place", METADATA, _text("id", primary_key=True), _text("kind"), _text("zone"), _text("document"))

store_secret = Table("store_secret", METADATA, _text("store", primary_key=True), _text("secret"))
"""What the registers of a store know each other by on its own network (hex); made at the first enrolment."""

enrol_code = Table(
    "enrol_code",
    METADATA,
    _text("digest", primary_key=True),
    _text("store"),
    _number("register"),
    _number("made_at"),
    _number("expires_at"),
    _text("public_key", nullable=True),
    _number("used_at", nullable=True),
)

device = Table(
    "device",
    METADATA,
    _text("id", primary_key=True),
    _text("store"),
    _number("register"),
    _text("public_key"),
    _text("state"),
    _number("granted_epoch"),
    _number("head_epoch"),
    _number("head_seq"),
    Column("head_hash", LargeBinary, nullable=False),
    _text("head_signed"),
    _number("enrolled_at"),
    _number("pushed_at", nullable=True),
    UniqueConstraint("store", "register"),
)
"""``state``: ``active``, ``frozen`` (its chain forked), ``revoked``. ``head_signed``: the owner's word for its head."""

fact = Table(
    "fact",
    METADATA,
    _text("device"),
    _number("epoch"),
    _number("seq"),
    Column("hash", LargeBinary, nullable=False),
    Column("canonical", LargeBinary, nullable=False),
    _text("kind"),
    _text("at"),
    _text("state"),
    _number("received_at"),
    PrimaryKeyConstraint("device", "epoch", "seq"),
)
"""``state`` is ``applied`` or ``quarantined`` (stored, and waiting for a release or a person that can apply it)."""

Index(
    "ix_fact_quarantined",
    fact.c.device,
    sqlite_where=text("state = 'quarantined'"),
    postgresql_where=text("state = 'quarantined'"),
)

forked_fact = Table(
    "forked_fact",
    METADATA,
    _text("device"),
    _number("epoch"),
    _number("seq"),
    Column("hash", LargeBinary, nullable=False),
    Column("canonical", LargeBinary, nullable=False),
    _number("received_at"),
    PrimaryKeyConstraint("device", "epoch", "seq", "hash"),
)
"""The branch that was refused, kept byte for byte."""

fact_exception = Table(
    "fact_exception",
    METADATA,
    _text("device"),
    _number("epoch"),
    _number("seq"),
    _number("number"),
    _text("store"),
    _text("code"),
    _text("details"),
    _text("state"),
    _number("made_at"),
    _text("receipt", nullable=True),
    Column("owner", Text, nullable=False, server_default="hq"),
    _number("resolved_at", nullable=True),
    _text("resolved_by", nullable=True),
    _text("resolution", nullable=True),
    PrimaryKeyConstraint("device", "epoch", "seq", "number"),
    Index("ix_fact_exception_state", "state", "made_at"),
)
"""``state`` is ``open``, ``resolved`` or ``retired`` (no longer published). ``owner``, who has to settle it, is ``hq``,
``store`` or a person.
"""

exception_step = Table(
    "exception_step",
    METADATA,
    _text("device"),
    _number("epoch"),
    _number("seq"),
    _number("number"),
    _number("step"),
    _number("at"),
    _text("action"),
    _text("by"),
    _text("owner"),
    _text("why"),
    PrimaryKeyConstraint("device", "epoch", "seq", "number", "step"),
)
"""What was done with an exception, by whom and why."""

sale = Table(
    "sale",
    METADATA,
    _text("id", primary_key=True),
    _text("device"),
    _number("epoch"),
    _number("seq"),
    _text("store"),
    _text("receipt"),
    _number("receipt_number"),
    _text("business_date"),
    _text("at"),
    _text("operator"),
    _text("member", nullable=True),
    _number("gross"),
    _number("saving"),
    _number("rounding"),
    _number("payable"),
    _number("prices_checked_at", nullable=True),
    _text("basket", nullable=True),
    Index("ix_sale_basket", "basket"),
    Index("ix_sale_store_day", "store", "business_date"),
    Index("ix_sale_receipt", "receipt"),
    Index("ix_sale_device_day", "device", "business_date"),
    Index("ix_sale_member", "member"),
    Index("ix_sale_day", "business_date", "store", "id"),
)

Index(
    "ix_sale_unchecked",
    sale.c.id,
    sqlite_where=text("prices_checked_at IS NULL"),
    postgresql_where=text("prices_checked_at IS NULL"),
)

sale_line = Table(
    "sale_line",
    METADATA,
    _text("sale"),
    _number("line"),
    _text("sku"),
    _number("quantity"),
    _number("unit_price"),
    _text("price_id", nullable=True),
    _number("gross"),
    _number("net"),
    PrimaryKeyConstraint("sale", "line"),
)

tender = Table(
    "tender",
    METADATA,
    _text("sale"),
    _number("number"),
    _text("kind"),
    _number("amount"),
    PrimaryKeyConstraint("sale", "number"),
)

sale_promotion = Table(
    "sale_promotion",
    METADATA,
    _text("sale"),
    _text("promotion"),
    _number("applications"),
    _number("saving"),
    PrimaryKeyConstraint("sale", "promotion"),
)
"""Which promotions a sale used."""

stock_movement = Table(
    "stock_movement",
    METADATA,
    _text("place"),
    _text("sku"),
    _text("source"),
    _text("reason"),
    _number("quantity"),
    _text("at"),
    PrimaryKeyConstraint("place", "sku", "source"),
)
"""``source`` says what moved it, so that nothing moves it twice: ``S001-R1:1:42`` (a fact) or ``opening``."""

stock_balance = Table(
    "stock_balance",
    METADATA,
    _text("place"),
    _text("sku"),
    _number("on_hand"),
    PrimaryKeyConstraint("place", "sku"),
)

scope = Table("scope", METADATA, _text("scope", primary_key=True), _number("rev"), _number("oldest"))
"""``rev`` is the newest document's; cursors before ``oldest`` are gone with the tombstones."""

publication = Table(
    "publication",
    METADATA,
    _text("topic"),
    _text("key"),
    _text("scope"),
    _number("rev"),
    _text("body", nullable=True),
    _number("published_at"),
    PrimaryKeyConstraint("topic", "key", "scope"),
    Index("ix_publication_scope_rev", "scope", "rev", unique=True),
)
"""A key's newest document; no body: a tombstone."""

Index(
    "ix_publication_gone",
    publication.c.scope,
    publication.c.published_at,
    sqlite_where=text("body IS NULL"),
    postgresql_where=text("body IS NULL"),
)

drift = Table(
    "drift",
    METADATA,
    _text("device"),
    _text("scope"),
    _text("topic"),
    _number("at"),
    _number("buckets"),
    _number("documents"),
    _text("cursor"),
    PrimaryKeyConstraint("device", "at", "scope", "topic"),
)
"""What registers found different from headquarters, and mended. None should ever be."""

publication_version = Table(
    "publication_version",
    METADATA,
    _text("scope"),
    _number("rev"),
    _text("topic"),
    _text("key"),
    _text("body", nullable=True),
    _text("sku", nullable=True),
    PrimaryKeyConstraint("scope", "rev"),
    Index("ix_publication_version_key", "scope", "topic", "key", "rev"),
    Index("ix_publication_version_sku", "sku", "scope"),
)
"""Every version of what prices a basket, to rebuild the rulebook that a sale names. ``sku``: whose price it is; a
tombstone has none."""

publication_due = Table(
    "publication_due",
    METADATA,
    _text("scope"),
    _text("topic"),
    _text("key"),
    _text("body", nullable=True),
    PrimaryKeyConstraint("scope", "topic", "key"),
)
"""The outbox of what a fact changed outside of its own store's scope (docs/sync.md §3)."""

product = Table("product", METADATA, _text("sku", primary_key=True), _text("name"), _text("document"))

barcode = Table(
    "barcode", METADATA, _text("lookup_key", primary_key=True), _text("sku"), Index("ix_barcode_sku", "sku")
)

price = Table(
    "price",
    METADATA,
    _text("id", primary_key=True),
    _text("sku"),
    _text("scope"),
    _text("document"),
    Column("deleted", Boolean, nullable=False),
)
"""A deleted row stays, so that a sale which names it can be told from one that names nothing."""

operator = Table("operator", METADATA, _text("id", primary_key=True), _text("document"), _text("stores"))

member = Table("member", METADATA, _text("id", primary_key=True), _text("document"), _text("stores"))

coupon = Table(
    "coupon",
    METADATA,
    _text("id", primary_key=True),
    _text("template"),
    _text("member", nullable=True),
    _text("document"),
    _text("state"),
    _text("sale", nullable=True),
    _text("store", nullable=True),
    _text("receipt", nullable=True),
    Index("ix_coupon_member", "member"),
)
"""``state``: ``issued``, ``spent`` (by the sale that is named, once and for all) or ``withdrawn``."""

token_key = Table(
    "token_key",
    METADATA,
    _text("id", primary_key=True),
    _text("secret"),
    _text("public"),
    _text("state"),
    _number("since"),
)
"""The keys that sign codes, in hexadecimal; ``state``: ``next``, ``signs`` or ``kept``, and since when."""

nonce = Table(
    "nonce",
    METADATA,
    _text("device"),
    _text("nonce"),
    _number("seen_at"),
    PrimaryKeyConstraint("device", "nonce"),
    Index("ix_nonce_seen_at", "seen_at"),
)
"""Signatures that were seen lately, where several workers share a database."""
