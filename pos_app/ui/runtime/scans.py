"""The scan router: a wedge scanner types faster than any hand, and what it types is a scan wherever the focus is.

It stands before the window (a filter on the `QWindow`, so that no other event passes through Python), holds printable
keys back for a moment, and either hands them on as one scan (a burst that ends in Enter or Tab) or re-posts them as
typing.
Time is the events' own: a busy window reads a burst late, but still as a burst.
Knows nothing of what a code means.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeyEvent, QWindow
from PySide6.QtWidgets import QApplication

BURST_GAP_MS = 30
"""The longest pause between two keys of a scanner; the fastest fingers need twice as long."""
SURE_GAP_MS = 120
"""Once `MIN_LENGTH` keys came in a burst it is a scanner's, and it may stutter this much."""
SLACK_MS = 15
"""How much later than its time a key may reach us; typing is shown that much later."""
MIN_LENGTH = 4
MAX_LENGTH = 512
GROUP_SEPARATOR = "\x1d"
"""What a scanner types between the elements of a GS1 string; it comes as Ctrl+]."""

_ENDS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab)
"""What a scanner sends behind a code; Tab is many a factory's setting."""
_LINE_ENDS = ("\r", "\n")
"""Some scanners end with a line feed, which comes as Ctrl+J."""
_MODIFIERS = (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_CapsLock)
_COMMANDING = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier


@dataclass(slots=True)
class _Held:
    """Keys held back, releases too, so that what is re-posted is what was typed."""

    events: list[QKeyEvent] = field(default_factory=list)
    text: str = ""
    last_ms: int = 0


class ScanRouter(QObject):
    """Tells scans from typing, in every window of the application that gets the focus."""

    def __init__(self, scanned: Callable[[str], object]) -> None:
        super().__init__()
        self._scanned = scanned
        self.key_came: Callable[[], object] | None = None
        """Called at every key, a scanner's too."""
        self._held = _Held()
        self._timer = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.on_silence)
        self._silent = QTimer(self, singleShot=True, interval=0)
        self._silent.timeout.connect(self.on_still_silent)
        app = QGuiApplication.instance()
        if not isinstance(app, QGuiApplication):
            raise TypeError("a scan router stands before an application's windows")
        app.focusWindowChanged.connect(self.on_focus_window)

    def watch(self, window: QWindow) -> None:
        """Stand before a window. Twice does no harm."""
        window.removeEventFilter(self)
        window.installEventFilter(self)

    def on_focus_window(self, window: QWindow | None) -> None:
        if window is not None:
            self.watch(window)

    @property
    def holding(self) -> bool:
        """Whether keys are held back right now."""
        return bool(self._held.events)

    def on_silence(self) -> None:
        """Wait one more turn: keys that came while the window was busy are read before a timer of no delay."""
        self._silent.start()

    def on_still_silent(self) -> None:
        self.give_back()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if self.key_came is not None:
                self.key_came()
            return self._pressed(event)
        if kind == QEvent.Type.KeyRelease and isinstance(event, QKeyEvent):
            return self._released(event)
        return False

    def give_back(self) -> None:
        """Type what was held back, to whoever has the focus now."""
        self._timer.stop()
        self._silent.stop()
        held, self._held = self._held, _Held()
        for event in held.events:
            receiver = QApplication.focusWidget() or QApplication.activeWindow() or QApplication.activeModalWidget()
            if receiver is not None:
                QCoreApplication.sendEvent(receiver, event)

    def _pressed(self, event: QKeyEvent) -> bool:
        if event.key() in _MODIFIERS:
            return False
        at_ms = event.timestamp()
        if self._held.text and at_ms - self._held.last_ms > self._gap_ms():
            self.give_back()
        if event.key() in _ENDS or event.text() in _LINE_ENDS:
            return self._entered()
        if event.isAutoRepeat() and not self._held.text:
            # A key held down. Not so within a burst: X11 calls equal keys in one millisecond a repeat too.
            return False
        if not _is_typing(event) or len(self._held.text) >= MAX_LENGTH:
            self.give_back()
            return False
        self._hold(event, at_ms)
        return True

    def _hold(self, event: QKeyEvent, at_ms: int) -> None:
        self._held.events.append(_copy(event))
        self._held.text += event.text()
        self._held.last_ms = at_ms
        self._silent.stop()
        self._timer.start(self._gap_ms() + SLACK_MS)

    def _entered(self) -> bool:
        text = self._held.text
        if len(text) < MIN_LENGTH:
            self.give_back()
            return False
        self._timer.stop()
        self._silent.stop()
        self._held = _Held()
        self._scanned(text)
        return True

    def _released(self, event: QKeyEvent) -> bool:
        if any(held.key() == event.key() for held in self._held.events):
            self._held.events.append(_copy(event))
            return True
        return False

    def _gap_ms(self) -> int:
        return SURE_GAP_MS if len(self._held.text) >= MIN_LENGTH else BURST_GAP_MS


def _is_typing(event: QKeyEvent) -> bool:
    text = event.text()
    if text == GROUP_SEPARATOR:
        return True
    return len(text) == 1 and text.isprintable() and not event.modifiers() & _COMMANDING


def _copy(event: QKeyEvent) -> QKeyEvent:
    """Copy it: Qt's own is gone when the filter returns."""
    return QKeyEvent(event.type(), event.key(), event.modifiers(), event.text(), event.isAutoRepeat(), event.count())
