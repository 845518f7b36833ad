"""Keeps the desk's readiness true: looked at when the line or what is held is another, and every minute, since it ages.

Knows nothing of how it is told.
"""

from functools import partial

from PySide6.QtCore import QObject, QTimer

from pos_app.domain.readiness import Readiness
from pos_app.services.changes import Changes
from pos_app.ui.runtime.desk import Desk

EVERY_MS = 60 * 1000


class ReadinessLook:
    """Looks behind what the counter was asked before."""

    def __init__(self, desk: Desk, window: QObject) -> None:
        """Look as long as the window lives."""
        self._desk = desk
        desk.on_status.append(self.look)
        desk.on_changes.append(self._on_changes)
        self._clock = QTimer(window, interval=EVERY_MS)
        self._clock.timeout.connect(self.look)
        self._clock.start()

    def look(self) -> None:
        """Ask how the register stands."""
        counter = self._desk.counter
        if counter is not None and not self._desk.tasks.stopped:
            ask = partial(counter.watching.readiness, online=self._desk.line.online)
            self._desk.tasks.run(ask, self._seen, self._failed)

    def _on_changes(self, kinds: Changes) -> None:
        del kinds
        self.look()

    def _seen(self, found: Readiness) -> None:
        if found != self._desk.ready:
            self._desk.ready = found
            for listener in self._desk.on_ready:
                listener()

    def _failed(self, error: object) -> None:
        """A file that cannot be read is told by the scan that needs it."""
        del error
