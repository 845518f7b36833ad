"""What many registers ask for at once is read once, and nobody is told less than the database says."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any, TypeVar

import pytest
from sqlalchemy import delete, event, update

from pos_app.domain.errors import Refusal
from pos_app.domain.instants import Instant
from sync.hq.db.database import Database, Writer
from sync.hq.db.schema import headquarters, publication, scope
from sync.hq.life import begin_life
from sync.hq.publications.changes import changes_behind
from sync.hq.publications.publishing import Document, LockedScopes
from sync.hq.publications.shelf import KEPT_SPANS, Shelf
from sync.hq.together import Together

T = TypeVar("T")
NOW = Instant(1)
SCOPES = ("chain", "store:S001", "store:S002", "zone:east")


def on_a_shelf(folder: Path, work: Callable[[Database, Shelf], Awaitable[T]]) -> T:
    """Do a piece of work at a shelf over a fresh database."""

    async def run() -> T:
        database = await Database.open(f"sqlite+aiosqlite:///{folder / 'hq.db'}", announce=lambda _: None)
        try:
            await database.write(_begin)
            return await work(database, Shelf(database))
        finally:
            await database.close()

    return asyncio.run(run())


async def _begin(writer: Writer) -> None:
    await writer.execute(headquarters.insert().values(one=1, incarnation="first", made_at=1))


async def publish(database: Database, name: str, *keys: str, body: str | None = "{}") -> None:
    async def work(writer: Writer) -> None:
        locked = await LockedScopes.lock(writer, [name])
        await locked.publish([Document(name, "stock", key, body) for key in keys], NOW)

    await database.write(work)


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """List what the database is asked."""
    asked: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        asked.append(statement)

    engine = database._engines.read.sync_engine  # where statements pass
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_a_hundred_registers_that_wake_at_once_cost_a_few_questions(tmp_path: Path) -> None:
    async def work(database: Database, shelf: Shelf) -> tuple[list[str], set[bytes]]:
        await publish(database, "chain", "G1", "G2")
        with statements(database) as asked:
            parts = await asyncio.gather(
                *(shelf.behind({"chain": 0, f"store:S{number:03d}": 0}, limit=10) for number in range(100))
            )
        return asked, {part.lines for part in parts}

    asked, told = on_a_shelf(tmp_path, work)

    assert len(told) == 1
    assert sum("publication" in statement for statement in asked) == 1
    assert len(asked) < 10


def test_nobody_is_told_anything_older_than_its_own_question(tmp_path: Path) -> None:
    async def work(database: Database, shelf: Shelf) -> list[int]:
        told = []
        for number in range(20):
            early = asyncio.ensure_future(shelf.behind({"chain": 0}, limit=100))
            await asyncio.sleep(0)  # its look is under way while something is published
            await publish(database, "chain", f"G{number}")
            late = await shelf.behind({"chain": 0}, limit=100)
            await early
            told.append(late.count)
        return told

    assert on_a_shelf(tmp_path, work) == list(range(1, 21))


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_published_a_shelf_says_what_a_fresh_look_says(tmp_path: Path, seed: int) -> None:
    random = Random(seed)

    async def work(database: Database, shelf: Shelf) -> None:
        cursors = [dict.fromkeys(random.sample(SCOPES, 3), 0) for _ in range(4)]
        for _ in range(KEPT_SPANS * 2):
            keys = random.sample(["G1", "G2", "G3", "G4"], random.randint(1, 3))
            await publish(database, random.choice(SCOPES), *keys, body=random.choice(["{}", None, '{"a":1}']))
            for after in cursors:
                limit = random.randint(1, 4)
                part = await shelf.behind(after, limit=limit)
                async with database.read() as reader:
                    fresh, _ = await changes_behind(reader, after, limit=limit)
                assert part == fresh
                if random.random() < 0.5:
                    after.update(part.cursor)

    on_a_shelf(tmp_path, work)


def test_in_another_life_nothing_of_the_old_one_is_told(tmp_path: Path) -> None:
    async def work(database: Database, shelf: Shelf) -> Any:  # noqa: ANN401 — two parts
        await publish(database, "chain", "OLD")
        old = await shelf.behind({"chain": 0}, limit=10)

        async def put_back(writer: Writer) -> None:
            await begin_life(writer, NOW)
            await writer.execute(delete(publication))
            await writer.execute(update(scope).values(rev=0))

        await database.write(put_back)
        await publish(database, "chain", "NEW")
        return old, await shelf.behind({"chain": 0}, limit=10)

    old, new = on_a_shelf(tmp_path, work)

    assert (b"OLD" in old.lines, b"NEW" in old.lines) == (True, False)
    assert b"NEW" in new.lines
    assert old.incarnation != new.incarnation


def test_a_cursor_that_cannot_be_followed_fails_alone(tmp_path: Path) -> None:
    async def work(database: Database, shelf: Shelf) -> list[Any]:
        await publish(database, "chain", "G1")
        return await asyncio.gather(
            *(shelf.behind({"chain": rev}, limit=10) for rev in (0, 99, 1)), return_exceptions=True
        )

    good, refused, nothing = on_a_shelf(tmp_path, work)

    assert (good.count, nothing.count) == (1, 0)
    assert isinstance(refused, Refusal)
    assert refused.code == "cursor_expired"


def test_who_leaves_takes_nobodys_answer_along_and_a_failure_is_everybodys_who_asked() -> None:
    async def run() -> tuple[list[Any], list[frozenset[int]]]:
        asked: list[frozenset[int]] = []
        going = asyncio.Event()

        async def ask(keys: frozenset[int]) -> int:
            asked.append(keys)
            await going.wait()
            if 13 in keys:
                raise Refusal("unlucky")
            return sum(keys)

        together = Together(ask)
        first = asyncio.ensure_future(together.ask([1]))
        await asyncio.sleep(0.01)
        rest = [asyncio.ensure_future(together.ask([key])) for key in (2, 3)]
        await asyncio.sleep(0)
        rest[0].cancel()
        going.set()
        told = await asyncio.gather(first, *rest, together.ask([13]), together.ask([5]), return_exceptions=True)
        return [each if isinstance(each, int) else type(each).__name__ for each in told], asked

    told, asked = asyncio.run(run())

    assert told == [1, "CancelledError", "Refusal", "Refusal", "Refusal"]
    assert asked == [{1}, {2, 3, 5, 13}], "who came while it was under way is in the next question, together"
