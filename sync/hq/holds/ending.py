"""Holds as facts speak of them: a sale names every one that was asked for its basket, with what it spent by it; a
basket that came to nothing is told by ``hold_released``.

One that headquarters does not know is ended before it begins: the question may still be on its way.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from pos_app.domain.instants import Instant
from sync.hq.db.database import AnyRow, Writer
from sync.hq.db.rights_schema import hold
from sync.hq.exceptions.keeping import Trouble
from sync.hq.facts.effects import Effects, NamedHold
from sync.hq.holds.keeping import BY_FACT, end_hold


async def end_holds(writer: Writer, device: str, batch: Sequence[Effects], now: Instant) -> None:
    """End the holds that applied facts of a register name.

    Adds a trouble to each sale that spent by one that is not its register's, is ended, or was not for so much.
    """
    named = sorted({said.hold for effects in batch for said in effects.holds})
    if not named:
        return
    unknown = {"resource": "", "key": "", "store": "", "device": device, "basket": "", "amount": 0}
    ended = {"asked_at": now, "ended_at": now, "ended_by": BY_FACT}
    await writer.execute(writer.insert(hold).on_conflict_do_nothing(), [{"id": own} | unknown | ended for own in named])
    locked = select(hold).order_by(hold.c.id).with_for_update()
    rows = {row.id: row for row in await writer.rows_in(locked, hold.c.id, named)}
    live = {own for own, row in rows.items() if row.ended_at is None and row.device == device}
    for own in sorted(live):
        await end_hold(writer, own, BY_FACT, now)
    for effects in batch:
        told = [_trouble(said, rows, live) for said in effects.holds if said.amount]
        effects.troubles += [trouble for trouble in told if trouble is not None]
        live -= {said.hold for said in effects.holds}


def _trouble(said: NamedHold, rows: Mapping[str, AnyRow], live: set[str]) -> Trouble | None:
    case = {"hold": said.hold, "amount": said.amount}
    if said.hold not in live:
        return Trouble("hold_unknown", case)
    held = rows[said.hold].amount
    return Trouble("hold_overspent", case | {"held": held}) if said.amount > held else None
