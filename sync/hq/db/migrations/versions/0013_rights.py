"""Keep members' points, uses of promotions and coupons in ledgers; enter what is known of them already.

A member's points as they were imported are the opening of its ledger; sales that said what they earned, spent and used
follow from their facts. Registers are told of both by the outbox.
"""

import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

_AT_A_TIME = 1000
_MOST_WRAPS = 64

_ENTRY = sa.text(
    "INSERT INTO right_entry (member, entitlement, source, reason, amount, at)"
    " VALUES (:member, :entitlement, :source, :reason, :amount, :at)"
)
_BALANCES = sa.text(
    "INSERT INTO right_balance (member, entitlement, amount)"
    " SELECT member, entitlement, CAST(sum(amount) AS BIGINT) FROM right_entry GROUP BY member, entitlement"
)
_SPENT = sa.text(
    "INSERT INTO coupon_use (coupon, source, sale, store, receipt, at, accepted)"
    " SELECT coupon.id, sale.device || ':' || sale.epoch || ':' || sale.seq, sale.id, sale.store, sale.receipt,"
    " sale.at, true FROM coupon JOIN sale ON sale.id = coupon.sale WHERE coupon.state = 'spent'"
)
_SALES = sa.text(
    "SELECT sale.id, sale.device, sale.epoch, sale.seq, sale.at, sale.member, fact.canonical FROM sale JOIN fact"
    " ON fact.device = sale.device AND fact.epoch = sale.epoch AND fact.seq = sale.seq"
    " WHERE sale.member IS NOT NULL AND sale.id > :after ORDER BY sale.id LIMIT :limit"
)
_MEMBERS = sa.text("SELECT id, document, stores FROM member WHERE id > :after ORDER BY id LIMIT :limit")
_DUE = sa.text(
    "INSERT INTO publication_due (scope, topic, key, body) VALUES (:scope, 'member', :key, NULL)"
    " ON CONFLICT (scope, topic, key) DO NOTHING"
)


def upgrade() -> None:
    op.create_table(
        "right_entry",
        *(_text(name) for name in ("member", "entitlement", "source", "reason")),
        _number("amount"),
        _text("at"),
        sa.PrimaryKeyConstraint("member", "entitlement", "source", "reason", name="pk_right_entry"),
    )
    op.create_table(
        "right_balance",
        *(_text(name) for name in ("member", "entitlement")),
        _number("amount"),
        sa.PrimaryKeyConstraint("member", "entitlement", name="pk_right_balance"),
    )
    op.create_table(
        "coupon_use",
        *(_text(name) for name in ("coupon", "source", "sale", "store", "receipt", "at")),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("coupon", "source", name="pk_coupon_use"),
    )
    for rows in _pages(_SALES):
        _write(_ENTRY, [entry for row in rows for entry in _of_sale(row)])
    moved = {row.member for row in op.get_bind().execute(sa.text("SELECT DISTINCT member FROM right_entry"))}
    for rows in _pages(_MEMBERS):
        _write(_ENTRY, [entry for row in rows for entry in _opening(row)])
        told = [(store, row.id) for row in rows if row.id in moved for store in json.loads(row.stores)]
        _write(_DUE, [{"scope": f"store:{store}", "key": member} for store, member in told])
    op.execute(_BALANCES)
    op.execute(_SPENT)


def _text(name: str) -> "sa.Column[str]":
    return sa.Column(name, sa.Text(), nullable=False)


def _number(name: str) -> "sa.Column[int]":
    return sa.Column(name, sa.BigInteger(), nullable=False, autoincrement=False)


def _pages(question: sa.TextClause) -> Iterator[list[Any]]:
    after = ""
    while rows := list(op.get_bind().execute(question, {"after": after, "limit": _AT_A_TIME})):
        yield rows
        after = rows[-1].id


def _write(statement: sa.TextClause, rows: list[dict[str, Any]]) -> None:
    if rows:
        op.get_bind().execute(statement, rows)


def _opening(row: Any) -> list[dict[str, Any]]:  # noqa: ANN401 — a row of whatever was asked for
    points = json.loads(row.document).get("points", 0)
    if not points:
        return []
    said = {"member": row.id, "entitlement": "points", "source": "opening", "reason": "opening"}
    return [said | {"amount": points, "at": ""}]


def _of_sale(row: Any) -> list[dict[str, Any]]:  # noqa: ANN401 — a row of whatever was asked for
    body = _body(bytes(row.canonical))
    uses = body.get("uses")
    if not isinstance(uses, dict):
        return []
    amounts = [("points", "earned", body.get("points_earned")), ("points", "spent", _less(body.get("points_used")))]
    amounts += [(f"use:{promotion}", "used", count) for promotion, count in uses.items()]
    said = {"member": row.member, "source": f"{row.device}:{row.epoch}:{row.seq}", "at": row.at}
    return [
        said | {"entitlement": entitlement, "reason": reason, "amount": amount}
        for entitlement, reason, amount in amounts
        if isinstance(amount, int) and amount
    ]


def _less(amount: object) -> int:
    return -amount if isinstance(amount, int) else 0


def _body(canonical: bytes) -> dict[str, Any]:
    fact = json.loads(canonical)
    for _ in range(_MOST_WRAPS):
        if fact["kind"] != "adopted":
            break
        fact = json.loads(fact["body"]["fact"])
    body: dict[str, Any] = fact["body"]
    return body
