"""The sync engine in a process of its own, beside the window: commands come in, events go out, a JSON line each.

The process ends with its parent: when its input ends, for whatever reason, it exits at once. That loses nothing,
since all that it writes is written in transactions. Knows the register only by the engine's ports.
"""

import io
import os
import signal
import sys
from collections.abc import Callable, Mapping
from random import Random
from threading import Lock, Thread
from typing import Any, BinaryIO, NoReturn

import structlog

from pos_app.domain.errors import Breakdown, GranaryError, Refusal
from pos_app.domain.holds import Hold
from sync.client.engine import SyncEngine, Wiring
from sync.client.health import BROKEN, Direction
from sync.client.report import Changed, Event, HoldAnswer, Status, read_command, write_event
from sync.client.schedule import start_schedule
from sync.client.worker import Duties, Worker
from sync.protocol.wire import MAX_WAIT_S

NICE = 5
OFFSET_STEP_MS = 100
"""A clock offset that wavers by less is no news."""


class Agent:
    """Drives an engine by three workers: push, pull, and errands that a person asks for."""

    def __init__(self, wiring: Wiring, tell: Callable[[Event], None], random: Random) -> None:
        """Stand ready; events are told from any of the workers, one at a time."""
        self._engine = SyncEngine(wiring, changed=self._changed)
        self._tell = tell
        self._telling = Lock()
        self._log = structlog.get_logger()
        self._told: Status | None = None
        self._fetch_again = False
        self._compare = False
        self._wait_s = 0
        self._push = self._worker(Direction.PUSH, self._push_step, random)
        self._pull = self._worker(Direction.PULL, self._pull_step, random)
        self._errands = Worker("errands", self._duties(Direction.PULL, self._errand, lambda: None), random)

    def start(self) -> None:
        """Begin to push and pull."""
        self.tell_status()
        for worker in (self._push, self._pull, self._errands):
            worker.start()
        self._push.wake()
        self._pull.wake()
        self._schedule = start_schedule(
            push=self._push.wake, tell_status=self.tell_status, compare_if_due=self.compare_if_due
        )

    def stop(self) -> None:
        """End; a held question is not waited for."""
        self._schedule.shutdown(wait=False)
        for worker in (self._push, self._pull, self._errands):
            worker.stop()

    def obey(self, do: str) -> None:
        """Do what a command says, at once and without waiting for it; ``ValueError`` for an unknown one."""
        if do == "push":
            self._push.wake()
            return
        if do not in {"pull", "fetch_again", "compare"}:
            raise ValueError(f"unknown command {do!r}")
        self._fetch_again |= do == "fetch_again"
        self._compare |= do == "compare"
        for worker in (self._push, self._pull, self._errands):
            worker.hurry()
        self._push.wake()
        self._errands.wake()

    def ask_hold(self, document: Mapping[str, Any], basket: str) -> None:
        """Ask headquarters for a hold, on a thread of its own: the question waits behind nothing, and answers once.

        Raises ``ValueError`` where the document is none.
        """
        try:
            hold = Hold.from_document(document)
        except TypeError as error:
            raise ValueError(f"not a hold: {document!r}") from error
        Thread(target=self._ask_hold, args=(hold, basket), name="hold", daemon=True).start()

    def tell_status(self) -> None:
        """Tell how things stand, where that is news."""
        with self._telling:
            status = self._engine.status()
            if self._told is None or is_news(self._told, status):
                self._told = status
                self._tell(status)

    def _ask_hold(self, hold: Hold, basket: str) -> None:
        answer = HoldAnswer(hold.id)
        try:
            self._engine.ask_hold(hold, basket)
        except GranaryError as error:
            answer = HoldAnswer(hold.id, error.code, isinstance(error, Refusal), error.details)
        with self._telling:
            self._tell(answer)

    def _changed(self, changed: Changed) -> None:
        with self._telling:
            self._tell(changed)

    def _push_step(self) -> bool:
        pushed = self._engine.push_once()
        if pushed.sent:
            acked = f"{pushed.acked.epoch}:{pushed.acked.seq}"
            self._log.info("pushed", sent=pushed.sent, acked=acked, exceptions=len(pushed.exceptions))
        return pushed.more or self._engine.relay_once()

    def _pull_step(self) -> bool:
        # The first question, and the first after a failure, is not held: its answer says that the line is up.
        wait_s, self._wait_s = self._wait_s, 0
        pulled = self._engine.pull_once(wait_s)
        if pulled.documents or pulled.snapshot:
            self._log.info("pulled", documents=pulled.documents, snapshot=pulled.snapshot)
        self._wait_s = MAX_WAIT_S
        return True

    def compare_if_due(self) -> None:
        """Compare the replica with headquarters if that was long ago."""
        if self._engine.comparison_due():
            self._compare = True
            self._errands.wake()

    def _errand(self) -> bool:
        fetch, self._fetch_again = self._fetch_again, False
        compare, self._compare = self._compare, False
        try:
            if fetch:
                self._engine.fetch_again()
            elif compare:
                compared = self._engine.compare()
                self._log.info("compared", mended=compared.mended, topics=sorted(compared.topics))
            else:
                self._engine.pull_once()
        except Breakdown:
            # The pull's own worker tries on; a person's wish for a new replica is not forgotten.
            self._fetch_again |= fetch
            if not fetch:
                return False
            raise
        return self._fetch_again or self._compare

    def _worker(self, direction: Direction, step: Callable[[], bool], random: Random) -> Worker:
        return Worker(direction, self._duties(direction, step, self._line_is_back), random)

    def _duties(self, direction: Direction, step: Callable[[], bool], recovered: Callable[[], None]) -> Duties:
        def broke(error: Exception) -> None:
            self._engine.broke(direction, GranaryError(BROKEN, kind=type(error).__name__))

        return Duties(step=step, done=self.tell_status, recovered=recovered, broke=broke)

    def _line_is_back(self) -> None:
        self._push.hurry()
        self._push.wake()
        self._pull.hurry()


