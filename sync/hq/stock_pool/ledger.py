"""The stock ledger: movements are the truth, on hand is their sum, kept beside them in the same transaction.

Quantities are thousandths; below zero is possible, since goods in hand are always sold. Knows nothing of facts' bodies.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from pos_app.domain.facts import Position
from sync.hq.db.database import Reader, Writer
from sync.hq.db.many import ManyRows, Rows
from sync.hq.db.schema import stock_balance, stock_movement
from sync.hq.publications.publishing import Document, body_text
from sync.protocol.topics import STOCK, AppliedBody, StockBody

_MOVEMENTS: Final = ManyRows(stock_movement)
_BALANCES: Final = ManyRows(
    stock_balance, "ON CONFLICT (place, sku) DO UPDATE SET on_hand = stock_balance.on_hand + excluded.on_hand"
)


@dataclass(frozen=True, slots=True)
class Movement:
    """What came (+) or went (−) at a place. One source moves a product once."""

    place: str
    sku: str
    source: str
    reason: str
    quantity: int
    at: str


def rows_of(movements: Sequence[Movement]) -> tuple[tuple[ManyRows, Rows], tuple[ManyRows, Rows]]:
    """Make the rows of movements that are not in the ledger yet, and of what is on hand by them."""
    rows = [
        {
            "place": each.place,
            "sku": each.sku,
            "source": each.source,
            "reason": each.reason,
            "quantity": each.quantity,
            "at": each.at,
        }
        for each in movements
    ]
    sums: dict[tuple[str, str], int] = {}
    for each in movements:
        sums[each.place, each.sku] = sums.get((each.place, each.sku), 0) + each.quantity
    # Sorted: two stores' batches lock rows of one place in the same order.
    balances = [{"place": place, "sku": sku, "on_hand": moved} for (place, sku), moved in sorted(sums.items())]
    return (_MOVEMENTS, rows), (_BALANCES, balances)


async def move(writer: Writer, movements: Sequence[Movement]) -> None:
    """Write movements that are not in the ledger yet, and what is on hand by them."""
    await writer.add_together(*rows_of(movements))


async def stock_documents(
    reader: Reader, store: str, skus: Iterable[str], applied: Mapping[str, AppliedBody]
) -> list[Document]:
    """Compose what a store should know of these products; read it behind the lock on the store's scope."""
    here = select(stock_balance.c.sku, stock_balance.c.on_hand).where(stock_balance.c.place == store)
    rows = await reader.rows_in(here.order_by(stock_balance.c.sku), stock_balance.c.sku, skus)
    return [
        Document(f"store:{store}", STOCK, row.sku, body_text(StockBody(row.sku, row.on_hand, applied))) for row in rows
    ]


def source_of(device_id: str, position: Position) -> str:
    """Name a fact as what moved the stock."""
    return f"{device_id}:{position.epoch}:{position.seq}"
