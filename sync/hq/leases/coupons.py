"""Coupons that are leased whole: each to one register of its member's home store, to be spent there with no line.

Which, the template says (``offline``: ``leased``). A coupon that a basket holds, or that lies somewhere already, is
left; one that is not good any more, or whose home is another now, is asked back. Knows no schedule.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Final
from uuid import uuid4

import msgspec
from sqlalchemy import bindparam, select, update

from pos_app.domain.instants import Instant
from sync.hq.coupons.importing import ISSUED
from sync.hq.coupons.templates import offline_rules
from sync.hq.db.database import AnyRow, Database, Reader, Writer
from sync.hq.db.rights_schema import lease
from sync.hq.db.schema import coupon, member
from sync.hq.holds.keeping import held_of
from sync.hq.leases.granting import AT_A_TIME, Granted, registers_of
from sync.hq.leases.keeping import COUPON, ENDED, HELD, ask_back, new_row, put_leases_off
from sync.hq.leases.planning import Lease
from sync.protocol.topics import MemberBody

LIFE: Final = timedelta(days=7)
LIFE_US: Final = LIFE // timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class _Home:
    """Where a coupon may lie: its member's home store, and the registers that work there, the first one first."""

    store: str
    registers: Sequence[str]


@dataclass(frozen=True, slots=True)
class _Plan:
    """Leases to grant, to prolong and to ask back."""

    grant: list[Lease] = field(default_factory=list)
    write: list[str] = field(default_factory=list)
    ask: list[str] = field(default_factory=list)


async def coupon_round(database: Database, now: Instant) -> Granted:
    """Bring the leases of all coupons to what their templates say."""
    done = Granted()
    after: str | None = ""
    while after is not None:
        async with database.read() as reader:
            names, after = await _page(reader, after)
            planned = await _plan(reader, names, now)
        if planned.grant or planned.write or planned.ask:
            done += await database.write(partial(_bring, names=names, now=now))
    return done


async def _page(reader: Reader, after: str) -> tuple[list[str], str | None]:
    """List the next coupons that may be leased, or are; and the place to go on from."""
    leased = sorted(await offline_rules(reader, "leased"))
    wanted = select(coupon.c.id).where(
        coupon.c.template.in_(leased), coupon.c.state == ISSUED, coupon.c.member.is_not(None), coupon.c.id > after
    )
    lying = select(lease.c.key).where(lease.c.resource == COUPON, lease.c.state == HELD, lease.c.key > after)
    rows = await reader.rows(wanted.order_by(coupon.c.id).limit(AT_A_TIME))
    lying_rows = await reader.rows(lying.order_by(lease.c.key).limit(AT_A_TIME))
    names = sorted({row[0] for row in (*rows, *lying_rows)})[:AT_A_TIME]
    return names, names[-1] if len(names) == AT_A_TIME else None


async def _bring(writer: Writer, names: Sequence[str], now: Instant) -> Granted:
    """Plan again behind the locks, and do it."""
    planned, until = await _plan(writer, names, now, lock=True), Instant(now + LIFE_US)
    await writer.execute(lease.insert(), [new_row(COUPON, each, now) for each in planned.grant])
    await writer.execute(
        update(lease).where(lease.c.id == bindparam("own")).values(until=until), [{"own": own} for own in planned.write]
    )
    await ask_back(writer, planned.ask)
    changed = [*(each.id for each in planned.grant), *planned.write]
    await put_leases_off(writer, await writer.rows_in(select(lease), lease.c.id, changed))
    return Granted(len(planned.grant), len(planned.write), len(planned.ask))


async def _plan(reader: Reader, names: Sequence[str], now: Instant, *, lock: bool = False) -> _Plan:
    """Say what should become of these coupons' leases.

    Locked in the order of sales, leases before coupons; what another round granted is read behind the coupons' lock.
    """
    live = select(lease).where(lease.c.resource == COUPON, lease.c.state != ENDED).order_by(lease.c.id)
    named = select(coupon).order_by(coupon.c.id)
    rows = await reader.rows_in(live.with_for_update() if lock else live, lease.c.key, names)
    coupons = await reader.rows_in(named.with_for_update() if lock else named, coupon.c.id, names)
    lying = {row.key: row for row in await reader.rows_in(live, lease.c.key, names)}
    held, homes, locked = await held_of(reader, COUPON, names), await _homes(reader, coupons), {row.id for row in rows}
    planned, until = _Plan(), Instant(now + LIFE_US)
    for name in names:
        row, home = lying.get(name), homes.get(name)
        if row is None:
            if home is not None and home.registers and name not in held:
                planned.grant.append(Lease(uuid4().hex, name, home.store, home.registers[0], 1, 0, until))
        elif row.state == HELD and row.id in locked:
            if home is None or row.store != home.store or row.device not in home.registers:
                planned.ask.append(row.id)
            elif row.until - now < LIFE_US // 2:
                planned.write.append(row.id)
    return planned


async def _homes(reader: Reader, coupons: Sequence[AnyRow]) -> Mapping[str, _Home]:
    """Tell where coupons may lie; those that may lie nowhere are left out."""
    leased = await offline_rules(reader, "leased")
    good = {row.id: row.member for row in coupons if row.state == ISSUED and row.template in leased}
    rows = await reader.rows_in(select(member), member.c.id, {own for own in good.values() if own is not None})
    stores = {row.id: msgspec.json.decode(row.document, type=MemberBody).home_store for row in rows}
    registers = await registers_of(reader, set(stores.values()))
    found = {name: _Home(stores[own], registers.get(stores[own], ())) for name, own in good.items() if own in stores}
    return {name: home for name, home in found.items() if home.store}
