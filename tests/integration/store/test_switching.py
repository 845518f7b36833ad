"""From one replica file to the next: nothing is renamed over an open file, readers follow, and damage never stops the
counter.
"""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from pos_app.domain.codes import lookup_key
from pos_app.domain.errors import FileDamaged, FileLocked, FileTooNew
from pos_app.domain.facts import START, Position
from pos_app.domain.ids import OperatorId, Sku
from pos_app.domain.money import Fen
from pos_app.store.replica.numbered_files import Named, NumberedFiles
from pos_app.store.replica.reader import ReplicaReader
from pos_app.store.replica.replica_store import ReplicaStore
from sync.protocol.replica_schema import FORMAT
from sync.protocol.stream import Standing
from tests.support.small_shop import (
    CURSOR,
    CURSOR_TEXT,
    DEVICE,
    INCARNATION,
    RICE,
    RICE_CODE,
    RICE_FEN,
    Counter,
    assortment,
    chunk,
    price,
    product,
    snapshot_file,
)


def rice_price(reader: ReplicaReader) -> int | None:
    rows = reader.rulebook().prices.get(Sku(RICE))
    return rows[0].amount if rows else None


def later_snapshot(folder: Path, amount: int, cursor: dict[str, int], incarnation: str = INCARNATION) -> Path:
    """Everything, with rice at another price."""
    changes = [each for each in assortment() if each.key != "PR1"]
    return snapshot_file(folder / "later.db", [*changes, price(7, "PR1", RICE, amount)], cursor, incarnation)


def numbers(folder: Path) -> set[str]:
    return {path.name for path in folder.glob("replica-*.db")}


def scribble(path: Path) -> None:
    """Write rubbish over everything but the first page, as a dying disk does."""
    with path.open("rb+") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(4096)
        file.write(os.urandom(size - 4096))


def test_before_the_first_snapshot_there_is_an_empty_replica_and_the_counter_opens(tmp_path: Path) -> None:
    with closing(ReplicaReader(tmp_path, DEVICE)) as alone:
        assert alone.by_code(lookup_key(RICE_CODE)) is None
        assert alone.search("大米", 10) == []
        assert alone.operator(OperatorId("1001")) is None
        assert rice_price(alone) is None
        assert (alone.cursor(), alone.acknowledged()) == ("", START)

        with closing(ReplicaStore(tmp_path)) as store:
            assert store.standing() == Standing()
            assert alone.by_code(lookup_key(RICE_CODE)) is None
            store.install(snapshot_file(tmp_path / "snapshot.db"))
            assert store.standing() == Standing(CURSOR, INCARNATION)

            assert alone.by_code(lookup_key(RICE_CODE)) is not None
            assert (rice_price(alone), alone.cursor()) == (RICE_FEN, CURSOR_TEXT)


def test_a_snapshot_becomes_the_next_file_and_the_one_before_stays_as_a_spare(
    replica_store: ReplicaStore, replica: ReplicaReader, tmp_path: Path
) -> None:
    assert rice_price(replica) == RICE_FEN
    replica_store.acknowledge(Position(1, 44), INCARNATION)

    replica_store.install(later_snapshot(tmp_path, 100, {"chain": 7, "store:S001": 4}))

    assert numbers(tmp_path) == {"replica-2.db", "replica-3.db"}
    assert NumberedFiles(tmp_path).named() == Named(current=3, spare=2)
    assert not (tmp_path / "later.db").exists()
    assert rice_price(replica) == 100
    assert replica_store.acknowledged() == replica.acknowledged() == Position(1, 44)
    replica_store.install(later_snapshot(tmp_path, 200, {"chain": 8, "store:S001": 4}))
    assert numbers(tmp_path) == {"replica-3.db", "replica-4.db"}
    assert rice_price(replica) == 200


def test_a_snapshot_that_knows_less_is_filled_up_before_anyone_sees_it(
    replica_store: ReplicaStore, replica: ReplicaReader, tmp_path: Path
) -> None:
    replica_store.apply(chunk([price(7, "PR1", RICE, 100), price(8, "PR2", "X", 1)], CURSOR))
    old = {"chain": 7, "store:S001": 4}

    replica_store.install(later_snapshot(tmp_path, 50, old))

    assert replica_store.standing() == Standing(old, INCARNATION)
    assert (rice_price(replica), replica.cursor()) == (100, "chain:8,store:S001:4")
    # as much as before has come, but prices of this pull still wait for its end: shown now, they would go back to 50
    assert replica_store.apply(chunk([price(8, "PR1", RICE, 300)], old, more=True)) == frozenset()
    assert (rice_price(replica), replica.cursor()) == (100, "chain:8,store:S001:4")

    everything = replica_store.apply(chunk([price(9, "PR1", RICE, 301)], {"chain": 8, "store:S001": 4}))
    assert everything == {"product", "price", "operator", "member", "stock", "horoscope"}
    assert (rice_price(replica), replica.cursor()) == (301, "chain:9,store:S001:4")


