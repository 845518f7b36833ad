"""Cold start: from the new process to a counter that takes a scan, beside a bare window of PySide6.

A new process each time, the machine's page cache warm (the files were read before). The register starts its sync agent
as always, and that begins to pull at once. Nobody's PIN is in it: the cashier is let in as soon as the register's
files are open and scans at once; the clock stops when that first line is painted.
"""

import subprocess
from collections.abc import Mapping, Sequence
from time import monotonic_ns
from typing import Final

from pos_app.proving.bench.child import heard, module
from pos_app.proving.bench.figures import Figure, Goal, Unit
from pos_app.proving.bench.goods import Goods
from pos_app.proving.bench.ground import Ground
from pos_app.proving.bench.pulling import launch
from pos_app.proving.bench.spread import Spread, in_turns

_WARM_UP: Final = 2
_GOAL_NS: Final = 600_000_000
_SLOWEST: Final = 25


def measure(ground: Ground, runs: int, environment: Mapping[str, str]) -> list[Figure]:
    """Start the register and the bare window in turns."""
    commands = _Commands(ground)
    opened: list[int] = []

    def ours(turn: int) -> int:
        open_ns, painted_ns = commands.stamps(commands.of_turn(turn), environment)
        if turn >= _WARM_UP:
            opened.append(open_ns)
        return painted_ns

    def floor(_turn: int) -> int:
        return commands.stamps(module("bare_window"), environment)[0]

    pair = in_turns(ours, floor, runs=runs, warm_up=_WARM_UP)
    bare = Spread.of(pair.floor)
    return [
        Figure(
            measure="start",
            what="start: first line scanned",
            unit=Unit.MILLISECONDS,
            ours=Spread.of(pair.ours),
            floor=bare,
            floor_is="a bare PySide6 window",
            goals=(Goal("median", _GOAL_NS),),
        ),
        Figure(
            measure="start",
            what="start: ready to sign in",
            unit=Unit.MILLISECONDS,
            ours=Spread.of(opened),
            floor=bare,
            floor_is="a bare PySide6 window",
        ),
    ]


def slowest_imports(ground: Ground, environment: Mapping[str, str]) -> list[tuple[int, int, str]]:
    """List the modules whose import takes longest by itself: (own µs, with what it imports µs, name)."""
    command = _Commands(ground).of_turn(0)
    command[1:1] = ["-X", "importtime"]
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stderr
    rows: list[tuple[int, int, str]] = []
    for line in told.splitlines():
        own, _, rest = line.removeprefix("import time:").partition("|")
        total, _, name = rest.partition("|")
        if own.strip().isdecimal() and total.strip().isdecimal():
            rows.append((int(own), int(total), name.strip()))
    return sorted(rows, reverse=True)[:_SLOWEST]


class _Commands:
    """How the register is started: always on one folder, each time with other goods under the scanner."""

    def __init__(self, ground: Ground) -> None:
        self._folder = ground.register("start")
        self._agent = launch(self._folder, ground.products).command
        self._goods = Goods()

    def of_turn(self, turn: int) -> list[str]:
        code = self._goods.good(turn).code
        return module("starting", str(self._folder.path), code, *self._agent)

    def stamps(self, command: Sequence[str], environment: Mapping[str, str]) -> list[int]:
        """Start a process and read the moments that it tells, as nanoseconds since it was started."""
        begun_ns = monotonic_ns()
        told = heard(command, environment, self._folder.path / "start.log")
        return [int(stamp) - begun_ns for stamp in told.split()]
