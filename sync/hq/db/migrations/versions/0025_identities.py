"""Keep what members are known by, and which of them are one person. Members are published anew: each with the initials
of the name.
"""

import hmac
import json
import secrets
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"

_AT_A_TIME = 1000
_MEMBERS = sa.text("SELECT id, document FROM member WHERE id > :after ORDER BY id LIMIT :limit")
_IDENTITY = sa.text("INSERT INTO identity (kind, digest) VALUES (:kind, :digest) ON CONFLICT DO NOTHING")
_OF_MEMBER = sa.text(
    "INSERT INTO member_identity (kind, digest, member, noted_at) VALUES (:kind, :digest, :member, 0)"
    " ON CONFLICT DO NOTHING"
)
_DUE = sa.text(
    "INSERT INTO publication_due (scope, topic, key, body)"
    " SELECT scope, topic, key, NULL FROM publication WHERE topic = 'member' AND body IS NOT NULL"
    " ON CONFLICT (scope, topic, key) DO NOTHING"
)


def upgrade() -> None:
    op.create_table(
        "identity_key", _number("one"), _text("secret"), sa.PrimaryKeyConstraint("one", name="pk_identity_key")
    )
    op.create_table(
        "identity", _text("kind"), _text("digest"), sa.PrimaryKeyConstraint("kind", "digest", name="pk_identity")
    )
    op.create_table(
        "member_identity",
        *(_text(name) for name in ("kind", "digest", "member")),
        _number("noted_at"),
        sa.PrimaryKeyConstraint("kind", "digest", "member", name="pk_member_identity"),
    )
    op.create_index("ix_member_identity_member", "member_identity", ["member"])
    op.create_table(
        "member_link",
        _text("member"),
        _number("at"),
        *(_text(name) for name in ("into", "reason", "by")),
        _number("ended_at", nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("member", "at", name="pk_member_link"),
    )
    live = sa.text("ended_at IS NULL")
    op.create_index(
        "ix_member_link_live", "member_link", ["member"], unique=True, sqlite_where=live, postgresql_where=live
    )
    op.create_index("ix_member_link_into", "member_link", ["into"], sqlite_where=live, postgresql_where=live)
    _note_identities(secrets.token_hex(32))
    op.execute(_DUE)


def _note_identities(secret: str) -> None:
    bind = op.get_bind()
    bind.execute(sa.text("INSERT INTO identity_key (one, secret) VALUES (1, :secret)"), {"secret": secret})
    for rows in _pages():
        noted = [each for row in rows for each in _of(row, bytes.fromhex(secret))]
        if noted:
            bind.execute(_IDENTITY, noted)
            bind.execute(_OF_MEMBER, noted)


def _of(row: Any, secret: bytes) -> Iterator[dict[str, str]]:  # noqa: ANN401 — a row of whatever was asked for
    document = json.loads(row.document)
    phone = "".join(each for each in document.get("phone", "") if each.isascii() and each.isdigit())
    phone = phone.removeprefix("00") if len(phone) > 11 else phone
    phone = phone.removeprefix("86") if len(phone) == 13 else phone
    for kind, value in (("phone", phone), ("card", document.get("card", "").strip().upper())):
        if value:
            digest = hmac.new(secret, f"{kind}\n{value}".encode(), sha256).hexdigest()
            yield {"kind": kind, "digest": digest, "member": row.id}


def _pages() -> Iterator[list[Any]]:
    after = ""
    while rows := list(op.get_bind().execute(_MEMBERS, {"after": after, "limit": _AT_A_TIME})):
        yield rows
        after = rows[-1].id


def _text(name: str) -> "sa.Column[str]":
    return sa.Column(name, sa.Text(), nullable=False)


def _number(name: str, *, nullable: bool = False) -> "sa.Column[int]":
    return sa.Column(name, sa.BigInteger(), nullable=nullable, autoincrement=False)
