"""What is printed of a shift: the X report at any moment, the Z report at its close, the day's at the close of day.

Z and day are built from their facts' bodies alone, so that they can be printed again from the journal.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from pos_app.domain.facts import Fact, Happening
from pos_app.domain.ids import OperatorId
from pos_app.domain.shift import CLOSED, DAY_CLOSED, VERSION, By, Shift, Till, check_reason
from pos_app.domain.shift_figures import Figures

ReportKind = Literal["x", "z", "day"]


@dataclass(frozen=True, slots=True)
class ShiftReport:
    """A report's content. Cash is there only where its reader may know it."""

    kind: ReportKind
    store: str
    device: str
    business_date: str
    number: int
    """The shift's; 0 for a day."""
    operator: str
    """Whose shift it is; for a day, who closed it."""
    opened_at: str
    at: str
    float_fen: int
    figures: Figures
    expected: int
    counted: int | None = None
    reason: str = ""
    to: str = ""
    """Who took the drawer over."""
    shifts: tuple[int, ...] = ()
    copy: bool = False

    @property
    def difference(self) -> int | None:
        """What was counted less what there should be; None where nothing was counted."""
        return None if self.counted is None else self.counted - self.expected


def x_report(shift: Shift, figures: Figures, *, device: str, store_name: str, at: datetime) -> ShiftReport:
    """Say how a shift stands."""
    return ShiftReport(
        kind="x",
        store=store_name,
        device=device,
        business_date=shift.business_date.isoformat(),
        number=shift.number,
        operator=shift.operator,
        opened_at=shift.opened_at,
        at=at.isoformat(timespec="milliseconds"),
        float_fen=shift.float_fen,
        figures=figures,
        expected=figures.expected(shift.float_fen),
        counted=figures.counted,
    )


def closing(till: Till, shift: Shift, by: By, figures: Figures, *, reason: str, to: OperatorId | None) -> Happening:
    """Say that a shift is closed, by the count that was given last; ``to`` has the drawer then.

    A difference needs a reason: raises ``Refusal("reason_needed")``.
    """
    counted, expected = figures.counted, figures.expected(shift.float_fen)
    if counted is None:
        raise AssertionError("a shift is closed by a count")
    difference = counted - expected
    body = till.body(
        shift=shift.id,
        number=shift.number,
        business_date=shift.business_date.isoformat(),
        opened_by=shift.operator,
        opened_at=shift.opened_at,
        float=shift.float_fen,
        count=dict(figures.pieces),
        counted=counted,
        expected=expected,
        difference=difference,
        reason=check_reason(reason) if difference else "",
        approved_by=by.approved_by,
        to=to,
        figures=figures.document(),
    )
    return Happening(CLOSED, VERSION, by.at, by.operator, body)


def read_report(fact: Fact, store_name: str, *, copy: bool = False) -> ShiftReport:
    """Build the report of a fact that closes a shift or a day."""
    if fact.kind not in (CLOSED, DAY_CLOSED):
        raise AssertionError(f"no report is made of a {fact.kind}")
    report = _of_shift(fact, store_name) if fact.kind == CLOSED else _of_day(fact, store_name)
    return replace(report, copy=copy)


def _of_shift(fact: Fact, store_name: str) -> ShiftReport:
    body = fact.body
    return ShiftReport(
        kind="z",
        store=store_name,
        device=fact.device,
        business_date=body["business_date"],
        number=body["number"],
        operator=body["opened_by"],
        opened_at=body["opened_at"],
        at=fact.at,
        float_fen=body["float"],
        figures=replace(Figures.read(body["figures"]), counted=body["counted"], pieces=body["count"]),
        expected=body["expected"],
        counted=body["counted"],
        reason=body["reason"],
        to=body["to"] or "",
    )


def _of_day(fact: Fact, store_name: str) -> ShiftReport:
    body = fact.body
    return ShiftReport(
        kind="day",
        store=store_name,
        device=fact.device,
        business_date=body["business_date"],
        number=0,
        operator=fact.operator,
        opened_at="",
        at=fact.at,
        float_fen=body["float"],
        figures=Figures.read(body["figures"]),
        expected=body["expected"],
        counted=body["counted"],
        shifts=tuple(body["shifts"]),
    )


def day_closing(till: Till, by: By, day: date, closings: Sequence[Fact]) -> Happening:
    """Say that a day takes nothing more; it is the sum of its shifts."""
    bodies = [fact.body for fact in closings]
    figures = Figures()
    for body in bodies:
        figures = figures.together(Figures.read(body["figures"]))
    sums = {name: sum(body[name] for body in bodies) for name in ("float", "expected", "counted", "difference")}
    numbers = [body["number"] for body in bodies]
    told = till.body(business_date=day.isoformat(), shifts=numbers, figures=figures.document(), **sums)
    return Happening(DAY_CLOSED, VERSION, by.at, by.operator, told)
