from contextlib import closing
from pathlib import Path
from time import monotonic, sleep

from pos_app.store.journal.checkpointer import Checkpointer
from pos_app.store.journal.journal import Journal
from pos_app.store.journal.reading import JournalReader
from tests.support.small_shop import reopened, sold

CAP_BYTES = 100_000


def wal_bytes(journal: Journal) -> int:
    return journal.path.with_name("journal.db-wal").stat().st_size


def test_sales_alone_never_copy_the_wal(journal: Journal) -> None:
    before = journal.path.stat().st_size

    for _ in range(150):
        sold(journal)

    assert journal.path.stat().st_size == before
    assert wal_bytes(journal) > 10 * CAP_BYTES


def test_a_wal_past_its_cap_is_used_again_from_the_start(journal: Journal) -> None:
    with closing(Checkpointer(journal.path, CAP_BYTES)) as checkpointer:
        longest = 0
        for _ in range(150):
            sold(journal)
            checkpointer.look()
            longest = max(longest, wal_bytes(journal))

        assert CAP_BYTES < longest < 3 * CAP_BYTES
    assert journal.verify().facts == 150


def test_sales_that_come_faster_than_they_are_copied_are_cut_off_all_the_same(journal: Journal) -> None:
    with closing(Checkpointer(journal.path, CAP_BYTES // 10)) as checkpointer:
        for _ in range(30):
            sold(journal)
        checkpointer.look()

        assert wal_bytes(journal) == 0


def test_a_counter_at_rest_has_no_wal(journal: Journal) -> None:
    sold(journal)
    with closing(Checkpointer(journal.path, CAP_BYTES)) as checkpointer:
        for _ in range(3):
            checkpointer.look()
        assert wal_bytes(journal) > 0
        for _ in range(5):
            checkpointer.look()
        assert wal_bytes(journal) == 0

    assert sold(journal).position.seq == 2
    assert journal.verify().facts == 2


def test_a_look_at_a_reader_or_a_writer_in_the_middle_waits_for_the_next_look(journal: Journal) -> None:
    with closing(JournalReader(journal.path)) as reader, closing(Checkpointer(journal.path, 0)) as checkpointer:
        reader._connection.execute("BEGIN")
        reader.head()
        for _ in range(30):
            sold(journal)
        with journal.writing():
            checkpointer.look()
        checkpointer.look()
        assert wal_bytes(journal) > 0
        reader._connection.execute("ROLLBACK")

        checkpointer.look()

        assert wal_bytes(journal) == 0
    assert journal.verify().facts == 30


def test_it_looks_by_itself_until_it_is_closed(journal: Journal) -> None:
    checkpointer = Checkpointer(journal.path, CAP_BYTES, look_every_s=0.01)
    checkpointer.start()
    sold(journal)

    deadline_s = monotonic() + 20
    while wal_bytes(journal) and monotonic() < deadline_s:
        sleep(0.01)
    assert wal_bytes(journal) == 0

    checkpointer.close()
    checkpointer.close()
    sold(journal)
    sleep(0.2)
    assert wal_bytes(journal) > 0


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
