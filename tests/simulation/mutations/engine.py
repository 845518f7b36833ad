"""Faults of the sync engine."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from pos_app.store.replica.reader import ReplicaReader
from pos_app.store.replica.replica_file import ReplicaFile
from sync.client import pull
from sync.client.clock import HqClock
from sync.client.health import Health
from sync.client.push import Push
from sync.protocol.stream import Chunk, Standing
from sync.protocol.wire import ChunkEnd
from tests.simulation.mutations.registry import mutation


@mutation("facts_exactly_once", "everything_drains", "chains_verify", first=2)
def facts_are_acknowledged_before_they_are_sent(patch: pytest.MonkeyPatch) -> None:
    original = Push._send

    def send(self: Push, facts: Sequence[Any]) -> Any:  # noqa: ANN401 — handed on
        self._sink.acknowledge(facts[-1].position, self._sink.standing().incarnation)
        return original(self, facts)

    patch.setattr(Push, "_send", send)


@mutation("replica_equals_hq", "facts_exactly_once", "everything_drains", "amounts_seen", first=12)
def another_life_of_headquarters_is_taken_for_the_same(patch: pytest.MonkeyPatch) -> None:
    """Ignores the incarnation."""
    original = pull.Pull._fetch

    def fetch(self: pull.Pull, standing: Standing, wait_s: int) -> tuple[ChunkEnd, Chunk]:
        end, chunk = original(self, standing, wait_s)
        return end, replace(chunk, incarnation=standing.incarnation)

    patch.setattr(pull.Pull, "_fetch", fetch)


@mutation("prices_under_named_rulebook", first=6)
def a_sale_names_the_newest_cursor(patch: pytest.MonkeyPatch) -> None:
    """Not the one by which it was priced."""
    patch.setattr(
        ReplicaReader,
        "cursor",
        lambda self: ",".join(f"{scope}:{rev}" for scope, rev in sorted(self.standing().cursor.items())),
    )


@mutation("nothing_goes_back", "amounts_seen")
def a_snapshot_is_shown_before_it_has_caught_up(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ReplicaFile, "knows_as_much_as", lambda _, __: True)


@mutation("everything_drains")
def a_wrong_clock_is_never_put_right(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(HqClock, "heard", lambda *_, **__: None)


@mutation("online_is_honest")
def once_online_always_online(patch: pytest.MonkeyPatch) -> None:
    original = Health.judge

    def judge(self: Health, **rest: Any) -> Any:  # noqa: ANN401 — handed on
        online, since = original(self, **rest)
        return online or self._well_at_s is not None, since

    patch.setattr(Health, "judge", judge)
