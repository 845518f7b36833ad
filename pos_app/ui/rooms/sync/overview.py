"""The sync room's first page: is the line up, what waits, what works now, what went wrong last.

Reads the desk's status; its buttons ask the sync engine and wait for nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QGridLayout, QHBoxLayout

from pos_app.domain.readiness import TELLING, Grade, Ready, Subject
from pos_app.ui.runtime.actions import Layer
from pos_app.ui.runtime.desk import Desk
from pos_app.ui.runtime.money_text import time_text
from pos_app.ui.runtime.readiness_words import line_words
from pos_app.ui.widgets.action_button import ActionButton
from pos_app.ui.widgets.cards import Card
from pos_app.ui.widgets.displays import Figure, Ground, Words
from pos_app.ui.widgets.paragraph import Paragraph

_SKEW_SHOWN_MS = 1000


@dataclass(frozen=True, slots=True)
class Ways:
    """Where its buttons lead."""

    approve: Callable[[], object]
    """What a manager is asked where the chains have parted."""
    readiness: Callable[[], object]
    """What works now, in full."""
    exceptions: Callable[[], object]
    diagnostics: Callable[[], object]


class Overview(Ground):
    """The page."""

    def __init__(self, desk: Desk, ways: Ways) -> None:
        super().__init__(desk.theme)
        self._desk = desk
        self.pull = ActionButton(desk, "sync.pull", self._pull, look="primary", height=64)
        self.readiness = ActionButton(desk, "sync.readiness", ways.readiness, height=64)
        self.exceptions = ActionButton(desk, "sync.exceptions", ways.exceptions, height=64)
        self.diagnostics = ActionButton(desk, "sync.diagnostics", ways.diagnostics, height=64)
        self.approve = ActionButton(desk, "sync.approve", ways.approve, look="primary", height=64)
        self.approve.hide()
        grid = QGridLayout(self)
        grid.setContentsMargins(16, 16, 16, 16)
        grid.setSpacing(16)
        for column in range(2):
            grid.setColumnStretch(column, 1)
        grid.addWidget(self._line_card(), 0, 0)
        grid.addWidget(self._up_card(), 0, 1)
        grid.addWidget(self._down_card(), 1, 0)
        grid.addWidget(self._trouble_card(), 1, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(16)
        verbs = (self.pull, self.readiness, self.exceptions, self.diagnostics)
        for button in verbs:
            buttons.addWidget(button, 1)
        grid.addLayout(buttons, 2, 0, 1, 2)
        grid.setRowStretch(3, 1)
        self.layer = Layer({button.action: button.click for button in verbs})
        self._exceptions = 0
        self._parted_layer = Layer({**self.layer.runs, "sync.approve": self.approve.click})
        desk.on_status.append(self.refresh)
        desk.on_ready.append(self.refresh)
        desk.texts.on_change(self.refresh)
        self.refresh()

    @property
    def keys(self) -> Layer:
        """The keys that work on it now."""
        return self._parted_layer if self.approve.isVisibleTo(self) else self.layer

    def show_parted(self, *, parted: bool) -> None:
        """Show, or no longer, that a manager is asked for."""
        self.approve.setVisible(parted)
        self.waiting_about.set_words(self._waiting_text())

    def show_exceptions(self, waiting: int) -> None:
        """Show how many exceptions wait to be settled."""
        self._exceptions = waiting
        tr = self._desk.texts.tr
        self.wrong.set_words(tr("sync.exceptions_some", count=waiting) if waiting else tr("sync.exceptions_none"))

    def refresh(self) -> None:
        """Show the desk as it stands."""
        line, tr, today = self._desk.line, self._desk.texts.tr, self._desk.now()
        self.state.set_value(tr(self._state_key()), "good" if line.online else "ink")
        self.since.set_words(time_text(line.since, today))
        self.heard.set_words(time_text(line.heard_at, today))
        self.headquarters.set_words(self._desk.identity.headquarters or "–")
        self.offset.set_words(self._offset_text())
        self.neighbours.set_words(self._neighbours_text())
        self.waiting.set_value(str(line.waiting))
        self.waiting_about.set_words(self._waiting_text())
        self.acknowledged.set_words(line.acknowledged or "–")
        self.prices.set_value(time_text(line.prices_as_of, today))
        self.pulled.set_words(tr("sync.busy") if line.busy else time_text(line.pulled_at, today))
        self.ready.set_lines([line_words(self._desk.texts, each) for each in self._told()] or ["–"])
        self.show_exceptions(self._exceptions)
        trouble = line.trouble
        if trouble is None:
            self.trouble.set_words(tr("sync.no_trouble"), "ink_soft")
            self.trouble_at.set_words("")
        else:
            self.trouble.set_words(self._desk.messages.text_of_code(trouble.code, **trouble.details), "ink")
            self.trouble_at.set_words(tr("sync.trouble_at", at=time_text(trouble.at, today)))

    def _state_key(self) -> str:
        """Promise that it sells where there are prices to sell by."""
        if self._desk.line.online:
            return "sync.online"
        sells = all(each.grade is not Grade.MISSING for each in self._desk.ready if each.subject is Subject.PRICES)
        return "sync.offline" if sells else "sync.offline_no_prices"

    def _waiting_text(self) -> str:
        """Say what becomes of what waits; of nothing, whether headquarters has confirmed anything yet."""
        line, tr = self._desk.line, self._desk.texts.tr
        if self.approve.isVisibleTo(self):
            return tr("sync.waiting_parted")
        if line.waiting:
            return tr("sync.waiting_online" if line.online else "sync.waiting_some")
        confirmed = line.acknowledged.rpartition(":")[2].lstrip("0")
        return tr("sync.waiting_none" if confirmed else "sync.waiting_never")

    def _offset_text(self) -> str:
        offset_ms, tr = self._desk.line.offset_ms, self._desk.texts.tr
        if offset_ms is None:
            return "–"
        if abs(offset_ms) < _SKEW_SHOWN_MS:
            return tr("sync.offset_fine", ms=offset_ms)
        return tr("sync.offset", seconds=f"{offset_ms // 100 / 10:+}")

    def _neighbours_text(self) -> str:
        """Say which registers of the store answer; and where none is found by itself, that it is so."""
        lan, tr = self._desk.lan, self._desk.texts.tr
        if lan is None:
            return tr("sync.lan_none")
        who = ", ".join(lan.answering) or tr("sync.lan_nobody")
        return tr("sync.lan_named_only", who=who) if lan.discovered == "silent" else who

    def _pull(self) -> None:
        register = self._desk.register
        self._desk.errands.run(register.pull_now, lambda _: self._desk.messages.note("note.pulling"))

    def _told(self) -> list[Ready]:
        """Give what is sold by, and what of the rest is not as it should be."""
        ready = self._desk.ready
        others = [each for each in ready if each.subject not in TELLING and each.grade is Grade.DATED]
        return [*(each for each in ready if each.subject in TELLING), *others]

    def _line_card(self) -> Card:
        card = Card(self._desk, "sync.line")
        self.state = Figure(self._desk.theme, ("large",), 72, align_right=False)
        self._desk.texts.bind(self.state.set_caption, "sync.headquarters_caption")
        card.add(self.state)
        self.since = card.add_fact("sync.since")
        self.heard = card.add_fact("sync.heard")
        self.offset = card.add_fact("sync.clock")
        self.headquarters = card.add_fact("sync.address")
        self.neighbours = card.add_fact("sync.neighbours")
        return card

    def _up_card(self) -> Card:
        card = Card(self._desk, "sync.up")
        self.waiting = Figure(self._desk.theme, ("large",), 72, align_right=False)
        self._desk.texts.bind(self.waiting.set_caption, "sync.waiting")
        card.add(self.waiting)
        self.acknowledged = card.add_fact("sync.acknowledged")
        self.wrong = card.add_fact("sync.exceptions")
        self.waiting_about = Words(self._desk.theme, "body", ink="ink_soft")
        card.column.addWidget(self.waiting_about)
        card.column.addStretch(1)
        return card

    def _down_card(self) -> Card:
        card = Card(self._desk, "sync.down")
        self.prices = Figure(self._desk.theme, ("large",), 72, align_right=False)
        self._desk.texts.bind(self.prices.set_caption, "sync.prices")
        card.add(self.prices)
        self.pulled = card.add_fact("sync.pulled")
        self.ready = card.add_lines(columns=2)
        card.column.addStretch(1)
        return card

    def _trouble_card(self) -> Card:
        card = Card(self._desk, "sync.trouble")
        self.trouble = Paragraph(self._desk.theme)
        card.column.addWidget(self.trouble)
        self.trouble_at = Words(self._desk.theme, "body", ink="ink_soft")
        card.column.addWidget(self.trouble_at)
        card.column.addStretch(1)
        card.column.addWidget(self.approve)
        return card
