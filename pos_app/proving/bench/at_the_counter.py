"""The counter under measurement, in a process of its own: the real window over a real register, and a scanner.

`python -m pos_app.proving.bench.at_the_counter FOLDER PRODUCTS RUNS AGENT…` prints its samples as JSON. From the Enter
that ends a scan until the window with the new line is on the screen: scan router, look-up, pricing, the basket's own
durable write, painting. The floor is painted in turns with it.
"""

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from time import perf_counter_ns
from typing import Final

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QRect, Qt, QTimer, qVersion
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QApplication

from pos_app.bootstrap.counter import RegisterAtHand
from pos_app.domain.ids import OperatorId
from pos_app.domain.operators import Operator
from pos_app.proving.bench.floor_table import FloorTable, items_of
from pos_app.proving.bench.goods import CASHIER, Goods
from pos_app.proving.bench.memory_of import resident_bytes
from pos_app.store.register_folder import RegisterFolder
from pos_app.ui.application import Application
from pos_app.ui.rooms.checkout.lines_view import COLUMNS, words_of
from pos_app.ui.runtime.preferences import PreferenceFile

WIDTH, HEIGHT = 1024, 768
SHORT: Final = 5
LONG: Final = 200
_WARM_UP: Final = 10
_LIMIT_NS: Final = 30_000_000_000
_PAUSE_NS: Final = 30_000_000
"""Between scans: what a scanner needs for the digits of the next one, at 2.5 ms a key."""


@dataclass(slots=True)
class Samples:
    """What was measured, in nanoseconds and bytes."""

    platform: str = ""
    qt: str = ""
    short: list[int] = field(default_factory=list)
    short_floor: list[int] = field(default_factory=list)
    long: list[int] = field(default_factory=list)
    long_floor: list[int] = field(default_factory=list)
    resident: int = 0


class Counter:
    """The window, a cashier in front of it, and the floor's window beside it."""

    def __init__(self, app: QApplication, folder: RegisterFolder, agent: Sequence[str]) -> None:
        """Open the window and let the cashier in."""
        self._app = app
        self._at_ms = 0
        self._application = Application(RegisterAtHand(folder, "none", agent), PreferenceFile())
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
        room = QRect(16, 80, self._lines.width(), self._lines.height())
        self.floor = FloorTable(room, QRect(WIDTH, 0, WIDTH, HEIGHT), self._application.desk.theme.font("strong"))
        self.floor.show()
        self.pause()

    def close(self) -> None:
        """Close both windows."""
        self.floor.window.close()
        self._window.close()
        self._application.close()

    @property
    def rows(self) -> int:
        """How many lines the basket shows."""
        return len(self._lines.rows_model.rows)

    def scan_ns(self, code: str) -> int:
        """Scan goods that are not in the basket yet; time from the Enter to the painted line."""
        wanted = self.rows + 1
        self._at_ms += 500
        for digit in code:
            self._key(Qt.Key(ord(digit)), digit)
        begun_ns = perf_counter_ns()
        self._key(Qt.Key.Key_Return, "\r")
        self.wait(lambda: self._painted_rows == wanted, "a painted line")
        return perf_counter_ns() - begun_ns

    def floor_ns(self) -> int:
        """Append the last line's words to the floor's table; time until they are painted."""
        row = self._lines.rows_model.rows[-1]
        items = items_of([words_of(row, column) for column in range(len(COLUMNS))])
        before = self.floor.painted
        begun_ns = perf_counter_ns()
        self.floor.append(items)
        self.wait(lambda: self.floor.painted > before, "a painted row of the floor")
        return perf_counter_ns() - begun_ns

    def remove_last(self) -> None:
        """Take the last line off again."""
        wanted = self.rows - 1
        self._window.checkout.presenter.remove()
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


def ring(counter: Counter, products: int, runs: int) -> Samples:
    """Ring up short baskets, then a long one, each scan in turns with the floor."""
    goods, random = Goods(), Random(products)
    numbers = iter(random.sample(range(products), min(products, 2 * (runs + _WARM_UP) + LONG)))
    samples = Samples(platform=QGuiApplication.platformName(), qt=qVersion())

    def one(ours: list[int], floor: list[int], *, counts: bool) -> None:
        code = goods.good(next(numbers)).code
        ours_ns = counter.scan_ns(code)
        counter.pause()
        floor_ns = counter.floor_ns()
        counter.pause()
        if counts:
            ours.append(ours_ns)
            floor.append(floor_ns)

    for turn in range(_WARM_UP + runs):
        if counter.rows == SHORT:
            counter.clear()
            counter.floor.keep(0)
            counter.pause()
        one(samples.short, samples.short_floor, counts=turn >= _WARM_UP)
    counter.clear()
    counter.floor.keep(0)
    while counter.rows < LONG:
        counter.scan_ns(goods.good(next(numbers)).code)
        counter.floor_ns()
    for turn in range(_WARM_UP + runs):
        one(samples.long, samples.long_floor, counts=turn >= _WARM_UP)
        counter.remove_last()
        counter.floor.keep(LONG)
        counter.pause()
    samples.resident = resident_bytes()
    return samples


def main(arguments: Sequence[str]) -> int:
    """Be the counter, and print the samples."""
    path, products, runs, *agent = arguments
    app = QApplication([])
    app.setStyle("Fusion")
    counter = Counter(app, RegisterFolder(Path(path)), agent)
    try:
        samples = ring(counter, int(products), int(runs))
    finally:
        counter.close()
    sys.stdout.write(json.dumps(asdict(samples)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
