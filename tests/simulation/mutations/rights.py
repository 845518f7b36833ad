"""Faults at headquarters: what members have and coupons are good for."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from pos_app.proving.simulate.weather import CUT_OFF
from pos_app.services.leases import Leases
from pos_app.services.securing import Securing
from sync.hq.facts import applying, members
from sync.hq.facts.effects import Effects
from sync.hq.leases import granting
from sync.hq.leases import planning as lease_planning
from sync.hq.members.ledger import POINTS, SPENT, Entry
from tests.simulation.mutations.registry import mutation


@mutation("points_add_up", first=2)
def points_that_were_spent_stay(patch: pytest.MonkeyPatch) -> None:
    original = members.hold_members

    async def hold_members(writer: Any, batch: Sequence[Effects]) -> Any:  # noqa: ANN401 — handed on
        for effects in batch:
            effects.entries[:] = [entry for entry in effects.entries if entry.reason != SPENT]
        return await original(writer, batch)

    patch.setattr(applying, "hold_members", hold_members)


@mutation("points_add_up")
def points_are_earned_twice(patch: pytest.MonkeyPatch) -> None:
    original = members.hold_members

    async def hold_members(writer: Any, batch: Sequence[Effects]) -> Any:  # noqa: ANN401 — handed on
        for effects in batch:
            effects.entries[:] = [replace(entry, amount=2 * entry.amount) for entry in effects.entries]
        return await original(writer, batch)

    patch.setattr(applying, "hold_members", hold_members)


@mutation("offline_points_are_leased", weather=CUT_OFF)
def the_counter_ignores_the_lease(patch: pytest.MonkeyPatch) -> None:
    """Spends without a line whatever the member has, as if it had asked."""
    patch.setattr(Leases, "spendable", lambda *asked: asked[2])
    patch.setattr(Securing, "_nobody_is_asked", lambda _: True)


@mutation("points_add_up", weather=CUT_OFF)
def what_comes_back_from_a_lease_is_counted_twice(patch: pytest.MonkeyPatch) -> None:
    """It is nobody's part any more, and is put to the member's points beside that."""
    original = members.hold_members

    async def hold_members(writer: Any, batch: Sequence[Effects]) -> Any:  # noqa: ANN401 — handed on
        for effects in batch:
            back = effects.gives_back
            if back is not None and back.left:
                member = back.lease.split(":")[1]
                effects.entries.append(Entry(member, POINTS, back.lease, "given_back", back.left, ""))
        return await original(writer, batch)

    patch.setattr(applying, "hold_members", hold_members)


@mutation("leases_add_up", weather=CUT_OFF, first=5)
def a_lease_is_granted_and_the_others_are_not_told(patch: pytest.MonkeyPatch) -> None:
    """Takes it off nobody else: the member's other stores go on spending all of it."""

    async def put_copies_off(*_: object, **__: object) -> None: ...

    patch.setattr(granting, "put_copies_off", put_copies_off)


@mutation("lease_books_hold", weather=CUT_OFF, first=5)
def what_lies_at_registers_is_granted_again(patch: pytest.MonkeyPatch) -> None:
    original = lease_planning.plan

    def plan(who: lease_planning.Standing, live: Sequence[lease_planning.Lease], *rest: Any, **named: Any) -> Any:  # noqa: ANN401 — handed on
        return original(replace(who, points=who.points + sum(lease.left for lease in live)), live, *rest, **named)

    patch.setattr(granting, "plan", plan)
