"""A chain that rings real baskets: headquarters, a process for each store, killed now and then, week by week.

The prices of a week are published a week ahead, so that a store with no line has them in time.
"""

import multiprocessing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from pos_app.domain.errors import Breakdown
from pos_app.proving.administrator import Administrator
from pos_app.proving.replay.baskets import Source
from pos_app.proving.replay.published import WEEK_DAYS, price_rows, week_of
from pos_app.proving.replay.till import Progress, TillPlan, WeekDone, run_till
from pos_app.proving.replay.weather import Weather

OPENING = 1_000_000
"""Pieces of each product in each store to begin with, in thousandths: a thousand pieces."""
AT_ONCE = 4
"""Stores that ring at the same time: the machine is no bigger."""
MOST_LIVES = 20


@dataclass(slots=True)
class _Store:
    """A store's process, and how often it was born."""

    plan: TillPlan
    kills: list[int]
    process: BaseProcess | None = None
    pipe: "Connection | None" = None
    lives: int = 0
    done: int = 0


@dataclass(slots=True)
class Chain:
    """The whole chain. ``progress`` hears of each basket."""

    source: Source
    hq: Administrator
    folder: Path
    weather: Mapping[str, Weather]
    progress: Callable[[int], None]
    kills: int = 0
    _stores: dict[str, _Store] = field(default_factory=dict)

    def run(self) -> None:
        """Ring everything, then let everything reach headquarters."""
        weeks = -(-self.source.days // WEEK_DAYS)
        self.hq.import_chain(chain_document(self.source))
        self._publish(0)
        for store in self.source.baskets:
            self._stores[store] = self._enlist(store, weeks)
        try:
            for week in range(weeks):
                if week + 1 < weeks:
                    self._publish(week + 1)
                self._ring_week(week)
            self._ring_week(weeks)
        finally:
            self._end()

    def _publish(self, week: int) -> None:
        self.hq.ask("POST", "/v1/prices/import", price_rows(self.source, week))

    def _enlist(self, store: str, weeks: int) -> _Store:
        baskets = self.source.baskets[store]
        plan = TillPlan(
            folder=self.folder / store,
            address=self.hq.address,
            code=self.hq.enrolment_code(store),
            store=store,
            weeks=[[each for each in baskets if week_of(self.source, each.at) == week] for week in range(weeks)],
            weather=self.weather[store],
            begins=self.source.first_day,
        )
        return _Store(plan, list(self.weather[store].kills))

    def _ring_week(self, week: int) -> None:
        """Let every store ring a week, some at a time. The week after the last one is fine weather without baskets."""
        waiting = list(self._stores.values())
        ringing: dict[Connection, _Store] = {}
        while waiting or ringing:
            while waiting and len(ringing) < AT_ONCE:
                store = waiting.pop(0)
                ringing[self._send(store, week)] = store
            for pipe in wait(list(ringing)):
                if not isinstance(pipe, Connection):
                    raise TypeError("only pipes are waited for")
                store = ringing.pop(pipe)
                if not self._hear(store, pipe, week) and store.pipe is not None:
                    ringing[store.pipe] = store

    def _hear(self, store: _Store, pipe: Connection, week: int) -> bool:
        """Take a message; tell whether the store has done its week. A dead process is born again."""
        try:
            message = pipe.recv()
        except EOFError:
            self._bury(store)
            self._send(store, week)
            return False
        if isinstance(message, Progress):
            self.progress(max(0, message.done - store.done))
            store.done = max(store.done, message.done)
            if store.kills and message.done >= store.kills[0]:
                store.kills.pop(0)
                self._kill(store)
                self._send(store, week)
            return False
        return isinstance(message, WeekDone)

    def _send(self, store: _Store, week: int) -> Connection:
        if store.pipe is None:
            self._bear(store)
        if store.pipe is None:
            raise AssertionError("a store that was born has a pipe")
        store.pipe.send(week)
        return store.pipe

    def _bear(self, store: _Store) -> None:
        store.lives += 1
        if store.lives > MOST_LIVES:
            raise Breakdown("till_dies", store=store.plan.store, log=str(store.plan.folder))
        ours, theirs = multiprocessing.Pipe()
        context = multiprocessing.get_context("spawn")
        store.process = context.Process(target=run_till, args=(store.plan, theirs), daemon=True)
        store.process.start()
        theirs.close()
        store.pipe = ours

    def _kill(self, store: _Store) -> None:
        """Pull the plug: SIGKILL, wherever the process is."""
        if store.process is not None:
            store.process.kill()
        self.kills += 1
        self._bury(store)

    def _bury(self, store: _Store) -> None:
        if store.process is not None:
            store.process.join()
        if store.pipe is not None:
            store.pipe.close()
        store.process, store.pipe = None, None

    def _end(self) -> None:
        for store in self._stores.values():
            if store.pipe is not None:
                store.pipe.send(None)
            self._bury(store)


def chain_document(source: Source) -> dict[str, Any]:
    """Describe the chain to headquarters: a store a place, a household a member, stock enough."""
    return {
        "places": [{"id": store, "name": store, "utc_offset_minutes": 0} for store in source.baskets],
        "products": [
            {"sku": sku, "name": name, "initials": "-", "barcodes": [{"code": sku}]}
            for sku, name in source.names.items()
        ],
        "members": list(_members(source)),
        "stock": [
            {"place": store, "sku": sku, "quantity": OPENING}
            for store, baskets in source.baskets.items()
            for sku in sorted({line.sku for basket in baskets for line in basket.lines})
        ],
    }


def _members(source: Source) -> Iterator[dict[str, Any]]:
    stores: dict[str, set[str]] = {}
    for basket in source.all_baskets():
        stores.setdefault(basket.household, set()).add(basket.store)
    for household in sorted(stores):
        yield {"id": household, "stores": sorted(stores[household])}
