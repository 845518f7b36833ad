"""`granary replay`: real baskets through registers and headquarters, in bad weather, and the books compared."""

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from pos_app.proving.administrator import Administrator
from pos_app.proving.replay.chain import Chain
from pos_app.proving.replay.reconciling import Check, open_books, reconcile
from pos_app.proving.replay.source import LAST_DAYS, read_source
from pos_app.proving.replay.weather import forecast
from pos_app.proving.served_hq import ServedHq

EMBEDDED = "embedded"
DIFFERS = 1
BAD_INPUT = 2
SHOWN_DIFFERENCES = 5


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a replay went."""

    stores: int
    days: int
    offline_percent: int
    seed: int
    baskets: int
    lines_left_out: int
    kills: int
    lines: int
    lines_by_rows: int
    seconds: int
    checks: Sequence[Check]


def main(arguments: Sequence[str]) -> int:
    """Replay; exit status 1 when anything differs."""
    asked = _parsed(arguments)
    console = Console(stderr=True)
    if asked.data is None:
        with TemporaryDirectory(prefix="granary-replay-") as folder:
            outcome = _replay(asked, Path(folder), console)
    else:
        outcome = _replay(asked, asked.data, console)
    if asked.json:
        sys.stdout.write(json.dumps(asdict(outcome), ensure_ascii=False) + "\n")
    else:
        _show(outcome, Console())
    return DIFFERS if any(check.differences for check in outcome.checks) else 0


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="granary replay", description=__doc__)
    parser.add_argument("--stores", type=int, default=5, help="the busiest so many stores (5)")
    parser.add_argument("--days", type=int, default=14, help="the first so many days (14)")
    parser.add_argument("--offline", type=_share, default=30, help="share of the time without a line (0.3)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--hq", default=EMBEDDED, help="embedded, or the address of one that has not replayed yet")
    parser.add_argument("--token", default=os.environ.get("GRANARY_ADMIN_TOKEN", ""), help="that one's administrator's")
    parser.add_argument("--data", type=Path, help="keep the chain's files here; without it they are thrown away")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(list(arguments))
    if not 1 <= asked.days <= LAST_DAYS or asked.stores < 1:
        parser.error(f"--stores from 1, --days from 1 to {LAST_DAYS}")
    if asked.data is not None and asked.data.exists():
        parser.error(f"--data: {asked.data} exists already; name a new folder")
    return asked


def _share(text: str) -> int:
    """Read a share of the time as whole percent."""
    whole, _, fraction = text.partition(".")
    percent = int(whole) * 100 + int(fraction[:2].ljust(2, "0") or "0")
    if not 0 <= percent < 100:
        raise argparse.ArgumentTypeError("from 0 to 0.99")
    return percent


def _replay(asked: argparse.Namespace, folder: Path, console: Console) -> Outcome:
    begun = time.monotonic()
    source = read_source(asked.stores, asked.days)
    total = sum(1 for _ in source.all_baskets())
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    reached = ServedHq(folder / "hq") if asked.hq == EMBEDDED else nullcontext(Administrator(asked.hq, asked.token))
    with reached as hq, Progress(*columns, console=console, disable=asked.json) as bar:
        task = bar.add_task("baskets", total=total)
        chain = Chain(
            source=source,
            hq=hq,
            folder=folder / "stores",
            weather=forecast(source, asked.offline, asked.seed),
            progress=lambda count: bar.advance(task, count),
        )
        chain.run()
        books = open_books(source, hq, folder / "stores")
    by_rows, lines = books.priced
    return Outcome(
        stores=len(source.baskets),
        days=asked.days,
        offline_percent=asked.offline,
        seed=asked.seed,
        baskets=total,
        lines_left_out=source.left_out,
        kills=chain.kills,
        lines=lines,
        lines_by_rows=by_rows,
        seconds=round(time.monotonic() - begun),
        checks=reconcile(source, books),
    )


def _show(outcome: Outcome, console: Console) -> None:
    percent = outcome.lines_by_rows * 10_000 // max(outcome.lines, 1)
    console.print(
        f"{outcome.stores} stores, {outcome.days} days, {outcome.baskets} baskets, {outcome.lines} lines"
        f" ({outcome.lines_left_out} source lines left out); lines down {outcome.offline_percent} % of the time,"
        f" {outcome.kills} processes killed; seed {outcome.seed}; {outcome.seconds} s"
    )
    console.print(f"priced by synchronised rows: {outcome.lines_by_rows} lines, {percent // 100}.{percent % 100:02d} %")
    table = Table("claim", "looked at", "differences", title="reconciliation")
    for check in outcome.checks:
        table.add_row(check.claim, f"{check.looked_at:,}", str(len(check.differences) or "none"))
    console.print(table)
    for check in outcome.checks:
        for difference in check.differences[:SHOWN_DIFFERENCES]:
            console.print(f"DIFFERS  {check.claim}: {difference}")
