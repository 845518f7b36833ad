"""Headquarters' database: one writer at a time and nobody turned away for it, and files that are not ours refused."""

import asyncio
import errno
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Barrier, Thread

import pytest
from sqlalchemy import create_engine

from pos_app.domain.errors import Breakdown, FileDamaged, FileTooNew, GranaryError, Refusal
from sync.hq.db import database as module
from sync.hq.db import engines
from sync.hq.db.database import Database
from sync.hq.db.migrating import upgrade
from sync.hq.db.schema import scope
from sync.hq.db.troubles import HqBusy
from sync.hq.headquarters import Headquarters
from tests.integration.hq.till import OIL, RICE, Till, goods, small_chain
from tests.support.real_hq import RealHq


def opened(url: str) -> GranaryError:
    """Try to open a database that cannot be."""

    async def attempt() -> None:
        database = await Database.open(url, announce=lambda _: None)
        await database.close()

    with pytest.raises(GranaryError) as refused:
        asyncio.run(attempt())
    return refused.value


def of_file(path: Path) -> str:
    return f"sqlite+aiosqlite:///{path}"


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "hq.db"
    path.write_bytes(b"this is a shopping list, not a database" * 100)

    error = opened(of_file(path))

    assert isinstance(error, FileDamaged)
    assert error.code == "hq_database_damaged"
    assert path.read_bytes().startswith(b"this is a shopping list")


def test_a_database_of_another_program(tmp_path: Path) -> None:
    path = tmp_path / "hq.db"
    with closing(sqlite3.connect(path)) as stranger, stranger:
        stranger.execute("CREATE TABLE recipes (name TEXT)")

    error = opened(of_file(path))

    assert (type(error), error.code) == (FileDamaged, "hq_database_foreign")
    with closing(sqlite3.connect(path)) as stranger:
        assert stranger.execute("SELECT name FROM sqlite_schema").fetchall() == [("recipes",)]


def test_a_database_of_a_newer_release(hq: RealHq) -> None:
    hq.stop()
    with closing(sqlite3.connect(hq.folder / "hq.db")) as file, file:
        file.execute("UPDATE alembic_version SET version_num = '9999'")

    error = opened(of_file(hq.folder / "hq.db"))

    assert (type(error), error.code, error.details["revision"]) == (FileTooNew, "hq_database_newer", "9999")


def test_a_database_in_a_folder_that_is_not_there(tmp_path: Path) -> None:
    error = opened(of_file(tmp_path / "nowhere" / "hq.db"))

    assert (type(error), error.code) == (Breakdown, "hq_database_unreachable")


@pytest.mark.parametrize("url", ["rubbish", "sqlite:///hq.db", "oracle+carrier-pigeon://x", ""])
def test_an_address_that_is_none(url: str) -> None:
    error = opened(url)

    assert (type(error), error.code) == (Refusal, "hq_database_url")


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let headquarters wait less for others than in life."""
    monkeypatch.setattr(engines, "LOCK_MS", 50)
    monkeypatch.setattr(engines, "_SQLITE", ("PRAGMA journal_mode = WAL", "PRAGMA busy_timeout = 50"))
    monkeypatch.setattr(module, "ATTEMPTS", 2)


@pytest.fixture
def hurried(impatient: None, tmp_path: Path) -> Iterator[RealHq]:
    real = RealHq(tmp_path / "hq")
    real.start()
    real.administrator("POST", "/v1/import", json=small_chain())
    yield real
    real.stop()


def test_who_comes_while_another_program_writes_is_asked_to_come_again(hurried: RealHq) -> None:
    till = Till(hurried.enrol("S001"), hurried)
    till.sell()
    with closing(sqlite3.connect(hurried.folder / "hq.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        busy = till.send([till.facts[0].canonical])
        other.execute("ROLLBACK")

    assert (busy.status_code, busy.json()["code"]) == (503, "hq_busy")
    assert int(busy.headers["Retry-After"]) > 0
    assert till.push().acked_seq == 1


def test_who_reads_does_not_wait_for_who_writes(hurried: RealHq) -> None:
    till = Till(hurried.enrol("S001"), hurried)
    with closing(sqlite3.connect(hurried.folder / "hq.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("UPDATE scope SET rev = rev")
        changes = till.all_changes("")[1]
        other.execute("ROLLBACK")

    assert len(changes) > 5


def test_a_full_disk_is_told_apart_from_a_bug_and_loses_nothing(hq: RealHq, till: Till) -> None:
    till.sell()
    till.push()
    limit_pages(hq, till)
    for _ in range(200):
        till.sell(*[goods(RICE)] * 40)

    full = till.send([fact.canonical for fact in till.facts[1:]], till.facts)

    assert (full.status_code, full.json()["code"]) == (507, "disk_full")
    assert full.headers["Retry-After"]
    assert hq.facts_of(till.device) == [till.facts[0].canonical]


def limit_pages(hq: RealHq, till: Till) -> None:
    """Let the database's file grow no further, as on a full disk."""
    assert hq.inside is not None
    portal, app = hq.inside._portal, hq.inside._asgi.app

    async def shrink() -> None:
        here: Headquarters = app.state.hq  # type: ignore[attr-defined]  # a Litestar
        async with here.database._engines.write.connect() as connection:
            await connection.exec_driver_sql("PRAGMA max_page_count = 1")

    portal.call(shrink)


