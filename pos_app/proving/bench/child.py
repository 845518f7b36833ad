"""Processes that are measured: started with a display, heard on standard output, their log kept in a file.

What they are is not known here.
"""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from pos_app.domain.errors import Breakdown

_TAIL_LINES: Final = 5


def module(name: str, *arguments: str) -> list[str]:
    """Give the command line of a module of the bench."""
    return [sys.executable, "-m", f"pos_app.proving.bench.{name}", *arguments]


def heard(command: Sequence[str], environment: Mapping[str, str] | None, log: Path) -> str:
    """Run a process to its end and give what it said; raise ``Breakdown`` with the end of its log where it failed."""
    with log.open("ab") as errors:
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True, check=False)
    if done.returncode:
        tail = log.read_text(encoding="utf-8", errors="replace").splitlines()[-_TAIL_LINES:]
        raise Breakdown("bench_child_failed", status=done.returncode, log=str(log), said=" | ".join(tail))
    return done.stdout
