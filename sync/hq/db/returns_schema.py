"""Headquarters' tables of what came back: returns and voids, and how much of each sold line is back.

What `schema` says of columns holds here too; importing this one brings all tables.
"""

from typing import Final

from sqlalchemy import Index, PrimaryKeyConstraint, Table

from sync.hq.db.columns import number_column as _number
from sync.hq.db.columns import text_column as _text
from sync.hq.db.rights_schema import lease

METADATA: Final = lease.metadata

sale_return = Table(
    "sale_return",
    METADATA,
    _text("id", primary_key=True),
    _text("kind"),
    _text("device"),
    _number("epoch"),
    _number("seq"),
    _text("store"),
    _text("receipt"),
    _number("receipt_number"),
    _text("business_date"),
    _text("at"),
    _text("operator"),
    _text("sale"),
    _text("original"),
    _text("member", nullable=True),
    _number("amount"),
    _text("reason"),
    _text("approved_by", nullable=True),
    Index("ix_sale_return_sale", "sale"),
    Index("ix_sale_return_receipt", "receipt"),
    Index("ix_sale_return_device_day", "device", "business_date"),
    Index("ix_sale_return_day", "business_date", "store"),
)
"""``kind`` is ``return`` or ``void``; ``sale`` is whose goods they are (the return's own id where nobody knows), and
``original`` that sale's receipt, empty where there was none. ``amount`` is what was given back, above 0.
"""

return_line = Table(
    "return_line",
    METADATA,
    _text("return_id"),
    _number("number"),
    _text("sale"),
    _number("line"),
    _text("sku"),
    _text("lot", nullable=True),
    _number("quantity"),
    _number("amount"),
    PrimaryKeyConstraint("return_id", "number"),
)
"""What came back by one return: ``line`` is the sale's own."""

return_tender = Table(
    "return_tender",
    METADATA,
    _text("return_id"),
    _number("number"),
    _text("kind"),
    _number("amount"),
    PrimaryKeyConstraint("return_id", "number"),
)
"""How it was given back; as a sale's tenders, what the drawer gets: below 0."""

returned_line = Table(
    "returned_line",
    METADATA,
    _text("sale"),
    _number("line"),
    _number("quantity"),
    _number("amount"),
    _text("first"),
    PrimaryKeyConstraint("sale", "line"),
)
"""How much of a sold line came back, and by which return first. Who returns locks it, so that of two at once one knows
of the other; the sale itself may come later.
"""

coupon_return = Table(
    "coupon_return",
    METADATA,
    _text("coupon"),
    _text("sale"),
    _text("source"),
    PrimaryKeyConstraint("coupon", "sale"),
)
"""Coupons that a sale had spent and the customer has again."""