def test_a_writer_that_fails_leaves_nothing(tmp_path: Path) -> None:
    announced: list[frozenset[str]] = []

    async def story() -> list[object]:
        database = await Database.open(of_file(tmp_path / "hq.db"), announce=announced.append)
        tries = []

        async def work(writer: module.Writer) -> None:
            tries.append(1)
            await writer.execute(scope.insert(), [{"scope": "chain", "rev": 1, "oldest": 0}])
            writer.changed_scopes.add("chain")
            raise OSError(errno.EIO, "the cable came out")

        with pytest.raises(Breakdown):
            await database.write(work)
        async with database.read() as reader:
            rows = await reader.rows(scope.select())
        await database.close()
        return [len(tries), list(rows)]

    assert asyncio.run(story()) == [1, []]
    assert announced == []


def test_a_writer_whose_way_is_barred_begins_again_from_the_start(tmp_path: Path) -> None:
    announced: list[frozenset[str]] = []

    async def story() -> list[object]:
        database = await Database.open(of_file(tmp_path / "hq.db"), announce=announced.append)
        tries = []

        async def work(writer: module.Writer) -> str:
            tries.append(1)
            await writer.execute(scope.insert(), [{"scope": "chain", "rev": 1, "oldest": 0}])
            writer.changed_scopes.add("chain")
            if len(tries) < 3:
                raise HqBusy("hq_busy")
            return "done"

        said = await database.write(work)
        async with database.read() as reader:
            rows = await reader.rows(scope.select())
        await database.close()
        return [said, len(tries), [tuple(row) for row in rows]]

    assert asyncio.run(story()) == ["done", 3, [("chain", 1, 0)]]
    assert announced == [frozenset({"chain"})]


def test_who_only_reads_cannot_write_whatever_is_tried(tmp_path: Path) -> None:
    async def story() -> None:
        database = await Database.open(of_file(tmp_path / "hq.db"), announce=lambda _: None)
        try:
            async with database.read() as reader:
                await reader.rows(scope.insert().values(scope="x", rev=1, oldest=0).returning(scope))
        finally:
            await database.close()

    with pytest.raises(Breakdown, match="readonly"):
        asyncio.run(story())


@pytest.mark.slow
def test_twenty_stores_pushing_at_once_are_all_served(tmp_path: Path) -> None:
    hq = RealHq(tmp_path / "hq")
    hq.start()
    chain = small_chain()
    chain["places"] = [{"id": f"S{number:03d}", "name": "店", "zone": "east"} for number in range(1, 21)]
    chain["operators"], chain["members"], chain["stock"] = [], [], []
    hq.administrator("POST", "/v1/import", json=chain)
    tills = [Till(hq.enrol(place["id"]), hq, place["id"]) for place in chain["places"]]
    together, statuses = Barrier(len(tills)), []

    def push(till: Till) -> None:
        for _ in range(60):
            till.sell(goods(RICE), goods("OIL5", 2))
        together.wait()
        for end in range(20, 61, 20):
            answer = till.send([fact.canonical for fact in till.facts[end - 20 : end]], till.facts[:end])
            statuses.append(answer.status_code)

    threads = [Thread(target=push, args=(till,)) for till in tills]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    total = hq.administrator("GET", "/v1/reports/sales")["total"]["sales"]
    broken = hq.administrator("GET", "/v1/reports/chains")["broken"]
    hq.stop()

    assert set(statuses) == {200}
    assert (total, broken) == (1200, 0)


def test_what_was_published_before_can_price_old_sales_and_begins_the_feed(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'hq.db'}")
    with engine.begin() as connection:
        upgrade(connection, "0001")
        published = (
            "INSERT INTO publication (topic, key, scope, rev, body, published_at) VALUES (?, ?, 'chain', ?, ?, 0)"
        )
        version = "INSERT INTO publication_version (scope, rev, topic, key, body) VALUES ('chain', ?, ?, ?, ?)"
        standing = json.dumps({"id": "B9", "sku": RICE, "kind": "base", "amount": 2, "channel": "online"})
        rice, price = json.dumps({"sku": RICE}), json.dumps({"id": "B1", "sku": RICE, "kind": "base", "amount": 1})
        connection.exec_driver_sql(published, ("product", RICE, 1, rice))
        connection.exec_driver_sql(published, ("product", OIL, 2, None))
        connection.exec_driver_sql(published, ("price", "B9", 5, standing))
        connection.exec_driver_sql(published, ("price", "B8", 6, None))
        connection.exec_driver_sql(version, (3, "price", "B1", price))
        connection.exec_driver_sql(version, (4, "price", "B2", None))

        upgrade(connection)

        kept = connection.exec_driver_sql("SELECT rev, topic, key, body, sku FROM publication_version ORDER BY rev")
        assert [tuple(row) for row in kept] == [
            (1, "product", RICE, rice, None),
            (2, "product", OIL, None, None),
            (3, "price", "B1", price, RICE),
            (4, "price", "B2", None, None),
        ]
        feed = connection.exec_driver_sql("SELECT price, number, reached, body FROM price_change")
        assert [tuple(row) for row in feed] == [("B9", 1, "online", standing)]
    engine.dispose()
