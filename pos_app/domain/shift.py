"""Shifts (班次): one person's time at a drawer, and the facts that say so (decision 0023).

A shift takes in every fact of its register behind the shift before it. Its number is that of its Z report: counted from
one, without gaps. Knows no figures: `shift_figures` adds up.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final, Literal

from pos_app.domain.cash_count import CashCount
from pos_app.domain.errors import Refusal
from pos_app.domain.facts import Fact, Happening, Position
from pos_app.domain.ids import OperatorId
from pos_app.domain.money import MAX_FEN, Fen

OPENED: Final = "shift_opened"
CLOSED: Final = "shift_closed"
MOVED: Final = "cash_moved"
COUNTED: Final = "cash_counted"
DRAWER: Final = "drawer_opened"
DAY_CLOSED: Final = "day_closed"
APPROVAL: Final = "approval"
VERSION: Final = 1

DAY_ENDS: Final = time(6)
"""Until this hour of the next morning a shift belongs to the day on which it was opened."""
MOST_REASON_CHARACTERS: Final = 100

Direction = Literal["in", "out"]


@dataclass(frozen=True, slots=True)
class Shift:
    """A shift that is open."""

    id: str
    number: int
    business_date: date
    operator: OperatorId
    opened_at: str
    float_fen: Fen
    """What was in the drawer to begin with."""
    since: Position
    """The place behind which all facts are its own."""

    @property
    def ends_before(self) -> datetime:
        """Until when what happens belongs to its day, at its own clock's offset."""
        zone = datetime.fromisoformat(self.opened_at).tzinfo
        return datetime.combine(self.business_date + timedelta(days=1), DAY_ENDS, zone)


@dataclass(frozen=True, slots=True)
class Till:
    """Which drawer: every fact of it says so."""

    store: str
    register: int

    def body(self, **more: object) -> dict[str, Any]:
        """Give a fact's body."""
        return {"store": self.store, "register": self.register, **more}


@dataclass(frozen=True, slots=True)
class By:
    """When something was done at a drawer, by whom, and who agreed to it where that is somebody else."""

    at: str
    operator: OperatorId
    approved_by: OperatorId | None = None


def business_day(now: datetime, shift: Shift | None, closed: date | None) -> date:
    """Say to which day a fact belongs.

    It is that of the shift which is open, until six the next morning; else the calendar's. A day that was closed takes
    nothing any more: what comes later belongs to the next.
    """
    held = shift is not None and now < shift.ends_before
    day = shift.business_date if shift is not None and held else now.date()
    return day if closed is None else max(day, closed + timedelta(days=1))


def check_float(amount: int) -> Fen:
    """Hold a float to what can be meant; raise ``Refusal("float_amount")``."""
    if not 0 <= amount <= MAX_FEN:
        raise Refusal("float_amount", field="float", amount=amount)
    return Fen(amount)


def check_amount(amount: int) -> Fen:
    """Hold cash that is moved to what can be meant; raise ``Refusal("cash_amount")``."""
    if not 0 < amount <= MAX_FEN:
        raise Refusal("cash_amount", field="amount", amount=amount)
    return Fen(amount)


def check_reason(reason: str) -> str:
    """Hold a reason to some words, not too many; raise ``Refusal("reason_needed")`` or ``Refusal("reason_long")``."""
    words = " ".join(reason.split())
    if not words:
        raise Refusal("reason_needed", field="reason")
    if len(words) > MOST_REASON_CHARACTERS:
        raise Refusal("reason_long", field="reason", most=MOST_REASON_CHARACTERS)
    return words


def opening(till: Till, shift: Shift, count: CashCount | None) -> Happening:
    """Say that a shift is opened. ``late``: its day is ahead of the calendar's, which was closed already."""
    body = till.body(
        shift=shift.id,
        number=shift.number,
        business_date=shift.business_date.isoformat(),
        float=shift.float_fen,
        count=None if count is None else count.document(),
        since={"epoch": shift.since.epoch, "seq": shift.since.seq},
        late=shift.business_date > datetime.fromisoformat(shift.opened_at).date(),
    )
    return Happening(OPENED, VERSION, shift.opened_at, shift.operator, body)


def read_opening(fact: Fact, since: Position) -> Shift:
    """Read a shift from the fact that opened it. ``since`` is told by the journal: places change with an epoch."""
    body = fact.body
    return Shift(
        id=body["shift"],
        number=body["number"],
        business_date=date.fromisoformat(body["business_date"]),
        operator=fact.operator,
        opened_at=fact.at,
        float_fen=Fen(body["float"]),
        since=since,
    )


def movement(till: Till, shift: Shift, by: By, direction: Direction, *, amount: Fen, reason: str) -> Happening:
    """Say that cash was put into the drawer or taken out, not for a sale."""
    more = {"direction": direction, "amount": amount, "reason": reason, "approved_by": by.approved_by}
    return Happening(MOVED, VERSION, by.at, by.operator, till.body(**_named(shift), **more))


def drawer_opening(till: Till, shift: Shift | None, by: By, reason: str) -> Happening:
    """Say that the drawer was opened with no sale."""
    body = till.body(**_named(shift), reason=reason, approved_by=by.approved_by)
    return Happening(DRAWER, VERSION, by.at, by.operator, body)


def counting(till: Till, shift: Shift, by: By, count: CashCount, *, expected: Fen) -> Happening:
    """Say what was counted, before anybody was told what there should be."""
    figures = {"counted": count.total, "expected": expected, "difference": count.total - expected}
    return Happening(
        COUNTED, VERSION, by.at, by.operator, till.body(**_named(shift), count=count.document(), **figures)
    )


def look_approval(till: Till, shift: Shift | None, by: By) -> Happening:
    """Say that somebody let an operator know what the drawer should hold."""
    body = till.body(**_named(shift), right="drawer_sum", approved_by=by.approved_by)
    return Happening(APPROVAL, VERSION, by.at, by.operator, body)


def _named(shift: Shift | None) -> dict[str, Any]:
    return {"shift": None if shift is None else shift.id, "number": None if shift is None else shift.number}
