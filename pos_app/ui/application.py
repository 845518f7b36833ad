"""The application: joins the window with the register it is given, runs it, and takes it apart again.

Knows what the window needs (`ui.ports`), not who gives it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from pos_app.domain.errors import GranaryError, Refusal
from pos_app.ui.customer.facing import CustomerFacing
from pos_app.ui.main_window import MIN_HEIGHT, MIN_WIDTH, MainWindow
from pos_app.ui.ports import Counter, Notice, Register
from pos_app.ui.rooms.room import Rooms
from pos_app.ui.runtime.actions import Actions
from pos_app.ui.runtime.bridge import Bridge
from pos_app.ui.runtime.desk import Desk
from pos_app.ui.runtime.keymap import KeyMap, read_keymap
from pos_app.ui.runtime.messages import Messages
from pos_app.ui.runtime.preferences import PreferenceFile
from pos_app.ui.runtime.readiness_look import ReadinessLook
from pos_app.ui.runtime.scans import ScanRouter
from pos_app.ui.runtime.shift_look import ShiftLook
from pos_app.ui.runtime.slots import catch_escaping
from pos_app.ui.runtime.sounds import Sounds
from pos_app.ui.runtime.tasks import Tasks
from pos_app.ui.runtime.theme import Theme
from pos_app.ui.runtime.translations import Texts
from pos_app.ui.runtime.upkeep_runs import UpkeepRuns


class Application:
    """The joined parts. Needs a `QApplication` to stand on; `close` ends its threads."""

    def __init__(self, register: Register, rooms: Rooms, preferences: PreferenceFile | None = None) -> None:
        """Build the window; the register's files are opened meanwhile, on the counter's thread."""
        self._register = register
        self.not_opened: GranaryError | None = None
        """Why the register's files could not be opened."""
        file = preferences or PreferenceFile()
        chosen = file.read()
        texts, theme = Texts(chosen.language), Theme(chosen.theme)
        keymap, trouble = _keymap(file)
        messages = Messages(texts, keymap)
        self._bridge = Bridge()
        tasks = Tasks("counter", self._bridge, messages.refuse)
        errands = Tasks("errands", self._bridge, messages.refuse)
        payments = Tasks("payments", self._bridge, messages.refuse)
        self.desk = Desk(
            register, tasks, errands, payments, texts, theme, Actions(keymap), messages, file, register.identity
        )
        messages.sound = Sounds(errands).play
        tasks.run(register.open, self._opened, self._not_opened)
        theme.apply()
        self.window = MainWindow(self.desk, rooms)
        self.customer = CustomerFacing(self.desk, self.window, rooms.customer_screen)
        self.window.facing_chosen.connect(self.customer.choose)
        self.window.prepared.connect(self._face_customer)
        self._upkeep = UpkeepRuns(self.desk, self.window)
        self.readiness = ReadinessLook(self.desk, self.window)
        self.shift = ShiftLook(self.desk, self.window)
        self.window.lock_after(chosen.lock_minutes)
        self.scans = ScanRouter(self.window.scan)
        self.scans.key_came = self.window.idle.hand
        self.window.shown.connect(self._shown)
        self.window.closing.connect(self.close)
        if trouble is not None:
            messages.refuse(trouble)
        register.listen(self._told)

    def close(self) -> None:
        """End the threads, what was asked before first, then the register."""
        if self.desk.tasks.stopped:
            return
        self.window.lock_after(0)
        self.customer.close()
        self.desk.tasks.stop()
        self.desk.messages.fall_silent()
        self.desk.errands.stop()
        self.desk.payments.stop()
        self._register.close()

    def _shown(self) -> None:
        """Stand before the window at once: where no window manager runs, keys come to it without any focus."""
        handle = self.window.windowHandle()
        if handle is not None:
            self.scans.watch(handle)

    def _opened(self, counter: Counter | None) -> None:
        self.window.counter_opened(counter)
        self.readiness.look()
        self.shift.look()

    def _face_customer(self) -> None:
        """Let whoever stands before the till see what the new checkout does."""
        self.window.checkout.presenter.onlookers.append(self.customer)
        self.customer.look()

    def _not_opened(self, error: GranaryError) -> None:
        self.not_opened = error
        self.window.sign_in.cannot_open(error)

    def _told(self, notice: Notice) -> None:
        self._bridge.post(lambda: self.desk.hear(notice))


@dataclass(frozen=True, slots=True)
class Moments:
    """What is called once as the window opens: when a person may sign in, and when all of it stands."""

    ready: Callable[[], object] | None = None
    stands: Callable[[], object] | None = None


def run(
    register: Register, rooms: Rooms, preferences: PreferenceFile | None = None, moments: Moments = Moments()
) -> int:
    """Open the window and stay until it is closed."""
    app = QApplication.instance() or QApplication([])
    if not isinstance(app, QApplication):
        raise TypeError("the window needs an application with widgets")
    app.setStyle("Fusion")
    application = Application(register, rooms, preferences)
    window = application.window
    catch_escaping(application.desk.messages.bug)
    for signal, moment in ((window.opened, moments.ready), (window.prepared, moments.stands)):
        if moment is not None:
            signal.connect(partial(QTimer.singleShot, 0, moment))
    room = app.primaryScreen().availableSize()
    window.resize(max(MIN_WIDTH, min(room.width(), 1920)), max(MIN_HEIGHT, min(room.height(), 1080)))
    window.showMaximized()
    try:
        return app.exec()
    finally:
        application.close()


def _keymap(file: PreferenceFile) -> tuple[KeyMap, Refusal | None]:
    """Read the keys; with a store's changes unusable, the standard ones and what is wrong."""
    try:
        return read_keymap(file.keymap_changes), None
    except Refusal as refusal:
        return read_keymap(), refusal
