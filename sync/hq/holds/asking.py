"""What a register asks for a basket: whether the right is free, and then nobody else's until a fact ends the hold.

What a member has free is the balance, less all that lies at registers by leases, less all that other baskets hold. The
same question again has the same answer; another one for the same right and basket takes the first one's place. Knows
nothing of HTTP.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Final, Literal

import msgspec
from sqlalchemy import select

from pos_app.domain.errors import Refusal
from pos_app.domain.instants import Instant
from sync.hq.coupons.importing import SPENT, WITHDRAWN
from sync.hq.db.database import AnyRow, Reader, Writer
from sync.hq.db.rights_schema import hold, lease
from sync.hq.db.schema import coupon
from sync.hq.devices.directory import Device
from sync.hq.holds.keeping import BY_ANOTHER, end_hold, held_of
from sync.hq.leases.keeping import COUPON, ENDED
from sync.hq.members.families import balances_of_families, families_of
from sync.hq.members.ledger import POINTS
from sync.hq.members.publishing import lock_members

LEASED_ELSEWHERE: Final = "coupon_leased"
Word = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


class HoldWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`POST /v1/holds`: an id that the register made and keeps, for which basket, of what how much."""

    hold: Word
    basket: Word
    resource: Literal["points", "coupon"]
    key: Word
    amount: Annotated[int, msgspec.Meta(ge=1, le=10**12)] = 1


async def hold_right(writer: Writer, wanted: HoldWanted, by: Device, now: Instant) -> None:
    """Hold a right for a basket.

    Raises ``Refusal``: ``member_unknown``, ``points_not_free`` (with how many are ``free``); ``coupon_unknown``,
    ``coupon_withdrawn``, ``coupon_spent``, ``coupon_held``, ``coupon_leased`` (with the store); ``hold_amount``;
    ``hold_ended`` where a fact that names it, or a person, was here before; ``hold_differs`` where the id was used.
    """
    check = _CHECKS[wanted.resource]
    before = await check(writer, wanted, by)
    insert = writer.insert(hold).on_conflict_do_nothing().returning(hold.c.id)
    values: dict[str, object] = {"resource": wanted.resource, "key": wanted.key, "store": by.store, "device": by.id}
    values |= {"basket": wanted.basket, "amount": wanted.amount, "asked_at": now, "id": wanted.hold}
    if await writer.value(insert.values(values)) is None:
        await _check_again(writer, wanted, values)
        return
    for row in before:
        await end_hold(writer, row.id, BY_ANOTHER, now)


async def _check_again(writer: Writer, wanted: HoldWanted, values: Mapping[str, object]) -> None:
    """Let a question that was asked before have its answer again."""
    row = await writer.row(select(hold).where(hold.c.id == wanted.hold).with_for_update())
    if row is None:
        raise AssertionError("a hold that is there stays")
    if row.ended_at is not None:
        raise Refusal("hold_ended", field="hold", hold=wanted.hold)
    said = row._asdict()
    differs = [name for name in ("resource", "key", "amount", "device", "basket") if said[name] != values[name]]
    if differs:
        raise Refusal("hold_differs", field=differs[0], hold=wanted.hold)


async def _check_points(writer: Writer, wanted: HoldWanted, by: Device) -> list[AnyRow]:
    """See that so many of a member's points are free; give this basket's own holds of them."""
    if not await lock_members(writer, [wanted.key]):
        raise Refusal("member_unknown", field="key", member=wanted.key, text=wanted.key)
    family = (await families_of(writer, [wanted.key]))[wanted.key]
    has = (await balances_of_families(writer, [wanted.key]))[wanted.key].points
    holds = [row for rows in (await held_of(writer, POINTS, family)).values() for row in rows]
    own = [row for row in holds if _is_own(row, wanted, by)]
    leased = sum([row.amount - row.spent for each in family for row in await _leases(writer, POINTS, each)])
    free = has - leased - sum(row.amount for row in holds if row not in own)
    if wanted.amount > free:
        raise Refusal("points_not_free", field="amount", points=wanted.amount, free=max(0, free))
    return [row for row in own if row.id != wanted.hold]


async def _check_coupon(writer: Writer, wanted: HoldWanted, by: Device) -> list[AnyRow]:
    """See that a coupon is free; give this basket's own holds of it."""
    if wanted.amount != 1:
        raise Refusal("hold_amount", field="amount", amount=wanted.amount)
    row = await writer.row(select(coupon).where(coupon.c.id == wanted.key).with_for_update())
    told = {"coupon": wanted.key, "text": wanted.key}
    if row is None:
        raise Refusal("coupon_unknown", field="key", **told)
    if row.state == WITHDRAWN:
        raise Refusal("coupon_withdrawn", field="key", **told)
    if row.state == SPENT:
        raise Refusal("coupon_spent", field="key", store=row.store, receipt=row.receipt, **told)
    holds = (await held_of(writer, COUPON, [wanted.key])).get(wanted.key, [])
    own = [each for each in holds if _is_own(each, wanted, by)]
    for code, rows in (("coupon_held", holds), (LEASED_ELSEWHERE, await _leases(writer, COUPON, wanted.key))):
        others = [each for each in rows if each not in own]
        if others:
            raise Refusal(code, field="key", store=others[0].store, **told)
    return [each for each in own if each.id != wanted.hold]


def _is_own(row: AnyRow, wanted: HoldWanted, by: Device) -> bool:
    return (row.device, row.basket) == (by.id, wanted.basket)


async def _leases(reader: Reader, resource: str, key: str) -> list[AnyRow]:
    live = select(lease).where(lease.c.state != ENDED, lease.c.resource == resource, lease.c.key == key)
    return list(await reader.rows(live))


_Check = Callable[[Writer, HoldWanted, Device], Awaitable[list[AnyRow]]]
_CHECKS: Final[Mapping[str, _Check]] = {POINTS: _check_points, COUPON: _check_coupon}
