"""The real headquarters of a simulated chain: started, asked, killed and restored from a backup.

It runs whenever it has something to do, to the end of what it can do at that moment. Knows no register.
"""

import asyncio
import logging
import shutil
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import parse_qs

import structlog
from litestar import Litestar

from pos_app.proving.simulate.hq import driver
from pos_app.proving.simulate.hq.asking import Answered, Sent, ask
from pos_app.proving.simulate.hq.stepped_loop import SteppedLoop
from pos_app.proving.simulate.machine.chance import Chance
from pos_app.proving.simulate.machine.fuses import Death, Fuse
from pos_app.proving.simulate.machine.images import TornCommit, copy_disk, tear
from pos_app.proving.simulate.machine.processes import Process, as_process
from pos_app.proving.simulate.machine.timeline import MINUTE, MS, SECOND, Timeline
from sync.hq.app import create_app
from sync.hq.headquarters import Headquarters
from sync.hq.settings import PinCost, Settings

TOKEN: Final = "the-token-of-a-simulation"  # noqa: S105 — it opens a database in a temporary folder
CHEAP_PIN: Final = PinCost(time_cost=1, memory_kib=8, parallelism=1)
TICK_US: Final = MS
"""Timers are looked at so long after their time."""
CHUNK_DOCUMENTS: Final = 4
"""So few that a change of some prices is several chunks."""

Answer = Callable[[Answered | None], None]
"""Hears the answer; None: the connection broke."""


@dataclass(slots=True)
class _TrueTime:
    """Headquarters' clock."""

    timeline: Timeline

    def now(self) -> datetime:
        return self.timeline.now()


@dataclass(slots=True)
class _Life:
    """Headquarters from a start to its end."""

    process: Process
    loop: SteppedLoop
    app: Litestar
    stopping: asyncio.Event
    open: dict[int, Answer] = field(default_factory=dict)
    held: set[int] = field(default_factory=set)
    """Those of them that wait for news."""
    ready: bool = False

    @property
    def at_work(self) -> bool:
        """Tell whether it is busy with anything but waiting."""
        return self.process.alive and (not self.ready or len(self.open) > len(self.held))


class HqWatch(Protocol):
    """What must hold in headquarters' database at every moment."""

    @property
    def invariant(self) -> str:
        """Its name."""
        ...

    def committed(self, database: sqlite3.Connection) -> str | None:
        """Look at the database behind a commit; say what is wrong."""
        ...


