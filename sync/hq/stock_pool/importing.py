"""Opening stock in an import: it counts once for a place and a product. From then on only movements change it."""

from collections.abc import Sequence
from typing import Annotated, Final

import msgspec

from sync.hq.db.database import Writer
from sync.hq.importing.known import Known
from sync.hq.importing.mistakes import Mistakes, ReadRow
from sync.hq.importing.rows import Word, once_only
from sync.hq.stock_pool.ledger import Movement, move

OPENING: Final = "opening"


class StockRow(msgspec.Struct, frozen=True):
    """Opening stock as sent (thousandths)."""

    place: Word
    sku: Word
    quantity: Annotated[int, msgspec.Meta(ge=-(10**12), le=10**12)]


def check_stock(rows: Sequence[ReadRow[StockRow]], known: Known, mistakes: Mistakes) -> None:
    """Check opening stock."""
    once_only(rows, "sku", lambda row: (row.place, row.sku), mistakes)
    for row in rows:
        value = row.value
        if value.place not in known.places:
            mistakes.add(row, "place", "there is no such place", value.place)
        if value.sku not in known.skus:
            mistakes.add(row, "sku", "there is no such product", value.sku)
        stands = known.openings.get((value.place, value.sku), value.quantity)
        if stands != value.quantity:
            mistakes.add(row, "quantity", f"opened with {stands} already: only movements change it now", value.quantity)


async def write_stock(writer: Writer, rows: Sequence[ReadRow[StockRow]], known: Known, at: str) -> dict[str, set[str]]:
    """Write opening stock that is new; give the products that moved, by store."""
    new = [row.value for row in rows if (row.value.place, row.value.sku) not in known.openings]
    await move(writer, [Movement(one.place, one.sku, OPENING, OPENING, one.quantity, at) for one in new])
    moved: dict[str, set[str]] = {}
    for one in new:
        if known.places[one.place] == "store":
            moved.setdefault(one.place, set()).add(one.sku)
    return moved
