"""Remember by which sale a member's signed code was used, so that a second use is found."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0017"


def upgrade() -> None:
    op.create_table(
        "member_code",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("nonce", "sale", "store", "receipt")),
        sa.PrimaryKeyConstraint("nonce", name="pk_member_code"),
    )
