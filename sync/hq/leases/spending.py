"""Leases as facts speak of them: spent from, and given back. Both are in the holder's own chain, one behind the other.

What a sale spends counts as spent in any case; a lease that was not its to spend from is told. One that comes back
with less in it than the books say, behind quarantined facts, was most likely spent by those: only what is left in it is
freed, the difference stays leased until the quarantine before it is empty.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import msgspec
from sqlalchemy import bindparam, select, update

from pos_app.domain.facts import Position
from pos_app.domain.instants import Instant
from sync.hq.db.database import AnyRow, Reader, Writer
from sync.hq.db.rights_schema import lease
from sync.hq.db.schema import fact, fact_exception
from sync.hq.exceptions.keeping import Trouble
from sync.hq.facts.effects import Effects, GivenBack, LeasedPoints
from sync.hq.leases.keeping import COUPON, ENDED, RETURNED, SETTLING, end_lease, id_of

SHORT: Final = "lease_returned_short"


@dataclass(slots=True)
class _Books:
    """Leases that a batch names, as they are in the course of it."""

    device: str
    rows: dict[str, AnyRow]
    spent: dict[str, int] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)
    waiting: Position | None = None
    """The first fact of the register that is quarantined."""
    kept: dict[str, int] = field(default_factory=dict)
    """What is given back with a difference, and the amount that it is from now on."""

    def left(self, own: str) -> int:
        row = self.rows[own]
        return 0 if own in self.ended else self.kept.get(own, row.amount) - self.spent.get(own, row.spent)

    def spend(self, said: LeasedPoints) -> Trouble | None:
        """Spend from a lease, as far as it goes; say what is wrong with it."""
        own, case = id_of(said.lease), {"lease": said.lease, "amount": said.amount}
        row = self.rows.get(own)
        if row is None or row.device != self.device:
            return Trouble("lease_unknown", case)
        left = self.left(own)
        self.spent[own] = self.spent.get(own, row.spent) + min(left, said.amount)
        if row.resource == COUPON and left <= said.amount:
            self.ended.add(own)  # a coupon is spent once: nothing is left to give back
        return Trouble("lease_overspent", case | {"left": left}) if said.amount > left else None

    def give_back(self, said: GivenBack) -> Trouble | None:
        """End a lease, or free as much as is left in it; say what is wrong with it."""
        own = id_of(said.lease)
        row = self.rows.get(own)
        if row is None or row.device != self.device or row.state == SETTLING or own in self.kept:
            return Trouble("lease_unknown", {"lease": said.lease, "amount": 0})
        books = self.left(own)
        if said.left >= books or self.waiting is None or said.at < self.waiting:
            self.ended.add(own)
            return None
        self.kept[own] = self.kept.get(own, row.amount) - said.left
        return Trouble(SHORT, {"lease": said.lease, "left": said.left, "amount": books - said.left})


async def first_waiting(reader: Reader, device: str) -> Position | None:
    """Tell the first fact of a register that is quarantined."""
    first = select(fact.c.epoch, fact.c.seq).where(fact.c.device == device, fact.c.state == "quarantined")
    rows = await reader.rows(first.order_by(fact.c.epoch, fact.c.seq).limit(1))
    return Position(rows[0].epoch, rows[0].seq) if rows else None


async def settle_leases(
    writer: Writer, device: str, batch: Sequence[Effects], now: Instant, *, refused: Sequence[Position] = ()
) -> list[AnyRow]:
    """Lower the leases that applied facts of a register spent from, end those that were given back; list them all.

    Adds a trouble to each fact that speaks of a lease that is not the register's, has not so much in it, or comes back
    with less than it should. ``refused``: facts of the batch that are about to be quarantined.
    """
    named = {id_of(said.lease) for effects in batch for said in effects.leased}
    returned = {id_of(effects.gives_back.lease) for effects in batch if effects.gives_back is not None}
    if not (named | returned):
        return []
    locked = select(lease).order_by(lease.c.id).with_for_update()
    rows = {row.id: row for row in await writer.rows_in(locked, lease.c.id, named | returned)}
    books = _Books(device, rows, ended={row.id for row in rows.values() if row.state == ENDED})
    if returned:
        stored = await first_waiting(writer, device)
        books.waiting = min([*refused, *([] if stored is None else [stored])], default=None)
    before = set(books.ended)
    for effects in batch:
        told = [books.spend(said) for said in effects.leased]
        told += [books.give_back(effects.gives_back)] if effects.gives_back is not None else []
        effects.troubles += [trouble for trouble in told if trouble is not None]
    await writer.execute(
        update(lease).where(lease.c.id == bindparam("own")).values(spent=bindparam("now_spent")),
        [{"own": own, "now_spent": spent} for own, spent in sorted(books.spent.items())],
    )
    await writer.execute(
        update(lease).where(lease.c.id == bindparam("own")).values(amount=bindparam("now_is"), state=SETTLING),
        [{"own": own, "now_is": amount} for own, amount in sorted(books.kept.items())],
    )
    for own in sorted(books.ended - before):
        await end_lease(writer, own, RETURNED, now)
    return [rows[own] for own in sorted(books.spent.keys() | books.kept.keys() | (books.ended - before))]


async def end_settled(writer: Writer, device: str, now: Instant) -> tuple[list[AnyRow], list[Position]]:
    """End the register's leases that came back short, and behind which no quarantined fact is left that explains it.

    Lists them, and the facts by which they came back.
    """
    question = select(lease).where(lease.c.device == device, lease.c.state == SETTLING).order_by(lease.c.id)
    rows = await writer.rows(question.with_for_update())
    if not rows:
        return [], []
    waiting = await first_waiting(writer, device)
    cases = await writer.rows(
        select(fact_exception).where(fact_exception.c.device == device, fact_exception.c.code == SHORT)
    )
    places = {id_of(msgspec.json.decode(row.details)["lease"]): Position(row.epoch, row.seq) for row in cases}
    ended = [row for row in rows if waiting is None or places.get(row.id, waiting) < waiting]
    for row in ended:
        await end_lease(writer, row.id, RETURNED, now)
    return ended, [places[row.id] for row in ended if row.id in places]
