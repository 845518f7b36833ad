"""Coupons of members who turn out to be one person: told to every store of theirs, by the outbox."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select

from sync.hq.coupons.importing import ISSUED
from sync.hq.db.database import Writer
from sync.hq.db.schema import coupon, publication_due
from sync.protocol.topics import COUPON


async def share_coupons(writer: Writer, members: Iterable[str], stores: Sequence[str]) -> None:
    """Note that these stores should have the members' coupons. They are locked: none is spent meanwhile."""
    question = select(coupon).where(coupon.c.state == ISSUED).order_by(coupon.c.id).with_for_update()
    rows = await writer.rows_in(question, coupon.c.member, members)
    insert = writer.insert(publication_due)
    await writer.execute(
        insert.on_conflict_do_update(index_elements=["scope", "topic", "key"], set_={"body": insert.excluded.body}),
        [
            {"scope": f"store:{store}", "topic": COUPON, "key": row.id, "body": row.document}
            for store in sorted(stores)
            for row in rows
        ],
    )
