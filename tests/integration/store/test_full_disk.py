"""A disk that is full is told from a bug, loses nothing, and is over when there is room again."""

import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from pos_app.domain.basket import Basket
from pos_app.domain.errors import Breakdown, DiskFull
from pos_app.domain.ids import BasketId
from pos_app.store.atomic_file import write_whole
from pos_app.store.journal.checkpointer import Checkpointer
from pos_app.store.journal.journal import Journal
from pos_app.store.replica.reader import ReplicaReader
from pos_app.store.replica.replica_store import ReplicaStore
from tests.support.small_shop import CURSOR, DAY, OIL, chunk, new_journal, product, reopened, sold

MANY = 100_000


def sell_until_it_breaks(journal: Journal) -> Breakdown:
    for _ in range(MANY):
        try:
            sold(journal)
        except Breakdown as breakdown:
            return breakdown
    raise AssertionError("the disk has no end")


def whole(journal: Journal) -> int:
    """How many facts there are, when the chain and the receipts hold and every sale has its amount."""
    count = journal.verify().facts
    (pending,) = journal.reading().execute("SELECT count(*) FROM pending").fetchone()
    assert pending == count == journal.next_receipt(DAY).number - 1
    return count


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of a megabyte."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)]
    if sys.platform != "linux" or os.geteuid() != 0 or subprocess.run(mount, check=False).returncode != 0:
        pytest.skip("only root on Linux can make a disk of a megabyte")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_real_disk_fills_up_and_is_cleared_and_nothing_is_lost(small_disk: Path) -> None:
    ballast = small_disk / "somebody's film"
    ballast.write_bytes(bytes(300_000))
    with closing(new_journal(small_disk / "journal.db")) as journal:
        breakdown = sell_until_it_breaks(journal)
        assert isinstance(breakdown, DiskFull)
        kept = whole(journal)
        assert kept == journal.head().position.seq > 10
        expected = journal.next_receipt(DAY)

        with pytest.raises(DiskFull):
            journal.keep_basket(Basket(BasketId("b" * 50_000)))
        with pytest.raises(DiskFull):
            write_whole(small_disk / "register.json", bytes(1_000_000))
        assert not list(small_disk.glob("*register.json*"))

        ballast.unlink()
        assert sold(journal).body["receipt"] == str(expected)
        assert whole(journal) == kept + 1

    with closing(reopened(small_disk / "journal.db")) as journal:
        assert whole(journal) == kept + 1


def test_a_wal_that_filled_the_disk_is_cut_off_beside_the_sales(small_disk: Path) -> None:
    with closing(new_journal(small_disk / "journal.db")) as journal:
        checkpointer = Checkpointer(small_disk / "journal.db", cap_bytes=50_000)
        with closing(checkpointer):
            for _ in range(200):
                sold(journal)
                checkpointer.look()
        assert whole(journal) == 200


def test_a_file_that_may_not_grow_is_a_full_disk_and_grows_on_later(journal: Journal) -> None:
    for _ in range(50):
        sold(journal)
    connection = journal.reading()
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {pages + 1}")

    breakdown = sell_until_it_breaks(journal)
    assert isinstance(breakdown, DiskFull)
    assert breakdown.code == "disk_full"
    kept = whole(journal)
    assert journal.head().position.seq == kept

    connection.execute("PRAGMA max_page_count = 1000000")
    assert sold(journal).position.seq == kept + 1
    assert whole(journal) == kept + 1


def test_a_replica_without_room_stays_where_it_was_and_follows_later(
    replica_store: ReplicaStore, replica: ReplicaReader
) -> None:
    connection = replica_store._written()._connection
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    coming = chunk([product(rev, f"P{rev}", "很长的名字" * 20) for rev in range(7, 507)], CURSOR)
    connection.execute(f"PRAGMA max_page_count = {pages}")

    with pytest.raises(DiskFull):
        replica_store.apply(coming)
    assert replica_store.standing().cursor == CURSOR
    assert replica.by_code("P7") is None
    assert replica.by_code(OIL) is not None

    connection.execute("PRAGMA max_page_count = 1000000")
    assert replica_store.apply(coming) == {"product"}
    assert replica.by_code("P506") is not None


def test_a_write_that_the_system_refuses_keeps_nothing_of_the_sale(tmp_path: Path) -> None:
    """A limit on the size of files, as on a shared machine: an error of the disk that is not "full"."""
    path = tmp_path / "journal.db"
    new_journal(path).close()
    done = subprocess.run(
        [sys.executable, "-m", "tests.integration.store.test_full_disk", str(path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    code, kept = done.stdout.split()

    assert code == "disk_failing"
    with closing(reopened(path)) as journal:
        assert whole(journal) == int(kept)


def main(path: Path) -> None:
    with closing(reopened(path)) as journal:
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))
        breakdown = sell_until_it_breaks(journal)
        kept = whole(journal)
        assert journal.head().position.seq == kept
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        sold(journal)
        print(breakdown.code, whole(journal))  # noqa: T201 — the child's answer


if __name__ == "__main__":
    main(Path(sys.argv[1]))