def is_news(told: Status, status: Status) -> bool:
    """Tell whether a status says more than the last one: a wavering clock offset does not."""
    before, after = told.offset_ms, status.offset_ms
    if before is None or after is None or abs(after - before) >= OFFSET_STEP_MS:
        return told != status
    return _without_offset(told) != _without_offset(status)


def _without_offset(status: Status) -> dict[str, object]:
    return {name: getattr(status, name) for name in Status.__dataclass_fields__ if name != "offset_ms"}


def serve(wiring: Wiring) -> NoReturn:
    """Be the agent's process until the input ends: the whole of ``granary sync-agent`` once its parts are joined."""
    events = _own_output()
    _log_as_lines()
    # Ctrl-C reaches the whole terminal; the parent decides, and the end of the input says so.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(NICE)
    agent = Agent(wiring, lambda event: _write(events, event), Random(os.urandom(8)))
    agent.start()
    _obey_lines(agent, os.fdopen(0, "rb"))
    # No farewell to threads: one may hang in a held question, and the parent may be dead.
    os._exit(0)


def _obey_lines(agent: Agent, commands: BinaryIO) -> None:
    log = structlog.get_logger()
    for line in commands:
        try:
            command = read_command(line)
            if command.do == "stop":
                return
            if command.do == "hold":
                agent.ask_hold(command.hold, command.basket)
            else:
                agent.obey(command.do)
        except ValueError as error:
            log.warning("command_not_understood", reason=str(error))


def _own_output() -> BinaryIO:
    """Keep standard output for events alone: what the log or some library prints goes to standard error."""
    events = os.fdopen(os.dup(1), "wb")
    try:
        os.dup2(2, 1)
    except OSError:  # a frozen program without a console has none
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return events


def _log_as_lines() -> None:
    """Log a JSON line an event. A traceback shows no values: they may be somebody's."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr or io.StringIO()),
    )


def _write(events: BinaryIO, event: Event) -> None:
    try:
        events.write(write_event(event))
        events.flush()
    except OSError:
        os._exit(0)  # nobody listens any more
