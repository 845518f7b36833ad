"""The daily scan: prices that channels list and prices that tills charged, held against the rules.

A sale is held against the rulebook revision that it names, and once. A difference is an alarm, and an alarm freezes.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from sqlalchemy import bindparam, select, update

from pos_app.domain.errors import Refusal
from sync.hq.beside import whole
from sync.hq.db.database import AnyRow, AnySelect, Writer
from sync.hq.db.schema import fact, sale
from sync.hq.headquarters import Headquarters
from sync.hq.quotes.sold import stored_fact
from sync.hq.settlements.charged import check_sale
from sync.hq.settlements.freezing import Alarm, raise_alarms
from sync.hq.settlements.listed import Place, listings, wrongly_listed

AT_A_TIME: Final = 200
MOST_SALES: Final = 20_000
"""Sales that a scan looks at; the rest is left to the next."""


@dataclass(slots=True)
class Scanned:
    """What a scan came to."""

    listed: int = 0
    sales: int = 0
    alarms: int = 0
    frozen: set[str] = field(default_factory=set)
    """Subjects whose settlement was not frozen before."""
    left_out: Counter[str] = field(default_factory=Counter)
    more: bool = False

    def document(self) -> dict[str, Any]:
        """Write it."""
        return {
            "listed": self.listed,
            "sales": self.sales,
            "alarms": self.alarms,
            "frozen": sorted(self.frozen),
            "left_out": dict(sorted(self.left_out.items())),
            "more": self.more,
        }


async def scan_prices(hq: Headquarters, *, limit: int = MOST_SALES) -> Scanned:
    """Scan everything that is listed, and sales that were not scanned yet, at most so many."""
    done = Scanned()
    after: Place | None = ("", "", "")
    while after is not None:
        after = await whole(_scan_listed(hq, done, after))
    while done.sales < limit and await whole(_scan_sales(hq, done, min(AT_A_TIME, limit - done.sales))):
        pass
    async with hq.database.read() as reader:
        done.more = bool(await reader.rows(_unscanned(1)))
    hq.log.info("prices_scanned", **done.document())
    return done


async def _scan_listed(hq: Headquarters, done: Scanned, after: Place) -> Place | None:
    """Scan some of what is listed behind a place; tell how far that went, None at the end."""
    async with hq.database.read() as reader:
        rows = await reader.rows(listings(after, AT_A_TIME))
        alarms = await wrongly_listed(reader, hq.rulebooks, rows, hq.instant())
    await _keep(hq, done, alarms, sales=())
    done.listed += len(rows)
    return (rows[-1].channel, rows[-1].store, rows[-1].sku) if rows else None


async def _scan_sales(hq: Headquarters, done: Scanned, limit: int) -> bool:
    """Scan some sales; tell whether there were any."""
    alarms: list[Alarm] = []
    async with hq.database.read() as reader:
        rows = await reader.rows(_unscanned(limit))
        for row in rows:
            try:
                alarm = await check_sale(reader, hq.rulebooks, stored_fact(bytes(row.canonical)), row.store)
            except Refusal as refusal:
                done.left_out[refusal.code] += 1
                continue
            alarms += [] if alarm is None else [alarm]
    await _keep(hq, done, alarms, sales=rows)
    done.sales += len(rows)
    return bool(rows)


async def _keep(hq: Headquarters, done: Scanned, alarms: Sequence[Alarm], *, sales: Sequence[AnyRow]) -> None:
    """Raise alarms and note which sales were looked at, together."""
    if not alarms and not sales:
        return
    frozen = await hq.database.write(partial(_write, alarms=alarms, sales=sales, hq=hq))
    done.alarms += len(alarms)
    done.frozen |= frozen
    for subject in sorted(frozen):
        hq.log.warning("settlement_frozen", subject=subject)


async def _write(writer: Writer, *, alarms: Sequence[Alarm], sales: Sequence[AnyRow], hq: Headquarters) -> set[str]:
    now = hq.instant()
    looked_at = update(sale).where(sale.c.id == bindparam("own")).values(prices_checked_at=now)
    await writer.execute(looked_at, [{"own": row.id} for row in sales])
    return await raise_alarms(writer, alarms, now) if alarms else set()


def _unscanned(limit: int) -> AnySelect:
    """Ask for sales that were not scanned, store by store: few rulebooks are looked at by turns."""
    at = (fact.c.device == sale.c.device) & (fact.c.epoch == sale.c.epoch) & (fact.c.seq == sale.c.seq)
    return (
        select(sale.c.id, sale.c.store, fact.c.canonical)
        .join(fact, at)
        .where(sale.c.prices_checked_at.is_(None))
        .order_by(sale.c.store, sale.c.id)
        .limit(limit)
    )
