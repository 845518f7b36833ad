"""Lay the first tables: registers and their facts, ledgers, publications, goods, prices and people."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_QUARANTINED = sa.text("state = 'quarantined'")


def upgrade() -> None:
    _identity()
    _facts()
    _ledgers()
    _publications()
    _library()


def _text(name: str, *, nullable: bool = False) -> "sa.Column[str]":
    return sa.Column(name, sa.Text(), nullable=nullable)


def _number(name: str, *, nullable: bool = False) -> "sa.Column[int]":
    return sa.Column(name, sa.BigInteger(), nullable=nullable, autoincrement=False)


def _bytes(name: str) -> "sa.Column[bytes]":
    return sa.Column(name, sa.LargeBinary(), nullable=False)


def _flag(name: str) -> "sa.Column[bool]":
    return sa.Column(name, sa.Boolean(), nullable=False)


def _identity() -> None:
    """Lay the tables of who headquarters and its registers are."""
    op.create_table(
        "headquarters",
        _number("one"),
        _text("incarnation"),
        _number("made_at"),
        sa.PrimaryKeyConstraint("one", name="pk_headquarters"),
    )
    op.create_table(
        "place",
        _text("id"),
        _text("kind"),
        _text("zone"),
        _text("document"),
        sa.PrimaryKeyConstraint("id", name="pk_place"),
    )
    op.create_table(
        "enrol_code",
        _text("digest"),
        _text("store"),
        _number("register"),
        _number("made_at"),
        _number("expires_at"),
        _text("public_key", nullable=True),
        _number("used_at", nullable=True),
        sa.PrimaryKeyConstraint("digest", name="pk_enrol_code"),
    )
    op.create_table(
        "device",
        _text("id"),
        _text("store"),
        _number("register"),
        _text("public_key"),
        _text("state"),
        _number("granted_epoch"),
        _number("head_epoch"),
        _number("head_seq"),
        _bytes("head_hash"),
        _text("head_signed"),
        _number("enrolled_at"),
        _number("pushed_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_device"),
        sa.UniqueConstraint("store", "register", name="uq_device_store"),
    )


def _facts() -> None:
    """Lay the tables of what registers did."""
    op.create_table(
        "fact",
        _text("device"),
        _number("epoch"),
        _number("seq"),
        _bytes("hash"),
        _bytes("canonical"),
        _text("kind"),
        _text("at"),
        _text("state"),
        _number("received_at"),
        sa.PrimaryKeyConstraint("device", "epoch", "seq", name="pk_fact"),
    )
    op.create_index("ix_fact_quarantined", "fact", ["device"], sqlite_where=_QUARANTINED, postgresql_where=_QUARANTINED)
    op.create_table(
        "forked_fact",
        _text("device"),
        _number("epoch"),
        _number("seq"),
        _bytes("hash"),
        _bytes("canonical"),
        _number("received_at"),
        sa.PrimaryKeyConstraint("device", "epoch", "seq", "hash", name="pk_forked_fact"),
    )
    op.create_table(
        "fact_exception",
        _text("device"),
        _number("epoch"),
        _number("seq"),
        _number("number"),
        _text("store"),
        _text("code"),
        _text("details"),
        _text("state"),
        _number("made_at"),
        sa.PrimaryKeyConstraint("device", "epoch", "seq", "number", name="pk_fact_exception"),
    )


def _ledgers() -> None:
    """Lay the tables of what followed from it."""
    op.create_table(
        "sale",
        _text("id"),
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
        sa.PrimaryKeyConstraint("id", name="pk_sale"),
    )
    op.create_index("ix_sale_device_day", "sale", ["device", "business_date"])
    op.create_index("ix_sale_receipt", "sale", ["receipt"])
    op.create_index("ix_sale_store_day", "sale", ["store", "business_date"])
    op.create_table(
        "sale_line",
        _text("sale"),
        _number("line"),
        _text("sku"),
        _number("quantity"),
        _number("unit_price"),
        _text("price_id", nullable=True),
        _number("gross"),
        _number("net"),
        sa.PrimaryKeyConstraint("sale", "line", name="pk_sale_line"),
    )
    op.create_table(
        "tender",
        _text("sale"),
        _number("number"),
        _text("kind"),
        _number("amount"),
        sa.PrimaryKeyConstraint("sale", "number", name="pk_tender"),
    )
    op.create_table(
        "stock_movement",
        _text("place"),
        _text("sku"),
        _text("source"),
        _text("reason"),
        _number("quantity"),
        _text("at"),
        sa.PrimaryKeyConstraint("place", "sku", "source", name="pk_stock_movement"),
    )
    op.create_table(
        "stock_balance",
        _text("place"),
        _text("sku"),
        _number("on_hand"),
        sa.PrimaryKeyConstraint("place", "sku", name="pk_stock_balance"),
    )


def _publications() -> None:
    """Lay the tables of what goes down."""
    op.create_table(
        "scope", _text("scope"), _number("rev"), _number("oldest"), sa.PrimaryKeyConstraint("scope", name="pk_scope")
    )
    op.create_table(
        "publication",
        _text("topic"),
        _text("key"),
        _text("scope"),
        _number("rev"),
        _text("body", nullable=True),
        _number("published_at"),
        sa.PrimaryKeyConstraint("topic", "key", "scope", name="pk_publication"),
    )
    op.create_index("ix_publication_scope_rev", "publication", ["scope", "rev"], unique=True)
    op.create_table(
        "publication_version",
        _text("scope"),
        _number("rev"),
        _text("topic"),
        _text("key"),
        _text("body", nullable=True),
        sa.PrimaryKeyConstraint("scope", "rev", name="pk_publication_version"),
    )


def _library() -> None:
    """Lay the tables of goods, prices and people."""
    op.create_table(
        "product", _text("sku"), _text("name"), _text("document"), sa.PrimaryKeyConstraint("sku", name="pk_product")
    )
    op.create_table(
        "barcode", _text("lookup_key"), _text("sku"), sa.PrimaryKeyConstraint("lookup_key", name="pk_barcode")
    )
    op.create_index("ix_barcode_sku", "barcode", ["sku"])
    op.create_table(
        "price",
        _text("id"),
        _text("sku"),
        _text("scope"),
        _text("document"),
        _flag("deleted"),
        sa.PrimaryKeyConstraint("id", name="pk_price"),
    )
    op.create_table(
        "operator", _text("id"), _text("document"), _text("stores"), sa.PrimaryKeyConstraint("id", name="pk_operator")
    )
    op.create_table(
        "member", _text("id"), _text("document"), _text("stores"), sa.PrimaryKeyConstraint("id", name="pk_member")
    )
