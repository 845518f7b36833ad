"""`granary bench [counter|start|memory|lookup|members|commit|shift|pricing|sync …]`: measure, each beside its floor.

Goals that are missed are marked, not punished: the exit status is 0 wherever measuring went well.
"""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Final

from rich.console import Console

from pos_app.proving.bench import commit, counter, lookup, members, memory, shift, start, syncs
from pos_app.proving.bench.display import KINDS, Display, display, usual
from pos_app.proving.bench.figures import Figure
from pos_app.proving.bench.goods import FEWEST, MOST
from pos_app.proving.bench.ground import Crowd, Ground
from pos_app.proving.bench.machine import this_machine
from pos_app.proving.bench.pricing import measure as pricing
from pos_app.proving.bench.sync import measure as sync
from pos_app.proving.bench.table import document, markdown, print_table

_PIPED_COLUMNS: Final = 110
Measure = Callable[[Ground, int, Mapping[str, str]], list[Figure]]

MEASURES: Final[Mapping[str, tuple[Measure, int]]] = {
    "counter": (counter.measure, 300),
    "commit": (lambda ground, runs, _: [*commit.measure(ground, runs), *syncs.measure(ground)], 1000),
    "lookup": (lambda ground, runs, _: lookup.measure(ground, runs), 500),
    "shift": (lambda ground, runs, _: shift.measure(ground, runs), 3),
    "members": (lambda ground, runs, _: members.measure(ground, runs), 300),
    "start": (start.measure, 15),
    "memory": (memory.measure, 1),
    "pricing": (lambda ground, runs, _: pricing.measure(ground, runs), 300),
    "sync": (lambda ground, runs, _: sync.measure(ground, runs), 5),
}
"""Each measure, and how many runs make it up when nobody says."""
_CROWD: Final[Mapping[str, str]] = {
    "members": "member cards of a store (members, too)",
    "registers": "registers that wait for news",
    "sales": "sales that one register has to send; shift: tickets",
}


def main(arguments: Sequence[str]) -> int:
    """Measure what was asked for, all of it by default."""
    asked = _parsed(arguments)
    quiet = Console(stderr=True)
    asked.folder.mkdir(parents=True, exist_ok=True)
    ground = Ground(
        asked.folder.resolve(),
        asked.products,
        lambda what: quiet.print(f"[dim]{what}"),
        not asked.alone,
        asked.processor,
        Crowd(asked.members, asked.registers, asked.sales),
    )
    figures: list[Figure] = []
    with display(asked.display) as shown:
        for name in asked.measures or MEASURES:
            measure, runs = MEASURES[name]
            quiet.print(f"[dim]measuring: {name}")
            figures += measure(ground, asked.runs or runs, shown.environment)
        if asked.explain:
            _explain(Console(), ground, shown)
    machine = this_machine(ground.root, version("PySide6-Essentials"), shown.words)
    run = _said_of(ground, asked.measures)
    if asked.json:
        Console().print(document(figures, machine, run), highlight=False, markup=False, soft_wrap=True)
    elif asked.markdown:
        Console().print(
            f"{markdown(figures)}\n{run}.\n{machine.line()}.", highlight=False, markup=False, soft_wrap=True
        )
    else:
        print_table(Console(width=None if sys.stdout.isatty() else _PIPED_COLUMNS), figures, machine, run)
    return 0


def _said_of(ground: Ground, measures: Sequence[str]) -> str:
    """Say how it was measured."""
    if list(measures) == ["pricing"]:
        clock = "the processors' time" if ground.by_processor else "the clock's time"
        return f"{ground.products:,} products; every basket another one; ours and the other in turns; {clock}"
    if list(measures) == ["members"]:
        return f"{ground.crowd.members:,} member cards in the replica; ours and the floor in turns, both warmed up"
    if list(measures) == ["sync"]:
        return "headquarters in a process of its own, over loopback HTTP"
    return f"{ground.products:,} products in the replica, a pull running; ours and the floor in turns, both warmed up"


def _explain(console: Console, ground: Ground, shown: Display) -> None:
    """Print where a start's time goes, as far as imports tell."""
    console.print("slowest imports of a start (by themselves, with what they import):")
    for own_us, total_us, name in start.slowest_imports(ground, shown.environment):
        console.print(f"{own_us / 1000:8.1f} ms {total_us / 1000:8.1f} ms  {name}", highlight=False)


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="granary bench", description="Measure, each figure beside its floor.")
    parser.add_argument("measures", nargs="*", metavar="measure", help=f"any of {', '.join(MEASURES)}; all by default")
    parser.add_argument("--products", type=int, default=MOST, help=f"products in the replica, {FEWEST} to {MOST}")
    parser.add_argument("--runs", type=int, default=0, help="runs of each measure instead of its own count")
    for name, what in _CROWD.items():
        parser.add_argument(f"--{name}", type=int, default=getattr(Crowd(), name), help=f"sync: {what} (%(default)s)")
    parser.add_argument("--display", choices=KINDS, default=usual(), help="where windows are shown")
    parser.add_argument("--folder", type=Path, default=Path(".bench"), help="where the bench works; may be deleted")
    parser.add_argument("--alone", action="store_true", help="install and measure nothing of others")
    parser.add_argument("--processor", action="store_true", help="pricing counts the processors' time, not the clock's")
    parser.add_argument("--explain", action="store_true", help="list the slowest imports of a start")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print JSON: nanoseconds and bytes")
    form.add_argument("--markdown", action="store_true", help="print the table as BENCHMARKS.md shows it")
    asked = parser.parse_args(list(arguments))
    unknown = [name for name in asked.measures if name not in MEASURES]
    if unknown:
        parser.error(f"there is no measure {unknown[0]!r}; there are {', '.join(MEASURES)}")
    if not FEWEST <= asked.products <= MOST:
        parser.error(f"--products must be {FEWEST} to {MOST}")
    for name in _CROWD:
        if getattr(asked, name) < 1:
            parser.error(f"--{name} must be 1 or more")
    if asked.runs < 0:
        parser.error("--runs must be 1 or more")
    return asked
