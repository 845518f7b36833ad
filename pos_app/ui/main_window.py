"""The window: rail, rooms, status strip; over them the lock or the enrolment, the key sheet, and what is said.

Every key that no field takes comes here and is looked up among the actions that are open.
"""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from pos_app.domain.errors import Refusal
from pos_app.domain.operators import Operator
from pos_app.services.basket_pricing import BasketView
from pos_app.ui.ports import Counter, Identity
from pos_app.ui.rooms.checkout.room import CheckoutRoom
from pos_app.ui.rooms.enrolment.form import EnrolCover
from pos_app.ui.rooms.room import Room, Rooms
from pos_app.ui.rooms.sign_in.room import SignInRoom
from pos_app.ui.runtime.actions import Layer
from pos_app.ui.runtime.desk import Desk
from pos_app.ui.runtime.idle import IdleWatch
from pos_app.ui.runtime.keymap import chord_of
from pos_app.ui.widgets.entry import BACKSPACE
from pos_app.ui.widgets.key_sheet import KeySheet
from pos_app.ui.widgets.rail import Rail
from pos_app.ui.widgets.status_strip import StatusStrip
from pos_app.ui.widgets.toast import Toast

MIN_WIDTH, MIN_HEIGHT = 1024, 720


class MainWindow(QWidget):
    """One window; its rooms are built when they are first opened."""

    opened = Signal()
    """The register's files are open: a person may sign in."""
    prepared = Signal()
    """The checkout is built too."""
    shown = Signal()
    """It is on the screen, and has a `QWindow`."""
    closing = Signal()
    facing_chosen = Signal(str)
    """When the customer's screen is shown is another."""

    def __init__(self, desk: Desk, rooms: Rooms) -> None:
        super().__init__()
        self._desk = desk
        self.setObjectName("window")
        self.setMinimumSize(MIN_WIDTH, MIN_HEIGHT)
        desk.texts.bind(self.setWindowTitle, "brand.name")
        self._builders = rooms.by_name
        self._rooms: dict[str, Room] = {}
        self._open_room = ""
        self.rail = Rail(desk, list(self._builders), self)
        self.strip = StatusStrip(desk)
        self.sign_in = SignInRoom(desk, self.welcome)
        self.enrolment: EnrolCover | None = None
        self.idle = IdleWatch(self.on_idle)
        self._lay_out()
        self.toast = Toast(desk.theme, self)
        self.sheet = KeySheet(desk, self, self.hide_keys)
        desk.messages.show, desk.messages.withdraw = self.toast.say, self.toast.withdraw
        desk.messages.stand = self.toast.stand
        self._layer = Layer(
            {f"room.{room}": partial(self.open_room, room) for room in self._builders}
            | {"window.keys": self.show_keys, "window.lock": self.lock, "shift.drawer": self.open_drawer}
        )
        desk.actions.open(self._layer)
        self.lock()

    @property
    def checkout(self) -> CheckoutRoom:
        """The checkout, built at its first opening."""
        room = self._room("checkout")
        if not isinstance(room, CheckoutRoom):
            raise TypeError("the room named checkout is another")
        return room

    def counter_opened(self, counter: Counter | None) -> None:
        """Take the register's use cases; without them it must be enrolled first."""
        self._desk.counter, self._desk.identity = counter, self._desk.register.identity
        if counter is None:
            self._show_enrolment()
            return
        self._desk.tasks.afterwards = counter.sync
        if self.enrolment is not None:
            self._desk.actions.close(self.enrolment.layer)
        self._cover(self.sign_in)
        self.lock()
        self.opened.emit()
        QTimer.singleShot(0, self._prepare)

    def enrolled(self, _identity: Identity) -> None:
        """Open the files of the register that this machine has become."""
        self._drop_rooms()
        self._desk.tasks.run(self._desk.register.open, self.counter_opened)

    def scan(self, text: str) -> None:
        """Take a scan from wherever it came; somebody must be signed in for it, unless it is the enrolment's code."""
        if self.enrolment is not None and self._stack.currentWidget() is self.enrolment:
            self.enrolment.form.take_scan(text)
            return
        if self._desk.operator is None or self._desk.counter is None or self.locked:
            self._desk.messages.refuse(Refusal("locked_scan", text=text))
            return
        self.hide_keys()
        self._room(self._open_room).scan(text, lambda: self._scan_in_checkout(text))

    def ring_in_checkout(self, verb: Callable[[], BasketView]) -> None:
        """Change the basket from another room, and go where it is seen."""
        self._to_checkout()
        self.checkout.presenter.ring(verb)

    def _scan_in_checkout(self, text: str) -> None:
        self._to_checkout()
        self.checkout.presenter.scan(text)

    def _to_checkout(self) -> None:
        if self._open_room != "checkout":
            self.open_room("checkout")

    @property
    def locked(self) -> bool:
        """Whether the lock or the enrolment covers the rooms."""
        return self._stack.currentIndex() != 0

    def lock(self) -> None:
        """Cover the rooms. The basket stays; another operator may take over."""
        if self.enrolment is not None and self._desk.counter is None:
            return
        self.hide_keys()
        self._desk.messages.stand("top")
        self.sign_in.start_over()
        self._desk.actions.open(self.sign_in.layer)
        self._cover(self.sign_in)

    def on_idle(self) -> None:
        if not self.locked:
            self.lock()

    def lock_after(self, minutes: int) -> None:
        """Lock by itself after so many minutes without a hand; 0 is never."""
        self.idle.set_minutes(minutes)

    def face_customer(self, choice: str) -> None:
        """Show the customer's screen always, never, or where there is a second monitor."""
        self.facing_chosen.emit(choice)

    def welcome(self, operator: Operator) -> None:
        """Let an operator in, to the checkout."""
        self._desk.operator = operator
        self._desk.messages.went_well()
        self._desk.actions.close(self.sign_in.layer)
        self._stack.setCurrentIndex(0)
        self.strip.refresh()
        self.open_room("checkout")
        self._tell_holder(operator)

    def _tell_holder(self, operator: Operator) -> None:
        """Say to who signs in that the shift is another's, or from another day."""
        holder = self._desk.holder
        if holder is None or holder.shift is None:
            return
        if holder.overdue:
            self._desk.messages.note("note.shift_overdue", day=f"{holder.shift.business_date:%m-%d}")
        elif holder.shift.operator != operator.id:
            self._desk.messages.note("note.shift_of", name=holder.name)

    def open_room(self, name: str) -> None:
        """Go to a room."""
        if self._open_room:
            self._room(self._open_room).leave()
        self._open_room = name
        room = self._room(name)
        self._shelf.setCurrentWidget(room)
        room.enter()
        self.rail.show_room(name)

    def open_drawer(self) -> None:
        """Ask, wherever one is, for the drawer to be opened with no sale."""
        self.open_room("shift")
        self._room("shift").begin("shift.drawer")

    def show_keys(self) -> None:
        """Show every key that works here and now."""
        self.sheet.open(self._desk.actions.reachable())
        self._desk.actions.open(self.sheet.layer)

    def hide_keys(self) -> None:
        """Put the key sheet away."""
        self.sheet.hide()
        self._desk.actions.close(self.sheet.layer)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        chord = chord_of(event)
        typed = event.text() if len(chord) == 1 and event.text().isprintable() else ""
        if chord == "⌫":
            typed = BACKSPACE
        if not self._desk.actions.press(chord, typed):
            event.ignore()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.toast.place()
        self.sheet.setGeometry(self.rect())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.setFocus()
        handle = self.windowHandle()
        if handle is not None:
            self.idle.watch(handle)
        self.shown.emit()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.closing.emit()
        super().closeEvent(event)

    def _lay_out(self) -> None:
        rooms = QWidget()
        self._shelf = QStackedLayout(rooms)
        house = QWidget()
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(rooms, 1)
        right.addWidget(self.strip)
        row = QHBoxLayout(house)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.rail)
        row.addLayout(right, 1)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(house)
        self._stack.addWidget(self.sign_in)

    def _cover(self, cover: QWidget) -> None:
        self._stack.setCurrentWidget(cover)
        self.setFocus()

    def _show_enrolment(self) -> None:
        if self.enrolment is None:
            self.enrolment = EnrolCover(self._desk, self.enrolled)
            self._stack.addWidget(self.enrolment)
        self._desk.actions.close(self.sign_in.layer)
        self._desk.actions.open(self.enrolment.layer)
        self._cover(self.enrolment)
        self.enrolment.form.begin()

    def _prepare(self) -> None:
        """Build the checkout while its cashier still types the PIN."""
        if self._desk.counter is not None:
            self._room("checkout")
            self.prepared.emit()

    def _drop_rooms(self) -> None:
        """A register that was moved to another store begins with rooms of its own."""
        if self._open_room:
            self._room(self._open_room).leave()
        self._open_room = ""
        self._desk.operator = None
        for room in self._rooms.values():
            self._shelf.removeWidget(room)
            room.deleteLater()
        self._rooms.clear()

    def _room(self, name: str) -> Room:
        if name not in self._rooms:
            self._rooms[name] = self._builders[name](self._desk, self)
            self._shelf.addWidget(self._rooms[name])
        return self._rooms[name]
