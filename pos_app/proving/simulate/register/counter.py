"""The counter of a simulated register: the real use cases on the real files, and a cashier's chores one after another.

Knows nothing of the line.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final

from pos_app.bootstrap.counter import ToldLine
from pos_app.bootstrap.register import OpenRegister, Surroundings, open_register
from pos_app.devices.clock import SystemClock, TimedIds
from pos_app.domain.errors import Breakdown, GranaryError
from pos_app.domain.receipt import Receipt
from pos_app.proving.simulate.machine.clocks import MachineClock
from pos_app.proving.simulate.machine.processes import Process, Strand, as_process, resting_strand
from pos_app.proving.simulate.machine.timeline import MINUTE, Timeline
from pos_app.store.register_folder import RegisterFolder, RegisterIdentity

if TYPE_CHECKING:
    from pos_app.services.ports import Nudge

LOOK_AT_WAL_US: Final = 7 * MINUTE
UPKEEP_US: Final = 9 * MINUTE
OPEN_AGAIN_US: Final = 2 * MINUTE
"""Between two steps of what is seen to beside the sales; the window does it every few seconds."""

Chore = Callable[["Counter"], None]
"""What a cashier does; it may take its time (`Counter.think`)."""


@dataclass(slots=True)
class Tray:
    """A printer that never fails: what came out of it."""

    receipts: list[str] = field(default_factory=list)

    def put(self, receipt: Receipt) -> None:
        """Print."""
        self.receipts.append(receipt.number)


@dataclass(slots=True)
class Counter:
    """A running counter."""

    timeline: Timeline
    process: Process
    folder: RegisterFolder
    enrol: Callable[[], RegisterIdentity]
    """Makes the folder a register's, where it is none yet."""
    machine: MachineClock
    nudge: "Nudge"
    try_again: Callable[[], None]
    """Tells whichever agent runs that what was refused may go now."""
    chores: list[Chore]
    """What is to be done, the first first; who adds some calls `called`."""
    opened_up: Callable[["Counter"], None]
    """Hears, on the counter's strand, that the register has opened."""
    broke: Callable[[str, Exception], None]
    """Hears what our own code failed on beside the chores."""
    failed: Callable[[str, GranaryError], None]
    """Hears what the surroundings refused beside the chores."""
    tray: Tray = field(default_factory=Tray)
    line: ToldLine = field(default_factory=ToldLine)
    line_changed_us: int = -1
    """When the sync engine last told otherwise of the line; it is down until it tells."""
    clock: SystemClock | None = None
    register: OpenRegister | None = None
    _wake: Callable[[object], None] | None = None

    @property
    def open(self) -> OpenRegister:
        """The use cases."""
        if self.register is None:
            raise AssertionError("a cashier comes when the register is open")
        return self.register

    def start(self) -> None:
        """Switch it on."""
        Strand(self.timeline, self.process, self._run).start()

    def called(self) -> None:
        """Look for chores."""
        if self._wake is not None:
            self._wake(None)

    def now(self) -> datetime:
        """Tell what this counter takes for the time."""
        if self.clock is None:
            raise AssertionError("a cashier comes when the register is open")
        return self.clock.now()

    def hear_line(self, *, is_up: bool) -> None:
        """Hear from the sync engine whether the line is up."""
        if is_up != self.line.is_up():
            self.line_changed_us = self.timeline.now_us
        self.line.told(is_up=is_up)

    def line_down_since(self, moment_us: int) -> bool:
        """Tell whether the line was taken to be down all the time since a moment."""
        return not self.line.is_up() and self.line_changed_us < moment_us

    def think(self, wait_us: int) -> None:
        """Let the cashier, or the customer, take their time."""
        resting_strand().sleep(wait_us)

    def sync(self) -> None:
        """Sync what was shown before it was synced, as the window does behind each answer."""
        self.process.step("sync")
        self.open.sync()
        self.process.unsynced.clear()

    def close(self) -> None:
        """Let the files go, after the process has ended."""
        with as_process(self.process):
            if self.register is not None:
                self.register.close()

    def _run(self) -> None:
        identity = self.folder.identity() or self.enrol()
        self.clock = clock = SystemClock(identity.utc_offset_minutes, self.machine.wall)
        around = Surroundings(clock, TimedIds(clock), self.tray, self.nudge, self.try_again, self.line)
        self.register = self._opened(identity, around)
        self.opened_up(self)
        self.timeline.after(0, lambda: Strand(self.timeline, self.process, self._keep_wal_short).start())
        while True:
            while self.chores:
                self.chores.pop(0)(self)
            self._wake = resting_strand().waker()
            resting_strand().wait(UPKEEP_US)
            self._see_to_it()

    def _opened(self, identity: RegisterIdentity, around: Surroundings) -> OpenRegister:
        """Open the files, as often as it takes: somebody makes room, and starts it again."""
        while True:
            refused = self.process.room.refused
            try:
                return open_register(self.folder, identity, around, background=False)
            except Breakdown as error:
                if self.process.room.refused == refused:
                    raise
                self.failed("open", error)
                resting_strand().sleep(OPEN_AGAIN_US)

    def _see_to_it(self) -> None:
        try:
            self.open.upkeep.step()
        except Breakdown as error:
            self.failed("upkeep", error)
        except Exception as error:  # noqa: BLE001 — whatever our own code fails on is what a simulation looks for
            self.broke("upkeep", error)

    def _keep_wal_short(self) -> None:
        while True:
            self.open.checkpointer.look()
            resting_strand().sleep(LOOK_AT_WAL_US)
