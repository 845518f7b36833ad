"""How often completing one sale commits and has the disk sync: counted from outside, by ``strace`` and in the WAL."""

import re
import shutil
from typing import Final

from pos_app.proving.bench.child import heard, module
from pos_app.proving.bench.figures import Figure, Goal, Unit
from pos_app.proving.bench.ground import Ground
from pos_app.proving.bench.one_sale import BEGIN, END
from pos_app.proving.bench.spread import Spread

SYNCS: Final = ("fsync", "fdatasync", "sync", "syncfs", "sync_file_range", "msync")
_ONCE: Final = (Goal("median", 1, exactly=True),)


def measure(ground: Ground) -> list[Figure]:
    """Have a process complete one sale under the eyes of ``strace``; nothing to tell where there is none."""
    strace = shutil.which("strace")
    if strace is None:
        return []
    folder = ground.register("one-sale")
    trace = folder.path / "trace"
    watched = [strace, "-f", "-qq", "-e", f"trace=write,{','.join(SYNCS)}", "-o", str(trace)]
    told = heard([*watched, *module("one_sale", str(folder.path))], None, folder.path / "sale.log")
    commits = int(told.split()[-1])
    return [
        Figure("commit", "sale: commits", Unit.TIMES, Spread.of([commits]), goals=_ONCE),
        Figure("commit", "sale: disk syncs", Unit.TIMES, Spread.of([count_syncs(trace.read_text())]), goals=_ONCE),
    ]


def count_syncs(trace: str) -> int:
    """Count the disk syncs between the two marks of a trace."""
    between = trace.partition(BEGIN)[2].partition(END)[0]
    call = re.compile(rf"^\d+ +({'|'.join(SYNCS)})\(")
    return sum(call.match(line) is not None for line in between.splitlines())
