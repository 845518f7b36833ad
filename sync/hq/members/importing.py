"""Members in an import: each goes to the registers of the stores that it belongs to.

Their points open a ledger once; from then on only what happens changes them.
"""

from collections.abc import Sequence
from typing import Annotated

import msgspec

from pos_app.domain.instants import Instant
from sync.hq.db.database import Writer
from sync.hq.db.schema import member
from sync.hq.importing.known import Known
from sync.hq.importing.mistakes import Mistakes, ReadRow
from sync.hq.importing.rows import Text, Word, once_only
from sync.hq.members.history import put_history_off
from sync.hq.members.identities import chain_key, note
from sync.hq.members.initials import initials_of_person
from sync.hq.members.ledger import OPENING, POINTS, Entry, enter
from sync.hq.members.publishing import Stores, lock_members
from sync.hq.members.registering import link_registered
from sync.hq.members.waiting import attach_events
from sync.hq.publications.publishing import body_text
from sync.protocol.topics import MemberBody


class MemberRow(msgspec.Struct, frozen=True):
    """A member as sent. ``stores`` are those it belongs to beside its home store."""

    id: Word
    name: Text = ""
    tier: Text = ""
    phone: Annotated[str, msgspec.Meta(max_length=40)] = ""
    card: Annotated[str, msgspec.Meta(max_length=100)] = ""
    segments: tuple[Word, ...] = ()
    points: Annotated[int, msgspec.Meta(ge=0, le=10**12)] | None = None
    """What the member had before headquarters kept count; left out: nothing is said of it."""
    home_store: Annotated[str, msgspec.Meta(max_length=40)] = ""
    stores: tuple[Word, ...] = ()

    def belongs_to(self) -> list[str]:
        """List its stores, each once."""
        return list(dict.fromkeys(store for store in (self.home_store, *self.stores) if store))

    def body(self) -> MemberBody:
        """Give what registers get of it, but for what the ledger says."""
        return MemberBody(
            id=self.id,
            name=self.name,
            initials=initials_of_person(self.name),
            tier=self.tier,
            phone=self.phone,
            card=self.card,
            segments=self.segments,
            home_store=self.home_store,
        )


def check_members(rows: Sequence[ReadRow[MemberRow]], known: Known, mistakes: Mistakes) -> None:
    """Check members; from then on coupons may be theirs."""
    once_only(rows, "id", lambda row: row.id, mistakes)
    for row in rows:
        if not row.value.belongs_to():
            mistakes.add(row, "home_store", "is missing: no register would know this member")
        for store in row.value.belongs_to():
            if known.places.get(store) != "store":
                mistakes.add(row, "home_store" if store == row.value.home_store else "stores", "no such store", store)
        stands = known.opening_points.get(row.value.id, row.value.points)
        if row.value.points is not None and row.value.points != stands:
            reason = f"opened with {stands} already: only what happens changes them now (leave it out)"
            mistakes.add(row, "points", reason, row.value.points)
    known.members |= {row.value.id for row in rows}


async def write_members(writer: Writer, rows: Sequence[ReadRow[MemberRow]], now: Instant) -> Stores:
    """Write members, which locks them, and link those to them whom stores registered; give the stores of all."""
    if not rows:
        return {}
    key = await chain_key(writer)
    own = {row.value.id: key.identities(row.value.phone, row.value.card) for row in rows}
    of_members = [(name, each) for name, identities in own.items() for each in identities]
    await note(writer, of_members, now)
    insert = writer.insert(member)
    newest = {name: insert.excluded[name] for name in ("document", "stores")}
    await writer.execute(
        insert.on_conflict_do_update(index_elements=["id"], set_=newest),
        [
            {"id": each.id, "document": body_text(each.body()), "stores": body_text(each.belongs_to())}
            for each in sorted((row.value for row in rows), key=lambda each: each.id)
        ],
    )
    await link_registered(writer, own, now)
    stores = await lock_members(writer, own)
    for name in sorted(await attach_events(writer, of_members)):
        await put_history_off(writer, [name], stores[name])
    return stores


async def open_points(writer: Writer, rows: Sequence[ReadRow[MemberRow]], known: Known, at: str) -> None:
    """Write opening points that are new."""
    new = [row.value for row in rows if row.value.points and row.value.id not in known.opening_points]
    await enter(writer, [Entry(own.id, POINTS, OPENING, OPENING, own.points or 0, at) for own in new])
