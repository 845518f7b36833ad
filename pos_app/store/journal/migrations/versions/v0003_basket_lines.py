"""A row for each line of the open basket: a scan writes the line that it changed, not the whole basket."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    lines = op.create_table(
        "basket_line",
        sa.Column("basket", sa.Text, sa.ForeignKey("basket.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("line", sa.Integer, primary_key=True),
        sa.Column("body", sa.Text, nullable=False),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )
    connection = op.get_bind()
    for basket, body in connection.execute(sa.text("SELECT id, body FROM basket")).all():
        head = json.loads(body)
        for line in head.pop("lines"):
            row = {"basket": basket, "line": line["line"], "body": json.dumps(line, ensure_ascii=False)}
            connection.execute(lines.insert().values(row))
        kept = {"basket": basket, "head": json.dumps(head, ensure_ascii=False)}
        connection.execute(sa.text("UPDATE basket SET body = :head WHERE id = :basket"), kept)
