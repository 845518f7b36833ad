"""How sales were paid, by store, day and kind; and each payment that a provider was asked for. Read only, in fen."""

from typing import Any

from sqlalchemy import func, select

from sync.hq.db.database import Reader
from sync.hq.db.payments_schema import payment
from sync.hq.db.returns_schema import return_tender, sale_return
from sync.hq.db.schema import sale, tender
from sync.hq.reports.queries import MOST_ROWS, Days


async def tenders_by_day(reader: Reader, days: Days) -> list[dict[str, Any]]:
    """Count tenders and add them up per store, business date and kind; what was given back counts on its own day."""
    sold = await reader.rows(
        select(sale.c.store, sale.c.business_date, tender.c.kind, *_sums(tender.c.amount))
        .join(tender, tender.c.sale == sale.c.id)
        .where(*days.conditions(sale))
        .group_by(sale.c.store, sale.c.business_date, tender.c.kind)
    )
    back = await reader.rows(
        select(sale_return.c.store, sale_return.c.business_date, return_tender.c.kind, *_sums(return_tender.c.amount))
        .join(return_tender, return_tender.c.return_id == sale_return.c.id)
        .where(*days.conditions(sale_return))
        .group_by(sale_return.c.store, sale_return.c.business_date, return_tender.c.kind)
    )
    found: dict[tuple[str, str, str], dict[str, int]] = {}
    for rows, names in ((sold, ("tenders", "amount")), (back, ("refunds", "refunded"))):
        for row in rows:
            place = found.setdefault((row.store, row.business_date, row.kind), dict.fromkeys(_FIGURES, 0))
            place |= dict(zip(names, (row.times, abs(int(row.total))), strict=True))
    return [
        {"store": store, "business_date": day, "kind": kind, **figures, "net": figures["amount"] - figures["refunded"]}
        for (store, day, kind), figures in sorted(found.items())
    ]


async def payments_one_by_one(
    reader: Reader, *, store: str, state: str, after: str, limit: int
) -> list[dict[str, Any]]:
    """List payments by id (time order: ids are UUIDv7), those behind ``after``."""
    conditions = [payment.c.id > after]
    conditions += [payment.c.store == store] if store else []
    conditions += [payment.c.state == state] if state else []
    rows = await reader.rows(
        select(payment, sale.c.receipt)
        .join(sale, sale.c.id == payment.c.sale, isouter=True)
        .where(*conditions)
        .order_by(payment.c.id)
        .limit(min(limit, MOST_ROWS))
    )
    shown = (
        "id",
        "store",
        "device",
        "provider",
        "amount",
        "state",
        "reason",
        "reference",
        "asked_at",
        "sale",
        "receipt",
    )
    return [{name: getattr(row, name) for name in shown} for row in rows]


_FIGURES = ("tenders", "amount", "refunds", "refunded")


def _sums(amount: Any) -> tuple[Any, Any]:  # noqa: ANN401 — a column
    return func.count().label("times"), func.sum(amount).label("total")
