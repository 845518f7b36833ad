"""The figures as a table for people, or as JSON for machines. Knows nothing of how they were taken."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pos_app.proving.bench.figures import Figure
from pos_app.proving.bench.machine import Machine
from pos_app.proving.bench.spread import Spread

_SIGNS = {True: ("✓", "green"), False: ("✗", "red"), None: ("?", "yellow")}


def print_table(console: Console, figures: Sequence[Figure], machine: Machine, run: str) -> None:
    """Print a row for each figure, then what it was measured on and how."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("figure", min_width=26)
    for name in ("median", "p99", "floor", "its p99", "×"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("goals", no_wrap=True)
    for figure in figures:
        table.add_row(figure.what, *_numbers(figure), _goals(figure))
    console.print(table)
    console.print(Text(run))
    console.print(Text(machine.line()))


def markdown(figures: Sequence[Figure]) -> str:
    """Write the table as BENCHMARKS.md shows it."""
    rows = ["| figure | median | p99 | floor (median, p99) | × floor | goals |", "|---|---:|---:|---:|---:|---|"]
    for figure in figures:
        median, p99, floor, floor_p99, ratio = _numbers(figure)
        tail = f" ({floor_p99})" if floor_p99 else ""
        beside = f"{figure.floor_is}: {floor}{tail}" if figure.floor else ""
        goals = ", ".join(f"{text} {_SIGNS[met][0]}" for text, met in figure.verdicts())
        rows.append(f"| {figure.what} | {median} | {p99} | {beside} | {ratio} | {goals} |")
    return "\n".join(rows) + "\n"


def document(figures: Sequence[Figure], machine: Machine, run: str) -> str:
    """Write everything as JSON: times in nanoseconds, sizes in bytes."""
    rows: list[dict[str, Any]] = [
        {
            "measure": figure.measure,
            "what": figure.what,
            "unit": "ns" if figure.unit.sign.endswith("s") else "bytes" if figure.unit.sign else "times",
            "ours": asdict(figure.ours),
            "floor": None if figure.floor is None else asdict(figure.floor),
            "floor_is": figure.floor_is,
            "goals": [{"goal": text, "met": met} for text, met in figure.verdicts()],
        }
        for figure in figures
    ]
    return json.dumps({"machine": machine.document(), "run": run, "figures": rows}, ensure_ascii=False, indent=2)


def _numbers(figure: Figure) -> tuple[str, str, str, str, str]:
    return (
        *_median_and_p99(figure, figure.ours),
        *_median_and_p99(figure, figure.floor),
        figure.ratio_text,
    )


def _median_and_p99(figure: Figure, spread: Spread | None) -> tuple[str, str]:
    if spread is None:
        return "", ""
    median = f"{figure.unit.text(spread.median)} {figure.unit.sign}".rstrip()
    return median, "" if spread.count == 1 else f"{figure.unit.text(spread.p99)} {figure.unit.sign}".rstrip()


def _goals(figure: Figure) -> Text:
    text = Text()
    for at, (goal, met) in enumerate(figure.verdicts()):
        sign, colour = _SIGNS[met]
        text.append("\n" if at else "").append(sign, style=colour).append(f" {goal}")
    return text
