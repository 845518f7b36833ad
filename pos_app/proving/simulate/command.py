"""`granary simulate`: whole chains in simulated time, seed after seed, until one of them breaks an invariant."""

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import count
from typing import Any

from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from pos_app.proving.simulate.invariants.all import NAMES
from pos_app.proving.simulate.plan import MOST_DAYS, MOST_REGISTERS, MOST_STORES, Plan
from pos_app.proving.simulate.running import Outcome, Simulator, simulated_chains
from pos_app.proving.simulate.shrinking import Shrinking
from pos_app.proving.simulate.weather import WEATHERS
from pos_app.proving.simulate.work.all import WORK

BROKEN = 1
FAREWELL = "stopped by hand"


@dataclass(slots=True)
class Tally:
    """What all seeds came to."""

    seeds: int = 0
    facts: int = 0
    requests: int = 0
    simulated_minutes: int = 0
    mishaps: Counter[str] = field(default_factory=Counter)
    hash: str = ""
    """The hash of all that happened in one seed, or over those of all seeds."""

    def add(self, outcome: Outcome) -> None:
        """Add a seed."""
        self.seeds += 1
        self.facts += outcome.facts
        self.requests += outcome.requests
        self.simulated_minutes += outcome.simulated_minutes
        self.mishaps.update(kind for _, kind in outcome.faults)
        both = (self.hash + outcome.hash).encode()
        self.hash = blake2b(both, digest_size=16).hexdigest() if self.hash else outcome.hash


def main(arguments: Sequence[str]) -> int:
    """Simulate; exit status 1 when an invariant broke, with the command line that repeats it."""
    asked = _parsed(arguments)
    console = Console(stderr=True)
    tally, began_s = Tally(), time.process_time()
    with simulated_chains() as simulator:
        try:
            failed = _simulate(asked, simulator, tally, console)
        except KeyboardInterrupt:
            console.print(FAREWELL)
            failed = None
        used_s = time.process_time() - began_s
        if failed is not None and asked.shrink:
            failed = _shrink(failed, simulator, console)
    if asked.json:
        _print_json(tally, failed, used_s)
    else:
        _show(tally, failed, used_s, Console())
    return 0 if failed is None else BROKEN


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="granary simulate", description=__doc__)
    parser.add_argument("--seed", type=int, help="this seed alone")
    parser.add_argument("--seeds", type=int, help="so many seeds; without --seed and --seeds: until you stop it")
    parser.add_argument("--first", type=int, default=1, help="the first of them (1)")
    parser.add_argument("--stores", type=int, default=3, help="stores (3)")
    parser.add_argument("--registers", type=int, default=1, help="registers in each (1)")
    parser.add_argument("--days", type=int, default=1, help="days (1)")
    parser.add_argument("--until", type=int, metavar="MINUTE", help="end work and mishaps so many minutes on")
    parser.add_argument(
        "--without", type=_names, default=frozenset(), metavar="KIND,…", help="leave work or mishaps out"
    )
    parser.add_argument("--only", type=_numbers, metavar="NUMBER,…", help="of the mishaps, these alone; or none")
    parser.add_argument("--weather", choices=WEATHERS[1:], default="", help="so, and not as the seed draws it")
    parser.add_argument("--trace", action="store_true", help="say all that happens")
    parser.add_argument("--no-shrink", dest="shrink", action="store_false", help="leave a failure as large as it is")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(list(arguments))
    for name, most in (("stores", MOST_STORES), ("registers", MOST_REGISTERS), ("days", MOST_DAYS)):
        if not 1 <= getattr(asked, name) <= most:
            parser.error(f"--{name} from 1 to {most}")
    if asked.seed is not None and asked.seeds is not None:
        parser.error("--seed or --seeds, not both")
    return asked


def _names(text: str) -> frozenset[str]:
    return frozenset(filter(None, text.split(",")))


def _numbers(text: str) -> frozenset[int]:
    if text == "none":
        return frozenset()
    try:
        return frozenset(map(int, text.split(",")))
    except ValueError as error:
        raise argparse.ArgumentTypeError("numbers with commas between them, or none") from error


def _plans(asked: argparse.Namespace) -> Iterator[Plan]:
    if asked.seed is not None:
        seeds: Iterator[int] = iter((asked.seed,))
    elif asked.seeds is not None:
        seeds = iter(range(asked.first, asked.first + asked.seeds))
    else:
        seeds = count(asked.first)
    for seed in seeds:
        yield Plan(
            seed=seed,
            stores=asked.stores,
            registers=asked.registers,
            days=asked.days,
            until=asked.until,
            without=asked.without,
            only=asked.only,
            weather=asked.weather,
        )


def _simulate(asked: argparse.Namespace, simulator: Simulator, tally: Tally, console: Console) -> Outcome | None:
    """Run seed after seed; give the first that broke something."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=asked.json or asked.trace) as bar:
        task = bar.add_task("seeds", total=1 if asked.seed is not None else asked.seeds)
        for plan in _plans(asked):
            outcome = simulator.run(plan, _say if asked.trace else None)
            tally.add(outcome)
            if outcome.invariant:
                return outcome
            bar.advance(task)
    return None


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


def _shrink(failed: Outcome, simulator: Simulator, console: Console) -> Outcome:
    console.print(f"seed {failed.plan.seed} breaks {failed.invariant}; making it smaller …")

    def smaller(outcome: Outcome) -> None:
        console.print(f"  {outcome.plan.command()}", highlight=False, soft_wrap=True)

    return Shrinking(simulator.run, failed, tuple(work.name for work in WORK), tell=smaller).shrink()


def _show(tally: Tally, failed: Outcome | None, used_s: float, console: Console) -> None:
    per_seed_ms = round(used_s * 1000) // max(tally.seeds, 1)
    console.print(
        f"{tally.seeds} seeds, {tally.simulated_minutes // 1440:,} simulated days, {tally.facts:,} facts,"
        f" {tally.requests:,} requests, {sum(tally.mishaps.values()):,} mishaps; {per_seed_ms} ms of processor a seed;"
        f" hash {tally.hash}"
    )
    table = Table("mishap", "happened", title="what went wrong")
    for kind, times in sorted(tally.mishaps.items()):
        table.add_row(kind, f"{times:,}")
    console.print(table)
    if failed is None:
        console.print(f"every invariant holds: {', '.join(NAMES)}")
        return
    console.print(f"[bold]{failed.invariant}[/bold] does not hold", style="red")
    console.print(failed.detail, highlight=False, markup=False)
    console.print(
        "what happened last:", *(f"  {line}" for line in failed.last), sep="\n", highlight=False, markup=False
    )
    console.print(f"again: {failed.plan.command()}", highlight=False, soft_wrap=True)


def _print_json(tally: Tally, failed: Outcome | None, used_s: float) -> None:
    document: dict[str, Any] = {
        "seeds": tally.seeds,
        "facts": tally.facts,
        "requests": tally.requests,
        "simulated_minutes": tally.simulated_minutes,
        "mishaps": dict(sorted(tally.mishaps.items())),
        "hash": tally.hash,
        "processor_ms": round(used_s * 1000),
        "failed": failed and {"invariant": failed.invariant, "detail": failed.detail, "command": failed.plan.command()},
    }
    sys.stdout.write(json.dumps(document, ensure_ascii=False) + "\n")
