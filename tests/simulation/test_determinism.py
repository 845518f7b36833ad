"""One seed is one story: in this process, in another, and whatever seeds Python's own hashes."""

import json
import os
import subprocess
import sys
from dataclasses import replace

import pytest

from pos_app.proving.simulate.plan import Plan
from pos_app.proving.simulate.running import Outcome, Simulator
from pos_app.proving.simulate.weather import DREADFUL
from tests.simulation.worlds import small_world

pytestmark = pytest.mark.timeout(600)
"""A world takes seconds, and on a busy machine many more."""

SEED = 6


@pytest.fixture(scope="module")
def outcome(simulator: Simulator) -> Outcome:
    return simulator.run(small_world(SEED))


def test_a_seed_has_one_hash_whatever_ran_before_it(simulator: Simulator, outcome: Outcome) -> None:
    another = simulator.run(small_world(SEED + 2))

    assert another.hash != outcome.hash
    assert simulator.run(small_world(SEED)) == outcome


@pytest.mark.parametrize("hash_seed", ["0", "4711"])
def test_a_seed_has_one_hash_in_every_process(outcome: Outcome, hash_seed: str) -> None:
    asked = outcome.plan.command().split()[1:]
    said = subprocess.run(
        [sys.executable, "-m", "pos_app", *asked, "--json"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
    )

    assert json.loads(said.stdout)["hash"] == outcome.hash


def test_a_mishap_that_is_left_out_moves_no_other(simulator: Simulator, outcome: Outcome) -> None:
    last, _ = outcome.faults[-1]
    fewer = simulator.run(replace(outcome.plan, only=frozenset(number for number, _ in outcome.faults[:-1])))

    assert fewer.faults[: len(outcome.faults) - 1] == outcome.faults[:-1]
    assert last not in dict(fewer.faults)


def test_the_command_line_says_all_of_a_plan() -> None:
    left = frozenset({"slow", "kill"})
    plan = Plan(7, stores=2, registers=2, days=3, until=100, without=left, only=frozenset({3, 1}), weather=DREADFUL)

    assert plan.command() == (
        "granary simulate --seed 7 --stores 2 --registers 2 --days 3"
        " --until 100 --without kill,slow --weather dreadful --only 1,3"
    )
    assert replace(plan, only=frozenset(), until=None).command().endswith("--only none")
