"""The cashier's day at the drawer: open a shift, move cash, report, count, close, hand over, close the day.

Every step is one commit, durable when it returns; a power cut leaves the step before. Figures come from the facts
(`shift_sum`). Knows no window, no line and no paper: what is printed waits in a queue, and can be printed again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from pos_app.domain import shift as facts_of
from pos_app.domain.cash_count import CashCount
from pos_app.domain.drawers import StoreDrawer
from pos_app.domain.errors import Refusal
from pos_app.domain.facts import Happening, Position
from pos_app.domain.ids import OperatorId
from pos_app.domain.money import Fen
from pos_app.domain.operators import Operator
from pos_app.domain.sale import Place
from pos_app.domain.shift import By, Direction, Shift, Till, business_day, check_amount, check_float, check_reason
from pos_app.domain.shift_figures import Figures
from pos_app.domain.shift_report import ShiftReport, closing, day_closing, read_report, x_report
from pos_app.services.approvals import Approvals, Consent, Right
from pos_app.services.drawer_state import Holder, Outcome, ShiftState, outcome_of
from pos_app.services.ports import Clock, DrawerAndPaper, Ids, Nudge, ShiftJournal
from pos_app.services.shift_sum import ShiftSum

REPORTS_LISTED: Final = 50
SHOWN_FOR: Final = timedelta(days=2)
"""So far back a shift stands beside those of the other registers."""


@dataclass(frozen=True, slots=True)
class ShiftParts:
    """The ports that shifts stand on."""

    journal: ShiftJournal
    clock: Clock
    ids: Ids
    nudge: Nudge
    paper: DrawerAndPaper
    approvals: Approvals


class Shifts:
    """The drawer's use cases. Used from the counter's one worker thread only."""

    def __init__(self, parts: ShiftParts, place: Place, store_name: str) -> None:
        """Stand ready; nothing is read yet."""
        self._parts = parts
        self._device = place.device
        self._till = Till(place.store, place.register)
        self._store_name = store_name
        self._sum = ShiftSum(parts.journal)

    def may(self, operator: Operator, right: Right) -> bool:
        """Tell whether an operator may do it alone (any thread)."""
        return self._parts.approvals.may(operator, right)

    def holder(self) -> Holder:
        """Tell whose shift it is; well under a millisecond."""
        journal, now = self._parts.journal, self._parts.clock.now()
        shift = journal.open_shift()
        day = business_day(now, shift, journal.closed_day())
        return Holder(
            shift=shift,
            name="" if shift is None else self._parts.approvals.name_of(shift.operator),
            business_date=day,
            late=day > now.date(),
            overdue=shift is not None and now >= shift.ends_before,
        )

    def state(self) -> ShiftState:
        """Tell how the drawer stands."""
        journal, at = self._parts.journal, self.holder()
        shift = at.shift
        figures = self._sum.figures(journal.unclaimed_since(at.business_date) if shift is None else shift.since, shift)
        return ShiftState(
            at=at,
            sales=figures.sales,
            given_back=figures.returns.count + figures.voids.count,
            cash_in=Fen(figures.cash_in.amount),
            cash_out=Fen(figures.cash_out.amount),
            drawer=figures.drawer,
            counts=figures.counts,
            outcome=None if shift is None else outcome_of(shift, figures),
            days_to_close=journal.days_to_close(),
        )

    def open(self, operator: Operator, float_fen: Fen, count: CashCount | None = None) -> Shift:
        """Open a shift with what is in the drawer; sales that were rung before belong to it.

        Raises:
            Refusal: ``shift_is_open``, or ``float_amount``.

        """
        journal = self._parts.journal
        if journal.open_shift() is not None:
            raise Refusal("shift_is_open")
        now = self._parts.clock.now()
        shift = self._new_shift(operator.id, check_float(float_fen), now)
        self._append(facts_of.opening(self._till, shift, count))
        return shift

    def move(
        self, operator: Operator, direction: Direction, amount: Fen, *, reason: str, consent: Consent | None = None
    ) -> None:
        """Put cash into the drawer, or take some out; the drawer opens.

        Raises ``Refusal`` with ``shift_none``, ``cash_amount``, ``reason_needed``, or what `Approvals` refuses.
        """
        shift, amount, reason = self._shift(), check_amount(amount), check_reason(reason)
        approved_by = self._parts.approvals.approver(operator, "cash_out", consent) if direction == "out" else None
        by = self._by(operator, approved_by)
        self._append(facts_of.movement(self._till, shift, by, direction, amount=amount, reason=reason))
        self._parts.paper.open_drawer()

    def open_drawer(self, operator: Operator, reason: str, consent: Consent | None = None) -> None:
        """Open the drawer with no sale; raise ``Refusal("reason_needed")`` or what `Approvals` refuses."""
        reason = check_reason(reason)
        by = self._by(operator, self._parts.approvals.approver(operator, "no_sale", consent))
        self._append(facts_of.drawer_opening(self._till, self._parts.journal.open_shift(), by, reason))
        self._parts.paper.open_drawer()

    def report(self, operator: Operator, consent: Consent | None = None) -> ShiftReport:
        """Print how the shift stands; its cash is in it, so that who may not know needs somebody who may."""
        shift, now = self._shift(), self._parts.clock.now()
        self._let_look(operator, consent)
        figures = self._sum.figures(shift.since, shift)
        report = x_report(shift, figures, device=self._device, store_name=self._store_name, at=now)
        self._parts.paper.put_report(report)
        return report

    def count(self, operator: Operator, count: CashCount) -> Outcome:
        """Take what was counted, then tell what there should be. It is kept before it is told.

        Raises ``Refusal`` with ``shift_none``, or ``tenders_taken`` while cash lies in the drawer for an open basket.
        """
        shift = self._shift()
        self._check_no_cash_in_hand()
        expected = self._sum.figures(shift.since, shift).expected(shift.float_fen)
        self._append(facts_of.counting(self._till, shift, self._by(operator), count, expected=expected))
        return Outcome(count.total, expected)

    def close(self, operator: Operator, reason: str = "") -> ShiftReport:
        """Close the shift by the count that stands, and print its Z report.

        Raises ``Refusal`` as `count` does, ``count_needed``, or ``reason_needed`` where there is a difference.
        """
        shift, figures = self._counted()
        happening = closing(self._till, shift, self._by(operator), figures, reason=reason, to=None)
        fact = self._parts.journal.append(happening)
        self._parts.nudge.facts_waiting()
        report = read_report(fact, self._store_name)
        self._parts.paper.put_report(report)
        return report

    def hand_over(self, operator: Operator, reason: str, to: Consent) -> Operator:
        """Close the shift and open the next one's with what was counted, in one commit; tell who has the drawer now.

        Raises as `close` does, ``Refusal("hand_over_same_person")``, or what `SigningIn.recognise` refuses.
        """
        shift, figures = self._counted()
        taker = self._parts.approvals.recognise(to)
        if taker.id == shift.operator:
            raise Refusal("hand_over_same_person", name=taker.name)
        journal, now = self._parts.journal, self._parts.clock.now()
        closed = closing(self._till, shift, self._by(operator), figures, reason=reason, to=taker.id)
        head = journal.head().position
        left = Fen(figures.counted or 0)
        opened = self._new_shift(taker.id, left, now, since=Position(max(head.epoch, 1), head.seq + 1))
        count = CashCount.read(figures.pieces)
        fact, _ = journal.append_all([(closed, ()), (facts_of.opening(self._till, opened, count), ())])
        self._parts.nudge.facts_waiting()
        self._parts.paper.put_report(read_report(fact, self._store_name))
        return taker

    def close_day(self, operator: Operator) -> Sequence[ShiftReport]:
        """Close the days whose shifts are closed, and print their reports; what comes later belongs to the next.

        Raises:
            Refusal: ``shift_is_open``, ``day_unclaimed`` where sales, returns or voids belong to no shift yet,
                ``day_nothing``.

        """
        state, journal = self.state(), self._parts.journal
        if state.shift is not None:
            raise Refusal("shift_is_open")
        if state.unclaimed:
            raise Refusal("day_unclaimed", sales=state.sales, given_back=state.given_back)
        if not state.days_to_close:
            raise Refusal("day_nothing")
        by = self._by(operator)
        happenings = [day_closing(self._till, by, day, journal.closings_of(day)) for day in state.days_to_close]
        made = journal.append_all([(each, ()) for each in happenings])
        self._parts.nudge.facts_waiting()
        printed = [read_report(fact, self._store_name) for fact in made]
        for report in printed:
            self._parts.paper.put_report(report)
        return printed

    def reports(self) -> Sequence[ShiftReport]:
        """List the reports of closed shifts and days, the newest first."""
        found = self._parts.journal.reports(REPORTS_LISTED)
        return [read_report(fact, self._store_name, copy=True) for fact in found]

    def own_drawers(self, operator: Operator, consent: Consent | None = None) -> Sequence[StoreDrawer]:
        """Tell what this register's drawer should hold, and held at the shifts of the last days, the newest first.

        Raises what `Approvals` refuses.
        """
        self._let_look(operator, consent)
        shift, now = self._parts.journal.open_shift(), self._parts.clock.now()
        told = []
        if shift is not None:
            figures = self._sum.figures(shift.since, shift)
            told.append(x_report(shift, figures, device=self._device, store_name=self._store_name, at=now))
        first = (now.date() - SHOWN_FOR).isoformat()
        told += [each for each in self.reports() if each.kind == "z" and each.business_date >= first]
        return [_drawer(each) for each in told]

    def reprint(self, report: ShiftReport) -> None:
        """Print one again, marked as a copy."""
        self._parts.paper.put_report(report)

    def step(self) -> bool:
        """Add a little to the running sum; tell whether there is more."""
        return self._sum.step()

    def _let_look(self, operator: Operator, consent: Consent | None) -> None:
        """See to it that an operator may know what the drawer should hold; write down who agreed to it."""
        approved_by = self._parts.approvals.approver(operator, "drawer_sum", consent)
        if approved_by is not None:
            by = self._by(operator, approved_by)
            self._append(facts_of.look_approval(self._till, self._parts.journal.open_shift(), by))

    def _counted(self) -> tuple[Shift, Figures]:
        shift = self._shift()
        self._check_no_cash_in_hand()
        figures = self._sum.figures(shift.since, shift)
        if figures.counted is None:
            raise Refusal("count_needed")
        return shift, figures

    def _check_no_cash_in_hand(self) -> None:
        """Refuse to reckon with cash of a basket that is partly paid: it is in the drawer, and in no fact yet."""
        taken = [each for each in self._parts.journal.taken_tenders() if each.kind == "cash"]
        paid = sum(each.amount for each in taken if each.state != "reversing")
        if paid:
            raise Refusal("tenders_taken", paid=paid)

    def _shift(self) -> Shift:
        shift = self._parts.journal.open_shift()
        if shift is None:
            raise Refusal("shift_none")
        return shift

    def _new_shift(
        self, operator: OperatorId, float_fen: Fen, now: datetime, *, since: Position | None = None
    ) -> Shift:
        journal = self._parts.journal
        day = business_day(now, journal.open_shift(), journal.closed_day())
        return Shift(
            id=str(self._parts.ids.new()),
            number=journal.next_shift(),
            business_date=day,
            operator=operator,
            opened_at=now.isoformat(timespec="milliseconds"),
            float_fen=float_fen,
            since=journal.unclaimed_since(day) if since is None else since,
        )

    def _by(self, operator: Operator, approved_by: OperatorId | None = None) -> By:
        return By(self._parts.clock.now().isoformat(timespec="milliseconds"), operator.id, approved_by)

    def _append(self, happening: Happening) -> None:
        self._parts.journal.append(happening)
        self._parts.nudge.facts_waiting()


def _drawer(report: ShiftReport) -> StoreDrawer:
    return StoreDrawer(
        device=report.device,
        number=report.number,
        business_date=report.business_date,
        operator=report.operator,
        opened_at=report.opened_at,
        closed_at="" if report.kind == "x" else report.at,
        holds=Fen(report.expected),
        counted=None if report.counted is None else Fen(report.counted),
        as_of="",
    )
