"""What takes a backup or a season to come about does come about in simulated worlds, on both of its ways."""

from collections.abc import Callable, Iterator

import pytest

from pos_app.proving.simulate.machine.chance import Chance
from pos_app.proving.simulate.plan import Plan
from pos_app.proving.simulate.running import Simulator
from pos_app.proving.simulate.weather import Weather

pytestmark = pytest.mark.timeout(600)
"""A world takes seconds, and on a busy machine many more."""

MOST_RUNS = 8


def worlds(likely: Callable[[Weather], bool]) -> Iterator[Plan]:
    """Give the first worlds of such a weather."""
    seeds = (seed for seed in range(1, 200) if likely(Weather.of(Chance(seed).stream("weather"))))
    for _, seed in zip(range(MOST_RUNS), seeds, strict=False):
        yield Plan(seed, stores=1, registers=2)


def lines_of(simulator: Simulator, plan: Plan) -> list[str]:
    lines: list[str] = []
    outcome = simulator.run(plan, lines.append)
    assert (outcome.invariant, outcome.detail) == ("", "")
    return lines


def test_a_register_goes_on_behind_its_old_disk_by_itself_or_by_approval(simulator: Simulator) -> None:
    ways = {"did epoch_opened": False, "goes on by approval": False}
    for plan in worlds(lambda weather: weather.disks > 0 and not weather.season):
        lines = lines_of(simulator, plan)
        if any(" disk_old" in line for line in lines):
            ways = {way: seen or any(way in line for line in lines) for way, seen in ways.items()}
        if all(ways.values()):
            return
    assert all(ways.values()), ways


def test_journals_are_compacted_in_a_season_and_hold(simulator: Simulator) -> None:
    lines = lines_of(simulator, next(worlds(lambda weather: weather.season)))

    rested = next(at for at, line in enumerate(lines) if line.endswith("world rests"))
    assert any("did journal_compacted" in line for line in lines[rested:])
