"""Many rows at once are the rows that were given, on either database: every type, nothing at all, and hostile words."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, IntegrityError

from sync.hq.db.database import Database, Reader, Writer
from sync.hq.db.many import ManyRows, one_of
from sync.hq.db.schema import fact, price, product, stock_balance
from tests.support.postgresql import Cluster, running_cluster

BALANCES = ManyRows(
    stock_balance, "ON CONFLICT (place, sku) DO UPDATE SET on_hand = stock_balance.on_hand + excluded.on_hand"
)
HOSTILE = ["'; DROP TABLE fact; --", '"', "\\", "米🌾", "", "a,b", "{1}", "NULL", "\t\n", "\u2028"]


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with running_cluster() as cluster:
        yield cluster


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'hq.db'}"
    cluster: Cluster = request.getfixturevalue("cluster")
    return cluster.url(cluster.new_database(tmp_path.name))


def in_a_database(url: str, *works: Callable[[Writer], Any]) -> list[Any]:
    """Do works, each in a transaction of its own."""

    async def run() -> list[Any]:
        database = await Database.open(url, announce=lambda _: None)
        try:
            return [await database.write(work) for work in works]
        finally:
            await database.close()

    return asyncio.run(run())


async def rows_of(reader: Reader, table: Any) -> list[dict[str, Any]]:  # noqa: ANN401 — any of the schema's tables
    return sorted((row._asdict() for row in await reader.rows(select(table))), key=repr)


def fact_row(seq: int, **other: object) -> dict[str, Any]:
    row = {"device": "S001-R1", "epoch": 1, "seq": seq, "hash": bytes(32), "canonical": b"{}"}
    return {**row, "kind": "sale", "at": "now", "state": "applied", "received_at": 1, **other}


def test_every_type_comes_back_as_it_went_in(url: str) -> None:
    facts = [
        fact_row(1, canonical=bytes(range(256)), hash=b"\xff" * 32),
        fact_row(2**63 - 1, canonical=b"", received_at=-(2**63)),
        *(fact_row(10 + at, kind=word) for at, word in enumerate(HOSTILE)),
    ]
    prices = [
        {"id": f"P{flag}", "sku": "G1", "scope": "chain", "document": "{}", "deleted": flag} for flag in (True, False)
    ]

    async def add(writer: Writer) -> None:
        await writer.add(ManyRows(fact), facts)
        await writer.add(ManyRows(price), prices)
        await writer.add(ManyRows(fact), [])

    async def look(reader: Reader) -> Any:  # noqa: ANN401 — two lists
        return await rows_of(reader, fact), await rows_of(reader, price)

    _, (stored, priced) = in_a_database(url, add, look)

    assert stored == sorted(facts, key=repr)
    assert priced == sorted(prices, key=repr)


def test_a_column_that_is_left_out_stays_empty_and_what_a_row_has_beside_is_not_asked_for(url: str) -> None:
    few = ManyRows(product, columns=("sku", "name", "document"))

    async def work(writer: Writer) -> Any:  # noqa: ANN401 — rows
        await writer.add(few, [{"sku": "G1", "name": "米", "document": "{}", "beside": object.__name__}])
        return await rows_of(writer, product)

    assert in_a_database(url, work) == [[{"sku": "G1", "name": "米", "document": "{}"}]]


def test_on_conflict_the_tail_says_what_happens(url: str) -> None:
    async def work(writer: Writer) -> Any:  # noqa: ANN401 — rows
        for moved in (5, -7):
            await writer.add(BALANCES, [{"place": "S001", "sku": sku, "on_hand": moved} for sku in ("G1", "G2")])
        return [row["on_hand"] for row in await rows_of(writer, stock_balance)]

    assert in_a_database(url, work) == [[-2, -2]]


def test_a_row_that_is_refused_takes_all_of_its_statement_back_and_nothing_else(url: str) -> None:
    async def work(writer: Writer) -> Any:  # noqa: ANN401 — rows
        await writer.add(ManyRows(fact), [fact_row(1)])
        for refused in ([fact_row(2), fact_row(1)], [fact_row(3), fact_row(4, kind=None)]):
            with pytest.raises(IntegrityError):
                async with writer.savepoint():
                    await writer.add(ManyRows(fact), refused)
        return [row["seq"] for row in await rows_of(writer, fact)]

    assert in_a_database(url, work) == [[1]]


@pytest.mark.parametrize("kind", ["half \ud83c", "nul \0"])
def test_what_is_no_text_is_refused_or_kept_but_never_stops_the_connection(url: str, kind: str) -> None:
    async def work(writer: Writer) -> Any:  # noqa: ANN401 — rows
        try:
            async with writer.savepoint():
                await writer.add(ManyRows(fact), [fact_row(1, kind=kind)])
        except (UnicodeError, DBAPIError):
            await writer.add(ManyRows(fact), [fact_row(2)])
        return len(await rows_of(writer, fact))

    assert in_a_database(url, work) == [1]


def test_one_of_many_names_finds_just_those_however_many_and_whatever_they_say(url: str) -> None:
    names = [*HOSTILE, *(f"G{at}" for at in range(5_000))]

    async def work(writer: Writer) -> Any:  # noqa: ANN401 — two sets of names
        await writer.add(ManyRows(product), [{"sku": name, "name": "-", "document": "{}"} for name in names])
        some = select(product.c.sku).where(one_of(writer.dialect, product.c.sku, [*names[:3_000], "unknown"]))
        none = await writer.rows_in(select(product.c.sku), product.c.sku, [])
        return {row.sku for row in await writer.rows(some)}, none

    ((found, none),) = in_a_database(url, work)

    assert (found, none) == (set(names[:3_000]), [])


def test_rows_of_several_tables_are_all_there_or_none(url: str) -> None:
    async def work(writer: Writer) -> Any:  # noqa: ANN401 — rows
        goods = [{"sku": word, "name": word, "document": "{}"} for word in HOSTILE]
        here = [{"place": "S001", "sku": word, "on_hand": 1} for word in HOSTILE]
        await writer.add_together((ManyRows(product), goods), (ManyRows(price), []), (BALANCES, here), (BALANCES, []))
        with pytest.raises(IntegrityError):
            async with writer.savepoint():
                await writer.add_together((BALANCES, here), (ManyRows(fact), [fact_row(1)]), (ManyRows(product), goods))
        found = await rows_of(writer, product), await rows_of(writer, stock_balance), await rows_of(writer, fact)
        return goods, here, *found

    ((goods, here, *found),) = in_a_database(url, work)

    assert found == [sorted(goods, key=repr), sorted(here, key=repr), []]
