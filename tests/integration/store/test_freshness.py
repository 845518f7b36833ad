"""How old a replica is, as the file itself says: by its own changes, and of the spare where that one serves."""

from datetime import datetime, timedelta
from pathlib import Path

from pos_app.domain.readiness import Subject
from pos_app.store.replica.reader import ReplicaReader
from pos_app.store.replica.replica_store import ReplicaStore
from tests.support.small_shop import CURSOR, DEVICE, RICE, RICE_FEN, chunk, price, snapshot_file, stock

FIRST = datetime.fromisoformat("2026-06-18T08:00:00+00:00")
SECOND, THIRD = FIRST + timedelta(hours=1), FIRST + timedelta(hours=2)


def follow(store: ReplicaStore, rev: int, at: datetime, *, more: bool = False, topic: str = "price") -> None:
    said = price(rev, "PR1", RICE, RICE_FEN) if topic == "price" else stock(rev, RICE, 7000)
    scope = said.scope
    cursor = dict(store.standing().cursor)
    assert cursor[scope] < rev
    store.apply(chunk([said], cursor, more=more, time=at.isoformat()))


def test_a_replica_that_never_caught_up_says_no_moment(replica_store: ReplicaStore, replica: ReplicaReader) -> None:
    held = replica.holdings()

    assert held.as_of is None
    assert held.subjects[Subject.PRICES].present
    assert not held.subjects[Subject.COUPONS].present
    assert replica_store.standing().cursor == CURSOR


def test_its_age_moves_with_every_answer_and_its_news_with_every_change(
    replica_store: ReplicaStore, replica: ReplicaReader
) -> None:
    replica_store.apply(chunk([], CURSOR, time=FIRST.isoformat()))
    follow(replica_store, 1000, SECOND, topic="stock")

    held = replica.holdings()
    assert held.as_of == SECOND
    assert held.subjects[Subject.STOCK].news_at == SECOND
    assert held.subjects[Subject.PRICES].news_at == FIRST


def test_while_more_waits_it_is_no_younger(replica_store: ReplicaStore, replica: ReplicaReader) -> None:
    replica_store.apply(chunk([], CURSOR, time=FIRST.isoformat()))
    follow(replica_store, 1000, SECOND, more=True)

    held = replica.holdings()
    assert held.as_of == FIRST
    assert held.subjects[Subject.PRICES].news_at == FIRST, "prices wait for the rest"

    follow(replica_store, 1001, THIRD)
    held = replica.holdings()
    assert (held.as_of, held.subjects[Subject.PRICES].news_at) == (THIRD, THIRD)


def test_the_spare_that_serves_for_a_damaged_file_is_as_old_as_it_is(tmp_path: Path) -> None:
    store = ReplicaStore(tmp_path)
    store.install(snapshot_file(tmp_path / "snapshot.db"))
    store.apply(chunk([], CURSOR, time=FIRST.isoformat()))
    store.install(snapshot_file(tmp_path / "another.db"))
    store.apply(chunk([], CURSOR, time=THIRD.isoformat()))
    store.close()
    newest = max(tmp_path.glob("replica-*.db"), key=lambda path: int(path.stem.split("-")[1]))
    newest.write_bytes(b"\xff" * newest.stat().st_size)

    reader = ReplicaReader(tmp_path, DEVICE)
    assert reader.holdings().as_of == FIRST
    reader.close()


def test_a_moment_that_cannot_be_read_is_none(replica_store: ReplicaStore, replica: ReplicaReader) -> None:
    for text in ("yesterday", "2026-06-18T08:00:00"):
        replica_store.apply(chunk([], dict(replica_store.standing().cursor), time=text))
        assert replica.holdings().as_of is None
