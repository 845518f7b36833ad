"""The sync agent of a simulated register: the real engine, driven by three strands in the place of its three workers.

It rests after failures as `sync.client.worker` does, only longer: a day has to go by. Knows no cashier.
"""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Final

import httpx

from pos_app.bootstrap.line import wired_sync
from pos_app.domain.errors import Breakdown, FileDamaged, FileTooNew, GranaryError
from pos_app.proving.simulate.machine.clocks import MachineClock
from pos_app.proving.simulate.machine.processes import Process, Strand, StrandLock, as_process, resting_strand
from pos_app.proving.simulate.machine.timeline import HOUR, MINUTE, SECOND, Timeline
from pos_app.store.register_folder import RegisterFolder, RegisterIdentity
from sync.client.backoff import Backoff
from sync.client.clock import HqClock
from sync.client.engine import SyncEngine, Wiring
from sync.client.report import Changed, Status
from sync.protocol.wire import MAX_WAIT_S

HAND_US: Final = MINUTE
PUSH_ANYWAY_US: Final = HOUR
LONGEST_REACH_US: Final = 5 * SECOND
LONGEST_BREATH_US: Final = 20 * SECOND
LONGEST_REST_S: Final = 600.0
LULLS_US: Final = (MINUTE, 20 * MINUTE, 150 * MINUTE, 150 * MINUTE)
"""The longest times between two questions for news, where nothing calls for one."""


@dataclass(frozen=True, slots=True)
class Told:
    """Who hears of the agent."""

    status: Callable[[Status], None]
    changed: Callable[[Changed], None]
    failed: Callable[[str, GranaryError], None]
    broke: Callable[[str, BaseException], None]
    """Our own code failed."""


@dataclass(slots=True)
class Agent:
    """A running agent."""

    timeline: Timeline
    process: Process
    folder: RegisterFolder
    identity: RegisterIdentity
    transport: httpx.BaseTransport
    machine: MachineClock
    random: Random
    told: Told
    engine: SyncEngine | None = None
    closing: ExitStack = field(default_factory=ExitStack)
    _hurried: bool = False
    _wake_push: Callable[[object], None] | None = None
    _wake_pull: Callable[[object], None] | None = None
    _wanted: list[str] = field(default_factory=list)
    _wake_errands: Callable[[object], None] | None = None

    def start(self) -> None:
        """Start its first strand."""
        self._begin(self._open_and_push)

    def facts_waiting(self) -> None:
        """Fits the counter's `Nudge`."""
        if self._wake_push is not None:
            self._wake_push(None)

    def try_again(self) -> None:
        """Send again what was refused, at once."""
        self._hurried = True
        self.facts_waiting()

    def want(self, errand: str) -> None:
        """Do what a hand asks for (``pull``, ``fetch_again``, ``compare``) while a question is held, as always."""
        self._wanted.append(errand)
        if self._wake_pull is not None:
            self._wake_pull(None)
        if self._wake_errands is not None:
            self._wake_errands(None)

    def close(self) -> None:
        """Let the files go, after the process has ended."""
        with as_process(self.process):
            self.closing.close()

    def _begin(self, body: Callable[[], None]) -> None:
        Strand(self.timeline, self.process, body).start()

    def _open_and_push(self) -> None:
        wiring = self._wired()
        self.engine = SyncEngine(wiring, changed=self.told.changed, breathe=self._breathe, make_lock=StrandLock)
        for body in (self._pull, self._errands):
            self.timeline.after(0, partial(self._begin, body))
        engine, backoff = self.engine, self._backoff()
        while True:
            if self._try("push", lambda: engine.push_once().more, backoff):
                continue
            self._wake_push = resting_strand().waker()
            resting_strand().wait(self.random.randint(PUSH_ANYWAY_US // 3, PUSH_ANYWAY_US))

    def _wired(self) -> Wiring:
        """Open the files, as often as it takes: who started it starts it again."""
        while True:
            refused = self.process.room.refused
            try:
                return self.closing.enter_context(
                    wired_sync(self.folder, self.identity, self.transport, clock=HqClock(self.machine))
                )
            except Breakdown as error:
                if self.process.room.refused == refused:
                    raise
                self.told.failed("open", error)
                resting_strand().sleep(HAND_US)

    def _pull(self) -> None:
        engine, backoff = self._running(), self._backoff()
        wait_s = 0
        while True:
            self._try("pull", lambda: bool(engine.pull_once(wait_s)), backoff)  # noqa: B023 — called at once
            wait_s = self.random.choice((0, MAX_WAIT_S))
            self._wake_pull = resting_strand().waker()
            resting_strand().wait(self.random.randint(0, self.random.choice(LULLS_US)))

    def _errands(self) -> None:
        engine, backoff = self._running(), self._backoff()
        while True:
            if self._wanted:
                errand = self._wanted.pop(0)
                resting_strand().sleep(self.random.randint(0, LONGEST_REACH_US))
                do = {"pull": engine.pull_once, "fetch_again": engine.fetch_again, "compare": engine.compare}[errand]
                self._try(errand, lambda: bool(do()), backoff)  # noqa: B023 — called at once
                continue
            self._wake_errands = resting_strand().waker()
            resting_strand().wait()

    def _try(self, what: str, step: Callable[[], bool], backoff: Backoff) -> bool:
        """Do a step; rest where it failed. Tells whether there is more to do at once."""
        rest_us, again = 0, True
        try:
            again = step()
            backoff.went_well()
        except Breakdown as error:
            self.told.failed(what, error)
            by_hand = isinstance(error, FileTooNew | FileDamaged)
            asked_s = error.details.get("retry_after_s")
            rest_s = backoff.failed_s(asked_s if isinstance(asked_s, float) else None)
            rest_us = HAND_US if by_hand else round(rest_s * SECOND)
        except GranaryError as error:
            self.told.failed(what, error)
            backoff.failed_s()
            rest_us = HAND_US
        except Exception as error:  # noqa: BLE001 — whatever our own code fails on is what a simulation looks for
            self.told.broke(what, error)
        self.told.status(self._running().status())
        if rest_us:
            self._rest(what, rest_us)
        return again

    def _rest(self, what: str, rest_us: int) -> None:
        if what != "push":
            resting_strand().sleep(rest_us)
            return
        self._hurried = False
        until_us = self.timeline.now_us + rest_us
        while not self._hurried and self.timeline.now_us < until_us:
            self._wake_push = resting_strand().waker()
            resting_strand().wait(until_us - self.timeline.now_us)

    def _breathe(self, wait_s: float) -> None:
        """Let the others have their turn; on a small machine it may take them a while."""
        longest_us = self.random.choice((round(wait_s * SECOND), LONGEST_BREATH_US))
        resting_strand().sleep(self.random.randint(0, longest_us))

    def _backoff(self) -> Backoff:
        return Backoff(self.random, cap_s=LONGEST_REST_S)

    def _running(self) -> SyncEngine:
        if self.engine is None:
            raise AssertionError("the first strand has opened it")
        return self.engine
