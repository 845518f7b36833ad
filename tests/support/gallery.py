"""Draws every room in both languages, both looks and both sizes, empty and full: `python -m tests.support.gallery`.

Offscreen, over the register of `tests.support.till`, so that a change of look is seen side by side.
"""

import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication, QWidget

from pos_app.bootstrap.rooms import ROOMS
from pos_app.domain.branches import Parting
from pos_app.domain.errors import LineDown
from pos_app.domain.facts import GENESIS, START, ChainHead, Position
from pos_app.domain.ids import DeviceId, OperatorId
from pos_app.domain.suspended_basket import SuspendedAt
from pos_app.services.changes import Kind
from pos_app.ui.application import Application
from pos_app.ui.ports import Changed, Identity, PrinterStatus, Trouble
from pos_app.ui.rooms.sync.room import SyncRoom
from pos_app.ui.runtime.preferences import PreferenceFile
from tests.support.gallery_of_customer import customer_scenes
from tests.support.gallery_of_members import member_scenes
from tests.support.gallery_of_payments import paying_register, payment_scenes
from tests.support.gallery_of_prices import crowded_scenes, price_scenes
from tests.support.gallery_of_returns import returns_scenes
from tests.support.gallery_of_shifts import shift_scenes
from tests.support.gallery_of_sync import diagnostics_scenes, empty_register, empty_scenes, sync_scenes
from tests.support.promoted import TWELVE, promoted_register
from tests.support.till import CASHIER, OPENING, HandRegister, exceptions

SIZES = ((1024, 768), (1366, 768))
LIMIT_S = 10

MEMBER = "13800002233"
GOODS = ("6999999000129", "6999999000112", "6999999000228", "6999999000112")


class Stage:
    """One window over one register, walked from scene to scene."""

    def __init__(self, register: HandRegister, size: tuple[int, int], language: str, theme: str) -> None:
        self.register = register
        self.application = Application(self.register, ROOMS, PreferenceFile())
        self.window = self.application.window
        self.subject: QWidget = self.window
        """What is drawn."""
        self.application.desk.texts.switch(language)
        self.application.desk.theme.switch(theme)
        self.window.resize(*size)
        self.window.show()
        self.settle()

    def settle(self) -> None:
        """Let the workers answer and the window paint; twice, since an answer may ask again."""
        self._round()
        self._round()

    def _round(self) -> None:
        desk = self.application.desk
        done: list[None] = []

        def paid(_: None) -> None:
            desk.errands.run(lambda: None, done.append)

        desk.tasks.run(lambda: None, lambda _: desk.payments.run(lambda: None, paid))
        until = time.monotonic() + LIMIT_S
        while not done and time.monotonic() < until:
            QApplication.processEvents()
        assert done, "the window does not come to rest"
        for _ in range(20):
            QApplication.processEvents()

    def until(self, comes: Callable[[], bool]) -> None:
        """Wait for what takes a moment by its nature."""
        limit = time.monotonic() + LIMIT_S
        while not comes() and time.monotonic() < limit:
            QApplication.processEvents()
        assert comes(), "it does not come"
        self.settle()

    def sign_in(self) -> None:
        """Let the cashier in."""
        operator = self.register.replica.operator(OperatorId(CASHIER))
        assert operator is not None
        self.window.welcome(operator)
        self.settle()

    def scan(self, *codes: str) -> None:
        """Scan goods."""
        for code in codes:
            self.window.scan(code)
        self.settle()

    def close(self) -> None:
        """End the threads."""
        self.application.close()
        self.window.hide()
        self.window.deleteLater()


def scenes(stage: Stage) -> Iterator[str]:
    """Walk through every room; the name of each scene comes when it stands."""
    yield from _lock(stage)
    yield from _basket(stage)
    yield from _payment(stage)
    yield from _other_rooms(stage)


def _lock(stage: Stage) -> Iterator[str]:
    sign_in = stage.window.sign_in
    yield "sign-in"
    sign_in.type(CASHIER)
    sign_in.answer()
    sign_in.type("12")
    yield "sign-in-pin"
    stage.sign_in()
    yield "checkout-empty"


def _basket(stage: Stage) -> Iterator[str]:
    checkout = stage.window.checkout
    stage.scan(*GOODS)
    yield "checkout-few"
    for words, name in (("花生", "checkout-search"), ("xyz", "checkout-search-nothing")):
        checkout.basket.search.setText(words)
        checkout.presenter.search(words)
        stage.settle()
        yield name
    checkout.open_basket()
    codes = [product.barcodes[0].code for product in stage.register.replica.products if product.barcodes]
    stage.scan(*codes[::9][:28])
    checkout.presenter.ask_member()
    checkout.basket.panel.type(MEMBER)
    yield "checkout-member"
    checkout.basket.panel.answer()
    stage.settle()
    yield "checkout-full"
    checkout.presenter.line.ask_quantity()
    yield "checkout-quantity"
    checkout.open_basket()
    checkout.presenter.suspended.suspend_or_list()
    stage.settle()
    stage.scan(GOODS[0])
    checkout.presenter.suspended.suspend_or_list()
    stage.settle()
    checkout.presenter.suspended.suspend_or_list()
    stage.settle()
    (first, *_) = stage.register.journal.suspended_baskets()
    elsewhere = SuspendedAt.whole(DeviceId("S001-R2"), first)
    stage.register.neighbours = [elsewhere, replace(elsewhere, device=DeviceId("S001-R3"), in_hand=True)]
    checkout.open_basket()
    checkout.presenter.suspended.suspend_or_list()
    stage.settle()
    yield "checkout-suspended"
    stage.register.fails["fetch"] = LineDown("peer_down")
    checkout.presenter.suspended.recall(stage.register.neighbours[0])
    stage.settle()
    yield "checkout-suspended-out-of-reach"
    stage.register.neighbours.clear()
    checkout.open_basket()
    checkout.presenter.suspended.suspend_or_list()
    stage.settle()
    checkout.suspended.rows.step(1)
    checkout.suspended.confirm.click()
    stage.settle()
    checkout.presenter.ask_clear()
    yield "checkout-clear"
    checkout.open_basket()
    stage.scan("6900000000007")
    yield "checkout-unknown"
    stage.window.toast.hide()


