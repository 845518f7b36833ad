"""One store's register in a process of its own: rings its baskets week by week, in all weather, and survives SIGKILL.

The line is up and down by the weather at the baskets' own time; while it is up the engine pushes and pulls between
baskets, as the agent does beside a real counter. Whatever the process knew is gone with it: a new one goes on from
the journal alone.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path

import httpx

from pos_app.bootstrap.line import enrol_register, wired_sync
from pos_app.bootstrap.register import OpenRegister, Surroundings, open_register
from pos_app.domain.errors import Breakdown
from pos_app.domain.receipt import Receipt
from pos_app.proving.replay.baskets import SourceBasket
from pos_app.proving.replay.ringing import Ringer, SourceClock, SourceIds, sale_uuid
from pos_app.proving.replay.weather import Weather
from pos_app.store.register_folder import RegisterFolder
from sync.client.engine import SyncEngine
from sync.client.line import SwitchableLine

SYNC_EVERY = timedelta(hours=1)
DRAIN_TRIES = 50


@dataclass(frozen=True, slots=True)
class TillPlan:
    """All that a till's process is told."""

    folder: Path
    address: str
    code: str
    store: str
    weeks: Sequence[Sequence[SourceBasket]]
    weather: Weather
    begins: datetime


@dataclass(frozen=True, slots=True)
class Progress:
    """A basket is in the journal. Counted from 1."""

    store: str
    done: int


@dataclass(frozen=True, slots=True)
class WeekDone:
    """A week's baskets are in the journal; ``waiting`` facts are not at headquarters yet."""

    store: str
    week: int
    waiting: int


MOST_SALES = 1_000_000
"""More than a store of the source has in its year."""


@dataclass(frozen=True, slots=True)
class _NoPaper:
    """A counter without a printer; nobody needs a nudge where the till itself sees to the line."""

    def put(self, receipt: Receipt) -> None:
        del receipt

    def facts_waiting(self) -> None:
        pass


def run_till(plan: TillPlan, parent: Connection) -> None:
    """Be the till's process: wait for a week's number, ring it, report; ``None`` ends it."""
    folder = RegisterFolder(plan.folder)
    identity = folder.identity() or enrol_register(folder, plan.address, plan.code)
    clock = SourceClock()
    ids = SourceIds(clock)
    around = Surroundings(clock, ids, _NoPaper(), _NoPaper())
    line = SwitchableLine(httpx.HTTPTransport())
    register = open_register(folder, identity, around)
    with wired_sync(folder, identity, line) as wiring:
        till = Till(plan, register, SyncEngine(wiring, breathe=lambda _: None), line, clock)
        ringer = Ringer(register, ids, plan.store, identity.zone)
        while (week := parent.recv()) is not None:
            for done in till.ring_week(week, ringer):
                parent.send(Progress(plan.store, done))
            parent.send(WeekDone(plan.store, week, till.waiting()))
    register.close()


@dataclass(slots=True)
class Till:
    """A register, its engine and the weather."""

    plan: TillPlan
    register: OpenRegister
    engine: SyncEngine
    line: SwitchableLine
    clock: SourceClock
    _synced_at: datetime = field(init=False)

    def __post_init__(self) -> None:
        """Begin at the beginning; the journal says how far it was rung."""
        self._synced_at = self.plan.begins

    def ring_week(self, week: int, ringer: Ringer) -> Iterator[int]:
        """Ring the week's baskets that are not in the journal yet; give how many are in it after each.

        In the week after the last one the weather is fine and nobody shops.
        """
        if week == len(self.plan.weeks):
            with self._line_up():
                self.drain()
            return
        before = sum(map(len, self.plan.weeks[:week]))
        rung = {fact.body["sale"] for fact in self.register.journal.recent_sales(MOST_SALES)}
        for number, basket in enumerate(self.plan.weeks[week], before + 1):
            if str(sale_uuid(basket)) in rung:
                continue
            self.clock.at = basket.at
            self._keep_in_touch(basket.at)
            ringer.ring(basket)
            yield number
        ends = self.plan.begins + timedelta(weeks=week + 1)
        self._keep_in_touch(ends)

    def waiting(self) -> int:
        """Count the facts that headquarters has not confirmed."""
        return self.engine.status().waiting

    def _keep_in_touch(self, at: datetime) -> None:
        """Let the engine do what it would have done since the last basket."""
        if at - self._synced_at < SYNC_EVERY:
            return
        if self.plan.weather.was_up_between(self._synced_at, at):
            with self._line_up():
                self.drain()
        self._synced_at = at

    def drain(self) -> None:
        """Push and pull until nothing waits; a busy headquarters is asked again."""
        for _ in range(DRAIN_TRIES):
            try:
                while self.engine.push_once().more:
                    pass
                self.engine.pull_once()
            except Breakdown:
                continue
            return

    @contextmanager
    def _line_up(self) -> Iterator[None]:
        self.line.mend()
        try:
            yield
        finally:
            self.line.cut()
