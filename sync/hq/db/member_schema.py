"""Headquarters' tables of who members are: what they are known by, and which of them are one person.

What `schema` says of columns holds here too; importing this one brings all tables.
"""

from typing import Final

from sqlalchemy import Index, PrimaryKeyConstraint, Table, text

from sync.hq.db.columns import number_column as _number
from sync.hq.db.columns import text_column as _text
from sync.hq.db.rights_schema import METADATA as _METADATA

METADATA: Final = _METADATA

identity_key = Table("identity_key", METADATA, _number("one", primary_key=True), _text("secret"))
"""One row: the chain's key, under which phones and the like are kept as hashes (hex)."""

identity = Table("identity", METADATA, _text("kind"), _text("digest"), PrimaryKeyConstraint("kind", "digest"))
"""A phone, a card, an account elsewhere, as its keyed hash. The row is what two who bring the same one wait at."""

member_identity = Table(
    "member_identity",
    METADATA,
    _text("kind"),
    _text("digest"),
    _text("member"),
    _number("noted_at"),
    PrimaryKeyConstraint("kind", "digest", "member"),
    Index("ix_member_identity_member", "member"),
)
"""Who came with it. It stays with the member who brought it, whatever the links say."""

member_link = Table(
    "member_link",
    METADATA,
    _text("member"),
    _number("at"),
    _text("into"),
    _text("reason"),
    _text("by"),
    _number("ended_at", nullable=True),
    _text("ended_by", nullable=True),
    PrimaryKeyConstraint("member", "at"),
)
"""That a member is the same person as another, ``into``, who is linked to nobody. One that is taken back is ended,
and stays.
"""

Index(
    "ix_member_link_live",
    member_link.c.member,
    unique=True,
    sqlite_where=text("ended_at IS NULL"),
    postgresql_where=text("ended_at IS NULL"),
)
Index(
    "ix_member_link_into",
    member_link.c.into,
    sqlite_where=text("ended_at IS NULL"),
    postgresql_where=text("ended_at IS NULL"),
)

member_visit = Table(
    "member_visit",
    METADATA,
    _text("member"),
    _text("store"),
    _number("last_at"),
    PrimaryKeyConstraint("member", "store"),
    Index("ix_member_visit_last", "last_at"),
)
"""Stores at which a member shopped and to which they do not belong; such a store knows them for a year."""

channel_event = Table(
    "channel_event",
    METADATA,
    _text("channel"),
    _text("id"),
    _text("member", nullable=True),
    _text("kind"),
    _text("at"),
    _text("identity_kind", nullable=True),
    _text("digest", nullable=True),
    _text("document"),
    _number("received_at"),
    PrimaryKeyConstraint("channel", "id"),
    Index("ix_channel_event_member", "member", "at"),
    Index("ix_channel_event_digest", "identity_kind", "digest"),
)
"""What members did elsewhere, as registers are told of it. No ``member``: nobody with that identity is known yet."""
