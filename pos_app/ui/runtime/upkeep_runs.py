"""Lets the counter see to its files, a step between scans: when headquarters has said something that they must follow,
and every few minutes.

Knows nothing of what is seen to.
"""

from PySide6.QtCore import QObject, QTimer

from pos_app.services.changes import Changes, Kind
from pos_app.ui.runtime.desk import Desk

EVERY_MS = 10 * 60 * 1000


class UpkeepRuns:
    """At most one run at a time; what comes meanwhile makes another."""

    def __init__(self, desk: Desk, window: QObject) -> None:
        """Run as long as the window lives."""
        self._desk = desk
        self._running = False
        self._again = False
        desk.on_changes.insert(0, self._on_changes)
        self._clock = QTimer(window, interval=EVERY_MS)
        self._clock.timeout.connect(self.run)
        self._clock.start()

    def _on_changes(self, kinds: Changes) -> None:
        if Kind.CHAIN in kinds:
            self.run()

    def run(self) -> None:
        """See to what there is, from the beginning."""
        self._again = True
        if not self._running:
            self._step()

    def _step(self) -> None:
        """Ask for one step; it waits behind the scans that were asked for before."""
        counter = self._desk.counter
        self._running = counter is not None and not self._desk.tasks.stopped
        if counter is None or not self._running:
            return
        self._again = False
        self._desk.tasks.run(counter.upkeep.step, self._stepped, self._failed)

    def _stepped(self, more: bool) -> None:
        if more or self._again:
            self._step()
        else:
            self._running = False

    def _failed(self, error: object) -> None:
        """A full disk, say, is met again by the sale that matters, and told there."""
        del error
        self._running = False
