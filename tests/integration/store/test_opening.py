import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from pos_app.domain.errors import FileDamaged, FileLocked, FileTooNew
from pos_app.domain.ids import BasketId, DeviceId, Sku
from pos_app.domain.ledger import stock_key
from pos_app.store.journal.file_format import APPLICATION_ID, VERSION
from pos_app.store.journal.opening import Beginning, create_journal, open_journal
from pos_app.store.journal.reading import JournalReader
from pos_app.store.journal.upgrading import bring_up_to_date
from tests.support.small_shop import BEANS, DAY, DEVICE, RICE, new_journal, reopened, signed_in, sold

DATA = Path(__file__).resolve().parents[2] / "data/journals"
GARBAGE = bytes(range(256)) * 64


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A journal with twenty sales in it, closed."""
    with closing(new_journal(tmp_path / "journal.db")) as journal:
        for _ in range(20):
            sold(journal)
    return tmp_path / "journal.db"


def no_upgrade(path: Path) -> None:
    raise AssertionError(f"{path.name} needs no upgrade, and a usual start loads no Alembic")


def test_a_usual_start_changes_nothing_and_needs_no_upgrade(path: Path) -> None:
    with closing(open_journal(path, DEVICE, no_upgrade)) as journal:
        assert journal.head().position.seq == 20


def test_a_usual_start_loads_neither_sqlalchemy_nor_alembic(path: Path) -> None:
    program = (
        "import sys; from pathlib import Path\n"
        "from pos_app.store.journal.opening import open_journal\n"
        "from pos_app.store.replica.reader import ReplicaReader\n"
        "open_journal(Path(sys.argv[1]), 'S001-R1', lambda path: None).close()\n"
        "ReplicaReader(Path(sys.argv[1]).parent, 'S001-R1').close()\n"
        "sys.exit(bool({'sqlalchemy', 'alembic', 'structlog'} & sys.modules.keys()))\n"
    )

    assert subprocess.run([sys.executable, "-c", program, str(path)], timeout=60, check=False).returncode == 0


def test_a_journal_that_a_newer_release_wrote_is_refused_and_left_alone(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    before = path.read_bytes()

    with pytest.raises(FileTooNew) as refused:
        reopened(path)

    assert refused.value.details == {"file": "journal.db", "version": VERSION + 1, "known": VERSION}
    assert path.read_bytes() == before


def test_the_journal_of_the_first_layout_is_upgraded_with_all_that_is_in_it(tmp_path: Path) -> None:
    path = shutil.copyfile(DATA / "v1.db", tmp_path / "journal.db")

    with closing(reopened(path)) as journal:
        assert journal.verify().facts == 16
        assert str(journal.next_receipt(DAY)) == "S001-R1-20260618-0008"
        found = journal.sale_by_receipt("S001-R1-20260617-0007")
        assert found is not None
        assert found.position.seq == 8
        assert len(journal.pending_of(stock_key(Sku(RICE)))) == 14
        basket = journal.open_basket()
        assert basket is not None
        assert (basket.id, basket.lines[0].quantity) == (BasketId("b1"), 3000)
        assert sold(journal).body["receipt"] == "S001-R1-20260618-0008"
        assert journal.verify().facts == 17


def test_the_basket_of_the_second_layout_is_upgraded_to_a_row_a_line(tmp_path: Path) -> None:
    path = shutil.copyfile(DATA / "v2.db", tmp_path / "journal.db")

    with closing(reopened(path)) as journal:
        basket = journal.open_basket()
        assert basket is not None
        assert basket.member is not None
        assert (basket.member.id, basket.member.points, basket.next_line) == ("M1", 1200, 4)
        assert [(line.line, line.sku, line.quantity) for line in basket.lines] == [(1, RICE, 3000), (3, BEANS, 755)]
        assert (basket.lines[1].manual_price, basket.lines[1].reason) == (1100, "dented")
        assert journal.verify().facts == 16
        assert journal.reading().execute("SELECT line FROM basket_line").fetchall() == [(1,), (3,)]
        assert sold(journal).body["receipt"] == "S001-R1-20260618-0008"


def test_an_upgrade_that_fails_half_way_leaves_the_old_file_as_it_was(tmp_path: Path) -> None:
    path = shutil.copyfile(DATA / "v1.db", tmp_path / "journal.db")
    with closing(sqlite3.connect(path)) as connection:
        # one fact that the migration cannot read, behind fourteen that it can
        connection.execute("UPDATE fact SET canonical = x'7b' WHERE seq = 16")
        connection.commit()
    before = _content(path)

    with pytest.raises(ValueError, match="Expecting"):
        reopened(path)

    assert _content(path) == before


def _content(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def test_a_reader_waits_for_the_counter_to_upgrade(tmp_path: Path) -> None:
    path = shutil.copyfile(DATA / "v1.db", tmp_path / "journal.db")

    with pytest.raises(FileDamaged) as refused:
        JournalReader(path)

    assert refused.value.code == "journal_not_upgraded"


def test_a_second_register_is_told_that_the_journal_is_in_use(path: Path) -> None:
    with closing(reopened(path)) as journal:
        with pytest.raises(FileLocked) as refused:
            reopened(path)
        assert refused.value.code == "file_in_use"

        other = "import sys; from pathlib import Path; from tests.support.small_shop import reopened\n"
        other += "reopened(Path(sys.argv[1]))"
        done = subprocess.run(
            [sys.executable, "-c", other, str(path)], capture_output=True, text=True, timeout=60, check=False
        )
        assert "FileLocked" in done.stderr
        sold(journal)

    reopened(path).close()


def test_a_missing_journal_is_no_new_beginning(tmp_path: Path) -> None:
    for name, content in (("gone.db", None), ("empty.db", b"")):
        path = tmp_path / name
        if content is not None:
            path.write_bytes(content)
        for use in (reopened, JournalReader):
            with pytest.raises(FileDamaged) as refused:
                use(path)
            assert refused.value.code == "journal_missing"


def test_beginning_twice_keeps_what_was_begun(path: Path) -> None:
    create_journal(path, Beginning(DEVICE, epoch=7, receipts={DAY: 900}), bring_up_to_date)

    with closing(reopened(path)) as journal:
        assert journal.head().position.seq == 20
        assert journal.next_receipt(DAY).number == 21


def test_another_registers_journal_is_refused(path: Path) -> None:
    with pytest.raises(FileDamaged) as refused:
        open_journal(path, DeviceId("S002-R1"), bring_up_to_date)

    assert refused.value.code == "journal_of_another"
    assert refused.value.details["device"] == DEVICE


def _text(path: Path) -> None:
    path.write_text("sku,price\nRICE,65.90\n" * 300, encoding="utf-8")


def _strange_database(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE songs (title)")


def _cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])


def _scribbled_over(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + GARBAGE[: len(whole) - 4096] + whole[4096 + len(GARBAGE) :])


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (_text, "file_damaged"),
        (_strange_database, "file_foreign"),
        (_cut_short, "file_damaged"),
        (_scribbled_over, "file_damaged"),
    ],
)
def test_a_foreign_or_damaged_file_is_named_as_such(path: Path, damage: Callable[[Path], None], code: str) -> None:
    damage(path)
    before = path.read_bytes()

    with pytest.raises(FileDamaged) as refused:
        reopened(path)

    assert refused.value.code == code
    assert refused.value.details["file"] == "journal.db"
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("seq", "change", "reason"),
    [
        (
            20,
            "UPDATE fact SET canonical = CAST(replace(canonical, '1000', '9000') AS BLOB) WHERE seq = 20",
            "bytes were changed",
        ),
        (20, "UPDATE fact SET canonical = x'00' WHERE seq = 20", "unreadable"),
        (15, "DELETE FROM fact WHERE seq = 14", "does not follow"),
        (
            20,
            "UPDATE fact SET (canonical, hash) = (SELECT canonical, hash FROM fact WHERE seq = 19) WHERE seq = 20",
            "another fact",
        ),
    ],
)
def test_a_chain_that_was_tampered_with_is_found_at_the_next_start(
    path: Path, seq: int, change: str, reason: str
) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(change)
        connection.commit()

    with pytest.raises(FileDamaged) as refused:
        reopened(path)

    assert refused.value.code == "journal_chain_broken"
    assert refused.value.details["seq"] == seq
    assert reason in str(refused.value.details["reason"])


def test_what_was_changed_long_ago_is_found_by_verifying_the_whole(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    with closing(new_journal(path)) as journal:
        for _ in range(100):
            signed_in(journal)
    with closing(sqlite3.connect(path)) as connection:
        promoted = "CAST(replace(canonical, 'cashier', 'manager') AS BLOB)"
        connection.execute(f"UPDATE fact SET canonical = {promoted} WHERE seq = 3")
        connection.commit()

    with closing(reopened(path)) as journal, pytest.raises(FileDamaged) as refused:
        journal.verify()

    assert refused.value.details["seq"] == 3


@pytest.mark.parametrize("change", ["DELETE FROM receipt WHERE number = 7", "DELETE FROM receipt WHERE number = 1"])
def test_a_receipt_that_is_missing_is_found_by_verifying_the_whole(path: Path, change: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(change)
        connection.commit()

    with closing(reopened(path)) as journal, pytest.raises(FileDamaged) as refused:
        journal.verify()

    assert refused.value.code == "journal_receipts_broken"
    assert refused.value.details["business_date"] == "2026-06-18"


def test_the_file_says_whose_it_is(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
    assert path.read_bytes()[68:72] == b"GRNJ"


def test_another_program_in_the_middle_of_a_write_holds_a_sale_up_and_loses_nothing(path: Path) -> None:
    with closing(reopened(path)) as journal, closing(sqlite3.connect(path, isolation_level=None)) as stranger:
        journal.reading().execute("PRAGMA busy_timeout = 50")
        stranger.execute("BEGIN IMMEDIATE")

        with pytest.raises(FileLocked) as refused:
            sold(journal)
        stranger.execute("ROLLBACK")

        assert refused.value.code == "file_locked"
        assert sold(journal).position.seq == 21
        assert journal.verify().facts == 21
