"""The main job, taken offscreen as a person would with keys and scanner, with a picture of every step.

What it does is what a cashier does: keys go to the window, scans come as bursts of keys. Exit status 1 where the sale
did not reach headquarters; where the register does not open, that is said and the tour ends.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from pos_app.bootstrap.counter import RegisterAtHand
from pos_app.bootstrap.paper import SIMULATOR
from pos_app.bootstrap.rooms import ROOMS
from pos_app.proving.served_hq import ServedHq
from pos_app.store.register_folder import RegisterFolder
from pos_app.ui.application import Application
from pos_app.ui.main_window import MainWindow
from pos_app.ui.runtime.preferences import PreferenceFile

WIDTH, HEIGHT = 1024, 768
LIMIT_S = 30.0
HAND_MS = 150
SCANNER_MS = 5
OPERATOR, PIN = "1001", "1234"
CODES = ("6999999000129", "6999999202011", "6999999202011", "16999999000126")
PAID = "500"


class Guide:
    """Leads through the window and takes pictures."""

    def __init__(self, application: Application, pictures: Path) -> None:
        """Stand before the window."""
        self._application = application
        self._pictures = pictures
        self._taken = 0
        self._at_ms = 0
        pictures.mkdir(parents=True, exist_ok=True)

    @property
    def window(self) -> MainWindow:
        """The window."""
        return self._application.window

    def type(self, text: str) -> None:
        """Type slowly, as a person does: each key by itself."""
        for letter in text:
            self._key(Qt.Key(ord(letter)), letter, HAND_MS)
            self.pause(HAND_MS)

    def press(self, key: Qt.Key, text: str = "") -> None:
        """Press one key."""
        self._key(key, text, HAND_MS)
        self.pause(HAND_MS)

    def scan(self, code: str) -> None:
        """Send a burst of keys that ends in Enter, as a wedge scanner does."""
        self._at_ms += HAND_MS
        for letter in code:
            self._key(Qt.Key(ord(letter)), letter, SCANNER_MS)
        self._key(Qt.Key.Key_Return, "\r", SCANNER_MS)
        self.pause(HAND_MS)

    def _key(self, key: Qt.Key, text: str, after_ms: int) -> None:
        """Send a key to the window with a time of its own, as the system does: a busy machine distorts no burst."""
        self._at_ms += after_ms
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, text)
            event.setTimestamp(self._at_ms)
            QCoreApplication.sendEvent(self.window.windowHandle(), event)

    def pause(self, wait_ms: int) -> None:
        """Let the window work."""
        QTest.qWait(wait_ms)

    def wait_until(self, what: str, holds: Callable[[], bool]) -> None:
        """Wait until something holds; say what did not."""
        until = time.monotonic() + LIMIT_S
        while not holds():
            if time.monotonic() > until:
                raise TimeoutError(f"the tour waited in vain: {what}")
            self.pause(20)

    def picture(self, name: str) -> None:
        """Take a picture of the window, once it has come to rest."""
        rested: list[None] = []
        self.wait_until("the scan router", lambda: not self._application.scans.holding)
        self._application.desk.tasks.run(lambda: None, rested.append)
        self.wait_until("the counter's worker", lambda: bool(rested))
        self.pause(HAND_MS)
        self._taken += 1
        self.window.grab().save(str(self._pictures / f"{self._taken:02d}-{name}.png"))


def take_tour(hq: ServedHq, folder: RegisterFolder, pictures: Path) -> int:
    """Sign in, ring, pay, lose headquarters and find it again; give the exit status."""
    app = QApplication.instance() or QApplication([])
    if not isinstance(app, QApplication):
        raise TypeError("the window needs an application with widgets")
    app.setStyle("Fusion")
    application = Application(RegisterAtHand(folder, SIMULATOR), ROOMS, PreferenceFile())
    application.window.resize(WIDTH, HEIGHT)
    application.window.show()
    guide = Guide(application, pictures)
    before = hq.sales_count()
    try:
        _ring_and_pay(guide, application)
        guide.wait_until("the sale at headquarters", lambda: hq.sales_count() == before + 1)
        hq.stop()
        _ring_and_pay(guide, application, signed_in=True)
        guide.picture("offline")
        hq.start()
        guide.wait_until("the offline sale at headquarters", lambda: hq.sales_count() == before + 2)
        guide.picture("online-again")
    finally:
        application.close()
    sys.stdout.write(f"Two sales rung, one without headquarters; both are there, once. Pictures: {pictures}\n")
    return 0


def _ring_and_pay(guide: Guide, application: Application, *, signed_in: bool = False) -> None:
    desk = application.desk
    if not signed_in:
        guide.wait_until("an open register", lambda: desk.counter is not None or application.not_opened is not None)
        if application.not_opened is not None:
            raise application.not_opened
        guide.picture("sign-in")
        guide.type(OPERATOR)
        guide.press(Qt.Key.Key_Return, "\r")
        guide.type(PIN)
        guide.press(Qt.Key.Key_Return, "\r")
        guide.wait_until("the operator", lambda: desk.operator is not None)
        guide.picture("checkout")
    for code in CODES:
        guide.scan(code)
    guide.picture("scanned")
    guide.press(Qt.Key.Key_Plus, "+")
    guide.picture("settle")
    guide.type(PAID)
    guide.picture("cash")
    guide.press(Qt.Key.Key_Return, "\r")
    guide.picture("receipt")
    guide.press(Qt.Key.Key_Return, "\r")
    guide.picture("next-customer")
