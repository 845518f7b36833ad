"""Sales by day and one by one, stock against its ledger, exceptions: read only, amounts in fen and thousandths."""

from dataclasses import dataclass
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, Table, case, func, select

from pos_app.domain.returned import VOID_KIND
from sync.hq.db.database import Reader
from sync.hq.db.returns_schema import sale_return
from sync.hq.db.schema import fact_exception, sale, sale_line, stock_balance, stock_movement
from sync.hq.stock_pool.importing import OPENING

MOST_ROWS: Final = 50_000


@dataclass(frozen=True, slots=True)
class Days:
    """Which sales are asked for: empty means all."""

    store: str = ""
    first: str = ""
    last: str = ""

    def conditions(self, table: Table) -> list[ColumnElement[bool]]:
        """Give the conditions on sales, or on returns."""
        asked = []
        if self.store:
            asked.append(table.c.store == self.store)
        if self.first:
            asked.append(table.c.business_date >= self.first)
        if self.last:
            asked.append(table.c.business_date <= self.last)
        return asked


TOTALS: Final = ("sales", "gross", "payable", "returns", "refunded", "voids", "voided", "net")
"""The figures of a day: what was sold, what was given back for goods and for voided sales, and what is left."""


async def sales_by_day(reader: Reader, days: Days) -> list[dict[str, Any]]:
    """Count sales and add up what was paid, per store and business date; what came back counts on the day and at the
    store where it did.
    """
    sold = await reader.rows(
        select(
            sale.c.store,
            sale.c.business_date,
            func.count().label("sales"),
            func.sum(sale.c.gross).label("gross"),
            func.sum(sale.c.payable).label("payable"),
        )
        .where(*days.conditions(sale))
        .group_by(sale.c.store, sale.c.business_date)
    )
    back = await reader.rows(
        select(
            sale_return.c.store,
            sale_return.c.business_date,
            sale_return.c.kind,
            func.count().label("times"),
            func.sum(sale_return.c.amount).label("amount"),
        )
        .where(*days.conditions(sale_return))
        .group_by(sale_return.c.store, sale_return.c.business_date, sale_return.c.kind)
    )
    found: dict[tuple[str, str], dict[str, int]] = {}
    for row in sold:
        day = found.setdefault((row.store, row.business_date), dict.fromkeys(TOTALS, 0))
        day |= {"sales": row.sales, "gross": int(row.gross), "payable": int(row.payable)}
    for row in back:
        day = found.setdefault((row.store, row.business_date), dict.fromkeys(TOTALS, 0))
        count, amount = ("voids", "voided") if row.kind == VOID_KIND else ("returns", "refunded")
        day |= {count: row.times, amount: int(row.amount)}
    for day in found.values():
        day["net"] = day["payable"] - day["refunded"] - day["voided"]
    return [{"store": store, "business_date": date, **found[store, date]} for store, date in sorted(found)]


async def sales_one_by_one(reader: Reader, days: Days, *, after: str, limit: int) -> list[dict[str, Any]]:
    """List sales by id (time order: ids are UUIDv7), those behind ``after``; ``returned`` is what was given back."""
    lines = (
        select(func.count()).select_from(sale_line).where(sale_line.c.sale == sale.c.id).correlate(sale)
    ).scalar_subquery()
    back = (
        select(func.sum(sale_return.c.amount)).where(sale_return.c.sale == sale.c.id).correlate(sale)
    ).scalar_subquery()
    rows = await reader.rows(
        select(sale, lines.label("lines"), back.label("returned"))
        .where(sale.c.id > after, *days.conditions(sale))
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
            "returned": int(row.returned or 0),
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
