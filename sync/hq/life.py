"""Which life a headquarters' database is in: its incarnation, another one after a backup was put back.

Registers that hear of another life send again what it lost and take a new snapshot (docs/sync.md §2). A person says so
(`granary hq restored`), or headquarters finds it out itself: what it showed to registers is noted beside the database,
and a database that has less of it was put back.
"""

import asyncio
import os
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import msgspec
from sqlalchemy import select, update

from pos_app.domain.instants import Instant
from sync.hq.beside import whole
from sync.hq.clock import Clock, instant_now
from sync.hq.db.database import Database, Reader, Writer
from sync.hq.db.schema import headquarters, scope
from sync.hq.settings import Settings

SHOWN_FILE: Final = "shown.json"
NOTE_EVERY_S: Final = 5.0


class Shown(msgspec.Struct, frozen=True):
    """How far registers may have read, in which life."""

    incarnation: str
    revs: Mapping[str, int]


async def incarnation_of(reader: Reader) -> str:
    """Tell which life the database is in, as of this transaction."""
    return str(await reader.value(select(headquarters.c.incarnation)))


async def enter_life(writer: Writer, folder: Path, now: Instant) -> tuple[str, bool]:
    """Give the incarnation of a database that is opened, a new one if it lost what was shown; tell whether it did."""
    incarnation, shown = await open_life(writer, now), read_shown(folder)
    if shown is None or shown.incarnation != incarnation:
        return incarnation, False
    stands = {row.scope: row.rev for row in await writer.rows(select(scope.c.scope, scope.c.rev))}
    if all(stands.get(name, 0) >= rev for name, rev in shown.revs.items()):
        return incarnation, False
    return await begin_life(writer, now), True


async def open_life(writer: Writer, now: Instant) -> str:
    """Give the incarnation of a database; a new one makes it up."""
    first = writer.insert(headquarters).on_conflict_do_nothing()
    await writer.execute(first, [{"one": 1, "incarnation": uuid4().hex, "made_at": now}])
    return await incarnation_of(writer)


async def begin_life(writer: Writer, now: Instant) -> str:
    """Begin another life: the database was put back to an earlier state."""
    incarnation = uuid4().hex
    await writer.execute(update(headquarters).values(incarnation=incarnation, made_at=now))
    return incarnation


def note_restored(settings: Settings, clock: Clock) -> str:
    """Note in a database that it was put back; give the new incarnation. Whoever serves it meanwhile takes it up."""

    async def note() -> str:
        database = await Database.open(settings.database_url, announce=lambda _: None)
        try:
            return await database.write(lambda writer: _restored(writer, instant_now(clock)))
        finally:
            await database.close()

    return asyncio.run(note())


async def _restored(writer: Writer, now: Instant) -> str:
    await open_life(writer, now)
    return await begin_life(writer, now)


async def show(reader: Reader) -> Shown:
    """Look at what registers may have read by now."""
    rows = await reader.rows(select(scope.c.scope, scope.c.rev))
    return Shown(await incarnation_of(reader), {row.scope: row.rev for row in rows})


async def note_shown(folder: Path, look: Callable[[], Coroutine[Any, Any, Shown | None]]) -> None:
    """Note what was shown, whenever it is more, until cancelled."""
    noted = read_shown(folder)
    while True:
        shown = await whole(look())
        if shown is not None and shown != noted:
            noted = await asyncio.to_thread(_write, folder, shown)
        await asyncio.sleep(NOTE_EVERY_S)


def read_shown(folder: Path) -> Shown | None:
    """Read the note; one that is missing or torn says nothing."""
    try:
        return msgspec.json.decode((folder / SHOWN_FILE).read_bytes(), type=Shown)
    except (OSError, msgspec.MsgspecError):
        return None


def _write(folder: Path, shown: Shown) -> Shown:
    """Write the note whole or not at all; several workers may share the folder. A full disk hinders what matters."""
    coming = folder / f"{SHOWN_FILE}.{os.getpid()}"
    with suppress(OSError):
        coming.write_bytes(msgspec.json.encode(shown))
        coming.replace(folder / SHOWN_FILE)
    return shown
