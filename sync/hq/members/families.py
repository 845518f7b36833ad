"""Members that are one person: linked to one of them, told as one, each with the ledger that is its own.

A link moves nothing: what the person has is the sum over the family, so that nothing counts twice and taking the link
back gives each side what was its own. Who is linked is linked to one that is not.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select, update

from pos_app.domain.errors import Refusal
from pos_app.domain.instants import Instant
from sync.hq.db.database import Reader, Writer
from sync.hq.db.member_schema import member_link
from sync.hq.members.ledger import Balances, balances_of

Families = Mapping[str, tuple[str, ...]]
"""Of each member, the whole family, the one that all are linked to first."""


@dataclass(frozen=True, slots=True)
class Link:
    """That ``member`` is the same person as ``into``; by whom it was said, and why."""

    member: str
    into: str
    reason: str
    by: str = ""


async def families_of(reader: Reader, members: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Give the families of these members, by each of their members."""
    names = set(members)
    live = select(member_link.c.member, member_link.c.into).where(member_link.c.ended_at.is_(None))
    heads = {row.member: row.into for row in await reader.rows_in(live, member_link.c.member, names)}
    roots = {heads.get(name, name) for name in names}
    linked: dict[str, list[str]] = {root: [] for root in roots}
    for row in await reader.rows_in(live.order_by(member_link.c.member), member_link.c.into, roots):
        linked[row.into].append(row.member)
    families = [(root, *others) for root, others in linked.items()]
    return {own: family for family in families for own in family}


async def balances_of_families(reader: Reader, members: Iterable[str]) -> dict[str, Balances]:
    """Tell what the persons behind these members have, by each of the names asked for."""
    families = await families_of(reader, members)
    own = await balances_of(reader, families)
    return {name: _sum(own.get(each) for each in family) for name, family in families.items()}


def _sum(parts: Iterable[Balances | None]) -> Balances:
    whole = Balances()
    for part in parts:
        if part is not None:
            whole.points += part.points
            for promotion, count in part.used.items():
                whole.used[promotion] = whole.used.get(promotion, 0) + count
    return whole


async def link(writer: Writer, wanted: Link, at: Instant) -> bool:
    """Link a member, and all who are linked to it, to another's head; both families are locked. False: it was so."""
    families = await families_of(writer, [wanted.member, wanted.into])
    own, into = families[wanted.member], families[wanted.into]
    if own[0] == into[0]:
        return False
    columns = member_link.c
    await writer.execute(
        update(member_link).where(columns.into == own[0], columns.ended_at.is_(None)).values(into=into[0])
    )
    said = {"member": own[0], "at": at, "into": into[0], "reason": wanted.reason, "by": wanted.by}
    await writer.execute(member_link.insert(), [said])
    return True


async def unlink(writer: Writer, member: str, by: str, at: Instant) -> None:
    """Take a member's link back; raise ``Refusal("member_not_linked")``. The families are locked."""
    columns = member_link.c
    live = (columns.member == member) & columns.ended_at.is_(None)
    if await writer.value(select(columns.into).where(live)) is None:
        raise Refusal("member_not_linked", field="member", member=member)
    await writer.execute(update(member_link).where(live).values(ended_at=at, ended_by=by))
