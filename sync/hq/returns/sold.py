"""A sale as a register asks for it that made none of it: its fact, and every return of it that is known. Read only."""

from typing import Any

from sqlalchemy import select

from pos_app.domain.branches import meaning
from pos_app.domain.errors import Refusal
from pos_app.domain.facts import Fact, read_fact
from sync.hq.db.database import AnyRow, Reader
from sync.hq.db.returns_schema import sale_return
from sync.hq.db.schema import fact, sale
from sync.protocol.wire import SoldAnswer


async def sale_by_receipt(reader: Reader, receipt: str, *, time: str) -> SoldAnswer:
    """Find a sale, the first one with that number; raise ``Refusal("receipt_unknown")``."""
    row = await reader.row(select(sale).where(sale.c.receipt == receipt).order_by(sale.c.id).limit(1))
    if row is None:
        raise Refusal("receipt_unknown", text=receipt)
    returns = await reader.rows(
        select(sale_return).where(sale_return.c.sale == row.id).order_by(sale_return.c.at, sale_return.c.id)
    )
    sold = await _fact(reader, row)
    return SoldAnswer(
        body=dict(sold.body),
        at=sold.at,
        operator=sold.operator,
        returns=[dict((await _fact(reader, each)).body) for each in returns],
        time=time,
    )


async def _fact(reader: Reader, row: AnyRow) -> Fact:
    place: Any = (fact.c.device == row.device) & (fact.c.epoch == row.epoch) & (fact.c.seq == row.seq)
    canonical = await reader.value(select(fact.c.canonical).where(place))
    return meaning(read_fact(bytes(canonical)))
