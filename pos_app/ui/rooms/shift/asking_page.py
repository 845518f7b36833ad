"""What a person is told, with what is asked beside it: a reason, somebody's consent, or only whether to go on."""

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from pos_app.domain.errors import GranaryError
from pos_app.services.approvals import Consent
from pos_app.services.drawer_state import Outcome
from pos_app.ui.rooms.shift.amount_page import SIDE_WIDTH
from pos_app.ui.runtime.actions import Layer
from pos_app.ui.runtime.desk import Desk
from pos_app.ui.runtime.money_text import amount_text
from pos_app.ui.widgets.action_button import ActionButton
from pos_app.ui.widgets.approval_pad import ApprovalPad
from pos_app.ui.widgets.cards import Card
from pos_app.ui.widgets.choice_panel import Choice, ChoicePanel
from pos_app.ui.widgets.displays import Figure, Ground
from pos_app.ui.widgets.paragraph import Paragraph

Told = tuple[str, str]
"""The text keys of a title and of what is said."""


class AskingPage(Ground):
    """One question at a time."""

    def __init__(self, desk: Desk, closed: Callable[[], object]) -> None:
        super().__init__(desk.theme)
        self._desk = desk
        self._told: Told = ("shift.title", "shift.title")
        self._outcome: Outcome | None = None
        self._go_on: Callable[[], object] = closed
        self._consent: Callable[[Consent], object] = lambda _: None
        self.card = Card(desk, "shift.title")
        self.about = Paragraph(desk.theme, "strong")
        sizes = ("huge", "large", "figure")
        self.counted, self.expected, self.difference = (
            Figure(desk.theme, sizes, 88, align_right=False) for _ in range(3)
        )
        self.card.column.addSpacing(8)
        for part in (self.about, self.counted, self.expected, self.difference):
            self.card.column.addWidget(part)
        self.card.column.addStretch(1)
        self.choice = ChoicePanel(desk, closed)
        self.pad = ApprovalPad(desk, lambda number, pin: self._consent(Consent(number, pin)), closed)
        self.confirm = ActionButton(desk, "panel.confirm", self.answer, look="primary", height=72, size="title")
        self.back = ActionButton(desk, "panel.back", closed, look="quiet", height=56)
        self._plain = Layer({"panel.confirm": self.confirm.click, "panel.back": self.back.click})
        self._side = QStackedLayout()
        self._lay_out()
        desk.texts.on_change(self._show)

    @property
    def layer(self) -> Layer:
        """The keys of what is asked."""
        return {0: self.choice.layer, 1: self.pad.layer}.get(self._side.currentIndex(), self._plain)

    def ask_reason(self, told: Told, choice: Choice, outcome: Outcome | None = None) -> None:
        """Ask for a reason."""
        self._tell(told, outcome)
        self.choice.ask(choice)
        self._side.setCurrentIndex(0)

    def ask_consent(self, told: Told, consent: Callable[[Consent], object], outcome: Outcome | None = None) -> None:
        """Ask for somebody's number and PIN."""
        self._tell(told, outcome)
        self._consent = consent
        self.pad.begin()
        self._side.setCurrentIndex(1)

    def ask_to_go_on(self, told: Told, go_on: Callable[[], object], outcome: Outcome | None = None) -> None:
        """Ask whether to go on."""
        self._tell(told, outcome)
        self._go_on = go_on
        self._side.setCurrentIndex(2)

    def answer(self) -> None:
        """Go on."""
        self._go_on()

    def refused(self, error: GranaryError) -> None:
        """Say at the pad why a consent was not taken."""
        self.pad.refused(error)

    def _tell(self, told: Told, outcome: Outcome | None) -> None:
        self._told, self._outcome = told, outcome
        self._show()

    def _show(self) -> None:
        tr, outcome = self._desk.texts.tr, self._outcome
        title, about = self._told
        self.card.title.set_words(tr(title))
        self.about.set_words(tr(about), "ink")
        for figure in (self.counted, self.expected, self.difference):
            figure.setVisible(outcome is not None)
        if outcome is None:
            return
        self.counted.set_caption(tr("shift.counted"))
        self.counted.set_value(amount_text(outcome.counted))
        self.expected.set_caption(tr("shift.expected"))
        self.expected.set_value(amount_text(outcome.expected))
        differs = outcome.difference
        key = "shift.difference_none" if not differs else "shift.over" if differs > 0 else "shift.short"
        self.difference.set_caption(tr(key))
        self.difference.set_value(amount_text(differs), "trouble" if differs else "good")

    def _lay_out(self) -> None:
        plain = QWidget()
        column = QVBoxLayout(plain)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addStretch(1)
        column.addWidget(self.confirm)
        column.addWidget(self.back)
        side = QWidget()
        side.setFixedWidth(SIDE_WIDTH)
        side.setLayout(self._side)
        for part in (self.choice, self.pad, plain):
            self._side.addWidget(part)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 16, 16, 16)
        row.setSpacing(16)
        row.addWidget(self.card, 1)
        row.addWidget(side)
