"""The power goes: whatever was not synced may be gone, half there, or rubbish. What was synced is there."""

import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from pos_app.store.journal.journal import Journal
from tests.support.small_shop import reopened, sold

SALES = 12


@dataclass(frozen=True, slots=True)
class Synced:
    """A journal after each of its sales: how long the WAL was when the disk had it."""

    database: bytes
    wal: bytes
    lengths: list[int]


@pytest.fixture
def synced(journal: Journal) -> Synced:
    wal = journal.path.with_name("journal.db-wal")
    lengths = []
    for _ in range(SALES):
        sold(journal)
        lengths.append(wal.stat().st_size)
    return Synced(journal.path.read_bytes(), wal.read_bytes(), lengths)


def after_the_power_cut(folder: Path, synced: Synced, wal: bytes) -> int:
    """Start from what the disk has; tell how many sales there are, and go on selling."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    (folder / "journal.db").write_bytes(synced.database)
    (folder / "journal.db-wal").write_bytes(wal)
    with closing(reopened(folder / "journal.db")) as journal:
        count = journal.verify().facts
        assert sold(journal).body["receipt"] == f"S001-R1-20260618-{count + 1:04d}"
        assert journal.verify().facts == count + 1
    return count


def test_a_wal_cut_at_any_byte_past_its_last_sync_keeps_every_sale_that_was_synced(
    synced: Synced, tmp_path: Path
) -> None:
    random = Random(20260618)
    for sales, (length, following) in enumerate(zip(synced.lengths, synced.lengths[1:], strict=False), 1):
        for cut in (length, following - 1, *(random.randrange(length, following) for _ in range(4))):
            assert after_the_power_cut(tmp_path / "cut", synced, synced.wal[:cut]) == sales


def test_rubbish_past_the_last_sync_is_no_sale(synced: Synced, tmp_path: Path) -> None:
    random = Random(20260619)
    for sales, (length, following) in enumerate(zip(synced.lengths, synced.lengths[1:], strict=False), 1):
        torn = bytearray(synced.wal[:following])
        # pages reach the disk in any order: some of the last sale are there, others are what lay there before
        first, last = sorted(random.sample(range(length, following), 2))
        torn[first:last] = random.randbytes(last - first)

        assert after_the_power_cut(tmp_path / "torn", synced, bytes(torn)) == sales


def test_in_a_wal_that_is_used_again_what_lay_there_before_is_no_sale(journal: Journal, tmp_path: Path) -> None:
    """Frames are written over those of earlier sales, that are in the file by now; the power goes in the middle."""
    wal_path = journal.path.with_name("journal.db-wal")
    for _ in range(3 * SALES):
        sold(journal)
    with closing(sqlite3.connect(journal.path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(RESTART)").fetchall()
    images = [wal_path.read_bytes()]
    for _ in range(SALES):
        sold(journal)
        images.append(wal_path.read_bytes())
    assert {len(image) for image in images} == {len(images[0])}, "it was not used again in place"
    database, random = journal.path.read_bytes(), Random(20260620)

    for sales, (before, after) in enumerate(pairwise(images), 3 * SALES):
        first = next(at for at, (old, new) in enumerate(zip(before, after, strict=True)) if old != new)
        last = first + next(
            at for at in range(len(after) - first, 0, -1) if before[first + at - 1] != after[first + at - 1]
        )
        for cut in (first, last - 1, *(random.randrange(first, last) for _ in range(3))):
            torn = Synced(database, after[:cut] + before[cut:], [])
            assert after_the_power_cut(tmp_path / "torn", torn, torn.wal) == sales
        assert after_the_power_cut(tmp_path / "whole", Synced(database, after, []), after) == sales + 1


def test_the_whole_wal_is_every_sale(synced: Synced, tmp_path: Path) -> None:
    assert after_the_power_cut(tmp_path / "whole", synced, synced.wal) == SALES
