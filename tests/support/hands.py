"""A cashier's hands and a scanner at a window: keys as the system gives them, clicks, and waiting until it rests.

Keys go to the `QWindow`, as the platform's do, so that they pass the scan router. They carry their own time, so that a
slow machine types no slower than a fast one.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Thread
from time import sleep

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QKeyEvent, QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QWidget
from pytestqt.qtbot import QtBot

from pos_app.ui.application import Application
from pos_app.ui.main_window import MainWindow
from pos_app.ui.widgets.buttons import Button

HAND_MS = 150
"""Between two keys of a hand."""
SCANNER_MS = 5
LIMIT_MS = 10_000

_KEYS = {
    "Enter": Qt.Key.Key_Return,
    "Esc": Qt.Key.Key_Escape,
    "↑": Qt.Key.Key_Up,
    "↓": Qt.Key.Key_Down,
    "PgUp": Qt.Key.Key_PageUp,
    "PgDn": Qt.Key.Key_PageDown,
    "⌫": Qt.Key.Key_Backspace,
    "Tab": Qt.Key.Key_Tab,
    **{f"F{number}": Qt.Key(Qt.Key.Key_F1 + number - 1) for number in range(1, 13)},
}


@dataclass
class Hands:
    """At one window."""

    bot: QtBot
    application: Application
    _at_ms: int = 1_000_000
    _errands_wait: bool = False

    @property
    def window(self) -> MainWindow:
        return self.application.window

    @property
    def handle(self) -> QWindow:
        handle = self.window.windowHandle()
        assert handle is not None
        return handle

    def press(self, chord: str) -> None:
        """Press a key as it is shown, and wait for what it does."""
        self._at_ms += HAND_MS
        self.send(keystroke(chord, self._at_ms))

    def type(self, text: str) -> None:
        """Type characters by hand."""
        events: list[QKeyEvent] = []
        for each in text:
            self._at_ms += HAND_MS
            events += keystroke(each, self._at_ms)
        self.send(events)

    def scan(self, code: str) -> None:
        """Let a wedge scanner type a code, and wait for what it does."""
        self.send(self.burst(code))

    def send(self, events: list[QKeyEvent]) -> None:
        """Give keys to the window, and wait for what they do."""
        for event in events:
            QCoreApplication.sendEvent(self.handle, event)
        self.rest()

    def scan_many(self, codes: list[str]) -> Thread:
        """Let a scanner type codes from outside, at 5 ms a key, while the window does other things."""
        bursts = [self.burst(code) for code in codes]
        handle = self.handle

        def type_all() -> None:
            for burst in bursts:
                for event in burst:
                    QCoreApplication.postEvent(handle, event)
                    sleep(SCANNER_MS / 2000)

        scanner = Thread(target=type_all)
        scanner.start()
        return scanner

    def click(self, target: QWidget) -> None:
        """Tap a control in its middle; it must be there to be tapped."""
        assert target.isVisible(), f"{target} is not on the screen"
        assert target.isEnabled(), f"{target} is off"
        QTest.mouseClick(target, Qt.MouseButton.LeftButton, pos=target.rect().center())
        self.rest()

    def tap_window(self) -> None:
        """Tap the window where nothing is, as the system gives it."""
        QTest.mouseClick(self.handle, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(2, 2))
        self.rest()

    def click_row(self, view: QWidget, rect: QRect) -> None:
        """Tap a row of a list."""
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(rect.center()))
        self.rest()

    def until(self, comes: Callable[[], bool]) -> None:
        """Wait for what takes a moment by its nature."""
        self.bot.waitUntil(comes, timeout=LIMIT_MS)

    @contextmanager
    def unanswered(self) -> Iterator[None]:
        """Let the line, the neighbours and the printer answer nothing in between; all of it comes behind it."""
        on = Event()
        self.application.desk.errands.run(lambda: on.wait(LIMIT_MS // 1000), lambda _: None)
        self._errands_wait = True
        try:
            yield
        finally:
            self._errands_wait = False
            on.set()
            self.rest()

    def rest(self) -> None:
        """Wait until no key is held back and both workers have answered."""
        self.bot.waitUntil(lambda: not self.application.scans.holding, timeout=LIMIT_MS)
        if not self.application.desk.tasks.stopped:
            # Twice, since an answer may ask again.
            self._round()
            self._round()

    def _round(self) -> None:
        desk = self.application.desk
        done: list[None] = []
        last = desk.payments if self._errands_wait else desk.errands

        def paid(_: None) -> None:
            last.run(lambda: None, done.append)

        desk.tasks.run(lambda: None, lambda _: desk.payments.run(lambda: None, paid))
        self.bot.waitUntil(lambda: bool(done), timeout=LIMIT_MS)

    def shown_keys(self) -> dict[str, str]:
        """Read the buttons that are on the screen: words to key."""
        buttons = self.window.findChildren(QAbstractButton)
        return {
            button.text(): button.key
            for button in buttons
            if isinstance(button, Button) and button.isVisible() and button.isEnabled() and button.key
        }

    def press_shown(self, words: str) -> None:
        """Press the key that stands on the button with these words."""
        shown = self.shown_keys()
        assert words in shown, f"no key is shown for {words!r}, only for {shown}"
        self.press(shown[words])

    def burst(self, code: str, end: str = "Enter") -> list[QKeyEvent]:
        """Make the keys of a scan, a while after those before."""
        self._at_ms += HAND_MS
        events: list[QKeyEvent] = []
        for chord in [*code, end]:
            self._at_ms += SCANNER_MS
            events += keystroke(chord, self._at_ms)
        return events


def keystroke(chord: str, at_ms: int) -> list[QKeyEvent]:
    """Make the press and the release of a key."""
    modifiers, _, name = chord.rpartition("+") if len(chord) > 1 else ("", "", chord)
    held = Qt.KeyboardModifier.NoModifier
    if modifiers == "Alt":
        held = Qt.KeyboardModifier.AltModifier
    elif name.isupper() and len(name) == 1:
        held = Qt.KeyboardModifier.ShiftModifier
    if name == "\x1d":
        key, text, held = Qt.Key.Key_BracketRight, name, Qt.KeyboardModifier.ControlModifier
    else:
        key = _KEYS.get(name) or Qt.Key(ord(name.upper()))
        text = {"Enter": "\r", "Esc": "\x1b", "⌫": "\b"}.get(name, name if name not in _KEYS else "")
    events = []
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        event = QKeyEvent(kind, key, held, text)
        event.setTimestamp(at_ms)
        events.append(event)
    return events
