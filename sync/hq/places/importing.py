"""Places in an import: stores, which have registers and a scope of their own, and warehouses, which hold stock."""

from collections.abc import Sequence
from typing import Annotated, Literal

import msgspec

from sync.hq.db.database import Writer
from sync.hq.db.schema import place
from sync.hq.importing.known import Known
from sync.hq.importing.mistakes import Mistakes, ReadRow
from sync.hq.importing.rows import Text, Word, once_only
from sync.hq.publications.publishing import Wanted, body_text
from sync.protocol.topics import STORE, StoreBody

Code = Annotated[str, msgspec.Meta(pattern=r"^[A-Z0-9]{1,16}$")]
"""A store's id is part of registers' names and receipt numbers (`S001-R1-20260618-0042`)."""
Zone = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{0,40}$")]


class PlaceRow(msgspec.Struct, frozen=True):
    """A place as it is sent."""

    id: Code
    name: Word
    kind: Literal["store", "warehouse"] = "store"
    zone: Zone = ""
    address: Text = ""
    phone: Text = ""
    utc_offset_minutes: Annotated[int, msgspec.Meta(ge=-840, le=840)] = 480


def check_places(rows: Sequence[ReadRow[PlaceRow]], known: Known, mistakes: Mistakes) -> None:
    """Check places; from then on the rest of the import may speak of them."""
    once_only(rows, "id", lambda row: row.id, mistakes)
    for row in rows:
        stands = known.places.get(row.value.id, row.value.kind)
        if stands != row.value.kind:
            mistakes.add(row, "kind", f"{row.value.id} is a {stands} already", row.value.kind)
    known.places |= {row.value.id: row.value.kind for row in rows}
    known.zones |= {row.value.zone for row in rows if row.value.zone}
    known.zone_of |= {row.value.id: row.value.zone for row in rows}


async def write_places(writer: Writer, rows: Sequence[ReadRow[PlaceRow]]) -> list[Wanted]:
    """Write places; say what should be published of them."""
    bodies = {row.value.id: body_text(_store(row.value)) for row in rows}
    insert = writer.insert(place)
    newest = {name: insert.excluded[name] for name in ("kind", "zone", "document")}
    await writer.execute(
        insert.on_conflict_do_update(index_elements=["id"], set_=newest),
        [
            {"id": row.value.id, "kind": row.value.kind, "zone": row.value.zone, "document": bodies[row.value.id]}
            for row in rows
        ],
    )
    stores = [row.value.id for row in rows if row.value.kind == "store"]
    return [Wanted(STORE, name, {f"store:{name}": bodies[name]}) for name in stores]


def _store(row: PlaceRow) -> StoreBody:
    return StoreBody(row.id, row.name, row.zone, row.address, row.phone, row.utc_offset_minutes)
