"""Whom a batch of sales names: members are held while it is applied; who spent points that were not there is told."""

from collections.abc import Sequence

from sync.hq.db.database import Writer
from sync.hq.exceptions.keeping import Trouble
from sync.hq.facts.effects import Effects
from sync.hq.members.families import balances_of_families
from sync.hq.members.ledger import POINTS, SPENT
from sync.hq.members.publishing import Stores, lock_members
from sync.hq.members.registering import register


async def hold_members(writer: Writer, batch: Sequence[Effects]) -> Stores:
    """Register the members that are new and lock those whose rights a batch changes; add a trouble to each sale of one
    whom headquarters does not know.

    What such a one gets is entered all the same: it may be imported later.
    """
    registered = [effects.registered for effects in batch if effects.registered is not None]
    await register(writer, registered)
    named = {entry.member for effects in batch for entry in effects.entries}
    named |= {each.body.member for each in registered}
    if not named:
        return {}
    known = await lock_members(writer, named)
    for effects in batch:
        strangers = {entry.member for entry in effects.entries} - known.keys()
        effects.troubles += [Trouble("member_unknown", {"member": own}) for own in sorted(strangers)]
    return known


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
