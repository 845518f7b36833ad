"""From the scan to the painted line, at a short basket and at a long one, with a pull running.

Beside the time by the clock stands the processors' (both threads of the counter): what others do on the machine moves
the first far more than the second.
"""

import json
from collections.abc import Mapping

from pos_app.proving.bench.child import heard, module
from pos_app.proving.bench.figures import Figure, Goal, Unit
from pos_app.proving.bench.ground import Ground
from pos_app.proving.bench.pulling import launch
from pos_app.proving.bench.scene import LONG, SHORT
from pos_app.proving.bench.spread import Spread

_GOALS = (Goal("median", 3_000_000), Goal("median", 130, of="floor"), Goal("p99", 8_000_000))


def measure(ground: Ground, runs: int, environment: Mapping[str, str]) -> list[Figure]:
    """Have a counter ring up baskets in a process of its own."""
    folder = ground.register("counter")
    arguments = [str(folder.path), str(ground.products), str(runs), *launch(folder, ground.products).command]
    told = heard(module("at_the_counter", *arguments), environment, folder.path / "counter.log")
    samples = json.loads(told.splitlines()[-1])
    return [
        Figure(
            measure="counter",
            what=f"scan → painted line {line}{of_it}",
            unit=Unit.MILLISECONDS,
            ours=Spread.of([stint[part] for stint in samples[name]]),
            floor=Spread.of([stint[part] for stint in samples[f"{name}_floor"]]),
            floor_is="C++ model, plain table",
            goals=goals,
        )
        for name, line in (("short", f"1 to {SHORT}"), ("long", f"{LONG + 1}"))
        for part, of_it, goals in (("wall_ns", "", _GOALS), ("cpu_ns", ", processor time", ()))
    ]
