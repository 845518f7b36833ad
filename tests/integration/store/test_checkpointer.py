"""The WAL beside the sales: copied while nobody waits for it, used again from the start, as long as it ever is."""

import shutil
from contextlib import closing
from pathlib import Path
from threading import Event, Thread
from time import monotonic, sleep

import pytest

from pos_app.store.journal.checkpointer import Checkpointer
from pos_app.store.journal.journal import Journal
from pos_app.store.journal.reading import JournalReader
from tests.support.small_shop import reopened, sold

CAP_BYTES = 100_000
LOOKS_OF_A_REST = 6


def wal_bytes(journal: Journal) -> int:
    return journal.path.with_name("journal.db-wal").stat().st_size


def times_begun(journal: Journal) -> int:
    """How often the WAL was begun anew: its header counts. https://www.sqlite.org/fileformat2.html#walformat"""
    with journal.path.with_name("journal.db-wal").open("rb") as wal:
        return int.from_bytes(wal.read(16)[12:])


def rest(checkpointer: Checkpointer) -> None:
    for _ in range(LOOKS_OF_A_REST):
        checkpointer.look()


def test_sales_alone_never_copy_the_wal(journal: Journal) -> None:
    before = journal.path.stat().st_size

    for _ in range(150):
        sold(journal)

    assert journal.path.stat().st_size == before
    assert wal_bytes(journal) > 10 * CAP_BYTES


def test_a_wal_that_is_half_used_is_used_again_from_the_start(journal: Journal) -> None:
    with closing(Checkpointer(journal.path, CAP_BYTES)) as checkpointer:
        longest = 0
        for _ in range(150):
            sold(journal)
            checkpointer.look()
            longest = max(longest, wal_bytes(journal))

        assert longest == CAP_BYTES
        assert times_begun(journal) > 3
    assert journal.verify().facts == 150


def test_sales_without_a_pause_are_written_from_the_start_all_the_same(journal: Journal) -> None:
    stop = Event()

    def ring() -> None:
        while not stop.is_set():
            sold(journal)

    cashier = Thread(target=ring)
    with closing(Checkpointer(journal.path, CAP_BYTES)) as checkpointer:
        cashier.start()
        try:
            deadline_s = monotonic() + 20
            while times_begun(journal) < 3 and monotonic() < deadline_s:
                checkpointer.look()
        finally:
            stop.set()
            cashier.join()
        assert times_begun(journal) >= 3

    assert journal.verify().facts == journal.head().position.seq


def test_a_wal_has_room_before_sales_need_it_and_they_make_it_no_longer(journal: Journal) -> None:
    with closing(Checkpointer(journal.path, CAP_BYTES)) as checkpointer:
        checkpointer.look()
        assert wal_bytes(journal) == CAP_BYTES

        for _ in range(3):
            sold(journal)
            assert wal_bytes(journal) == CAP_BYTES
            rest(checkpointer)

    assert journal.verify().facts == 3


@pytest.mark.parametrize("sales", [0, 1, 5])
def test_after_a_crash_the_room_is_no_sale(journal: Journal, tmp_path: Path, sales: int) -> None:
    with closing(Checkpointer(journal.path, CAP_BYTES)) as checkpointer:
        checkpointer.look()
        for _ in range(sales):
            sold(journal)
        crashed = tmp_path / "crashed"
        crashed.mkdir()
        for name in ("journal.db", "journal.db-wal"):
            shutil.copyfile(tmp_path / name, crashed / name)
        assert (crashed / "journal.db-wal").stat().st_size == CAP_BYTES

    with closing(reopened(crashed / "journal.db")) as again:
        assert again.verify().facts == sales
        assert sold(again).position.seq == sales + 1


