"""Returns and voids: what came back of which sale, how it was given back, and coupons that may be spent again."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def _text(*names: str, nullable: bool = False) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=nullable) for name in names]


def _number(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger(), nullable=False, autoincrement=False) for name in names]


def upgrade() -> None:
    op.create_table(
        "sale_return",
        *_text("id", "kind", "device"),
        *_number("epoch", "seq"),
        *_text("store", "receipt"),
        *_number("receipt_number"),
        *_text("business_date", "at", "operator", "sale", "original"),
        *_text("member", nullable=True),
        *_number("amount"),
        *_text("reason"),
        *_text("approved_by", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_sale_return"),
    )
    op.create_index("ix_sale_return_sale", "sale_return", ["sale"])
    op.create_index("ix_sale_return_receipt", "sale_return", ["receipt"])
    op.create_index("ix_sale_return_device_day", "sale_return", ["device", "business_date"])
    op.create_index("ix_sale_return_day", "sale_return", ["business_date", "store"])
    op.create_table(
        "return_line",
        *_text("return_id"),
        *_number("number"),
        *_text("sale"),
        *_number("line"),
        *_text("sku"),
        *_text("lot", nullable=True),
        *_number("quantity", "amount"),
        sa.PrimaryKeyConstraint("return_id", "number", name="pk_return_line"),
    )
    op.create_table(
        "return_tender",
        *_text("return_id"),
        *_number("number"),
        *_text("kind"),
        *_number("amount"),
        sa.PrimaryKeyConstraint("return_id", "number", name="pk_return_tender"),
    )
    op.create_table(
        "returned_line",
        *_text("sale"),
        *_number("line", "quantity", "amount"),
        *_text("first"),
        sa.PrimaryKeyConstraint("sale", "line", name="pk_returned_line"),
    )
    op.create_table(
        "coupon_return",
        *_text("coupon", "sale", "source"),
        sa.PrimaryKeyConstraint("coupon", "sale", name="pk_coupon_return"),
    )
