"""Processes that can be killed between any two steps, and strands, which stand for their threads.

One strand runs at a time, until it sleeps, waits or is paused: that is all the concurrency there is, and it is the same
each time. Knows nothing of what the strands do.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NoReturn, Protocol

from greenlet import getcurrent, greenlet

from pos_app.proving.simulate.machine.room import Room
from pos_app.proving.simulate.machine.timeline import Timeline


class Killed(BaseException):
    """The process is no more. Not an ``Exception``: no handler of the program's hears of a SIGKILL."""


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit that is about to be done: of which file, and how."""

    file: Path
    do: Callable[[], object]


class Fate(Protocol):
    """Who decides what befalls a process at each step that it takes."""

    def step(self, process: "Process", what: str, commit: Commit | None) -> None:
        """Let it go on, pause it, or let it `Process.die`."""
        ...


@dataclass(slots=True, eq=False)
class Process:
    """A program that runs. ``root`` is the folder whose files it writes."""

    name: str
    root: str
    fate: Fate | None = None
    on_death: Callable[[], None] = field(default=lambda: None)
    """Called once, when nothing of it runs any more."""
    committed: Callable[[], None] = field(default=lambda: None)
    """Called behind each commit that SQLAlchemy made."""
    room: Room = field(default_factory=Room)
    """How its machine's disk stands."""
    alive: bool = True
    steps: int = 0
    strands: "list[Strand]" = field(default_factory=list)
    unsynced: dict[Path, bytes] = field(default_factory=dict)
    """WALs that were written without a sync, as the last sync left them: a machine without power may take that back."""
    holder: "Strand | None" = None
    """A strand that was paused in the middle of a step: its fellows do not run before it went on."""
    _held: "list[tuple[Strand, int, object]]" = field(default_factory=list)
    _buried: bool = False

    def step(self, what: str, commit: Commit | None = None) -> None:
        """Pass a place at which the process may be killed or paused; a dead one gets no further."""
        if not self.alive:
            raise Killed(self.name)
        self.steps += 1
        if self.fate is not None:
            self.fate.step(self, what, commit)

    def die(self) -> NoReturn:
        """Be killed, here and now."""
        self.alive = False
        raise Killed(self.name)

    def end(self) -> None:
        """Throw everything away that runs; what it unwinds reaches no disk."""
        self.alive = False
        strands, self.strands, self._held, self.holder = self.strands, [], [], None
        for strand in strands:
            strand.kill()

    def bury(self) -> None:
        """Where it was killed by its own step: end the rest of it, and say so."""
        if not self.alive and not self._buried:
            self._buried = True
            self.end()
            self.on_death()

    def hold_back(self, strand: "Strand", turn: int, value: object) -> bool:
        """Let a strand wait for a fellow that was paused; tell whether it must."""
        if self.holder in (None, strand):
            return False
        self._held.append((strand, turn, value))
        return True

    def let_go(self) -> None:
        """The paused strand goes on; its fellows follow when it rests."""
        self.holder = None
        held, self._held = self._held, []
        for strand, turn, value in held:
            strand.come_back(turn, value)


class _Running:
    """Whose code runs at this moment."""

    process: Process | None = None
    strand: "Strand | None" = None


_RUNNING: Final = _Running()


def running_process() -> Process | None:
    """Tell whose code runs; None: the simulation's own."""
    return _RUNNING.process


def running_strand() -> "Strand | None":
    """Tell which strand runs."""
    return _RUNNING.strand


def resting_strand() -> "Strand":
    """Give the strand that runs, for what lets it rest."""
    if _RUNNING.strand is None:
        raise AssertionError("only what runs on a strand can rest")
    return _RUNNING.strand


class as_process:  # noqa: N801 — reads as a word: ``with as_process(hq):``
    """Run what is inside as a process's code, on no strand."""

    def __init__(self, process: Process | None) -> None:
        """Say whose."""
        self._process = process
        self._before: tuple[Process | None, Strand | None] = (None, None)

    def __enter__(self) -> None:
        """Begin."""
        self._before = _RUNNING.process, _RUNNING.strand
        _RUNNING.process, _RUNNING.strand = self._process, None

    def __exit__(self, *_: object) -> None:
        """End."""
        _RUNNING.process, _RUNNING.strand = self._before


class Strand:
    """A thread's place: runs until it sleeps or waits. Made by the simulation itself, never on another strand."""

    def __init__(self, timeline: Timeline, process: Process, body: Callable[[], None]) -> None:
        """Stand ready; `start` begins."""
        self.done = False
        self._timeline = timeline
        self._process = process
        self._body = body
        self._hub = getcurrent()
        self._self = greenlet(self._run)
        self._turn = 0
        """Counts the times that it went on: what was meant for an earlier rest wakes nobody."""
        process.strands.append(self)

    def start(self, wait_us: int = 0) -> None:
        """Begin after a while."""
        self._later(wait_us, None)

    def sleep(self, wait_us: int) -> None:
        """Let time go by. Called on the strand itself."""
        self._later(wait_us, None)
        self._hub.switch()

    def pause(self, wait_us: int) -> None:
        """Let other processes go on for a while in the middle of a step of this one."""
        self._process.holder = self
        self.sleep(wait_us)
        self._process.let_go()

    def wait(self, most_us: int | None = None) -> object:
        """Wait until the waker of this rest is called, and give what it was given; None when the time is up first."""
        if most_us is not None:
            self._later(most_us, None)
        return self._hub.switch()

    def waker(self) -> Callable[[object], None]:
        """Give what ends the coming rest, from wherever it is called; later it does nothing."""
        turn = self._turn
        return lambda value: self._later(0, value, turn)

    def kill(self) -> None:
        """End it wherever it is."""
        if self._self and not self.done:
            self._switch(lambda: self._self.throw(Killed(self._process.name)))
        self.done = True

    def go_on(self, turn: int, value: object) -> None:
        """Go on, if this is still the rest that was meant."""
        if self.done or turn != self._turn or self._process.hold_back(self, turn, value):
            return
        self._turn += 1
        self._switch(lambda: self._self.switch(value) if self._self else self._self.switch())
        self._process.bury()

    def come_back(self, turn: int, value: object) -> None:
        """Go on in one's turn."""
        self._later(0, value, turn)

    def _later(self, wait_us: int, value: object, turn: int | None = None) -> None:
        meant = self._turn if turn is None else turn
        self._timeline.after(wait_us, lambda: self.go_on(meant, value))

    def _switch(self, go: Callable[[], object]) -> None:
        before = _RUNNING.process, _RUNNING.strand
        _RUNNING.process, _RUNNING.strand = self._process, self
        try:
            go()
        finally:
            _RUNNING.process, _RUNNING.strand = before

    def _run(self) -> None:
        try:
            self._body()
        except Killed:
            pass
        finally:
            self.done = True


class StrandLock:
    """A lock at which strands wait for each other, in the order in which they came."""

    def __init__(self) -> None:
        """Begin free."""
        self._held = False
        self._waiting: deque[Callable[[object], None]] = deque()

    def __enter__(self) -> None:
        """Take it, or rest until it is free."""
        strand = _RUNNING.strand
        while self._held and strand is not None:
            self._waiting.append(strand.waker())
            strand.wait()
        self._held = True

    def __exit__(self, *_: object) -> None:
        """Give it back."""
        self._held = False
        if self._waiting:
            self._waiting.popleft()(None)
