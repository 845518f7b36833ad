"""The simulation can fail: every deliberate fault in the engine, at headquarters or at the counter is caught by it.

A few seeds are enough for each, and the invariant that breaks is one of those that the fault is about.
"""

import pytest

from pos_app.proving.simulate.running import Outcome, Simulator
from pos_app.proving.simulate.weather import DREADFUL
from tests.simulation.mutations.all import ALL
from tests.simulation.mutations.registry import Mutation
from tests.simulation.worlds import one_store

MOST_SEEDS = 12


def first_failure(simulator: Simulator, mutation: Mutation) -> Outcome | None:
    """Simulate some worlds until one fails."""
    for seed in range(mutation.first, mutation.first + MOST_SEEDS):
        outcome = simulator.run(one_store(seed, mutation.weather))
        if outcome.invariant:
            return outcome
    return None


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("mutation", ALL, ids=lambda mutation: mutation.name)
def test_the_simulation_catches(simulator: Simulator, monkeypatch: pytest.MonkeyPatch, mutation: Mutation) -> None:
    simulator.prepare(one_store(1, DREADFUL))  # nothing of a fault may stay in what is made once
    mutation.make(monkeypatch)

    caught = first_failure(simulator, mutation)

    assert caught is not None, f"nothing in {MOST_SEEDS} seeds"
    assert caught.invariant in mutation.caught_by, caught.detail


def test_there_are_enough_of_them() -> None:
    assert len({mutation.name for mutation in ALL}) == len(ALL) >= 20
