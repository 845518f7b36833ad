"""Headquarters' tables of what members and coupons may still be used for: ledgers, and balances kept beside them.

What `schema` says of columns holds here too; importing this one brings all tables. An entry is never changed and never
goes.
"""

from typing import Final

from sqlalchemy import Boolean, Column, Index, PrimaryKeyConstraint, Table, text

from sync.hq.db.columns import number_column as _number
from sync.hq.db.columns import text_column as _text
from sync.hq.db.pricing_schema import job

METADATA: Final = job.metadata

right_entry = Table(
    "right_entry",
    METADATA,
    _text("member"),
    _text("entitlement"),
    _text("source"),
    _text("reason"),
    _number("amount"),
    _text("at"),
    PrimaryKeyConstraint("member", "entitlement", "source", "reason"),
)
"""What changed what a member has. ``entitlement``: ``points``, or ``use:<promotion>`` for how often one that is limited
per member was used. ``source`` says what did it, so that nothing counts twice: ``S001-R1:1:42`` (a fact), ``opening``.
"""

right_balance = Table(
    "right_balance",
    METADATA,
    _text("member"),
    _text("entitlement"),
    _number("amount"),
    PrimaryKeyConstraint("member", "entitlement"),
)

lease = Table(
    "lease",
    METADATA,
    _text("id", primary_key=True),
    _text("resource"),
    _text("key"),
    _text("store"),
    _text("device"),
    _number("amount"),
    _number("spent"),
    _number("until"),
    _text("state"),
    _number("granted_at"),
    _number("ended_at", nullable=True),
    _text("ended_by", nullable=True),
)
"""What a register may spend without asking: ``resource`` says of what (``points``), ``key`` whose. ``state`` is
``held``, ``asked`` (to be given back) or ``ended``: by its return, or by the person who wrote it off (``ended_by``).
"""

Index(
    "ix_lease_live",
    lease.c.key,
    sqlite_where=text("state != 'ended'"),
    postgresql_where=text("state != 'ended'"),
)

hold = Table(
    "hold",
    METADATA,
    _text("id", primary_key=True),
    _text("resource"),
    _text("key"),
    _text("store"),
    _text("device"),
    _text("basket"),
    _number("amount"),
    _number("asked_at"),
    _number("ended_at", nullable=True),
    _text("ended_by", nullable=True),
)
"""What one basket at a register may spend: ``resource`` (``points``, ``coupon``), ``key`` whose or which. It ends by a
fact of that register, by another hold of the same basket, or by the person who wrote it off (``ended_by``). One of no
resource was ended before it was asked for: the question came behind the fact, or never.
"""

Index(
    "ix_hold_live",
    hold.c.key,
    sqlite_where=text("ended_at IS NULL"),
    postgresql_where=text("ended_at IS NULL"),
)

member_code = Table(
    "member_code",
    METADATA,
    _text("nonce", primary_key=True),
    _text("sale"),
    _text("store"),
    _text("receipt"),
)
"""Signed codes of members that named one in a sale, by their nonce: the first sale of each. A code is for one."""

coupon_use = Table(
    "coupon_use",
    METADATA,
    _text("coupon"),
    _text("source"),
    _text("sale"),
    _text("store"),
    _text("receipt"),
    _text("at"),
    Column("accepted", Boolean, nullable=False),
    PrimaryKeyConstraint("coupon", "source"),
)
"""Every sale that redeemed a coupon. One of them at most is ``accepted``; the others are exceptions."""
