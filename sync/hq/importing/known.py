"""What headquarters has already that an import may speak of."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from sqlalchemy import Column, select

from sync.hq.db.database import AnyRow, Reader
from sync.hq.db.schema import barcode, operator, place, price, product, stock_movement

_AT_A_TIME = 2000


@dataclass(slots=True)
class Known:
    """Places and zones in whole; of the rest what was asked for."""

    places: dict[str, str] = field(default_factory=dict)
    """Kind by id."""
    zones: set[str] = field(default_factory=set)
    skus: set[str] = field(default_factory=set)
    prices: set[str] = field(default_factory=set)
    barcodes: dict[str, str] = field(default_factory=dict)
    """SKU by look-up key."""
    openings: dict[tuple[str, str], int] = field(default_factory=dict)
    """Opening stock (thousandths) by place and SKU."""
    operators: dict[str, str] = field(default_factory=dict)
    """Document by number."""

    @property
    def scopes(self) -> set[str]:
        """List the scopes that a price may have."""
        stores = {f"store:{name}" for name, kind in self.places.items() if kind == "store"}
        return {"chain"} | stores | {f"zone:{zone}" for zone in self.zones}


@dataclass(frozen=True, slots=True)
class Named:
    """What an import speaks of."""

    skus: frozenset[str] = frozenset()
    prices: frozenset[str] = frozenset()
    barcodes: frozenset[str] = frozenset()
    openings: frozenset[str] = frozenset()
    """Places whose opening stock is named."""
    operators: frozenset[str] = frozenset()


async def look_up(reader: Reader, named: Named) -> Known:
    """Ask for what an import speaks of."""
    places = await reader.rows(select(place.c.id, place.c.kind, place.c.zone))
    known = Known({row.id: row.kind for row in places}, {row.zone for row in places if row.zone})
    known.skus = {row.sku for row in await _found(reader, product.c.sku, named.skus)}
    known.prices = {row.id for row in await _found(reader, price.c.id, named.prices, price.c.deleted.is_(False))}
    known.barcodes = {row.lookup_key: row.sku for row in await _found(reader, barcode.c.lookup_key, named.barcodes)}
    opened = await _found(reader, stock_movement.c.place, named.openings, stock_movement.c.source == "opening")
    known.openings = {(row.place, row.sku): row.quantity for row in opened}
    known.operators = {row.id: row.document for row in await _found(reader, operator.c.id, named.operators)}
    return known


async def _found(reader: Reader, column: Column[str], names: Iterable[str], *more: Any) -> list[AnyRow]:  # noqa: ANN401 — conditions
    found: list[AnyRow] = []
    for some in _portions(sorted(names)):
        found += await reader.rows(select(column.table).where(column.in_(some), *more))
    return found


def _portions(names: list[str]) -> Iterator[list[str]]:
    coming = iter(names)
    while some := list(islice(coming, _AT_A_TIME)):
        yield some
