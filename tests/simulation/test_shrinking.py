"""A failing seed is made smaller: what is left is small, fails in the same way, and is one command."""

import pytest

from pos_app.proving.simulate.plan import Plan
from pos_app.proving.simulate.running import Simulator
from pos_app.proving.simulate.shrinking import Shrinking
from pos_app.proving.simulate.weather import DREADFUL
from pos_app.proving.simulate.work.all import WORK
from tests.simulation.mutations.all import ALL

FAULT = "pending_goes_as_soon_as_it_is_acknowledged"
LARGE = Plan(1, stores=2, registers=2, days=1, weather=DREADFUL)
MOST_RUNS = 16


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_a_failure_loses_what_it_does_not_need(simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    for stores, registers in ((2, 2), (2, 1), (1, 2), (1, 1)):
        simulator.prepare(Plan(0, stores=stores, registers=registers))
    next(each for each in ALL if each.name == FAULT).make(monkeypatch)
    failed = simulator.run(LARGE)
    told: list[str] = []
    shrinking = Shrinking(
        simulator.run,
        failed,
        tuple(work.name for work in WORK),
        most=MOST_RUNS,
        tell=lambda outcome: told.append(outcome.plan.command()),
    )

    small = shrinking.shrink()

    assert failed.invariant == small.invariant == "amounts_seen"
    assert small.plan.stores * small.plan.registers < LARGE.stores * LARGE.registers
    assert small.plan.minutes < LARGE.minutes
    assert len(small.faults) < len(failed.faults)
    assert told[-1] == small.plan.command()
    assert simulator.run(small.plan) == small  # what is printed is what happens
