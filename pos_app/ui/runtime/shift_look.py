"""Keeps it known on the desk whose shift is open: at the start, when a shift or the operator is another, every minute.

Knows nothing of how it is told.
"""

from PySide6.QtCore import QObject, QTimer

from pos_app.services.changes import Changes, Kind
from pos_app.services.drawer_state import Holder
from pos_app.ui.runtime.desk import Desk

EVERY_MS = 60 * 1000


class ShiftLook:
    """Looks behind what the counter was asked before."""

    def __init__(self, desk: Desk, window: QObject) -> None:
        """Look as long as the window lives."""
        self._desk = desk
        desk.on_changes.append(self._on_changes)
        self._clock = QTimer(window, interval=EVERY_MS)
        self._clock.timeout.connect(self.look)
        self._clock.start()

    def look(self) -> None:
        """Ask whose shift it is."""
        counter = self._desk.counter
        if counter is not None and not self._desk.tasks.stopped:
            self._desk.tasks.run(counter.shifts.holder, self._seen, self._failed)

    def _on_changes(self, kinds: Changes) -> None:
        if kinds & {Kind.SHIFT, Kind.OPERATOR}:
            self.look()

    def _seen(self, holder: Holder) -> None:
        if holder != self._desk.holder:
            self._desk.holder = holder
            for listener in self._desk.on_status:
                listener()

    def _failed(self, error: object) -> None:
        """A file that cannot be read is told by the scan that needs it."""
        del error
