"""The replica's writer is killed at any moment: readers always see one state that headquarters was in, never an older
one than before, and whoever writes next goes on from there.
"""

import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from pos_app.domain.ids import Sku
from pos_app.store.replica.numbered_files import NumberedFiles
from pos_app.store.replica.reader import ReplicaReader
from pos_app.store.replica.replica_store import ReplicaStore
from sync.protocol.wire import parse_cursor
from tests.support.following import GOODS, everything_at
from tests.support.small_shop import DEVICE

KILLS = 10


def rules_in_force(reader: ReplicaReader) -> int:
    """The rev that the reader's prices are of, when all of them are of one."""
    prices = reader.rulebook().prices
    skus = [Sku(f"P{number}") for number in range(GOODS)]
    seen = {sku: rows[0].amount for sku in skus if (rows := prices.get(sku))}
    rev = parse_cursor(reader.cursor()).get("chain", 0)
    assert seen == {
        change.body["sku"]: change.body["amount"]
        for change in everything_at(rev)
        if change.topic == "price" and change.body is not None
    }
    return rev


@pytest.mark.slow
def test_readers_see_one_state_whenever_the_writer_is_killed(tmp_path: Path) -> None:
    random = Random(20260618)
    newest = 0
    with closing(ReplicaReader(tmp_path, DEVICE)) as reader:
        for run in range(KILLS):
            command = [sys.executable, "-m", "tests.support.following", str(tmp_path), str(run)]
            with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
                assert process.stdout is not None
                try:
                    process.stdout.readline()
                    ends_s = time.monotonic() + random.uniform(0.1, 0.8)
                    while time.monotonic() < ends_s:
                        seen = rules_in_force(reader)
                        assert seen >= newest
                        newest = seen
                finally:
                    process.kill()
                _, complaints = process.communicate(timeout=30)
            assert process.returncode == -signal.SIGKILL, complaints.decode()
            with closing(ReplicaStore(tmp_path)) as store:
                assert store.standing().cursor.get("chain", 0) >= newest - 30
                assert rules_in_force(reader) >= newest
            files = NumberedFiles(tmp_path)
            assert len(list(tmp_path.glob("replica-*.db"))) <= 4
            assert files.named().current is not None

    assert newest > 10 * GOODS