def test_a_restart_goes_on_filling_the_coming_file(
    replica_store: ReplicaStore, replica: ReplicaReader, tmp_path: Path
) -> None:
    replica_store.apply(chunk([price(9, "PR1", RICE, 100)], CURSOR))
    old = {"chain": 7, "store:S001": 4}
    replica_store.install(later_snapshot(tmp_path, 50, old))
    assert replica_store.apply(chunk([price(8, "PR2", "X", 1)], old)) == frozenset()
    replica_store.close()

    with closing(ReplicaStore(tmp_path)) as again:
        now = {"chain": 8, "store:S001": 4}
        assert again.standing() == Standing(now, INCARNATION)
        assert rice_price(replica) == 100
        again.apply(chunk([price(9, "PR1", RICE, 100)], now))
        assert replica.reopen_if_switched()
        assert rice_price(replica) == 100
        assert NumberedFiles(tmp_path).named() == Named(current=3, spare=2)


def test_another_headquarters_database_takes_over_at_once_and_starts_the_acknowledgement_anew(
    replica_store: ReplicaStore, replica: ReplicaReader, tmp_path: Path
) -> None:
    """Headquarters was restored from a backup: it knows less, and is right."""
    replica_store.acknowledge(Position(1, 44), INCARNATION)

    replica_store.install(later_snapshot(tmp_path, 50, {"chain": 2, "store:S001": 1}, incarnation="hq-2"))

    assert rice_price(replica) == 50
    assert replica_store.standing() == Standing({"chain": 2, "store:S001": 1}, "hq-2")
    assert replica_store.acknowledged() == replica.acknowledged() == START


@pytest.mark.parametrize("bad", ["text", "empty", "stranger", "newer", "damaged", "without cursor"])
def test_a_file_that_is_no_replica_is_refused_and_everything_is_as_before(
    replica_store: ReplicaStore, replica: ReplicaReader, tmp_path: Path, bad: str
) -> None:
    path = later_snapshot(tmp_path, 50, {"chain": 7, "store:S001": 4})
    if bad == "text":
        path.write_text("<html>Please sign in to the hotel's network</html>" * 200, encoding="utf-8")
    elif bad == "empty":
        path.write_bytes(b"")
    elif bad == "stranger":
        path.unlink()
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("CREATE TABLE songs (title)")
    elif bad == "damaged":
        scribble(path)
    else:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute(f"PRAGMA user_version = {FORMAT + 1}" if bad == "newer" else "DELETE FROM scope")
            connection.commit()

    with pytest.raises(FileTooNew if bad == "newer" else FileDamaged):
        replica_store.install(path)

    assert replica_store.standing() == Standing(CURSOR, INCARNATION)
    assert rice_price(replica) == RICE_FEN
    assert numbers(tmp_path) == {"replica-2.db"} | ({"replica-1.db"} & numbers(tmp_path))
    replica_store.install(later_snapshot(tmp_path / "..", 50, {"chain": 7, "store:S001": 4}))
    assert rice_price(replica) == 50


def test_the_counter_sells_on_when_the_replica_is_damaged_under_its_hands(
    replica_store: ReplicaStore, tmp_path: Path
) -> None:
    """Yesterday's prices are better than none; and whoever writes the replica is told to fetch it again."""
    replica_store.install(later_snapshot(tmp_path, 100, {"chain": 7, "store:S001": 4}))
    replica_store.close()
    with closing(Counter(tmp_path)) as counter:
        counter.selling.scan(RICE_CODE)
        counter.replica.rest()
        scribble(tmp_path / "replica-3.db")

        # what was read before the damage is still in memory; what was not is asked of the spare
        assert [found.product.name for found in counter.replica.search("花生", 5)] == ["压榨花生油5L"]
        view = counter.selling.scan(RICE_CODE)
        assert view.quote.payable == 2 * RICE_FEN
        counter.selling.complete_with_cash(Fen(100_000), OperatorId("1001"))
        assert counter.journal.recent_sales(1)[0].body["rulebook"] == CURSOR_TEXT

        with closing(ReplicaStore(tmp_path)) as again:
            assert again.standing() == Standing(CURSOR, INCARNATION)
            assert NumberedFiles(tmp_path).named() == Named(current=2)
            again.apply(chunk([price(7, "PR1", RICE, 100)], CURSOR))
            assert rice_price(counter.replica) == 100


def test_the_writer_hears_of_damage_while_it_runs(
    replica_store: ReplicaStore, replica: ReplicaReader, tmp_path: Path
) -> None:
    NumberedFiles(tmp_path).report_damage(2)

    assert replica_store.standing() == Standing()
    assert rice_price(replica) is None
    replica_store.install(later_snapshot(tmp_path, 70, {"chain": 7}))
    assert rice_price(replica) == 70


