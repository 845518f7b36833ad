"""The counter under measurement, in a process of its own.

`python -m pos_app.proving.bench.at_the_counter FOLDER PRODUCTS RUNS AGENT…` prints its samples as JSON. From the Enter
that ends a scan until the window with the new line is on the screen: scan router, look-up, pricing, the basket's own
write, painting; and until that write is on the disk too, which comes meanwhile. The floor is painted in turns with it,
in a window beside.
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from itertools import cycle
from pathlib import Path
from random import Random
from typing import Final

from PySide6.QtCore import qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from pos_app.proving.bench.counter_window import CounterWindow, Scanned
from pos_app.proving.bench.goods import Goods
from pos_app.proving.bench.scene import LONG, SHORT
from pos_app.proving.bench.spread import Stint
from pos_app.store.register_folder import RegisterFolder

_WARM_UP: Final = 10


@dataclass(slots=True)
class Samples:
    """What was measured, in nanoseconds."""

    platform: str = ""
    qt: str = ""
    short: list[Scanned] = field(default_factory=list)
    short_floor: list[Stint] = field(default_factory=list)
    long: list[Scanned] = field(default_factory=list)
    long_floor: list[Stint] = field(default_factory=list)


class Ringing:
    """Rings up baskets line by line, each scan in turns with the floor."""

    def __init__(self, counter: CounterWindow, products: int, runs: int) -> None:
        """Choose goods all over the file, the same ones every time; none is twice in a basket."""
        self._counter = counter
        self._floor = counter.floor()
        self._goods = Goods()
        self._runs = runs
        self._numbers = cycle(Random(products).sample(range(products), products))

    def short(self, samples: Samples) -> None:
        """Ring up baskets of a few lines."""
        for turn in range(_WARM_UP + self._runs):
            if self._counter.rows == SHORT:
                self._empty()
            self._one(samples.short, samples.short_floor, counts=turn >= _WARM_UP)
        self._empty()

    def long(self, samples: Samples) -> None:
        """Ring up the line behind many, again and again."""
        while self._counter.rows < LONG:
            self._counter.scan(self._next_code())
            self._counter.append_to(self._floor)
        for turn in range(_WARM_UP + self._runs):
            self._one(samples.long, samples.long_floor, counts=turn >= _WARM_UP)
            self._counter.remove_last()
            self._floor.keep(LONG)
            self._counter.pause()

    def close(self) -> None:
        """Close the floor's window."""
        self._floor.window.close()

    def _one(self, ours: list[Scanned], floor: list[Stint], *, counts: bool) -> None:
        scanned = self._counter.scan(self._next_code())
        self._counter.pause()
        appended = self._counter.append_to(self._floor)
        self._counter.pause()
        if counts:
            ours.append(scanned)
            floor.append(appended)

    def _empty(self) -> None:
        self._counter.clear()
        self._floor.keep(0)
        self._counter.pause()

    def _next_code(self) -> str:
        return self._goods.good(next(self._numbers)).code


def main(arguments: Sequence[str]) -> int:
    """Be the counter, and print the samples."""
    path, products, runs, *agent = arguments
    app = QApplication([])
    app.setStyle("Fusion")
    counter = CounterWindow(app, RegisterFolder(Path(path)), agent)
    samples = Samples(platform=QGuiApplication.platformName(), qt=qVersion())
    try:
        ringing = Ringing(counter, int(products), int(runs))
        ringing.short(samples)
        ringing.long(samples)
        ringing.close()
    finally:
        counter.close()
    sys.stdout.write(json.dumps(asdict(samples)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
