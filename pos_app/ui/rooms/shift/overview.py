"""The shift room's first page: whose the drawer is and since when, what moved, and what can be done now.

What the drawer should hold is not on it: who counts does not know it.
"""

from collections.abc import Callable, Mapping

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout

from pos_app.domain.instants import parse_moment
from pos_app.services.drawer_state import ShiftState
from pos_app.ui.runtime.actions import Layer
from pos_app.ui.runtime.desk import Desk
from pos_app.ui.runtime.money_text import amount_text, time_text
from pos_app.ui.widgets.action_button import ActionButton
from pos_app.ui.widgets.cards import Card
from pos_app.ui.widgets.displays import Figure, Ground
from pos_app.ui.widgets.paragraph import Paragraph

ACTIONS = (
    *("shift.open", "shift.cash_in", "shift.cash_out", "shift.drawer", "shift.report"),
    *("shift.count", "shift.hand_over", "shift.close", "shift.day", "shift.reports", "shift.registers"),
)
_BY_AN_OPEN_ONE = frozenset(
    {"shift.cash_in", "shift.cash_out", "shift.report", "shift.count", "shift.hand_over", "shift.close"}
)
_COLUMNS = 2
_BUTTONS_WIDTH = 432
_NOTHING = "–"


class ShiftOverview(Ground):
    """The page. ``runs`` are what its buttons do, by their action."""

    def __init__(self, desk: Desk, runs: Mapping[str, Callable[[], object]]) -> None:
        super().__init__(desk.theme)
        self._desk = desk
        self._state: ShiftState | None = None
        self.buttons = {
            name: ActionButton(
                desk, name, runs[name], look="primary" if name == "shift.open" else "plain", height=72, size="title"
            )
            for name in ACTIONS
        }
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 16, 16, 16)
        row.setSpacing(16)
        row.addLayout(self._left(), 1)
        row.addLayout(self._right())
        self.layer = Layer({name: button.click for name, button in self.buttons.items()})
        desk.texts.on_change(self._show)
        self._show()

    def show_state(self, state: ShiftState) -> None:
        """Show how the drawer stands."""
        self._state = state
        self._show()

    def _show(self) -> None:
        state, tr, today = self._state, self._desk.texts.tr, self._desk.now()
        shift = None if state is None else state.shift
        title = tr("shift.none") if shift is None else tr("shift.number", number=f"{shift.number:04d}")
        self.title.set_value(title, "ink" if shift is None else "good")
        self.holder.set_words(_NOTHING if state is None or shift is None else state.at.name)
        self.opened.set_words(_NOTHING if shift is None else time_text(parse_moment(shift.opened_at), today))
        self.day.set_words(_NOTHING if state is None else f"{state.at.business_date:%Y-%m-%d}")
        self.float.set_words(_NOTHING if shift is None else amount_text(shift.float_fen))
        self.sales.set_words(_NOTHING if state is None else str(state.sales))
        self.cash_in.set_words(_NOTHING if state is None else amount_text(state.cash_in))
        self.cash_out.set_words(_NOTHING if state is None else amount_text(-state.cash_out))
        self.drawer.set_words(_NOTHING if state is None else str(state.drawer))
        self.counted.set_words(self._counted_text())
        self.said.set_words(*self._said())
        for name, button in self.buttons.items():
            button.setEnabled(self._can(name))

    def _counted_text(self) -> str:
        state = self._state
        if state is None or not state.counts:
            return _NOTHING
        tr = self._desk.texts.tr
        if state.outcome is None:
            return tr("shift.count_void", count=state.counts)
        return tr("shift.count_stands", counted=amount_text(state.outcome.counted), count=state.counts)

    def _said(self) -> tuple[str, str]:
        """Say the one thing that a person should know first."""
        state, tr = self._state, self._desk.texts.tr
        if state is None:
            return "", "ink_soft"
        if state.at.overdue and state.shift is not None:
            return tr("shift.overdue", day=f"{state.shift.business_date:%m-%d}"), "trouble"
        if state.at.late:
            return tr("shift.late", day=f"{state.at.business_date:%m-%d}"), "ink"
        if state.unclaimed:
            return tr("shift.unclaimed", sales=state.sales, given_back=state.given_back), "ink"
        if state.days_to_close and state.shift is None:
            return tr("shift.day_waits", day=f"{state.days_to_close[-1]:%m-%d}"), "ink"
        return tr("shift.hint_open" if state.shift is None else "shift.hint"), "ink_soft"

    def _can(self, name: str) -> bool:
        state = self._state
        if state is None:
            return False
        if name == "shift.open":
            return state.shift is None
        if name == "shift.day":
            return state.shift is None and bool(state.days_to_close)
        return name not in _BY_AN_OPEN_ONE or state.shift is not None

    def _left(self) -> QVBoxLayout:
        desk = self._desk
        card = Card(desk, "shift.title")
        self.title = Figure(desk.theme, ("huge", "large", "figure"), 88, align_right=False)
        desk.texts.bind(self.title.set_caption, "shift.at_this_register")
        card.column.addWidget(self.title)
        self.said = Paragraph(desk.theme, "strong")
        card.column.addWidget(self.said)
        card.column.addSpacing(8)
        self.holder = card.add_fact("shift.holder")
        self.opened = card.add_fact("shift.opened")
        self.day = card.add_fact("shift.business_day")
        self.float = card.add_fact("shift.float")
        self.sales = card.add_fact("shift.sales")
        self.cash_in = card.add_fact("shift.cash_in")
        self.cash_out = card.add_fact("shift.cash_out")
        self.drawer = card.add_fact("shift.drawer_opened")
        self.counted = card.add_fact("shift.counted")
        card.column.addStretch(1)
        left = QVBoxLayout()
        left.addWidget(card, 1)
        return left

    def _right(self) -> QVBoxLayout:
        grid = QGridLayout()
        grid.setSpacing(8)
        for at, name in enumerate(ACTIONS):
            self.buttons[name].setFixedWidth((_BUTTONS_WIDTH - 8) // _COLUMNS)
            grid.addWidget(self.buttons[name], at // _COLUMNS, at % _COLUMNS)
        right = QVBoxLayout()
        right.addLayout(grid)
        right.addStretch(1)
        return right
