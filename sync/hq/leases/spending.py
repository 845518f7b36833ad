"""Leases as facts speak of them: spent from, and given back. Both are in the holder's own chain, one behind the other.

What a sale spends counts as spent in any case; a lease that was not its to spend from is told.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import bindparam, select, update

from pos_app.domain.instants import Instant
from sync.hq.db.database import AnyRow, Writer
from sync.hq.db.rights_schema import lease
from sync.hq.exceptions.keeping import Trouble
from sync.hq.facts.effects import Effects, LeasedPoints
from sync.hq.leases.keeping import ENDED, RETURNED, end_lease, id_of


@dataclass(slots=True)
class _Books:
    """Leases that a batch names, as they are in the course of it."""

    device: str
    rows: dict[str, AnyRow]
    spent: dict[str, int] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)

    def left(self, own: str) -> int:
        row = self.rows[own]
        return 0 if own in self.ended else row.amount - self.spent.get(own, row.spent)

    def spend(self, said: LeasedPoints) -> Trouble | None:
        """Spend from a lease, as far as it goes; say what is wrong with it."""
        own, case = id_of(said.lease), {"lease": said.lease, "amount": said.amount}
        row = self.rows.get(own)
        if row is None or row.device != self.device:
            return Trouble("lease_unknown", case)
        left = self.left(own)
        self.spent[own] = self.spent.get(own, row.spent) + min(left, said.amount)
        return Trouble("lease_overspent", case | {"left": left}) if said.amount > left else None

    def give_back(self, key: str) -> Trouble | None:
        """End a lease; say what is wrong with it."""
        row = self.rows.get(id_of(key))
        if row is None or row.device != self.device:
            return Trouble("lease_unknown", {"lease": key, "amount": 0})
        self.ended.add(row.id)
        return None


async def settle_leases(writer: Writer, device: str, batch: Sequence[Effects], now: Instant) -> list[AnyRow]:
    """Lower the leases that applied facts of a register spent from, end those that were given back; list them all.

    Adds a trouble to each fact that speaks of a lease that is not the register's, or has not so much in it.
    """
    named = {id_of(said.lease) for effects in batch for said in effects.leased}
    named |= {id_of(effects.gives_back) for effects in batch if effects.gives_back is not None}
    if not named:
        return []
    locked = select(lease).order_by(lease.c.id).with_for_update()
    rows = {row.id: row for row in await writer.rows_in(locked, lease.c.id, named)}
    books = _Books(device, rows, ended={row.id for row in rows.values() if row.state == ENDED})
    before = set(books.ended)
    for effects in batch:
        told = [books.spend(said) for said in effects.leased]
        told += [books.give_back(effects.gives_back)] if effects.gives_back is not None else []
        effects.troubles += [trouble for trouble in told if trouble is not None]
    await writer.execute(
        update(lease).where(lease.c.id == bindparam("own")).values(spent=bindparam("now_spent")),
        [{"own": own, "now_spent": spent} for own, spent in sorted(books.spent.items())],
    )
    for own in sorted(books.ended - before):
        await end_lease(writer, own, RETURNED, now)
    return [rows[own] for own in sorted(books.spent.keys() | (books.ended - before))]
