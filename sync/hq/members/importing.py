"""Members in an import: each goes to the registers of the stores that it belongs to."""

from collections.abc import Sequence
from typing import Annotated

import msgspec

from sync.hq.db.database import Writer
from sync.hq.db.schema import member
from sync.hq.importing.known import Known
from sync.hq.importing.mistakes import Mistakes, ReadRow
from sync.hq.importing.rows import Text, Word, once_only
from sync.hq.publications.publishing import Wanted, body_text
from sync.protocol.topics import MEMBER, MemberBody


class MemberRow(msgspec.Struct, frozen=True):
    """A member as sent. ``stores`` are those it belongs to beside its home store."""

    id: Word
    name: Text = ""
    tier: Text = ""
    phone: Annotated[str, msgspec.Meta(max_length=40)] = ""
    card: Annotated[str, msgspec.Meta(max_length=100)] = ""
    segments: tuple[Word, ...] = ()
    points: Annotated[int, msgspec.Meta(ge=0, le=10**12)] = 0
    home_store: Annotated[str, msgspec.Meta(max_length=40)] = ""
    stores: tuple[Word, ...] = ()

    def belongs_to(self) -> list[str]:
        """List its stores, each once."""
        return list(dict.fromkeys(store for store in (self.home_store, *self.stores) if store))

    def body(self) -> MemberBody:
        """Give the document that registers get."""
        return MemberBody(
            id=self.id,
            name=self.name,
            tier=self.tier,
            phone=self.phone,
            card=self.card,
            segments=self.segments,
            points=self.points,
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
    known.members |= {row.value.id for row in rows}


async def write_members(writer: Writer, rows: Sequence[ReadRow[MemberRow]]) -> list[Wanted]:
    """Write members; say what should be published of them."""
    bodies = {row.value.id: body_text(row.value.body()) for row in rows}
    insert = writer.insert(member)
    newest = {name: insert.excluded[name] for name in ("document", "stores")}
    await writer.execute(
        insert.on_conflict_do_update(index_elements=["id"], set_=newest),
        [
            {"id": row.value.id, "document": bodies[row.value.id], "stores": body_text(row.value.belongs_to())}
            for row in rows
        ],
    )
    return [
        Wanted(MEMBER, row.value.id, {f"store:{store}": bodies[row.value.id] for store in row.value.belongs_to()})
        for row in rows
    ]
