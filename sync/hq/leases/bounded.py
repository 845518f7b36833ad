"""What a store may take of a template's coupons in a day with no line, split over its registers (``offline``: ``each``,
``store_day``).

A register's share is a lease like any other: granted for a week, prolonged, asked back where there are more registers
now or the rule allows less. All shares of a store never come to more than the rule says. Knows no schedule.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from uuid import uuid4

from sqlalchemy import bindparam, select, update

from pos_app.domain.coupons import OfflineRule
from pos_app.domain.instants import Instant
from sync.hq.coupons.templates import offline_rules
from sync.hq.db.database import AnyRow, Database, Writer
from sync.hq.db.rights_schema import lease
from sync.hq.db.schema import device, place
from sync.hq.leases.coupons import LIFE_US
from sync.hq.leases.granting import Granted
from sync.hq.leases.keeping import BOUNDED, ENDED, HELD, ask_back, new_row, put_leases_off
from sync.hq.leases.planning import Lease


async def bounded_round(database: Database, now: Instant) -> Granted:
    """Bring every store's shares to what the rules say, a store at a time."""
    async with database.read() as reader:
        rules = await offline_rules(reader, "bounded")
        rows = await reader.rows(select(place.c.id).where(place.c.kind == "store").order_by(place.c.id))
    done = Granted()
    for row in rows:
        done += await database.write(partial(_bring, store=row.id, rules=rules, now=now))
    return done


async def _bring(writer: Writer, store: str, rules: Mapping[str, OfflineRule], now: Instant) -> Granted:
    here = select(device).where(device.c.store == store).order_by(device.c.id)
    registers = [row.id for row in await writer.rows(here.with_for_update()) if row.state == "active"]
    live = select(lease).where(lease.c.resource == BOUNDED, lease.c.store == store, lease.c.state != ENDED)
    rows = await writer.rows(live.order_by(lease.c.id).with_for_update())
    until = Instant(now + LIFE_US)
    grant = [each for template, rule in rules.items() for each in _shares(template, rule, rows, registers)]
    most = {template: rule.store_day // max(1, len(registers)) for template, rule in rules.items()}
    ask = [
        row.id
        for row in rows
        if row.state == HELD and (row.device not in registers or row.amount > most.get(row.key, 0))
    ]
    old = [row for row in rows if row.state == HELD and row.id not in ask and row.until - now < LIFE_US // 2]
    made = [Lease(uuid4().hex, template, store, own, share, 0, until) for template, own, share in grant]
    await writer.execute(lease.insert(), [new_row(BOUNDED, each, now) for each in made])
    await writer.execute(
        update(lease).where(lease.c.id == bindparam("own")).values(until=until), [{"own": row.id} for row in old]
    )
    await ask_back(writer, ask)
    changed = [*(each.id for each in made), *(row.id for row in old)]
    await put_leases_off(writer, await writer.rows_in(select(lease), lease.c.id, changed))
    return Granted(len(made), len(old), len(ask))


def _shares(
    template: str, rule: OfflineRule, rows: Sequence[AnyRow], registers: Sequence[str]
) -> list[tuple[str, str, int]]:
    """Say which registers get which share: what others have, asked for or not, is not free."""
    lying = [row for row in rows if row.key == template]
    free = rule.store_day - sum(row.amount for row in lying)
    found: list[tuple[str, str, int]] = []
    for own in registers:
        share = min(rule.store_day // len(registers), free)
        if share > 0 and all(row.device != own for row in lying):
            found.append((template, own, share))
            free -= share
    return found
