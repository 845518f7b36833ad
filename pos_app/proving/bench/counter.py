"""From the scan to the painted line, at a short basket and at a long one, with a pull running.

Beside the time by the clock stands the processors' (both threads of the counter): what others do on the machine moves
the first far more than the second.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from pos_app.proving.bench.child import heard, module
from pos_app.proving.bench.figures import Figure, Goal, Unit
from pos_app.proving.bench.ground import Ground
from pos_app.proving.bench.pulling import launch
from pos_app.proving.bench.scene import LONG, SHORT
from pos_app.proving.bench.spread import Spread

_BASKETS = (("short", f"1 to {SHORT}"), ("long", f"{LONG + 1}"))
_KEPT = (Goal("p99", 8_000_000),)
_GOALS = (Goal("median", 3_000_000), Goal("median", 130, of="floor"), Goal("p99", 8_000_000))


def measure(ground: Ground, runs: int, environment: Mapping[str, str]) -> list[Figure]:
    """Have a counter ring up baskets in a process of its own."""
    folder = ground.register("counter")
    arguments = [str(folder.path), str(ground.products), str(runs), *launch(folder, ground.products).command]
    told = heard(module("at_the_counter", *arguments), environment, folder.path / "counter.log")
    samples = json.loads(told.splitlines()[-1])
    return [figure for basket in _BASKETS for figure in _figures(samples, *basket)]


def _figures(samples: Mapping[str, Any], name: str, line: str) -> list[Figure]:
    scans, painted = samples[name], samples[f"{name}_floor"]

    def figure(of_it: str, ours: list[int], part: str, goals: Sequence[Goal] = ()) -> Figure:
        return Figure(
            measure="counter",
            what=f"scan → {of_it.format(line)}",
            unit=Unit.MILLISECONDS,
            ours=Spread.of(ours),
            floor=Spread.of([stint[part] for stint in painted]),
            floor_is="C++ model, plain table",
            goals=goals,
        )

    return [
        figure("painted line {}", [scan["painted"]["wall_ns"] for scan in scans], "wall_ns", _GOALS),
        figure("painted line {}, processor time", [scan["painted"]["cpu_ns"] for scan in scans], "cpu_ns"),
        figure("line {} painted and on the disk", [scan["kept_ns"] for scan in scans], "wall_ns", _KEPT),
    ]
