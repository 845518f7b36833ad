"""What stays resident: the register's process after a morning's work, and the sync agent beside it.

The register has rung up baskets and completed sales, and its agent has pulled; the floor is a bare window of PySide6.
"""

import json
from collections.abc import Mapping
from typing import Final

from pos_app.proving.bench.child import heard, module
from pos_app.proving.bench.figures import Figure, Goal, Unit
from pos_app.proving.bench.ground import Ground
from pos_app.proving.bench.pulling import launch
from pos_app.proving.bench.scene import SALES
from pos_app.proving.bench.spread import Spread

_GOAL_BYTES: Final = 130_000_000


def measure(ground: Ground, _runs: int, environment: Mapping[str, str]) -> list[Figure]:
    """Weigh both processes."""
    folder = ground.register("memory")
    agent = launch(folder, ground.products).command
    command = module("weighing", str(folder.path), str(ground.products), *agent)
    log = folder.path / "memory.log"
    weighed = json.loads(heard(command, environment, log).splitlines()[-1])
    floor = heard(module("bare_window"), environment, log)
    return [
        Figure(
            measure="memory",
            what=f"resident: the register, after {SALES} sales",
            unit=Unit.MEGABYTES,
            ours=Spread.of([weighed["register"]]),
            floor=Spread.of([int(floor.split()[1])]),
            floor_is="a bare PySide6 window",
            goals=(Goal("median", _GOAL_BYTES),),
        ),
        Figure(
            measure="memory",
            what="resident: the sync agent, pulling",
            unit=Unit.MEGABYTES,
            ours=Spread.of([weighed["agent"]]),
        ),
    ]