def _payment(stage: Stage) -> Iterator[str]:
    checkout = stage.window.checkout
    checkout.presenter.settle()
    yield "tender"
    checkout.tender.type("3")
    yield "tender-short"
    checkout.tender.type("999999")
    checkout.tender.answer()
    yield "tender-doubt"
    checkout.presenter.settle()
    checkout.tender.quick[2].click()
    yield "tender-quick"
    checkout.tender.answer()
    stage.settle()
    yield "done"
    checkout.done.panel.picture.click()
    stage.settle()
    yield "done-picture"
    checkout.done.panel.picture.click()
    stage.scan(*GOODS[:2])
    checkout.presenter.settle()
    checkout.tender.answer()
    stage.settle()
    checkout.presenter.open_receipts()
    stage.settle()
    yield "receipts"


def _other_rooms(stage: Stage) -> Iterator[str]:
    window, register = stage.window, stage.register
    window.checkout.open_basket()
    window.show_keys()
    yield "keys"
    window.hide_keys()
    window.open_room("sync")
    stage.settle()
    yield "sync"
    register.tell(
        replace(
            register.line,
            online=False,
            since=OPENING,
            waiting=17,
            heard_at=OPENING,
            offset_ms=-4200,
            trouble=Trouble("line_down", OPENING),
        )
    )
    register.tell(PrinterStatus("down", 3, "printer_down"))
    stage.settle()
    yield "sync-offline"
    yield from _parted(stage)
    yield from _exceptions(stage)
    window.open_room("settings")
    stage.settle()
    yield "settings"
    window.open_room("checkout")
    stage.settle()
    yield "checkout-offline"
    window.lock()
    yield "lock"
    for _ in range(4):
        window.sign_in.type("0")
        window.sign_in.answer()
        stage.settle()
    yield "lock-wait"


def _parted(stage: Stage) -> Iterator[str]:
    """Let headquarters refuse all that was sold."""
    register = stage.register
    register.branches.facts = list(register.journal.facts)
    register.branches.parted = Parting(START, ChainHead(Position(1, 80), GENESIS), frozen=True)
    register.tell(replace(register.line, waiting=2, trouble=Trouble("fork", OPENING)))
    register.tell(Changed(frozenset({Kind.CHAIN})))
    stage.settle()
    yield "sync-parted"
    room = stage.window.findChildren(SyncRoom)[0]
    room.overview.approve.click()
    stage.settle()
    yield "sync-approve"
    room.open_overview()
    register.branches.parted = None


def _exceptions(stage: Stage) -> Iterator[str]:
    """Let headquarters not honour some of what was sold."""
    stage.register.replica.wrong = exceptions()
    stage.register.tell(Changed(frozenset({Kind.EXCEPTION})))
    stage.settle()
    room = stage.window.findChildren(SyncRoom)[0]
    room.overview.exceptions.click()
    yield "sync-exceptions"
    room.exceptions.rows.step(3)
    yield "sync-exceptions-settled"
    room.open_overview()


def draw(folder: Path, only: str = "") -> int:
    """Draw all scenes into a folder; tell how many."""
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    app.setStyle("Fusion")
    escaped: list[BaseException] = []
    sys.excepthook = lambda _kind, error, _trace: escaped.append(error)
    folder.mkdir(parents=True, exist_ok=True)
    drawn = 0
    for size in SIZES:
        for language in ("zh_CN", "en"):
            for theme in ("light", "dark"):
                name = f"{size[0]}-{language}-{theme}"
                for make, walk in WALKS if only in name else ():
                    drawn += _draw_walk(folder, name, Stage(make(), size, language, theme), walk)
    if escaped:
        raise ExceptionGroup("while drawing", [error for error in escaped if isinstance(error, Exception)])
    return drawn


def _enrolment(_stage: Stage) -> Iterator[str]:
    yield "enrolment"


def _stranger() -> HandRegister:
    return HandRegister(identity=Identity("0.1.0"))


Walk = Callable[[Stage], Iterator[str]]
WALKS: tuple[tuple[Callable[[], HandRegister], Walk], ...] = (
    (HandRegister, scenes),
    (_stranger, _enrolment),
    (empty_register, empty_scenes),
    (paying_register, payment_scenes),
    (HandRegister, sync_scenes),
    (HandRegister, diagnostics_scenes),
    (promoted_register, member_scenes),
    (promoted_register, price_scenes),
    (promoted_register, customer_scenes),
    (lambda: promoted_register(*TWELVE), crowded_scenes),
    (promoted_register, returns_scenes),
    (HandRegister, shift_scenes),
)
"""Each walk and the register that it begins at."""


def _draw_walk(folder: Path, name: str, stage: Stage, walk: Walk) -> int:
    drawn = 0
    for scene in walk(stage):
        QApplication.processEvents()
        assert stage.subject.grab().save(str(folder / f"{scene}-{name}.png"))
        drawn += 1
    stage.close()
    return drawn


def main(arguments: list[str]) -> int:
    """Draw into the folder named, ``screenshots`` by default; a second word draws only walks so named."""
    folder = Path(arguments[0] if arguments else "screenshots")
    drawn = draw(folder, arguments[1] if len(arguments) > 1 else "")
    sys.stdout.write(f"{drawn} pictures in {folder}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
