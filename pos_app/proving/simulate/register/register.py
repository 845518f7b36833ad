"""A simulated register: its machine, its disk, the two processes that live on them, and how they die.

A new life begins on what the last one's disk held, and with nothing else. Knows nothing of what must hold.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Final

from pos_app.bootstrap.line import enrol_register
from pos_app.domain.errors import GranaryError
from pos_app.proving.simulate.line.network import Line, Network
from pos_app.proving.simulate.machine.chance import Chance
from pos_app.proving.simulate.machine.clocks import MachineClock
from pos_app.proving.simulate.machine.fuses import Death, Fuse
from pos_app.proving.simulate.machine.images import TornCommit, copy_disk, frames, tear
from pos_app.proving.simulate.machine.processes import Process, resting_strand
from pos_app.proving.simulate.machine.room import Room
from pos_app.proving.simulate.machine.timeline import MINUTE, SECOND, Timeline
from pos_app.proving.simulate.register.agent import Agent, Told
from pos_app.proving.simulate.register.counter import Chore, Counter
from pos_app.store.register_folder import RegisterFolder, RegisterIdentity
from sync.client.clock import HqClock
from sync.client.report import Changed, Status

ADDRESS: Final = "http://hq.simulated"
ENROL_AGAIN_US: Final = 2 * MINUTE
LONGEST_DOWN_US: Final = 40 * MINUTE
AGENT_DOWN_US: Final = 5 * SECOND


@dataclass(frozen=True, slots=True)
class Witness:
    """Who hears what befalls registers."""

    opened: Callable[["SimulatedRegister", Counter], None]
    """On the counter's strand, before the first chore."""
    status: Callable[["SimulatedRegister", Status], None]
    changed: Callable[["SimulatedRegister", Changed], None]
    failed: Callable[["SimulatedRegister", str, GranaryError], None]
    broke: Callable[["SimulatedRegister", str, BaseException], None]
    counter_broke: Callable[["SimulatedRegister", str, Exception], None]
    died: Callable[["SimulatedRegister", Death], None]


