"""Whom a batch of sales names: members are held while it is applied; who spent points that were not there is told."""

from collections.abc import Sequence

from pos_app.domain.instants import Instant, parse_instant
from sync.hq.coupons.sharing import share_coupons
from sync.hq.db.database import Writer
from sync.hq.exceptions.keeping import Trouble
from sync.hq.facts.effects import Effects
from sync.hq.members.families import balances_of_families, families_of
from sync.hq.members.history import put_history_off
from sync.hq.members.ledger import POINTS, SPENT
from sync.hq.members.publishing import Stores, lock_members, stores_of
from sync.hq.members.registering import register
from sync.hq.members.visits import note_visits, visited_by


async def hold_members(writer: Writer, batch: Sequence[Effects]) -> Stores:
    """Register the members that are new and lock those whose rights a batch changes; add a trouble to each sale of one
    whom headquarters does not know.

    What such a one gets is entered all the same: it may be imported later.
    """
    registered = [effects.registered for effects in batch if effects.registered is not None]
    await register(writer, registered)
    named = {entry.member for effects in batch for entry in effects.entries}
    named |= {each.body.member for each in registered} | {own for own, _, _ in _sold_to(batch)}
    if not named:
        return {}
    known = await lock_members(writer, named)
    for effects in batch:
        strangers = {entry.member for entry in effects.entries} - known.keys()
        effects.troubles += [Trouble("member_unknown", {"member": own}) for own in sorted(strangers)]
    return await _welcomed(writer, batch, known)


async def _welcomed(writer: Writer, batch: Sequence[Effects], known: Stores) -> Stores:
    """Note the stores that members came to; one that did not know a member hears by the outbox what was before."""
    sold = [(own, store, parse_instant(at)) for own, store, at in _sold_to(batch) if own in known]
    visited = await visited_by(writer, {own for own, _, _ in sold})
    fresh = {(own, store) for own, store, _ in sold if store not in known[own]}
    again = [(own, store) for own, store, _ in sold if store in visited.get(own, ())]
    await note_visits(writer, [*fresh, *again], max((at for _, _, at in sold), default=Instant(0)))
    if not fresh:
        return known
    families = await families_of(writer, {own for own, _ in fresh})
    for own, store in sorted(fresh):
        await share_coupons(writer, families[own], [store])
        await put_history_off(writer, families[own], [store])
    return {**known, **await stores_of(writer, {one for family in families.values() for one in family})}


def _sold_to(batch: Sequence[Effects]) -> list[tuple[str, str, str]]:
    """List whom sales name, at which store and when."""
    sales = (effects.sale for effects in batch)
    return [(sale["member"], sale["store"], sale["at"]) for sale in sales if sale is not None and sale["member"]]


async def note_overdrawn(writer: Writer, batch: Sequence[Effects]) -> None:
    """Add a trouble to each applied sale that spent points and left less than none, in the order of the batch."""
    points = [entry for effects in batch for entry in effects.entries if entry.entitlement == POINTS]
    spenders = {entry.member for entry in points if entry.reason == SPENT}
    if not spenders:
        return
    left = {own: has.points for own, has in (await balances_of_families(writer, spenders)).items()}
    for entry in points:
        if entry.member in left:
            left[entry.member] -= entry.amount
    for effects in batch:
        own = [entry for entry in effects.entries if entry.entitlement == POINTS and entry.member in left]
        for entry in own:
            left[entry.member] += entry.amount
        spent = [entry for entry in own if entry.reason == SPENT]
        effects.troubles += [
            Trouble("points_below_zero", {"member": entry.member, "spent": -entry.amount, "points": left[entry.member]})
            for entry in spent
            if left[entry.member] < 0
        ]
