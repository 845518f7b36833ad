"""Holds as rows: which are open, how much of a right they take, how one ends."""

from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import Select, select, update

from pos_app.domain.instants import Instant
from sync.hq.db.database import AnyRow, Reader, Writer
from sync.hq.db.rights_schema import hold

BY_FACT: Final = "fact"
BY_ANOTHER: Final = "another"
"""The same basket asked for the same right anew."""


def open_holds(resource: str) -> Select[Any]:
    """Ask for the holds of a kind of right that are not ended."""
    return select(hold).where(hold.c.resource == resource, hold.c.ended_at.is_(None)).order_by(hold.c.id)


async def held_of(reader: Reader, resource: str, keys: Iterable[str]) -> dict[str, list[AnyRow]]:
    """List the open holds by whose, or which, they are; what has none is left out."""
    found: dict[str, list[AnyRow]] = {}
    for row in await reader.rows_in(open_holds(resource), hold.c.key, keys):
        found.setdefault(row.key, []).append(row)
    return found


async def end_hold(writer: Writer, own: str, by: str, now: Instant) -> None:
    """Give a right back, or let it be the sale's that spent it."""
    await writer.execute(update(hold).where(hold.c.id == own).values(ended_by=by, ended_at=now))
