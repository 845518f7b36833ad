"""`GET /v1/drawers`: a register asks, for its manager, what the drawers of its store hold."""

from datetime import timedelta
from typing import Final

from litestar import Response, get
from sqlalchemy import select

from pos_app.domain.instants import moment_of
from sync.hq.answers import HqRequest, answer
from sync.hq.db.database import Reader
from sync.hq.db.schema import device
from sync.hq.drawers.report import shifts_side_by_side
from sync.hq.guard import Hq, signed_device
from sync.protocol.wire import DrawerRow, DrawersAnswer

DAYS_BACK: Final = timedelta(days=2)
"""So far back a shift is still somebody's worry at the register."""


@get("/v1/drawers", summary="What the store's drawers hold (register)", tags=["register"])
async def store_drawers(request: HqRequest, hq: Hq) -> Response[bytes]:
    """Give the shifts of the asking register's store, those of the last days: what each drawer should hold by what its
    register has sent, and when that was.
    """
    asking = await signed_device(request, hq)
    first = (hq.now() - DAYS_BACK).date().isoformat()
    async with hq.database.read() as reader:
        rows = await shifts_side_by_side(reader, store=asking.store, first=first, last="")
        sent = await _sent_at(reader, asking.store)
    fields = ("device", "number", "business_date", "operator", "opened_at", "closed_at", "holds", "counted")
    told = [DrawerRow(**{name: row[name] for name in fields}, as_of=sent.get(row["device"], "")) for row in rows]
    return answer(request, DrawersAnswer(told, hq.time()))


async def _sent_at(reader: Reader, store: str) -> dict[str, str]:
    """Tell when each register of a store sent last."""
    rows = await reader.rows(select(device.c.id, device.c.pushed_at).where(device.c.store == store))
    return {row.id: moment_of(row.pushed_at).isoformat() for row in rows if row.pushed_at is not None}
