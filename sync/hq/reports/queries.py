"""Sales by day and one by one, stock against its ledger, exceptions: read only, amounts in fen and thousandths."""

from dataclasses import dataclass
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, case, func, select

from sync.hq.db.database import Reader
from sync.hq.db.schema import fact_exception, sale, sale_line, stock_balance, stock_movement
from sync.hq.stock_pool.importing import OPENING

MOST_ROWS: Final = 50_000


@dataclass(frozen=True, slots=True)
class Days:
    """Which sales are asked for: empty means all."""

    store: str = ""
    first: str = ""
    last: str = ""

    def conditions(self) -> list[ColumnElement[bool]]:
        """Give the conditions on sales."""
        asked = []
        if self.store:
            asked.append(sale.c.store == self.store)
        if self.first:
            asked.append(sale.c.business_date >= self.first)
        if self.last:
            asked.append(sale.c.business_date <= self.last)
        return asked


async def sales_by_day(reader: Reader, days: Days) -> list[dict[str, Any]]:
    """Count sales and add up what was paid, per store and business date."""
    rows = await reader.rows(
        select(
            sale.c.store,
            sale.c.business_date,
            func.count().label("sales"),
            func.sum(sale.c.gross).label("gross"),
            func.sum(sale.c.payable).label("payable"),
        )
        .where(*days.conditions())
        .group_by(sale.c.store, sale.c.business_date)
        .order_by(sale.c.store, sale.c.business_date)
    )
    return [
        {
            "store": row.store,
            "business_date": row.business_date,
            "sales": row.sales,
            "gross": int(row.gross),
            "payable": int(row.payable),
        }
        for row in rows
    ]


async def sales_one_by_one(reader: Reader, days: Days, *, after: str, limit: int) -> list[dict[str, Any]]:
    """List sales by id (time order: ids are UUIDv7), those behind ``after``."""
    lines = (
        select(func.count()).select_from(sale_line).where(sale_line.c.sale == sale.c.id).correlate(sale)
    ).scalar_subquery()
    rows = await reader.rows(
        select(sale, lines.label("lines"))
        .where(sale.c.id > after, *days.conditions())
        .order_by(sale.c.id)
        .limit(min(limit, MOST_ROWS))
    )
    return [
        {
            "id": row.id,
            "receipt": row.receipt,
            "store": row.store,
            "device": row.device,
            "business_date": row.business_date,
            "at": row.at,
            "member": row.member,
            "lines": row.lines,
            "payable": row.payable,
        }
        for row in rows
    ]


async def stock_against_ledger(reader: Reader, place: str) -> list[dict[str, Any]]:
    """Hold what is on hand against opening stock and all movements since, per place and product."""
    opening = func.sum(case((stock_movement.c.reason == OPENING, stock_movement.c.quantity), else_=0))
    moved = func.sum(case((stock_movement.c.reason == OPENING, 0), else_=stock_movement.c.quantity))
    ledger = (
        select(stock_movement.c.place, stock_movement.c.sku, opening.label("opening"), moved.label("moved"))
        .group_by(stock_movement.c.place, stock_movement.c.sku)
        .subquery()
    )
    rows = await reader.rows(
        select(ledger, stock_balance.c.on_hand)
        .join(
            stock_balance,
            (stock_balance.c.place == ledger.c.place) & (stock_balance.c.sku == ledger.c.sku),
            isouter=True,
        )
        .where(*([ledger.c.place == place] if place else []))
        .order_by(ledger.c.place, ledger.c.sku)
    )
    return [
        {
            "place": row.place,
            "sku": row.sku,
            "opening": int(row.opening),
            "moved": int(row.moved),
            "on_hand": row.on_hand,
            "ok": row.on_hand == row.opening + row.moved,
        }
        for row in rows
    ]


async def open_exceptions(reader: Reader, store: str, limit: int) -> list[dict[str, Any]]:
    """List exceptions that nobody resolved, newest first."""
    rows = await reader.rows(
        select(fact_exception)
        .where(fact_exception.c.state == "open", *([fact_exception.c.store == store] if store else []))
        .order_by(fact_exception.c.made_at.desc(), fact_exception.c.device, fact_exception.c.seq.desc())
        .limit(min(limit, MOST_ROWS))
    )
    return [
        {
            "device": row.device,
            "epoch": row.epoch,
            "seq": row.seq,
            "store": row.store,
            "code": row.code,
            "details": msgspec.json.decode(row.details),
        }
        for row in rows
    ]
