"""Whether there is a screen for the customer, and where it stands: on the second monitor, as long as one is there.

Loads nothing of the screen itself before it is shown: most tills have none.
"""

from collections.abc import Callable
from functools import partial
from typing import Protocol

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QWidget

from pos_app.domain.receipt import Receipt
from pos_app.ui.rooms.checkout.ringing import Rung
from pos_app.ui.rooms.checkout.till import Onlooker
from pos_app.ui.runtime.desk import Desk

BEHIND_MS = 30
"""After what the cashier's window shows: a scan's painting never waits for the customer's."""


class CustomerFace(Onlooker, Protocol):
    """The screen itself."""

    def stand_on(self, screen: QScreen | None) -> None:
        """Fill a monitor; without one, be a window that a person can move."""
        ...

    def close(self) -> bool: ...


class CustomerFacing:
    """Shows the screen where one is wanted, and tells it what the customer may see."""

    def __init__(self, desk: Desk, window: QWidget, build: Callable[[Desk], CustomerFace]) -> None:
        self._desk = desk
        self._window = window
        self._build = build
        self._choice = desk.preferences.read().customer_screen
        self._face: CustomerFace | None = None
        self._tell: Callable[[CustomerFace], object] = _nothing_yet
        self._behind = QTimer(window, singleShot=True, interval=BEHIND_MS)
        self._behind.timeout.connect(self._pass_on)
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.screenAdded.connect(self._screens_changed)
            app.screenRemoved.connect(self._screens_changed)

    @property
    def face(self) -> CustomerFace | None:
        """The screen, while it is shown."""
        return self._face

    def choose(self, choice: str) -> None:
        """Show it always, never, or where there is a second monitor."""
        self._choice = choice
        self.look()

    def look(self) -> None:
        """Show it, move it or take it away, by what there is now."""
        second = _other_than(self._window.screen())
        if self._choice == "off" or (self._choice == "auto" and second is None):
            self.close()
            return
        if self._face is None:
            self._face = self._build(self._desk)
            self._pass_on()
        self._face.stand_on(second)
        # Some systems hand the keyboard to whatever window comes last, asked or not.
        self._window.activateWindow()

    def close(self) -> None:
        """Take it away."""
        if self._face is not None:
            self._face.close()
            self._face = None

    def sees_basket(self, rung: Rung) -> None:
        """Hear what is in the basket."""
        self._soon(lambda face: face.sees_basket(rung))

    def sees_receipt(self, receipt: Receipt) -> None:
        """Hear of the completed sale."""
        self._soon(lambda face: face.sees_receipt(receipt))

    def _soon(self, tell: Callable[[CustomerFace], object]) -> None:
        self._tell = tell
        if self._face is not None:
            self._behind.start()

    def _pass_on(self) -> None:
        if self._face is not None:
            self._tell(self._face)

    def _screens_changed(self, _screen: QScreen) -> None:
        # The window itself may be on its way to another monitor: it has arrived when events come to rest.
        QTimer.singleShot(0, self._window, partial(self.look))


def _other_than(own: QScreen | None) -> QScreen | None:
    return next((screen for screen in QGuiApplication.screens() if screen is not own), None)


def _nothing_yet(_face: CustomerFace) -> None:
    """Nobody has rung up anything."""
