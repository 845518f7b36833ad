"""Fixed seeds of a small world: whatever befalls it, when it has healed every invariant holds."""

import pytest

from pos_app.proving.simulate.running import Simulator
from tests.simulation.worlds import small_world

pytestmark = pytest.mark.timeout(600)
"""A world takes seconds, and on a busy machine many more."""

SEEDS = 50
QUICK = 10


@pytest.mark.parametrize(
    "seed", [seed if seed <= QUICK else pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, SEEDS + 1)]
)
def test_every_invariant_holds_whatever_happens(simulator: Simulator, seed: int) -> None:
    outcome = simulator.run(small_world(seed))

    assert (outcome.invariant, outcome.detail) == ("", ""), f"again: {outcome.plan.command()}"
    assert outcome.facts
