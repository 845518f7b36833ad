"""Receipt numbers held by the file itself, and when a pending amount was first seen confirmed.

The numbers used so far are read from the facts, which are the truth.
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("pending", sa.Column("settled_at_us", sa.Integer))
    receipt = op.create_table(
        "receipt",
        sa.Column("business_date", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("epoch", sa.Integer),
        sa.Column("seq", sa.Integer),
        sa.CheckConstraint("number > 0", name="receipt_number_counts_from_one"),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )
    connection = op.get_bind()
    facts = sa.text("SELECT epoch, seq, canonical FROM fact WHERE kind = 'sale' ORDER BY epoch, seq")
    for epoch, seq, canonical in connection.execute(facts):
        body = json.loads(canonical)["body"]
        number = int(body["receipt"].rpartition("-")[2])
        used = {"business_date": body["business_date"], "number": number, "epoch": epoch, "seq": seq}
        connection.execute(receipt.insert().values(used))
