"""The shift room's scenes: before anybody opened one, a working day, a count, the reports, what a person is asked."""

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from pos_app.domain.drawers import StoreDrawer
from pos_app.domain.errors import LineDown
from pos_app.domain.ids import OperatorId
from pos_app.domain.money import Fen
from pos_app.domain.operators import Operator
from pos_app.services.changes import Kind
from pos_app.ui.ports import Changed
from pos_app.ui.rooms.shift.room import ShiftRoom
from tests.support.till import CASHIER

if TYPE_CHECKING:
    from tests.support.gallery import Stage

GOODS = ("6999999000129", "6999999000112", "6999999000228")
MANAGER = "2001"


def shift_scenes(stage: "Stage") -> Iterator[str]:
    """A day from the float to the close of day, and a sale after it."""
    stage.sign_in()
    _sell(stage, 2)
    room = _enter(stage)
    yield "shift-none"
    yield from _open(stage, room)
    yield from _move(stage, room)
    yield from _side_by_side(stage, room)
    yield from _close(stage, room)
    yield from _end_of_day(stage, room)


def _open(stage: "Stage", room: ShiftRoom) -> Iterator[str]:
    room.overview.buttons["shift.reports"].click()
    stage.settle()
    yield "shift-reports-none"
    room.papers.back.click()
    room.overview.buttons["shift.open"].click()
    room.amount.type("500")
    yield "shift-float"
    room.amount.by_count.click()
    _count(room, 3, 2, 4)
    yield "shift-float-counted"
    room.open_overview()
    room.flow.open()
    for typed in "500":
        room.amount.type(typed)
    room.amount.confirm.click()
    stage.settle()
    _sell(stage, 5)
    _enter(stage)
    yield "shift-open"


def _move(stage: "Stage", room: ShiftRoom) -> Iterator[str]:
    room.overview.buttons["shift.cash_out"].click()
    for typed in "300":
        room.amount.type(typed)
    yield "shift-cash-out"
    room.amount.confirm.click()
    yield "shift-cash-out-reason"
    room.asking.choice.type("1")
    stage.settle()
    room.asking.pad.answer()
    for typed in MANAGER:
        room.asking.pad.type(typed)
    room.asking.pad.answer()
    room.asking.pad.type("0")
    room.asking.pad.answer()
    stage.settle()
    yield "shift-consent-refused"
    room.open_overview()
    stage.settle()


def _side_by_side(stage: "Stage", room: ShiftRoom) -> Iterator[str]:
    """Let the manager look: headquarters tells of the others, then there is no line."""
    opened = "2026-06-18T08:02:00+08:00"
    sums = ((123_450, None, ""), (98_760, Fen(98_660), "2026-06-18T10:30:00+08:00"))
    stage.register.drawers = [
        StoreDrawer(f"S001-R{at}", 40 + at, opened[:10], "1002", opened, closed, Fen(holds), counted, opened)
        for at, (holds, counted, closed) in enumerate(sums, 2)
    ]
    for name in ("shift-registers", "shift-registers-offline"):
        room.flow.registers()
        for typed in ("1009", "9876"):
            for each in typed:
                room.asking.pad.type(each)
            room.asking.pad.answer()
        stage.settle()
        yield name
        stage.register.fails["drawers"] = LineDown("drawers_unanswered", limit_s=1.5)
    room.open_overview()
    stage.settle()


def _close(stage: "Stage", room: ShiftRoom) -> Iterator[str]:
    room.overview.buttons["shift.close"].click()
    stage.settle()
    _count(room, 9, 1, 3, 0, 2)
    yield "shift-count"
    for _ in range(3):
        room.counting.confirm.click()
    stage.settle()
    yield "shift-difference"
    room.asking.back.click()
    stage.settle()
    yield "shift-counted"
    room.overview.buttons["shift.hand_over"].click()
    stage.settle()
    room.asking.choice.type("1")
    stage.settle()
    yield "shift-hand-over"
    room.open_overview()
    room.flow.close()
    stage.settle()
    room.asking.choice.type("1")
    stage.settle()
    yield "shift-closed"


def _end_of_day(stage: "Stage", room: ShiftRoom) -> Iterator[str]:
    room.open_overview()
    stage.settle()
    yield "shift-day-waits"
    room.overview.buttons["shift.day"].click()
    yield "shift-day"
    room.asking.confirm.click()
    stage.settle()
    yield "shift-day-closed"
    room.open_overview()
    room.flow.open()
    room.amount.type("0")
    room.amount.confirm.click()
    stage.settle()
    yield "shift-late"
    _sell(stage, 1)
    stage.register.clock.turn(timedelta(days=2))
    stage.register.tell(Changed(frozenset({Kind.SHIFT})))
    stage.settle()
    stage.window.lock()
    yield "sign-in-shift"
    stage.window.welcome(Operator(OperatorId("1002"), "周立群", "cashier", ""))
    stage.settle()
    yield "checkout-shift-overdue"
    _enter(stage)
    yield "shift-overdue"


def _enter(stage: "Stage") -> ShiftRoom:
    stage.window.open_room("shift")
    stage.settle()
    return stage.window.findChildren(ShiftRoom)[0]


def _sell(stage: "Stage", times: int) -> None:
    counter = stage.register.counter
    assert counter is not None
    for at in range(times):
        counter.selling.scan(GOODS[at % len(GOODS)], 1 + at)
        counter.selling.complete_with_cash(Fen(10_000_000), OperatorId(CASHIER))


def _count(room: ShiftRoom, *pieces: int) -> None:
    for each in pieces:
        for typed in str(each):
            room.counting.type(typed)
        room.counting.answer()
