"""Every shift of a store's registers side by side: what its drawer should hold, by headquarters' own sums.

A shift takes the facts of its register behind ``since`` up to the one that closes it; one that is open takes all that
came so far. What the register said it should hold stands beside, and whether both agree.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, Table, func, select, tuple_

from pos_app.domain.facts import Position
from pos_app.domain.shift import CLOSED, COUNTED, DAY_CLOSED, DRAWER, MOVED, OPENED
from sync.hq.db.database import AnyRow, Reader
from sync.hq.db.drawers_schema import drawer_entry
from sync.hq.db.returns_schema import return_tender, sale_return
from sync.hq.db.schema import sale, tender

MOST_SHIFTS: Final = 1_000
CASH: Final = "cash"


@dataclass(slots=True)
class _Shift:
    """A shift as its entries tell it."""

    opened: AnyRow
    closed: AnyRow | None = None
    entries: list[AnyRow] = field(default_factory=list)

    @property
    def since(self) -> Position:
        return Position(self.opened.since_epoch, self.opened.since_seq)

    @property
    def until(self) -> Position | None:
        return None if self.closed is None else Position(self.closed.epoch, self.closed.seq)

    def total(self, kind: str, *, below: bool = False) -> int:
        amounts = [row.amount for row in self.entries if row.kind == kind]
        return sum(each for each in amounts if (each < 0) == below)

    def count(self, kind: str) -> int:
        return sum(row.kind == kind for row in self.entries)


async def shifts_side_by_side(reader: Reader, *, store: str, first: str, last: str) -> list[dict[str, Any]]:
    """List shifts by day, store, register and number; empty words mean all."""
    columns = drawer_entry.c
    asked: list[ColumnElement[bool]] = [columns.kind == OPENED]
    asked += [columns.store == store] if store else []
    asked += [columns.business_date >= first] if first else []
    asked += [columns.business_date <= last] if last else []
    order = (columns.business_date.desc(), columns.store, columns.device, columns.number)
    opened = await reader.rows(select(drawer_entry).where(*asked).order_by(*order).limit(MOST_SHIFTS))
    shifts = {row.shift: _Shift(row) for row in opened}
    rest = await reader.rows_in(select(drawer_entry).where(columns.kind != OPENED), columns.shift, set(shifts))
    for row in rest:
        shift = shifts[row.shift]
        shift.entries.append(row)
        if row.kind == CLOSED and shift.closed is None:
            shift.closed = row
    closed_days = await _closed_days(reader, {row.device for row in opened})
    return [
        _told(shift, (await _taken(reader, shift), await _given_back(reader, shift)), closed_days)
        for shift in shifts.values()
    ]


async def last_of(reader: Reader, name: str) -> tuple[int, str | None]:
    """Tell the highest number of a register's shifts, 0 before the first, and the last day that it closed."""
    columns = drawer_entry.c
    own = columns.device == name
    number = await reader.value(select(func.max(columns.number)).where(own, columns.kind == OPENED))
    day = await reader.value(select(func.max(columns.business_date)).where(own, columns.kind == DAY_CLOSED))
    return number or 0, day


async def _taken(reader: Reader, shift: _Shift) -> Mapping[str, int]:
    """Add up what a register took for sales between two places of its chain, by kind of tender."""
    return await _by_kind(
        reader,
        select(tender.c.kind, func.sum(tender.c.amount).label("fen"))
        .join(sale, tender.c.sale == sale.c.id)
        .where(*_within(shift, sale))
        .group_by(tender.c.kind),
    )


async def _given_back(reader: Reader, shift: _Shift) -> Mapping[str, int]:
    """Add up what it gave back for returns and voids."""
    return await _by_kind(
        reader,
        select(return_tender.c.kind, func.sum(return_tender.c.amount).label("fen"))
        .join(sale_return, return_tender.c.return_id == sale_return.c.id)
        .where(*_within(shift, sale_return))
        .group_by(return_tender.c.kind),
    )


async def _by_kind(reader: Reader, statement: Select[str, int]) -> Mapping[str, int]:
    return {row.kind: int(row.fen) for row in await reader.rows(statement)}


def _within(shift: _Shift, made: Table) -> list[ColumnElement[bool]]:
    """Say which rows of a table of facts are the shift's."""
    place = tuple_(made.c.epoch, made.c.seq)
    within: list[ColumnElement[bool]] = [made.c.device == shift.opened.device, place > tuple_(*_pair(shift.since))]
    if shift.until is not None:
        within.append(place < tuple_(*_pair(shift.until)))
    return within


async def _closed_days(reader: Reader, devices: set[str]) -> set[tuple[str, str]]:
    found = await reader.rows_in(
        select(drawer_entry.c.device, drawer_entry.c.business_date).where(drawer_entry.c.kind == DAY_CLOSED),
        drawer_entry.c.device,
        devices,
    )
    return {(row.device, row.business_date) for row in found}


def _told(
    shift: _Shift, tenders: tuple[Mapping[str, int], Mapping[str, int]], closed_days: set[tuple[str, str]]
) -> dict[str, Any]:
    (taken, back), opened, closed = tenders, shift.opened, shift.closed
    cash_in, cash_out = shift.total(MOVED), shift.total(MOVED, below=True)
    holds = opened.amount + taken.get(CASH, 0) + back.get(CASH, 0) + cash_in + cash_out
    return {
        "store": opened.store,
        "device": opened.device,
        "number": opened.number,
        "business_date": opened.business_date,
        "operator": opened.operator,
        "opened_at": opened.at,
        "closed_at": None if closed is None else closed.at,
        "float": opened.amount,
        "tenders": dict(sorted(taken.items())),
        "paid_back": {kind: -fen for kind, fen in sorted(back.items())},
        "cash_in": cash_in,
        "cash_out": -cash_out,
        "drawer_opened": shift.count(DRAWER),
        "counts": shift.count(COUNTED),
        "holds": holds,
        "expected": None if closed is None else closed.expected,
        "counted": None if closed is None else closed.amount,
        "difference": None if closed is None else closed.difference,
        "reason": "" if closed is None else closed.reason,
        "day_closed": (opened.device, opened.business_date) in closed_days,
        "ok": closed is None or closed.expected == holds,
    }


def _pair(position: Position) -> Sequence[int]:
    return (position.epoch, position.seq)
