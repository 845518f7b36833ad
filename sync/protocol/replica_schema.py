"""The replica's tables: the format of the file in which headquarters hands a store everything at once.

Headquarters builds snapshots by it, `pos_app.store.replica` applies changes to it and reads it. It is written as the
SQL that both run, since no file is ever migrated: another `FORMAT` is fetched again. Knows nothing of what a document
means; `replica_rows` does.
"""

import sqlite3
from typing import Final

APPLICATION_ID: Final = 0x47524E52
"""``GRNR``, in the header of every replica (SQLite's ``application_id``)."""
FORMAT: Final = 4
"""SQLite's ``user_version``. Raise it with any change of tables, of derived rows or of `search_text`."""

INCARNATION: Final = "incarnation"
"""Key in ``meta``: which headquarters database the file was filled from."""
RULES_CURSOR: Final = "rules_cursor"
"""Key in ``meta``: the cursor under which the prices in the file took effect."""
AS_OF: Final = "as_of"
"""Key in ``meta``: headquarters' time when the file held all that it had (ISO 8601)."""
FIRST_AS_OF: Final = "first_as_of"
"""Key in ``meta``: the first such time; what came in the file itself is that old."""
NEWS: Final = "news:"
"""Beginning of keys in ``meta``: when documents of the topic behind it last took effect."""
EDITION: Final = "edition"
"""Key in ``meta``: a count that moves with every change of products or prices, so that readers know when to look."""

TABLES: Final = (
    """CREATE TABLE meta (
        key TEXT NOT NULL PRIMARY KEY,
        value TEXT NOT NULL
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE scope (
        scope TEXT NOT NULL PRIMARY KEY,
        rev INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID""",
    # every document, of unknown topics too; one key may live in two scopes while it moves from one to the other
    """CREATE TABLE document (
        topic TEXT NOT NULL,
        key TEXT NOT NULL,
        scope TEXT NOT NULL,
        rev INTEGER NOT NULL,
        body TEXT NOT NULL,
        PRIMARY KEY (topic, key, scope)
    ) STRICT, WITHOUT ROWID""",
    # documents that take effect together, when nothing more waits; no body: it will be deleted
    """CREATE TABLE staged (
        topic TEXT NOT NULL,
        key TEXT NOT NULL,
        scope TEXT NOT NULL,
        rev INTEGER NOT NULL,
        body TEXT,
        PRIMARY KEY (topic, key, scope)
    ) STRICT, WITHOUT ROWID""",
    # how far headquarters has this register's own chain; empty in a snapshot
    """CREATE TABLE acknowledged (
        one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
        incarnation TEXT NOT NULL,
        epoch INTEGER NOT NULL,
        seq INTEGER NOT NULL
    ) STRICT""",
    # where this register's chain and headquarters' have parted, and what is there behind that; empty in a snapshot
    """CREATE TABLE parting (
        one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
        epoch INTEGER NOT NULL,
        seq INTEGER NOT NULL,
        head_epoch INTEGER NOT NULL,
        head_seq INTEGER NOT NULL,
        head_hash BLOB NOT NULL,
        frozen INTEGER NOT NULL
    ) STRICT""",
    """CREATE TABLE lost_fact (
        epoch INTEGER NOT NULL,
        seq INTEGER NOT NULL,
        hash BLOB NOT NULL,
        canonical BLOB NOT NULL,
        PRIMARY KEY (epoch, seq)
    ) STRICT""",
    # what follows is derived from the documents of known topics
    """CREATE TABLE barcode (
        lookup_key TEXT NOT NULL,
        sku TEXT NOT NULL,
        code TEXT NOT NULL,
        scope TEXT NOT NULL,
        quantity INTEGER NOT NULL,
        reversed_code TEXT NOT NULL,
        PRIMARY KEY (lookup_key, sku, code, scope)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE price (
        sku TEXT NOT NULL,
        id TEXT NOT NULL,
        scope TEXT NOT NULL,
        kind TEXT NOT NULL,
        amount INTEGER NOT NULL,
        channel TEXT NOT NULL,
        starts INTEGER,
        ends INTEGER,
        tiers TEXT NOT NULL,
        lot TEXT,
        PRIMARY KEY (sku, id, scope)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE member_code (
        code TEXT NOT NULL,
        member TEXT NOT NULL,
        scope TEXT NOT NULL,
        PRIMARY KEY (code, member, scope)
    ) STRICT, WITHOUT ROWID""",
    # members by what a person tells or types of them: the end of the phone, the name, its initials
    """CREATE TABLE member_name (
        member TEXT NOT NULL,
        scope TEXT NOT NULL,
        reversed_phone TEXT NOT NULL,
        folded_name TEXT NOT NULL,
        initials TEXT NOT NULL,
        PRIMARY KEY (member, scope)
    ) STRICT, WITHOUT ROWID""",
    # what members bought, the newest last
    """CREATE TABLE member_purchase (
        member TEXT NOT NULL,
        at INTEGER NOT NULL,
        purchase TEXT NOT NULL,
        scope TEXT NOT NULL,
        PRIMARY KEY (member, at, purchase, scope)
    ) STRICT, WITHOUT ROWID""",
    # the coupons that are a member's own; those for whoever brings them are found by their code alone
    """CREATE TABLE member_coupon (
        member TEXT NOT NULL,
        coupon TEXT NOT NULL,
        scope TEXT NOT NULL,
        PRIMARY KEY (member, coupon, scope)
    ) STRICT, WITHOUT ROWID""",
    # goods by the beginning of a text, folded by `search_text.fold` …
    """CREATE TABLE product (
        number INTEGER NOT NULL PRIMARY KEY,
        sku TEXT NOT NULL,
        scope TEXT NOT NULL,
        folded_name TEXT NOT NULL,
        folded_initials TEXT NOT NULL,
        folded_sku TEXT NOT NULL,
        UNIQUE (sku, scope)
    ) STRICT""",
    # … and by any part of it: `rowid` is the product's number, the texts are `search_text.pairs` of letters
    "CREATE VIRTUAL TABLE product_text USING fts5 (name, initials, sku, tokenize = 'ascii')",
)

INDEXES: Final = (
    "CREATE INDEX barcode_by_last_digits ON barcode (reversed_code)",
    "CREATE INDEX member_by_last_digits ON member_name (reversed_phone)",
    "CREATE INDEX member_by_name ON member_name (folded_name)",
    "CREATE INDEX member_by_initials ON member_name (initials)",
    "CREATE INDEX product_by_name ON product (folded_name)",
    "CREATE INDEX product_by_initials ON product (folded_initials)",
    "CREATE INDEX product_by_folded_sku ON product (folded_sku)",
)


def create_tables(connection: sqlite3.Connection) -> None:
    """Make a new file an empty replica, but for its indexes: they are quicker made when the rows are there."""
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {FORMAT}")
    for statement in TABLES:
        connection.execute(statement)


def create_indexes(connection: sqlite3.Connection) -> None:
    """Make what a replica is found by."""
    for statement in INDEXES:
        connection.execute(statement)


def is_replica(connection: sqlite3.Connection) -> bool:
    """Tell whether a file is a replica in this release's format; raise ``sqlite3.DatabaseError`` for no database."""
    (application_id,) = connection.execute("PRAGMA application_id").fetchone()
    (user_version,) = connection.execute("PRAGMA user_version").fetchone()
    return bool(application_id == APPLICATION_ID and user_version == FORMAT)
