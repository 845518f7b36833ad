"""A round of leases: every member's are brought to what the rule says, some members a transaction.

What has nothing to change is only read. Registers hear of it by the outbox; so do the member's other stores, which may
spend that much less. Knows no schedule.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Final
from uuid import uuid4

import msgspec
from sqlalchemy import bindparam, select, update

from pos_app.domain.instants import Instant
from sync.hq.db.database import AnyRow, Database, Reader, Writer
from sync.hq.db.rights_schema import lease
from sync.hq.db.schema import device, member
from sync.hq.holds.keeping import held_of
from sync.hq.leases.keeping import ask_back, live_leases, new_row, put_leases_off
from sync.hq.leases.planning import Lease, Plan, Standing, plan
from sync.hq.leases.rule import LeaseRule, rule_in_force
from sync.hq.members.families import balances_of_families, families_of
from sync.hq.members.ledger import POINTS
from sync.hq.members.publishing import lock_members, put_copies_off
from sync.protocol.topics import MemberBody

AT_A_TIME: Final = 200


@dataclass(frozen=True, slots=True)
class Granted:
    """What a round came to."""

    granted: int = 0
    written: int = 0
    asked: int = 0

    def __add__(self, other: "Granted") -> "Granted":
        """Count both."""
        return Granted(self.granted + other.granted, self.written + other.written, self.asked + other.asked)

    def document(self) -> dict[str, int]:
        """Write it."""
        return asdict(self)


async def lease_round(database: Database, now: Instant) -> Granted:
    """Bring every member's leases to what the rule says."""
    done = Granted()
    after: str | None = ""
    while after is not None:
        async with database.read() as reader:
            members, after = await _page(reader, after)
            planned = await _plans(reader, members, now)
        if planned:
            done += await database.write(partial(_carry_out, members=sorted(planned), now=now))
    return done


async def _page(reader: Reader, after: str) -> tuple[list[str], str | None]:
    rows = await reader.rows(select(member.c.id).where(member.c.id > after).order_by(member.c.id).limit(AT_A_TIME))
    members = [row.id for row in rows]
    return members, members[-1] if len(members) == AT_A_TIME else None


async def _carry_out(writer: Writer, members: Sequence[str], now: Instant) -> Granted:
    """Plan again behind the members' locks, and do it."""
    stores = await lock_members(writer, members)
    planned = await _plans(writer, members, now, lock=True)
    granted = [each.grant for each in planned.values() if each.grant is not None]
    written = [each.write for each in planned.values() if each.write is not None]
    asked = [own for each in planned.values() for own in each.ask]
    await writer.execute(lease.insert(), [new_row(POINTS, each, now) for each in granted])
    await writer.execute(
        update(lease).where(lease.c.id == bindparam("own")).values(amount=bindparam("to"), until=bindparam("by")),
        [{"own": each.id, "to": each.amount, "by": each.until} for each in written],
    )
    await ask_back(writer, asked)
    changed = [each.id for each in (*granted, *written)]
    await put_leases_off(writer, await writer.rows_in(select(lease), lease.c.id, changed))
    await put_copies_off(writer, {own: stores.get(own, ()) for own in planned}, own_store="")
    return Granted(len(granted), len(written), len(asked))


async def _plans(reader: Reader, members: Sequence[str], now: Instant, *, lock: bool = False) -> dict[str, Plan]:
    """Plan for these members; those for whom there is nothing to do are left out."""
    live = await live_leases(reader, members, lock=lock)
    rule = await rule_in_force(reader)
    found: dict[str, Plan] = {}
    for who in await _standings(reader, members, live, rule):
        planned = plan(who, live.get(who.id, ()), rule, now, new_id=uuid4().hex)
        if planned != Plan():
            found[who.id] = planned
    return found


async def _standings(
    reader: Reader, members: Sequence[str], live: Mapping[str, Sequence[Lease]], rule: LeaseRule | None
) -> list[Standing]:
    if rule is None:
        members = sorted(live)
    families = await families_of(reader, members)
    balances = await balances_of_families(reader, families)
    linked = {name for name, family in families.items() if name != family[0]}
    # what lies at registers for another id of the same person is not free for this one
    lies = {name: sum(each.left for each in leases) for name, leases in (await live_leases(reader, linked)).items()}
    held = await held_of(reader, POINTS, families)
    rows = await reader.rows_in(select(member).order_by(member.c.id), member.c.id, members)
    bodies = [msgspec.json.decode(row.document, type=MemberBody) for row in rows]
    registers = await registers_of(reader, {body.home_store for body in bodies})
    return [
        Standing(
            body.id,
            body.tier,
            body.home_store,
            0 if body.id in linked else _free(families[body.id], balances[body.id].points, lies, held),
            None if body.id in linked else _holder(live.get(body.id, ()), registers.get(body.home_store, ())),
        )
        for body in bodies
    ]


def _free(family: Sequence[str], points: int, lies: Mapping[str, int], held: Mapping[str, Sequence[AnyRow]]) -> int:
    """Tell how many points are neither held for a basket, nor lie at registers for another id of the same person."""
    baskets = sum(int(row.amount) for own in family for row in held.get(own, ()))
    return points - baskets - sum(lies.get(own, 0) for own in family)


async def registers_of(reader: Reader, stores: set[str]) -> dict[str, list[str]]:
    """List the registers that work at these stores, the first one first."""
    question = select(device.c.id, device.c.store).where(device.c.state == "active").order_by(device.c.register)
    found: dict[str, list[str]] = {}
    for row in await reader.rows_in(question, device.c.store, stores):
        found.setdefault(row.store, []).append(row.id)
    return found


def _holder(live: Sequence[Lease], registers: Sequence[str]) -> str | None:
    """Choose who holds a lease: who has one already, else the store's first register."""
    held = [each.device for each in live if not each.asked and each.device in registers]
    return next(iter([*held, *registers]), None)
