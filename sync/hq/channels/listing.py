"""What a channel says that it asks: a price for each product, for one store or for none in particular."""

from collections.abc import Sequence
from typing import Annotated

import msgspec
from sqlalchemy import bindparam, delete, select

from pos_app.domain.money import MAX_FEN
from sync.hq.db.database import Reader, Writer
from sync.hq.db.pricing_schema import listed_price
from sync.hq.db.schema import place, product
from sync.hq.importing.mistakes import Mistakes, ReadRow
from sync.hq.importing.rows import Word, once_only


class ListedRow(msgspec.Struct, frozen=True):
    """A price as it is listed, for a piece or a kilogram. With ``delete`` it is listed no more."""

    sku: Word
    amount: Annotated[int, msgspec.Meta(ge=0, le=MAX_FEN)] | None = None
    store: Annotated[str, msgspec.Meta(max_length=100)] = ""
    delete: bool = False


async def check_listed(reader: Reader, rows: Sequence[ReadRow[ListedRow]], mistakes: Mistakes) -> None:
    """Check listed prices against the goods and stores that there are."""
    once_only(rows, "sku", lambda row: (row.sku, row.store), mistakes)
    asked = {row.value.sku for row in rows}
    skus = {row.sku for row in await reader.rows_in(select(product.c.sku), product.c.sku, asked)}
    stores = {row.id for row in await reader.rows(select(place.c.id))}
    for row in rows:
        value = row.value
        if value.sku not in skus:
            mistakes.add(row, "sku", "there is no such product", value.sku)
        if value.store and value.store not in stores:
            mistakes.add(row, "store", "there is no such store", value.store)
        if value.amount is None and not value.delete:
            mistakes.add(row, "amount", "is missing")


async def write_listed(writer: Writer, own: str, rows: Sequence[ReadRow[ListedRow]], at: str) -> None:
    """Keep what a channel lists."""
    insert = writer.insert(listed_price)
    newest = {name: insert.excluded[name] for name in ("amount", "at")}
    listed = [row.value for row in rows if not row.value.delete]
    await writer.execute(
        insert.on_conflict_do_update(index_elements=["channel", "sku", "store"], set_=newest),
        [
            {"channel": own, "sku": one.sku, "store": one.store, "amount": one.amount, "at": at}
            for one in sorted(listed, key=lambda one: (one.sku, one.store))
        ],
    )
    gone = delete(listed_price).where(
        listed_price.c.channel == own,
        listed_price.c.sku == bindparam("of_sku"),
        listed_price.c.store == bindparam("of_store"),
    )
    away = [{"of_sku": row.value.sku, "of_store": row.value.store} for row in rows if row.value.delete]
    await writer.execute(gone, away)
