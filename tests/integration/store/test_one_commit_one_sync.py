"""Completing a sale is exactly one commit and one disk sync; a scan has its sync behind it. The system counts them."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SALES = 20
COUNTED = re.compile(r"\b(fsync|fdatasync|msync|sync_file_range)\(")
MARK = "/a-sale-"

PROGRAM = f"""
import os, sys
from pathlib import Path
from pos_app.domain.ids import OperatorId
from pos_app.domain.money import Fen
from tests.support.small_shop import Counter

def mark(word):
    # a call that strace shows and that does nothing
    os.access("{MARK}" + word, os.F_OK)

counter = Counter(Path(sys.argv[1]))
# the first write after the WAL was cut off begins it: its header is synced too
counter.selling.scan("6907992500133")
for number in range({SALES}):
    mark("before-the-scan")
    counter.selling.scan("6901234567892")
    mark("before-the-disk")
    counter.journal.sync()
    counter.journal.sync()
    mark("before-the-sale")
    counter.selling.complete_with_cash(Fen(100000), OperatorId("1001"))
    mark("after-the-sale")
mark("over")
os._exit(0)
"""


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed (`make setup` does it)")
@pytest.mark.usefixtures("replica_store")
def test_a_sale_is_one_sync_and_a_scan_is_one_when_its_answer_is_out(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    watched = "trace=fsync,fdatasync,msync,sync_file_range,access,faccessat,faccessat2"
    command = ["strace", "-f", "-o", str(trace), "-e", watched, sys.executable, "-c", PROGRAM, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    if "ptrace" in done.stderr and "not permitted" in done.stderr:
        pytest.skip(f"strace may not look at processes here: {done.stderr.strip()[:80]}")
    assert done.returncode == 0, done.stderr

    parts = re.split(rf'"{MARK}([a-z-]+)"', trace.read_text())
    syncs: dict[str, list[int]] = {}
    for mark, calls_after in zip(parts[1::2], parts[2::2], strict=True):
        syncs.setdefault(mark, []).append(len(COUNTED.findall(calls_after)))

    assert syncs == {
        "before-the-scan": [0] * SALES,
        "before-the-disk": [1] * SALES,
        "before-the-sale": [1] * SALES,
        "after-the-sale": [0] * SALES,
        "over": [0],
    }