@dataclass(slots=True, eq=False)
class SimulatedRegister:
    """A register. ``home`` holds a folder for each of its lives."""

    name: str
    home: Path
    code: str
    """The one-time code that it enrols with, where it is not enrolled yet."""
    timeline: Timeline
    network: Network
    line: Line
    chance: Chance
    witness: Witness
    machine: MachineClock = field(init=False)
    room: Room = field(default_factory=Room)
    """How its disk stands."""
    folder: RegisterFolder = field(init=False)
    counter: Counter | None = None
    agent: Agent | None = None
    chores: list[Chore] = field(default_factory=list)
    lives: int = 1
    quiet: bool = False
    """Nothing befalls it any more."""
    _fuses: list[Fuse] = field(default_factory=list)
    _dying: Death | None = None
    _after: Random = field(init=False)

    def __post_init__(self) -> None:
        """Stand there, switched off."""
        own = self.chance.stream("machine", self.name)
        self.machine = MachineClock(self.timeline, own.randint(-40, 40))
        self.folder = RegisterFolder(self.home / "1")
        self._after = self.chance.stream("after death", self.name)

    def switch_on(self) -> None:
        """Begin a life."""
        if self.counter is not None:
            return
        self.lives += 1
        self._fuses = [
            Fuse(self.chance.stream("pauses", self.name, self.lives, each), self._last_moment, quiet=self.quiet)
            for each in range(2)
        ]
        process = Process(
            f"{self.name} counter", str(self.folder.path), self._fuses[0], self._counter_died, room=self.room
        )
        counter = Counter(
            self.timeline,
            process,
            self.folder,
            self._enrol,
            self.machine,
            _NudgeOf(self),
            self._try_again,
            self.chores,
            self._opened,
            lambda what, error: self.witness.counter_broke(self, what, error),
            lambda what, error: self.witness.failed(self, what, error),
        )
        self.counter = counter
        counter.start()

    def switch_off(self) -> None:
        """Shut down in order."""
        agent, self.agent = self.agent, None
        counter, self.counter = self.counter, None
        for part in (agent, counter):
            if part is not None:
                part.process.end()
                part.close()

    def light(self, death: Death, *, agent: bool) -> None:
        """Let it die after some more steps of its agent, or of its counter."""
        if self._fuses:
            self._fuses[agent].light(death if agent else replace(death, alone=False))

    def kill(self, death: Death) -> None:
        """Kill it now, wherever it is."""
        if self.counter is None:
            return
        self._last_moment(death, None)
        self._bury()

    def keep_replica(self) -> None:
        """Put a copy of the replica aside, as a backup of the machine does."""
        shutil.rmtree(self.home / "kept", ignore_errors=True)
        copy_disk(self.folder.replica, self.home / "kept")

    def put_back_replica(self, *, lost: bool) -> None:
        """Take the replica of a machine that is off, or put the copy in its place that was kept."""
        if self.counter is not None or self.folder.identity() is None:
            return
        shutil.rmtree(self.folder.replica)
        kept = self.home / "kept"
        if lost or not kept.exists():
            self.folder.prepare()
        else:
            copy_disk(kept, self.folder.replica)

    def keep_disk(self) -> None:
        """Put a copy of the whole disk aside, as a backup of the machine does."""
        if self.folder.identity() is not None:
            shutil.rmtree(self.home / "disk", ignore_errors=True)
            copy_disk(self.folder.path, self.home / "disk")

    def put_back_disk(self) -> bool:
        """Put the copy in the place of the disk of a machine that is off; tell whether there was one."""
        kept = self.home / "disk"
        if self.counter is not None or not kept.exists():
            return False
        shutil.rmtree(self.folder.path)
        copy_disk(kept, self.folder.path)
        return True

    def calm(self) -> None:
        """Let nothing befall it any more."""
        self.quiet = True
        self.make_room()
        for fuse in self._fuses:
            fuse.quiet = True

    def make_room(self) -> None:
        """Let somebody throw away what filled its disk."""
        self.room.refuses = None

    def do(self, chore: Chore) -> None:
        """Give the cashier something to do."""
        self.chores.append(chore)
        if self.counter is not None:
            self.counter.called()

    def _try_again(self) -> None:
        if self.agent is not None:
            self.agent.try_again()

    def _enrol(self) -> RegisterIdentity:
        """Enrol, as often as it takes: the same code and the same key."""
        transport, clock = self.network.transport(self.line), HqClock(self.machine)
        while True:
            try:
                return enrol_register(self.folder, ADDRESS, self.code, transport=transport, clock=clock)
            except GranaryError as error:
                self.witness.failed(self, "enrol", error)
                resting_strand().sleep(ENROL_AGAIN_US)

    def _opened(self, counter: Counter) -> None:
        self.witness.opened(self, counter)
        self.timeline.after(0, self._start_agent)

    def _start_agent(self) -> None:
        counter, identity = self.counter, self.folder.identity()
        if counter is None or identity is None or self.agent is not None:
            return

        def told(status: Status) -> None:
            if status.offset_ms is not None and counter.clock is not None:
                counter.clock.correct(status.offset_ms)
            counter.hear_line(is_up=status.online)
            self.witness.status(self, status)

        self._fuses[1] = Fuse(self._after_pauses(), self._last_moment, quiet=self.quiet)
        self.agent = Agent(
            self.timeline,
            Process(f"{self.name} agent", str(self.folder.path), self._fuses[1], self._agent_died, room=self.room),
            self.folder,
            identity,
            self.network.transport(self.line),
            self.machine,
            self.chance.stream("agent", self.name, self.lives, self.timeline.now_us),
            Told(
                told,
                lambda changed: self.witness.changed(self, changed),
                lambda what, error: self.witness.failed(self, what, error),
                lambda what, error: self.witness.broke(self, what, error),
            ),
        )
        self.agent.start()

    def _after_pauses(self) -> Random:
        return self.chance.stream("pauses", self.name, self.lives, self.timeline.now_us)

    def _last_moment(self, death: Death, torn: TornCommit | None) -> None:
        """Take what the disk holds, before anything unwinds."""
        if death.alone:
            return
        self._dying = death
        image = self.home / str(self.lives)
        copy_disk(self.folder.path, image)
        if death.power:
            unsynced = {} if self.counter is None else self.counter.process.unsynced
            waiting = {wal: TornCommit(wal, before, frames(wal)) for wal, before in unsynced.items()}
            met = {} if torn is None else {torn.wal: torn}
            tear(self.folder.path, image, self.chance.stream("torn", self.name, self.lives), waiting | met)

    def _agent_died(self) -> None:
        if self._dying is not None:
            self._bury()
            return
        agent, self.agent = self.agent, None
        if agent is not None:
            agent.close()
        self.witness.died(self, Death(0, alone=True))
        self.timeline.after(AGENT_DOWN_US, self._start_agent)

    def _counter_died(self) -> None:
        self._bury()

    def _bury(self) -> None:
        death, self._dying = self._dying, None
        if death is None:
            raise AssertionError("who is buried has died")
        old = self.folder
        self.switch_off()
        self.folder = RegisterFolder(self.home / str(self.lives))
        shutil.rmtree(old.path)
        self.witness.died(self, death)
        if death.power:
            self.machine.boot()
        self.timeline.after(self._after.randint(SECOND, LONGEST_DOWN_US), self.switch_on)


@dataclass(frozen=True, slots=True)
class _NudgeOf:
    """How the counter reaches whichever agent runs."""

    register: SimulatedRegister

    def facts_waiting(self) -> None:
        """Wake its push."""
        if self.register.agent is not None:
            self.register.agent.facts_waiting()
