"""How much memory a process keeps resident, where the system tells it (Linux's ``/proc``); 0 where it does not."""

import os
from pathlib import Path


def child_processes() -> list[int]:
    """List the processes that this one started and that still run."""
    told = (path.read_text(encoding="ascii") for path in Path("/proc/self/task").glob("*/children"))
    return [int(process_id) for process_id in " ".join(told).split()]


def resident_bytes(process_id: int | None = None) -> int:
    """Give the resident set of a process, our own by default."""
    try:
        status = Path(f"/proc/{process_id or 'self'}/statm").read_text(encoding="ascii")
    except OSError:
        return 0
    return int(status.split()[1]) * os.sysconf("SC_PAGE_SIZE")