@dataclass(slots=True)
class SimulatedHq:
    """Headquarters. ``folder`` is what its disk holds now."""

    timeline: Timeline
    home: Path
    """Holds a folder for each of its lives."""
    chance: Chance
    pace_us: Callable[[], int] = field(default=lambda: 0)
    """How long each of its statements takes."""
    thread_us: Callable[[], int] = field(default=lambda: 0)
    """How long each of its threads takes."""
    died: Callable[[Death], None] = field(default=lambda _: None)
    watches: list["HqWatch"] = field(default_factory=list)
    wrong: Callable[[str, str], None] = field(default=lambda *_: None)
    """Hears which of them finds what."""
    on_bug: Callable[[str], None] = field(default=lambda _: None)
    """Hears what its own code failed on."""
    bugs: list[str] = field(default_factory=list)
    asked: int = 0
    """Requests that arrived."""
    folder: Path = field(init=False)
    lives: int = 1
    down_us: int = MINUTE
    """How long it is down when it died."""
    _life: _Life | None = None
    _fuse: Fuse | None = None
    _dying: Death | None = None
    _found: tuple[str, str] | None = None
    """What a watch found first; it is told when the loop rests, for nothing may be raised inside of it."""

    def __post_init__(self) -> None:
        """Stand there, switched off."""
        self.folder = self.home / "1"

    @property
    def up(self) -> bool:
        """Tell whether it answers."""
        return self._life is not None and self._life.ready

    @property
    def database(self) -> Path:
        """Its database's file."""
        return self.folder / "hq.db"

    def start(self) -> None:
        """Start the real application on the files that are there."""
        if self._life is not None:
            return
        self.lives += 1
        self.folder.mkdir(parents=True, exist_ok=True)
        self._fuse = Fuse(self.chance.stream("hq pauses", self.lives), self._last_moment)
        process = Process("hq", str(self.folder), self._fuse, self._died, self._committed)
        loop = SteppedLoop(lambda: self.timeline.now_us / SECOND, lambda: self._taking_s(self.thread_us))
        settings = Settings(
            f"sqlite+simulated:///{self.database}",
            self.folder,
            TOKEN,
            CHEAP_PIN,
            jobs=False,
            chunk_documents=CHUNK_DOCUMENTS,
        )
        app = create_app(settings, _TrueTime(self.timeline), self._log())
        life = _Life(process, loop, app, asyncio.Event())
        self._life = life

        async def live() -> None:
            async with app.lifespan():
                life.ready = True
                await life.stopping.wait()

        loop.create_task(live()).add_done_callback(self._lifespan_ended)
        self._run()

    def stop(self) -> None:
        """Shut down as an update does: held questions are answered first."""
        life = self._life
        if life is None:
            return
        life.app.state.bell.close()
        self._run()
        life.ready = False
        life.stopping.set()
        self._run()
        self._leave(life)

    def receive(self, sent: Sent, answer: Answer) -> None:
        """Take a request that arrives now."""
        life = self._life
        if life is None or not life.ready:
            answer(None)
            return
        self.asked += 1
        number = self.asked
        life.open[number] = answer

        def answered(task: asyncio.Task[Answered]) -> None:
            whole = None if task.cancelled() or task.exception() is not None else task.result()
            life.held.discard(number)
            if life.open.pop(number, None) is not None:
                answer(whole if life.process.alive else None)

        with as_process(life.process):
            life.loop.create_task(ask(life.app, sent)).add_done_callback(answered)
        wait_s = int(parse_qs(sent.target.partition("?")[2]).get("wait", ["0"])[0])
        if wait_s:
            life.held.add(number)
            self.timeline.after(wait_s * SECOND + TICK_US, self._run)
        self._run()

    def do(self, work: Callable[[Headquarters], Awaitable[Any]]) -> None:
        """Let headquarters do what it does by itself, by the clock; one that is down does not."""
        life = self._life
        if life is None or not life.ready:
            return
        with as_process(life.process):
            task = life.loop.create_task(_awaited(work, life.app.state.hq))
        task.add_done_callback(lambda done: None if done.cancelled() else done.exception())
        self._run()

    def paths(self) -> set[str]:
        """List the doors of the application that runs."""
        return {route.path for route in self._life.app.routes} if self._life is not None else set()

    @contextmanager
    def look(self) -> Iterator[sqlite3.Connection]:
        """Look into the database as it is on the disk, behind headquarters' back."""
        with as_process(None), closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as connection:
            connection.row_factory = sqlite3.Row
            yield connection

    def light(self, death: Death) -> None:
        """Let it die after some more steps."""
        if self._fuse is not None:
            self._fuse.light(death)

    def kill(self, death: Death) -> None:
        """Kill it now, wherever it is."""
        if self._life is not None:
            self._last_moment(death, None)
            self._life.process.alive = False
            self._life.process.bury()

    def calm(self) -> None:
        """Let nothing befall it any more."""
        self.pace_us = self.thread_us = lambda: 0
        if self._fuse is not None:
            self._fuse.quiet = True

    def back_up(self, target: Path) -> None:
        """Keep a copy of the database as it is at this moment."""
        copy_disk(self.folder, target)

    def restore(self, backup: Path, incarnation: str) -> None:
        """Put a backup in the place of the database of a headquarters that is down, under another incarnation."""
        shutil.rmtree(self.folder)
        copy_disk(backup, self.folder)
        with closing(sqlite3.connect(self.database)) as database, database:
            database.execute("UPDATE headquarters SET incarnation = ?", (incarnation,))

    def _run(self) -> None:
        life = self._life
        if life is None or not life.process.alive:
            return
        driver.set_pace(lambda: self._taking_s(self.pace_us))
        with as_process(life.process):
            life.loop.settle()
        life.process.bury()
        if self._found is not None:
            self.wrong(*self._found)
        if self.bugs:
            self.on_bug(self.bugs[0])
        timer_s = life.loop.next_timer_s()
        if life.at_work and timer_s is not None:
            self.timeline.after(round(timer_s * SECOND) - self.timeline.now_us + TICK_US, self._run)

    def _committed(self) -> None:
        """Let the watches look."""
        if not self.watches or self._found is not None:
            return
        with self.look() as database:
            for watch in self.watches:
                wrong = watch.committed(database)
                if wrong is not None:
                    self._found = watch.invariant, wrong
                    return

    def _taking_s(self, of: Callable[[], int]) -> float:
        """Let something take its time, and be there when it is up."""
        pause_us = of()
        if pause_us:
            self.timeline.after(pause_us + TICK_US, self._run)
        return pause_us / SECOND

    def _last_moment(self, death: Death, torn: TornCommit | None) -> None:
        """Take what the disk holds, before anything unwinds."""
        self._dying = death
        image = self.home / str(self.lives)
        copy_disk(self.folder, image)
        if death.power:
            tear(self.folder, image, self.chance.stream("hq torn", self.lives), {torn.wal: torn} if torn else {})

    def _died(self) -> None:
        life, death, self._dying = self._life, self._dying, None
        if life is None or death is None:
            raise AssertionError("who died was alive")
        self._leave(life)
        old, self.folder = self.folder, self.home / str(self.lives)
        shutil.rmtree(old)
        self.died(death)
        self.timeline.after(self.down_us, self.start)

    def _leave(self, life: _Life) -> None:
        """Throw a life away; whoever waits for an answer hears that the connection broke."""
        self._life = None
        waiting, life.open = list(life.open.values()), {}
        with as_process(life.process):
            life.loop.end()
        for answer in waiting:
            answer(None)

    def _lifespan_ended(self, task: asyncio.Task[None]) -> None:
        if task.cancelled():
            return
        error = task.exception()
        if isinstance(error, Exception):
            self.bugs.append(f"it does not start: {error!r}")

    def _log(self) -> structlog.typing.FilteringBoundLogger:
        """Hear of what only the log is told: that its own code failed."""

        def hear(_: object, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
            if event["event"] in {"request_failed", "look_failed"}:
                self.bugs.append(f"{event['event']}: {event.get('exc_info', event.get('error'))!r}")
            raise structlog.DropEvent

        log: structlog.typing.FilteringBoundLogger = structlog.wrap_logger(
            structlog.PrintLogger(None),
            processors=[hear],
            wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        )
        return log


async def _awaited(work: Callable[[Headquarters], Awaitable[Any]], hq: Headquarters) -> None:
    await work(hq)
