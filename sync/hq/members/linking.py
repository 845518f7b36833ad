"""Saying that two members are one person, and taking it back: behind their locks, told to all stores of both."""

from collections.abc import Sequence

from sqlalchemy import select

from pos_app.domain.errors import Refusal
from pos_app.domain.instants import Instant
from sync.hq.coupons.sharing import share_coupons
from sync.hq.db.database import Writer
from sync.hq.db.schema import member
from sync.hq.members.families import Link, families_of, link, unlink
from sync.hq.members.history import put_history_off
from sync.hq.members.publishing import lock_members, put_copies_off, stores_of


async def join(writer: Writer, wanted: Link, at: Instant) -> bool:
    """Link two members, with all who are one person with either; False where they were one already.

    Raises ``Refusal("member_unknown")``.
    """
    await _known(writer, [wanted.member, wanted.into])
    await lock_members(writer, [wanted.member, wanted.into])
    if not await link(writer, wanted, at):
        return False
    stores = await stores_of(writer, [wanted.into])
    await put_copies_off(writer, stores, own_store="")
    await share_coupons(writer, stores, next(iter(stores.values())))
    await put_history_off(writer, stores, next(iter(stores.values())))
    return True


async def part(writer: Writer, own: str, by: str, at: Instant) -> Sequence[str]:
    """Take a member's link back: each side has its own ledger again. Gives who was one person until now.

    Raises ``Refusal`` with ``member_unknown``, or ``member_not_linked`` where others are linked to it, or nobody.
    """
    await _known(writer, [own])
    stores = await lock_members(writer, [own])
    family = (await families_of(writer, [own]))[own]
    await unlink(writer, own, by, at)
    await put_copies_off(writer, stores, own_store="")
    return family


async def _known(writer: Writer, members: Sequence[str]) -> None:
    rows = await writer.rows_in(select(member.c.id), member.c.id, members)
    missing = sorted(set(members) - {row.id for row in rows})
    if missing:
        raise Refusal("member_unknown", field="member", member=missing[0])
