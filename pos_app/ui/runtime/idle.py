"""Notices that nobody is at the register: no key, no tap, no mouse button for some minutes. Knows not what follows."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QWindow

MINUTE_MS = 60_000
_HANDS = frozenset({QEvent.Type.MouseButtonPress, QEvent.Type.TouchBegin, QEvent.Type.Wheel})
"""Keys are told by the scan router, which keeps some of them to itself."""


class IdleWatch(QObject):
    """Calls once after so many minutes without a hand; a hand begins them anew."""

    def __init__(self, idle: Callable[[], object]) -> None:
        """Begin with no limit."""
        super().__init__()
        self.timer = QTimer(self, singleShot=True)
        self.timer.timeout.connect(idle)
        self._minutes = 0

    def watch(self, window: QWindow) -> None:
        """Watch a window for taps. Twice does no harm."""
        window.removeEventFilter(self)
        window.installEventFilter(self)

    def set_minutes(self, minutes: int) -> None:
        """Call after so many minutes; 0 is never."""
        self._minutes = minutes
        self.timer.setInterval(minutes * MINUTE_MS)
        self.hand()

    def hand(self) -> None:
        """Begin the minutes anew: somebody is here."""
        if self._minutes:
            self.timer.start()
        else:
            self.timer.stop()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() in _HANDS:
            self.hand()
        return False
