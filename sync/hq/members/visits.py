"""Stores that members come to: such a store knows a member for a year, as one that they belong to does.

Noted behind the member's lock, in the transaction of the sale; what the store should know of earlier days follows by
the outbox. Knows nothing of facts' shapes.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import and_, delete, or_, select

from pos_app.domain.instants import Instant
from sync.hq.db.database import Reader, Writer
from sync.hq.db.member_schema import member_visit

A_YEAR: Final = timedelta(days=366) // timedelta(microseconds=1)
AT_A_TIME: Final = 500


async def visited_by(reader: Reader, members: Iterable[str]) -> dict[str, list[str]]:
    """List the stores that members came to."""
    found: dict[str, list[str]] = {}
    question = select(member_visit).order_by(member_visit.c.member, member_visit.c.store)
    for row in await reader.rows_in(question, member_visit.c.member, members):
        found.setdefault(row.member, []).append(row.store)
    return found


async def note_visits(writer: Writer, visits: Iterable[tuple[str, str]], at: Instant) -> None:
    """Note that members came to stores; an earlier moment changes nothing."""
    insert = writer.insert(member_visit)
    newer = insert.excluded.last_at > member_visit.c.last_at
    await writer.execute(
        insert.on_conflict_do_update(
            index_elements=["member", "store"], set_={"last_at": insert.excluded.last_at}, where=newer
        ),
        [{"member": own, "store": store, "last_at": at} for own, store in sorted(set(visits))],
    )


async def overdue(reader: Reader, now: Instant) -> Sequence[tuple[str, str]]:
    """List members and stores at which they were not for a year, some at a time."""
    before = member_visit.c.last_at < now - A_YEAR
    rows = await reader.rows(select(member_visit).where(before).order_by(member_visit.c.member).limit(AT_A_TIME))
    return [(row.member, row.store) for row in rows]


async def forget(writer: Writer, visits: Sequence[tuple[str, str]], now: Instant) -> None:
    """Forget such visits, but those that were made anew meanwhile."""
    these = or_(*(and_(member_visit.c.member == own, member_visit.c.store == store) for own, store in visits))
    await writer.execute(delete(member_visit).where(these, member_visit.c.last_at < now - A_YEAR))
