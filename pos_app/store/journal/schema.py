"""The journal's tables, in SQLAlchemy Core. Migrations lead here, and a fresh file is made from here.

At run time the journal speaks plain SQL: every start would pay 220 ms and 26 MB for SQLAlchemy, and the tables are
made once. A test prepares each of those statements against these tables.
"""

from sqlalchemy import BLOB, CheckConstraint, Column, ForeignKey, Index, Integer, MetaData, Table, Text, text

metadata = MetaData()

Table(
    "meta",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
    sqlite_with_rowid=False,
    sqlite_strict=True,
)

fact = Table(
    "fact",
    metadata,
    Column("epoch", Integer, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("at", Text, nullable=False),
    # before the bytes, so that looking for a kind does not read through them
    Column("kind", Text, nullable=False),
    Column("hash", BLOB, nullable=False),
    Column("canonical", BLOB, nullable=False),
    sqlite_strict=True,
)

# what came back of a sale is looked for at every return, among few facts of many
Index("ix_fact_returns", fact.c.epoch, fact.c.seq, sqlite_where=text("kind IN ('return', 'void')"))

Table(
    "receipt",
    metadata,
    Column("business_date", Text, primary_key=True),
    Column("number", Integer, primary_key=True),
    # no fact: the number was used before this file began
    Column("epoch", Integer),
    Column("seq", Integer),
    CheckConstraint("number > 0", name="receipt_number_counts_from_one"),
    sqlite_with_rowid=False,
    sqlite_strict=True,
)

Table(
    "pending",
    metadata,
    Column("topic", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("epoch", Integer, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("delta", Integer, nullable=False),
    # when it was first seen in its amount's base; it goes a day later
    Column("settled_at_us", Integer),
    sqlite_with_rowid=False,
    sqlite_strict=True,
)

Table(
    "basket",
    metadata,
    Column("id", Text, primary_key=True),
    Column("state", Text, nullable=False),
    # all but its lines
    Column("body", Text, nullable=False),
    sqlite_with_rowid=False,
    sqlite_strict=True,
)

Table(
    "basket_line",
    metadata,
    Column("basket", Text, ForeignKey("basket.id", ondelete="CASCADE"), primary_key=True),
    Column("line", Integer, primary_key=True),
    Column("body", Text, nullable=False),
    sqlite_with_rowid=False,
    sqlite_strict=True,
)

Table(
    "shift",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("business_date", Text, nullable=False),
    # the place behind which all facts are the shift's
    Column("since_epoch", Integer, nullable=False),
    Column("since_seq", Integer, nullable=False),
    # no fact: the number was used before this file began
    Column("opened_epoch", Integer),
    Column("opened_seq", Integer),
    Column("closed_epoch", Integer),
    Column("closed_seq", Integer),
    CheckConstraint("number > 0", name="shift_number_counts_from_one"),
    sqlite_strict=True,
)

Table(
    "closed_day",
    metadata,
    Column("business_date", Text, primary_key=True),
    Column("epoch", Integer),
    Column("seq", Integer),
    sqlite_with_rowid=False,
    sqlite_strict=True,
)

Table(
    "tender",
    metadata,
    Column("id", Text, primary_key=True),
    Column("basket", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("body", Text, nullable=False),
    sqlite_with_rowid=False,
    sqlite_strict=True,
)