def test_a_counter_at_rest_has_all_in_its_file(journal: Journal, tmp_path: Path) -> None:
    sold(journal)
    with closing(Checkpointer(journal.path, CAP_BYTES)) as checkpointer:
        checkpointer.look()
        before = journal.path.read_bytes()
        rest(checkpointer)

        assert journal.path.read_bytes() != before
        (tmp_path / "alone").mkdir()
        shutil.copyfile(journal.path, tmp_path / "alone/journal.db")
        with closing(reopened(tmp_path / "alone/journal.db")) as alone:
            assert alone.verify().facts == 1

    assert sold(journal).position.seq == 2
    assert journal.verify().facts == 2


def test_a_counter_at_rest_gives_back_what_a_rush_took(journal: Journal) -> None:
    for _ in range(50):
        sold(journal)
    assert wal_bytes(journal) > 3 * CAP_BYTES
    with closing(Checkpointer(journal.path, CAP_BYTES)) as checkpointer:
        rest(checkpointer)
        rest(checkpointer)

    assert wal_bytes(journal) == CAP_BYTES
    assert journal.verify().facts == 50


def test_a_look_at_a_reader_or_a_writer_in_the_middle_waits_for_the_next_look(journal: Journal) -> None:
    with closing(JournalReader(journal.path)) as reader, closing(Checkpointer(journal.path, 1)) as checkpointer:
        reader._connection.execute("BEGIN")
        reader.head()
        for _ in range(30):
            sold(journal)
        with journal.writing():
            checkpointer.look()
        checkpointer.look()
        held_up = wal_bytes(journal)
        sold(journal)
        assert wal_bytes(journal) > held_up
        reader._connection.execute("ROLLBACK")

        longest = wal_bytes(journal)
        checkpointer.look()
        for _ in range(20):
            sold(journal)

        assert wal_bytes(journal) == longest
    assert journal.verify().facts == 51


def test_room_waits_for_a_sale_in_the_middle(journal: Journal) -> None:
    with closing(Checkpointer(journal.path, CAP_BYTES)) as checkpointer:
        with journal.writing():
            checkpointer.look()
            assert wal_bytes(journal) == 0
        checkpointer.look()

        assert wal_bytes(journal) == CAP_BYTES


def test_a_nearly_full_disk_is_left_alone(journal: Journal) -> None:
    free = shutil.disk_usage(journal.path.parent).free
    with closing(Checkpointer(journal.path, free)) as checkpointer:
        checkpointer.look()

    assert wal_bytes(journal) == 0


def test_it_looks_by_itself_until_it_is_closed(journal: Journal) -> None:
    checkpointer = Checkpointer(journal.path, CAP_BYTES, look_every_s=0.01)
    checkpointer.start()
    sold(journal)
    (pages,) = journal.reading().execute("PRAGMA page_count").fetchone()

    deadline_s = monotonic() + 20
    while journal.path.stat().st_size < pages * 4096 and monotonic() < deadline_s:
        sleep(0.01)
    assert journal.path.stat().st_size == pages * 4096

    checkpointer.close()
    checkpointer.close()
    copied = journal.path.read_bytes()
    sold(journal)
    sleep(0.2)
    assert journal.path.read_bytes() == copied


def test_a_torn_checkpoint_loses_nothing(journal: Journal, tmp_path: Path) -> None:
    """The power goes while pages are copied: some are new, some old, and the WAL still has them all."""
    for _ in range(60):
        sold(journal)
    wal = journal.path.with_name("journal.db-wal").read_bytes()
    old = journal.path.read_bytes()
    journal.close()  # copies the WAL
    new = journal.path.read_bytes()
    page = 4096
    torn = bytearray(new)
    for start in range(0, len(new), 3 * page):
        torn[start : start + page] = old[start : start + page].ljust(min(page, len(new) - start), b"\0")
    torn_path = tmp_path / "torn" / "journal.db"
    torn_path.parent.mkdir()
    torn_path.write_bytes(torn)
    torn_path.with_name("journal.db-wal").write_bytes(wal)

    with closing(reopened(torn_path)) as again:
        assert again.verify().facts == 60