@pytest.mark.parametrize("damage", ["scribbled", "cut", "gone", "another format"])
def test_a_replica_that_cannot_be_read_is_begun_anew(tmp_path: Path, damage: str) -> None:
    with closing(ReplicaStore(tmp_path)) as store:
        store.install(snapshot_file(tmp_path / "snapshot.db"))
        store._files.name(Named(2))
    path = tmp_path / "replica-2.db"
    if damage == "scribbled":
        path.write_bytes(os.urandom(50_000))
    elif damage == "cut":
        path.write_bytes(path.read_bytes()[:6000])
    elif damage == "gone":
        path.unlink()
    else:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute(f"PRAGMA user_version = {FORMAT + 1}")

    with closing(ReplicaReader(tmp_path, DEVICE)) as reader, closing(ReplicaStore(tmp_path)) as again:
        assert again.standing() == Standing()
        assert reader.by_code(lookup_key(RICE_CODE)) is None
        again.install(snapshot_file(tmp_path / "snapshot.db"))
        assert reader.by_code(lookup_key(RICE_CODE)) is not None


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"current": "2"}', b'{"current": -2}', b"null"])
def test_a_pointer_that_cannot_be_read_names_nothing(tmp_path: Path, content: bytes) -> None:
    with closing(ReplicaStore(tmp_path)) as store:
        store.install(snapshot_file(tmp_path / "snapshot.db"))
    (tmp_path / "replica.json").write_bytes(content)

    with closing(ReplicaReader(tmp_path, DEVICE)) as reader, closing(ReplicaStore(tmp_path)) as again:
        assert again.standing() == Standing()
        assert reader.cursor() == ""
        assert NumberedFiles(tmp_path).named().current == 3


def test_one_process_writes_the_replica(replica_store: ReplicaStore, tmp_path: Path) -> None:
    with pytest.raises(FileLocked) as refused:
        ReplicaStore(tmp_path)

    assert refused.value.code == "file_in_use"
    replica_store.close()
    ReplicaStore(tmp_path).close()


def test_readers_are_not_held_up_by_a_large_pull(replica_store: ReplicaStore, replica: ReplicaReader) -> None:
    """In the middle of the writer's transaction a reader sees the state before it, at once."""
    with replica_store._written()._writing() as connection:
        connection.execute("UPDATE price SET amount = 1")
        connection.execute("DELETE FROM barcode")

        assert rice_price(replica) == RICE_FEN
        assert replica.by_code(lookup_key(RICE_CODE)) is not None


def test_a_reader_at_rest_lets_the_wal_be_cut(
    replica_store: ReplicaStore, replica: ReplicaReader, tmp_path: Path
) -> None:
    rice_price(replica)
    replica_store.apply(chunk([product(rev, f"P{rev}", "新米") for rev in range(7, 107)], CURSOR))
    connection = replica_store._written()._connection

    replica.rest()

    assert connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
    assert (tmp_path / "replica-2.db-wal").stat().st_size == 0


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold a file as whoever reads it first does, while he goes through the WAL that a killed writer left."""
    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("PRAGMA locking_mode = EXCLUSIVE")
        holder.execute("BEGIN EXCLUSIVE")
        yield


def test_a_file_that_is_held_for_a_moment_is_not_taken_for_none(
    replica_store: ReplicaStore, replica: ReplicaReader, tmp_path: Path
) -> None:
    assert rice_price(replica) == RICE_FEN
    replica_store.install(later_snapshot(tmp_path, 5990, {**CURSOR, "chain": 7}))
    replica_store.close()

    with held(tmp_path / "replica-3.db"):
        # Sold from the file before, not from nothing.
        assert rice_price(replica) == RICE_FEN
        assert replica.by_code(lookup_key(RICE_CODE)) is not None

    assert rice_price(replica) == 5990


def test_a_register_that_opens_while_the_file_is_held_sells_from_the_spare_and_then_from_the_file(
    replica_store: ReplicaStore, tmp_path: Path
) -> None:
    replica_store.install(later_snapshot(tmp_path, 5990, {**CURSOR, "chain": 7}))
    replica_store.close()

    with held(tmp_path / "replica-3.db"):
        opened = ReplicaReader(tmp_path, DEVICE)
        assert rice_price(opened) == RICE_FEN

    assert rice_price(opened) == 5990
    opened.close()


def test_a_copy_of_the_folder_is_a_replica_too(replica_store: ReplicaStore, tmp_path: Path) -> None:
    replica_store.close()
    shutil.copytree(tmp_path, tmp_path.with_name("copied"))

    with closing(ReplicaReader(tmp_path.with_name("copied"), DEVICE)) as reader:
        assert rice_price(reader) == RICE_FEN


def test_damage_met_while_writing_is_told_once_and_then_everything_is_fetched_again(
    replica_store: ReplicaStore, replica: ReplicaReader, tmp_path: Path
) -> None:
    replica_store._files.name(Named(2))
    replica_store.close()
    with closing(sqlite3.connect(tmp_path / "replica-2.db")) as connection:
        (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'document'").fetchone()
    with (tmp_path / "replica-2.db").open("rb+") as file:
        file.seek((root - 1) * 4096)
        file.write(os.urandom(4096))

    with closing(ReplicaStore(tmp_path)) as again:
        assert again.standing() == Standing(CURSOR, INCARNATION)
        with pytest.raises(FileDamaged):
            again.apply(chunk([product(7, RICE, "响水大米")], CURSOR))

        assert again.standing() == Standing()
        again.install(snapshot_file(tmp_path / "snapshot.db"))
        assert replica.by_code(lookup_key(RICE_CODE)) is not None
