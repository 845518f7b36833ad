"""The real window over a real register, worked as a cashier with a scanner does: keys go to the window.

Knows nothing of what is measured with it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter_ns
from typing import Final

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QRect, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from pos_app.bootstrap.commands import set_aside_what_stands
from pos_app.bootstrap.counter import RegisterAtHand
from pos_app.bootstrap.rooms import ROOMS
from pos_app.domain.ids import OperatorId
from pos_app.domain.operators import Operator
from pos_app.proving.bench.floor_table import FloorTable, items_of
from pos_app.proving.bench.scene import CASHIER
from pos_app.proving.bench.spread import Stint, Stopwatch
from pos_app.store.register_folder import RegisterFolder
from pos_app.ui.application import Application
from pos_app.ui.rooms.checkout.lines_view import COLUMNS, words_of
from pos_app.ui.runtime.preferences import PreferenceFile

WIDTH, HEIGHT = 1024, 768
_NOTE: Final = "100000"
_LIMIT_NS: Final = 30_000_000_000
_PAUSE_NS: Final = 30_000_000
"""Between scans: what a scanner needs for the digits of the next one, at 2.5 ms a key."""


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a scan took until its line was painted, and by the clock until it was on the disk too."""

    painted: Stint
    kept_ns: int


class CounterWindow:
    """The window with a cashier in front of it, who scans and settles."""

    def __init__(self, app: QApplication, folder: RegisterFolder, agent: Sequence[str]) -> None:
        """Open the window and let the cashier in."""
        self._app = app
        self._at_ms = 0
        self._application = Application(RegisterAtHand(folder, "none", agent), ROOMS, PreferenceFile())
        self._window = self._application.window
        self._window.resize(WIDTH, HEIGHT)
        self._window.show()
        self._watchdog = QTimer(interval=200)
        self._watchdog.start()
        self.wait(lambda: self._application.desk.counter is not None, "the register's files")
        self._window.welcome(Operator(OperatorId(CASHIER), "Bench", "cashier", ""))
        self._lines = self._window.checkout.basket.lines
        self._painted_rows = -1
        self._lines.painted = self._on_painted
        self.pause()
        set_aside_what_stands()

    def floor(self) -> FloorTable:
        """Open the floor's window: as large, with its table where the lines are, in their font."""
        room = QRect(16, 80, self._lines.width(), self._lines.height())
        floor = FloorTable(room, QRect(WIDTH, 0, WIDTH, HEIGHT), self._application.desk.theme.font("strong"))
        floor.show()
        self.pause()
        return floor

    def close(self) -> None:
        """Close the window."""
        self._window.close()
        self._application.close()

    @property
    def rows(self) -> int:
        """How many lines the basket shows."""
        return len(self._lines.rows_model.rows)

    def scan(self, code: str) -> Scanned:
        """Scan goods that are not in the basket yet; time from the Enter to the painted line, and until it is kept."""
        wanted = self.rows + 1
        self._at_ms += 500
        for digit in code:
            self._key(Qt.Key(ord(digit)), digit)
        if not self._application.scans.holding:
            raise AssertionError("no scan router stands before the window: this would be typing, not a scan")
        watch = Stopwatch()
        self._key(Qt.Key.Key_Return, "\r")
        self.wait(lambda: self._painted_rows == wanted, "a painted line")
        painted = watch.read()
        kept: list[Stint] = []
        # the worker takes it up behind the disk sync of the basket, wherever that stands
        self._application.desk.tasks.run(watch.read, kept.append)
        self.wait(lambda: bool(kept), "a worker that comes to the next question")
        return Scanned(painted, max(painted.wall_ns, kept[0].wall_ns))

    def append_to(self, floor: FloorTable) -> Stint:
        """Append the last line's words to the floor's table; time until they are painted."""
        row = self._lines.rows_model.rows[-1]
        items = items_of([words_of(row, column) for column in range(len(COLUMNS))])
        before = floor.painted
        watch = Stopwatch()
        floor.append(items)
        self.wait(lambda: floor.painted > before, "a painted row of the floor")
        return watch.read()

    def settle(self) -> None:
        """Take a large note for the basket, and go on to the next customer."""
        presenter = self._window.checkout.presenter
        presenter.settle()
        presenter.tender.take_cash(_NOTE)
        self.wait(lambda: self.rows == 0, "a completed sale")
        presenter.next_customer()
        self.pause()

    def remove_last(self) -> None:
        """Take the last line off again."""
        wanted = self.rows - 1
        self._window.checkout.presenter.line.remove()
        self.wait(lambda: self.rows == wanted, "a removed line")

    def clear(self) -> None:
        """Begin with an empty basket."""
        self._window.checkout.presenter.clear()
        self.wait(lambda: self.rows == 0, "an empty basket")

    def pause(self) -> None:
        """Let both windows work off what waits, for as long as a scanner needs for the next digits."""
        until_ns = perf_counter_ns() + _PAUSE_NS
        while perf_counter_ns() < until_ns:
            self._app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 5)

    def wait(self, holds: Callable[[], bool], what: str) -> None:
        """Turn the event loop, asleep between events, until something holds."""
        until_ns = perf_counter_ns() + _LIMIT_NS
        while not holds():
            self._app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
            if perf_counter_ns() > until_ns:
                raise TimeoutError(f"the counter waited in vain: {what}")

    def _on_painted(self) -> None:
        self._painted_rows = self.rows

    def _key(self, key: Qt.Key, text: str) -> None:
        self._at_ms += 2
        event = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, text)
        event.setTimestamp(self._at_ms)
        QCoreApplication.sendEvent(self._window.windowHandle(), event)
