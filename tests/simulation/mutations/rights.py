"""Faults at headquarters: what members have and coupons are good for."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from sync.hq.facts import applying, members
from sync.hq.facts.effects import Effects
from sync.hq.members.ledger import SPENT
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
