"""What the figures were measured on: cores, memory, a disk sync, versions. No names of hosts or users."""

import os
import platform
import sqlite3
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from pos_app.proving.bench.spread import Spread, timed_ns

_SYNCS = 50
_PAGE = bytes(4096)


@dataclass(frozen=True, slots=True)
class Machine:
    """The machine, as far as the figures depend on it."""

    cores: int
    memory_mib: int
    system: str
    disk_sync: Spread
    """Writing 4 KiB behind the end of a file and syncing it, in nanoseconds."""
    python: str
    qt: str
    sqlite: str
    display: str
    load: int
    """Processes that wanted to run in the last minute, in hundredths: with more than cores others were measured too."""

    def line(self) -> str:
        """Say it in a line."""
        median, p99 = (f"{sample // 1000 / 1000:.2f}" for sample in (self.disk_sync.median, self.disk_sync.p99))
        return (
            f"{self.cores} cores, {self.memory_mib / 1024:.1f} GiB, {self.system}; disk sync {median} ms (p99 {p99}); "
            f"Python {self.python}, Qt {self.qt}, SQLite {self.sqlite}; {self.display}; "
            f"load {self.load // 100}.{self.load % 100:02d}"
        )

    def document(self) -> dict[str, object]:
        """Give it for JSON."""
        return asdict(self)


def this_machine(folder: Path, qt: str, display: str) -> Machine:
    """Look at this machine; the disk is the one that ``folder`` is on."""
    return Machine(
        cores=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        memory_mib=_memory_mib(),
        system=f"{platform.system()} {platform.machine()}",
        disk_sync=_disk_sync(folder / "sync-probe"),
        python=".".join(map(str, sys.version_info[:3])),
        qt=qt,
        sqlite=sqlite3.sqlite_version,
        display=display,
        load=int(os.getloadavg()[0] * 100) if hasattr(os, "getloadavg") else 0,
    )


def _disk_sync(path: Path) -> Spread:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)

    def write_and_sync() -> None:
        os.write(descriptor, _PAGE)
        getattr(os, "fdatasync", os.fsync)(descriptor)

    try:
        return Spread.of([timed_ns(write_and_sync) for _ in range(_SYNCS)])
    finally:
        os.close(descriptor)
        path.unlink()


def _memory_mib() -> int:
    if not hasattr(os, "sysconf") or "SC_PHYS_PAGES" not in os.sysconf_names:
        return 0
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // (1024 * 1024)
