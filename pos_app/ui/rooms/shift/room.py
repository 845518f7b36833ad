"""The shift room: its pages, and which of them is shown."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QStackedLayout, QWidget

from pos_app.domain.drawers import StoreDrawer
from pos_app.domain.errors import GranaryError
from pos_app.domain.operators import Operator
from pos_app.domain.shift_report import ShiftReport
from pos_app.services.approvals import Consent
from pos_app.services.changes import Changes, Kind
from pos_app.services.drawer_state import Outcome, ShiftState
from pos_app.ui.rooms.room import Room
from pos_app.ui.rooms.shift.amount_page import AmountPage, AmountQuestion
from pos_app.ui.rooms.shift.asking_page import AskingPage, Told
from pos_app.ui.rooms.shift.count_page import CountPage, CountQuestion
from pos_app.ui.rooms.shift.flow import ShiftFlow
from pos_app.ui.rooms.shift.overview import ShiftOverview
from pos_app.ui.rooms.shift.registers_page import RegistersPage
from pos_app.ui.rooms.shift.reports_page import ReportsPage
from pos_app.ui.runtime.actions import Layer
from pos_app.ui.runtime.desk import Desk
from pos_app.ui.widgets.choice_panel import Choice


class ShiftRoom(Room):
    """The room. ``welcome`` lets in who took the drawer over."""

    def __init__(self, desk: Desk, welcome: Callable[[Operator], object]) -> None:
        super().__init__()
        self._desk = desk
        self._layer: Layer | None = None
        self._entered = False
        flow = self.flow = ShiftFlow(desk, self, welcome)
        self._runs: dict[str, Callable[[], object]] = {
            "shift.open": flow.open,
            "shift.cash_in": flow.cash_in,
            "shift.cash_out": flow.cash_out,
            "shift.drawer": flow.drawer,
            "shift.report": flow.report,
            "shift.count": flow.count,
            "shift.hand_over": flow.hand_over,
            "shift.close": flow.close,
            "shift.day": flow.day,
            "shift.reports": flow.reports,
            "shift.registers": flow.registers,
        }
        self.overview = ShiftOverview(desk, self._runs)
        self.amount = AmountPage(desk, self.open_overview)
        self.counting = CountPage(desk, self.open_overview)
        self.asking = AskingPage(desk, self.open_overview)
        self.papers = ReportsPage(desk, flow.reprint, self.open_overview)
        self.registers = RegistersPage(desk, self.open_overview)
        self._stack = QStackedLayout(self)
        for page in (self.overview, self.amount, self.counting, self.asking, self.papers, self.registers):
            self._stack.addWidget(page)
        desk.on_changes.append(self._on_changes)

    def enter(self) -> None:
        """The room is shown: its keys work."""
        self._entered = True
        self._desk.messages.stand("foot")
        self.open_overview()

    def leave(self) -> None:
        """Another room is shown; what was asked here is not asked any more."""
        self._entered = False
        self._desk.messages.stand("top")
        self._open_keys(None)

    def begin(self, action: str) -> None:
        """Begin a step, as its button does."""
        self._runs[action]()

    def open_overview(self) -> None:
        """Show how the drawer stands."""
        self._open(self.overview, self.overview.layer)
        self.flow.look()

    def show_state(self, state: ShiftState) -> None:
        """Show it."""
        self.overview.show_state(state)

    def ask_amount(self, question: AmountQuestion) -> None:
        """Ask for an amount."""
        self.amount.ask(question)
        self._open(self.amount, self.amount.layer)

    def ask_count(self, question: CountQuestion) -> None:
        """Ask for a count."""
        self.counting.ask(question)
        self._open(self.counting, self.counting.layer)

    def ask_reason(self, told: Told, choice: Choice, outcome: Outcome | None = None) -> None:
        """Ask for a reason."""
        self.asking.ask_reason(told, choice, outcome)
        self._open(self.asking, self.asking.layer)

    def ask_consent(self, told: Told, consent: Callable[[Consent], object], outcome: Outcome | None = None) -> None:
        """Ask for somebody's number and PIN."""
        self.asking.ask_consent(told, consent, outcome)
        self._open(self.asking, self.asking.layer)

    def ask_to_go_on(self, told: Told, go_on: Callable[[], object], outcome: Outcome | None = None) -> None:
        """Ask whether to go on."""
        self.asking.ask_to_go_on(told, go_on, outcome)
        self._open(self.asking, self.asking.layer)

    def consent_refused(self, error: GranaryError) -> None:
        """Say why a consent was not taken."""
        self.asking.refused(error)

    def show_reports(self, reports: Sequence[ShiftReport]) -> None:
        """Show reports, the newest chosen."""
        self.papers.show_reports(reports)
        self._open(self.papers, self.papers.layer)

    def show_drawers(self, drawers: Sequence[StoreDrawer], said: str) -> None:
        """Show the store's drawers."""
        self.registers.show_drawers(drawers, said)
        self._open(self.registers, self.registers.layer)

    def showing_drawers(self) -> bool:
        """Tell whether they are shown."""
        return self._entered and self._stack.currentWidget() is self.registers

    def _on_changes(self, kinds: Changes) -> None:
        if self._entered and kinds & {Kind.SHIFT, Kind.SALE}:
            self.flow.look()

    def _open(self, page: QWidget, layer: Layer) -> None:
        self._desk.messages.went_well()
        if page is not self.overview:
            self._desk.messages.overtaken()
        self._stack.setCurrentWidget(page)
        self._open_keys(layer)

    def _open_keys(self, layer: Layer | None) -> None:
        if self._layer is not None:
            self._desk.actions.close(self._layer)
        self._layer = layer if self._entered else None
        if self._layer is not None:
            self._desk.actions.open(self._layer)
