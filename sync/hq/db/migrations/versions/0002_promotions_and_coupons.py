"""Keep coupons, which promotions sales used, and versions of the rules by what they are about."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_AT_A_TIME = 5000


def upgrade() -> None:
    _coupons()
    _uses()
    _versions()
    op.create_table(
        "publication_due",
        _text("scope"),
        _text("topic"),
        _text("key"),
        _text("body", nullable=True),
        sa.PrimaryKeyConstraint("scope", "topic", "key", name="pk_publication_due"),
    )


def _text(name: str, *, nullable: bool = False) -> "sa.Column[str]":
    return sa.Column(name, sa.Text(), nullable=nullable)


def _number(name: str) -> "sa.Column[int]":
    return sa.Column(name, sa.BigInteger(), nullable=False, autoincrement=False)


def _coupons() -> None:
    op.create_table(
        "coupon",
        _text("id"),
        _text("template"),
        _text("member", nullable=True),
        _text("document"),
        _text("state"),
        _text("sale", nullable=True),
        _text("store", nullable=True),
        _text("receipt", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_coupon"),
    )
    op.create_index("ix_coupon_member", "coupon", ["member"])


def _uses() -> None:
    op.create_table(
        "sale_promotion",
        _text("sale"),
        _text("promotion"),
        _number("applications"),
        _number("saving"),
        sa.PrimaryKeyConstraint("sale", "promotion", name="pk_sale_promotion"),
    )
    op.create_index("ix_sale_member", "sale", ["member"])


def _versions() -> None:
    """Products count among the rules from now on: their newest becomes their first version."""
    op.add_column("publication_version", _text("sku", nullable=True))
    op.execute(
        "INSERT INTO publication_version (scope, rev, topic, key, body) "
        "SELECT scope, rev, topic, key, body FROM publication WHERE topic = 'product'"
    )
    connection = op.get_bind()
    version = sa.table("publication_version", *(sa.column(name) for name in ("scope", "rev", "topic", "body", "sku")))
    asked = sa.select(version.c.scope, version.c.rev, version.c.body)
    found = connection.execute(asked.where(version.c.topic == "price", version.c.body.is_not(None)))
    rows = [{"of": row.scope, "at": row.rev, "named": json.loads(row.body)["sku"]} for row in found]
    fill = sa.update(version).where(version.c.scope == sa.bindparam("of"), version.c.rev == sa.bindparam("at"))
    for first in range(0, len(rows), _AT_A_TIME):
        connection.execute(fill.values(sku=sa.bindparam("named")), rows[first : first + _AT_A_TIME])
    op.create_index("ix_publication_version_key", "publication_version", ["scope", "topic", "key", "rev"])
    op.create_index("ix_publication_version_sku", "publication_version", ["sku"])
