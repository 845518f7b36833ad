"""The register's side of the sync agent: starts the process, hears it, wakes it, starts it again when it dies.

Imports nothing heavy: the window's process never loads httpx, zstandard or APScheduler. Nothing here blocks the
caller. Callbacks come on the handle's own thread.
"""

import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from threading import Condition, Event, Lock, Thread
from time import monotonic
from typing import IO, Any

from pos_app.domain.errors import LineDown, Refusal
from pos_app.domain.holds import Hold
from pos_app.domain.ids import BasketId
from sync.client.backoff import Backoff
from sync.client.report import EVERYTHING, Changed, Command, HoldAnswer, Status, read_event, write_command

AGENT_DIED = "sync_agent_died"
SETTLED_S = 60.0
"""An agent that lived so long had no trouble starting: its next death is a first one."""

_NO_WINDOW: int = getattr(subprocess, "CREATE_NO_WINDOW", 0)


@dataclass(frozen=True, slots=True)
class Listener:
    """Who hears the agent."""

    status: Callable[[Status], None]
    changed: Callable[[Changed], None]


@dataclass(frozen=True, slots=True)
class Launch:
    """How the agent is started: the whole command line, and what differs from our own environment."""

    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    log: IO[bytes] | None = None
    """Where its log goes; None: where ours goes."""


class SyncAgentHandle:
    """A running agent, as the register holds it. Fits the counter's ``Nudge`` and ``Holding``."""

    def __init__(self, launch: Launch, listener: Listener, random: Random | None = None) -> None:
        """Stand ready; `start` starts the process."""
        self._launch = launch
        self._listener = listener
        self._backoff = Backoff(random or Random(os.urandom(8)), cap_s=30.0)
        self._wanted: dict[bytes, None] = {}
        self._wants = Condition()
        self._pipe = Lock()
        self._stopping = Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._generation = 0
        self._last: Status | None = None
        self._answers: dict[str, HoldAnswer | None] = {}
        """By hold, while somebody waits."""
        self._answered = Condition()
        self._minder = Thread(target=self._mind, name="sync-agent-minder", daemon=True)
        self._teller = Thread(target=self._pass_on, name="sync-agent-teller", daemon=True)

    def start(self) -> None:
        """Start the agent and listen to it. Returns at once."""
        self._minder.start()
        self._teller.start()

    def facts_waiting(self) -> None:
        """Say that a fact was appended. Returns at once; many calls become one command."""
        self._want("push")

    wake_push = facts_waiting

    def pull(self) -> None:
        """Ask for a push and a pull now."""
        self._want("pull")

    def fetch_again(self) -> None:
        """Ask for a whole new replica."""
        self._want("fetch_again")

    def compare(self) -> None:
        """Ask for the replica to be held against headquarters."""
        self._want("compare")

    def ask_hold(self, hold: Hold, basket: BasketId, limit_ms: int) -> None:
        """Ask headquarters to hold a right for a basket, and wait; when this returns, it is granted.

        Raises ``Refusal`` with headquarters' own code, or ``LineDown`` where no answer came in time.
        """
        if self._process is None:
            raise LineDown(AGENT_DIED)
        with self._answered:
            self._answers[hold.id] = None
        self._want("hold", hold.document(), basket)
        with self._answered:
            self._answered.wait_for(lambda: self._answers[hold.id] is not None, limit_ms / 1000)
            answer = self._answers.pop(hold.id)
        if answer is None:
            raise LineDown("hold_unanswered", limit_ms=limit_ms)
        if answer.code:
            raise (Refusal if answer.refused else LineDown)(answer.code, **answer.details)

    @property
    def process_id(self) -> int | None:
        """Give the agent's process id while there is one."""
        process = self._process
        return process.pid if process else None

    def stop(self, timeout_s: float = 3.0) -> None:
        """End the agent: by word, then by force. Waits at most about ``timeout_s``."""
        self._stopping.set()
        self._want("stop")
        process = self._process
        if process is not None:
            try:
                process.wait(timeout_s)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(timeout_s)
        if self._minder.is_alive():
            self._minder.join(timeout_s)

    def _want(self, do: str, hold: Mapping[str, Any] | None = None, basket: str = "") -> None:
        with self._wants:
            self._wanted[write_command(Command(do, hold or {}, basket))] = None
            self._wants.notify()

    def _pass_on(self) -> None:
        """Write commands as they are wanted: a pipe that is full blocks this thread alone."""
        while not self._stopping.is_set() or self._wanted:
            with self._wants:
                self._wants.wait_for(lambda: self._wanted)
                wanted, self._wanted = self._wanted, {}
            with self._pipe:
                if self._process is None or self._process.stdin is None:
                    continue  # a new agent pushes and pulls by itself
                try:
                    os.write(self._process.stdin.fileno(), b"".join(wanted))
                except OSError:
                    continue  # it died; its successor begins with a push and a pull

    def _mind(self) -> None:
        while not self._stopping.is_set():
            begun_s = monotonic()
            self._live()
            if self._stopping.is_set():
                return
            if monotonic() - begun_s > SETTLED_S:
                self._backoff.went_well()
            self._tell_death()
            self._stopping.wait(self._backoff.failed_s())
            self._generation += 1

    def _live(self) -> None:
        """Start one agent and hear it to its end."""
        try:
            process = subprocess.Popen(  # noqa: S603 — the command line is bootstrap's own
                list(self._launch.command),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._launch.log,
                env={**os.environ, **self._launch.environment},
                creationflags=_NO_WINDOW,
            )
        except OSError:
            return
        with process:
            with self._pipe:
                self._process = process
            if self._stopping.is_set():
                process.kill()
            if self._generation:
                # What a dead agent applied and did not tell is told now.
                self._listener.changed(Changed(frozenset({EVERYTHING}), self._generation))
            for line in process.stdout or ():
                self._hear(line)
            with self._pipe:
                self._process = None

    def _hear(self, line: bytes) -> None:
        try:
            event = read_event(line)
        except ValueError:
            return  # a torn last line of a dying agent
        if isinstance(event, Status):
            self._last = event
            self._listener.status(event)
            return
        if isinstance(event, HoldAnswer):
            with self._answered:
                if event.hold in self._answers:
                    self._answers[event.hold] = event
                    self._answered.notify_all()
            return
        self._generation += event.topics == {EVERYTHING}
        self._listener.changed(replace(event, generation=self._generation))

    def _tell_death(self) -> None:
        """Say that nothing is being sent, rather than leave the last good word standing."""
        last = self._last or Status(online=False, since="", waiting=0, acked=(0, 0), cursor="")
        self._last = replace(last, online=False, busy=False, trouble=AGENT_DIED, trouble_at=None, trouble_details={})
        self._listener.status(self._last)
