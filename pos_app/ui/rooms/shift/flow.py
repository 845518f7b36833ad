"""The steps of the drawer's day, one question after the other. Knows no widget: the room shows what it asks.

A step is asked of the counter's worker only when all its answers are there, so that a step left half way did nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final, Literal, Protocol, TypeVar

from pos_app.domain.cash_count import CashCount
from pos_app.domain.drawers import StoreDrawer
from pos_app.domain.errors import GranaryError
from pos_app.domain.money import Fen
from pos_app.domain.operators import Operator
from pos_app.domain.shift import Direction
from pos_app.domain.shift_report import ShiftReport
from pos_app.services.approvals import Consent, Right
from pos_app.services.changes import Kind
from pos_app.services.drawer_state import Outcome, ShiftState
from pos_app.services.shifts import Shifts
from pos_app.ui.rooms.shift.amount_page import AmountQuestion
from pos_app.ui.rooms.shift.asking_page import Told
from pos_app.ui.rooms.shift.count_page import CountQuestion
from pos_app.ui.runtime.desk import Desk
from pos_app.ui.runtime.money_text import amount_text
from pos_app.ui.widgets.choice_panel import Choice

T = TypeVar("T")
Purpose = Literal["look", "close", "hand_over"]
"""What a count is for."""

IN_REASONS: Final = ("float", "change", "other")
OUT_REASONS: Final = ("bank", "expense", "change", "other")
DRAWER_REASONS: Final = ("change", "check", "mistake", "other")
DIFFERENCE_REASONS: Final = ("wrong_change", "wrong_tender", "unknown", "recount")
"""Reasons that are chosen by a key; the fact keeps these words, the screen their translations."""


class ShiftView(Protocol):
    """What the room shows."""

    def show_state(self, state: ShiftState) -> None: ...
    def open_overview(self) -> None: ...
    def ask_amount(self, question: AmountQuestion) -> None: ...
    def ask_count(self, question: CountQuestion) -> None: ...
    def ask_reason(self, told: Told, choice: Choice, outcome: Outcome | None = None) -> None: ...
    def ask_consent(self, told: Told, consent: Callable[[Consent], object], outcome: Outcome | None = None) -> None: ...
    def ask_to_go_on(self, told: Told, go_on: Callable[[], object], outcome: Outcome | None = None) -> None: ...
    def consent_refused(self, error: GranaryError) -> None: ...
    def show_reports(self, reports: Sequence[ShiftReport]) -> None: ...
    def show_drawers(self, drawers: Sequence[StoreDrawer], said: str) -> None: ...
    def showing_drawers(self) -> bool: ...


class ShiftFlow:
    """The steps."""

    def __init__(self, desk: Desk, view: ShiftView, welcome: Callable[[Operator], object]) -> None:
        """``welcome`` lets in who took the drawer over."""
        self._desk = desk
        self._view = view
        self._welcome = welcome
        self._asked = False
        """The counter was asked for a step and has not answered: a key that bounces asks for no second one."""

    def look(self) -> None:
        """Look how the drawer stands."""
        counter = self._desk.counter
        if counter is not None:
            self._desk.tasks.run(counter.shifts.state, self._view.show_state)

    def open(self) -> None:
        """Ask for the float, as a sum or by notes."""

        def by_count() -> None:
            self._view.ask_count(CountQuestion("shift.open_title", lambda count: self._open(count.total, count)))

        self._view.ask_amount(AmountQuestion("shift.open_title", "shift.open_about", self._open, by_count))

    def cash_in(self) -> None:
        """Put cash in: how much, and why."""
        self._ask_to_move("in", IN_REASONS)

    def cash_out(self) -> None:
        """Take cash out: how much, why, and who agrees."""
        self._ask_to_move("out", OUT_REASONS)

    def drawer(self) -> None:
        """Open the drawer with no sale: why, and who agrees."""
        told = ("shift.drawer_title", "shift.drawer_about")

        def chosen(reason: str) -> None:
            self._with_consent(
                "no_sale",
                told,
                lambda shifts, operator, consent: shifts.open_drawer(operator, reason, consent),
                lambda _: self._done("note.drawer_opened"),
            )

        self._view.ask_reason(told, self._reasons(DRAWER_REASONS, "", chosen))

    def report(self) -> None:
        """Print how the shift stands; who may not know its cash asks somebody who may."""
        self._with_consent(
            "drawer_sum",
            ("shift.x_title", "shift.x_about"),
            lambda shifts, operator, consent: shifts.report(operator, consent),
            lambda report: self._view.show_reports([report]),
        )

    def count(self) -> None:
        """Count the drawer, to see how it stands."""
        self._ask_count("look")

    def close(self) -> None:
        """Close the shift, by the count that stands or by one more."""
        self._by_count("close")

    def hand_over(self) -> None:
        """Close the shift and give the drawer to the next one."""
        self._by_count("hand_over")

    def day(self) -> None:
        """Close the day."""
        told = ("shift.day_title", "shift.day_about")
        self._view.ask_to_go_on(told, lambda: self._do(Shifts.close_day, lambda _: self.reports()))

    def reports(self) -> None:
        """Show the reports so far."""
        self._desk.tasks.run(self._desk.open_counter().shifts.reports, self._view.show_reports)

    def registers(self) -> None:
        """Set the store's drawers side by side; who may not know what they hold asks somebody who may."""
        self._with_consent(
            "drawer_sum",
            ("shift.registers_title", "shift.registers_about"),
            lambda shifts, operator, consent: shifts.own_drawers(operator, consent),
            self._show_registers,
        )

    def _show_registers(self, own: Sequence[StoreDrawer]) -> None:
        """Show the own ones at once, the others when headquarters answers, or say that it does not."""
        desk = self._desk
        tr, device = desk.texts.tr, desk.identity.device

        def answered(drawers: Sequence[StoreDrawer]) -> None:
            if self._view.showing_drawers():
                others = [each for each in drawers if each.device != device]
                self._view.show_drawers([*own, *others], tr("shift.registers_all"))

        def failed(error: GranaryError) -> None:
            if self._view.showing_drawers():
                self._view.show_drawers(own, tr("shift.registers_own", why=desk.messages.text_of(error)))

        self._view.show_drawers(own, tr("shift.registers_asking"))
        desk.errands.run(desk.register.ask_drawers, answered, failed)

    def reprint(self, report: ShiftReport) -> None:
        """Print one again, marked as a copy."""
        shifts = self._desk.open_counter().shifts
        copy = replace(report, copy=True)
        self._desk.tasks.run(lambda: shifts.reprint(copy), lambda _: self._desk.messages.note("note.report_reprinted"))

    def _open(self, amount: Fen, count: CashCount | None = None) -> None:
        self._do(lambda shifts, operator: shifts.open(operator, amount, count), lambda _: self._done("note.shift_open"))

    def _ask_to_move(self, direction: Direction, reasons: Sequence[str]) -> None:
        told = (f"shift.{direction}_title", f"shift.{direction}_about")

        def moved(amount: Fen, reason: str) -> None:
            self._with_consent(
                "cash_out" if direction == "out" else None,
                told,
                lambda shifts, operator, consent: shifts.move(
                    operator, direction, amount, reason=reason, consent=consent
                ),
                lambda _: self._done(f"note.cash_{direction}", amount=amount_text(amount)),
            )

        def typed(amount: Fen) -> None:
            choice = self._reasons(reasons, amount_text(amount), lambda reason: moved(amount, reason))
            self._view.ask_reason(told, choice)

        self._view.ask_amount(AmountQuestion(*told, typed))

    def _by_count(self, purpose: Purpose) -> None:
        """Go on with the count that stands; where none does, count first."""

        def go_on(state: ShiftState) -> None:
            if state.outcome is None:
                self._ask_count(purpose)
            else:
                self._counted(purpose, state.outcome)

        self._desk.tasks.run(self._desk.open_counter().shifts.state, go_on)

    def _ask_count(self, purpose: Purpose) -> None:
        def typed(count: CashCount) -> None:
            self._do(lambda shifts, operator: shifts.count(operator, count), lambda out: self._counted(purpose, out))

        self._view.ask_count(CountQuestion("shift.count_title", typed))

    def _counted(self, purpose: Purpose, outcome: Outcome) -> None:
        """Tell what the count came to, and ask for a reason where it differs and is to be closed by."""
        told = (f"shift.{purpose}_title", f"shift.{purpose}_about")
        if purpose == "look":
            self._view.ask_to_go_on(told, self._view.open_overview, outcome)
        elif outcome.difference:
            about = amount_text(outcome.difference)
            choice = self._reasons(DIFFERENCE_REASONS, about, lambda reason: self._finish(purpose, reason, outcome))
            self._view.ask_reason(told, choice, outcome)
        elif purpose == "close":
            self._view.ask_to_go_on(told, lambda: self._finish(purpose, "", outcome), outcome)
        else:
            self._finish(purpose, "", outcome)

    def _finish(self, purpose: Purpose, reason: str, outcome: Outcome) -> None:
        if purpose == "close":
            self._do(lambda shifts, operator: shifts.close(operator, reason), lambda _: self.reports())
            return

        def taken(consent: Consent) -> None:
            self._do(
                lambda shifts, operator: shifts.hand_over(operator, reason, consent),
                self._handed_over,
                self._view.consent_refused,
            )

        self._view.ask_consent(("shift.hand_over_title", "shift.hand_over_to"), taken, outcome)

    def _handed_over(self, taker: Operator) -> None:
        self._view.open_overview()
        self._welcome(taker)
        self._desk.messages.note("note.handed_over", name=taker.name)

    def _reasons(self, reasons: Sequence[str], about: str, chosen: Callable[[str], object]) -> Choice:
        tr = self._desk.texts.tr
        answers = [tr(f"drawer_reason.{each}") for each in reasons]
        return Choice("shift.reason", about, answers, lambda at: chosen(reasons[at]), own=chosen)

    def _with_consent(
        self,
        right: Right | None,
        told: Told,
        verb: Callable[[Shifts, Operator, Consent | None], T],
        then: Callable[[T], object],
    ) -> None:
        """Do it at once where the operator may; else ask for a second person first."""
        operator, shifts = self._desk.operator, self._desk.open_counter().shifts
        if operator is None or right is None or shifts.may(operator, right):
            self._do(lambda shifts, operator: verb(shifts, operator, None), then)
            return

        def agreed(consent: Consent) -> None:
            self._do(lambda shifts, operator: verb(shifts, operator, consent), then, self._view.consent_refused)

        self._view.ask_consent((told[0], "shift.consent_about"), agreed)

    def _do(
        self,
        verb: Callable[[Shifts, Operator], T],
        then: Callable[[T], object],
        failed: Callable[[GranaryError], object] | None = None,
    ) -> None:
        """Ask the counter, and say what changed before going on."""
        operator, shifts = self._desk.operator, self._desk.open_counter().shifts
        if operator is None or self._asked:
            return

        def done(answer: T) -> None:
            self._asked = False
            self._desk.tell(frozenset({Kind.SHIFT, Kind.LINE}))
            then(answer)

        def refused(error: GranaryError) -> None:
            self._asked = False
            (failed or self._desk.messages.refuse)(error)

        self._asked = True
        self._desk.tasks.run(lambda: verb(shifts, operator), done, refused)

    def _done(self, note: str, **places: str) -> None:
        self._view.open_overview()
        self._desk.messages.note(note, **places)
