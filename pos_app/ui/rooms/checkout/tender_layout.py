"""How the tender's page is laid out: figures, list and notes at the left, the pad at the right. Decides nothing."""

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from pos_app.domain.money import Fen
from pos_app.ui.rooms.checkout.taken_view import TakenView
from pos_app.ui.runtime.desk import Desk
from pos_app.ui.runtime.money_text import amount_text
from pos_app.ui.widgets.action_button import ActionButton
from pos_app.ui.widgets.displays import EntryBox, Figure, Ground, Surface, Words
from pos_app.ui.widgets.number_pad import NumberPad

QUICK_ACTIONS = ("tender.exact", "tender.quick_1", "tender.quick_2", "tender.quick_3", "tender.quick_4")
ROUNDING_WIDTH = 176
_PAD_WIDTH = 352
_DUE_HEIGHT = 116
_COLUMNS = 3
_EVEN = (2, 4)
"""How many amounts fill rows of two better than rows of three."""


class TenderLayout(Ground):
    """The widgets of the page, and the buttons by their actions."""

    def __init__(self, desk: Desk, runs: Mapping[str, Callable[[], object]]) -> None:
        """``runs`` are what the buttons do."""
        super().__init__(desk.theme)
        self._desk = desk
        self._most_quick = len(QUICK_ACTIONS)
        self.quick = [ActionButton(desk, name, runs[name], height=64, size="title") for name in QUICK_ACTIONS]
        self.confirm = ActionButton(
            desk, "panel.confirm", runs["panel.confirm"], look="primary", height=72, size="figure"
        )
        self.back = ActionButton(desk, "panel.back", runs["panel.back"], look="quiet", height=48)
        self.rounding = ActionButton(desk, "tender.rounding", runs["tender.rounding"], height=48)
        self.rounding.setFixedWidth(ROUNDING_WIDTH)
        self.card = ActionButton(desk, "tender.card", runs["tender.card"], height=52)
        self.part = ActionButton(desk, "tender.part", runs["tender.part"], height=52)
        self.give_back = ActionButton(desk, "tender.take_back", runs["tender.take_back"], height=48)
        own = (self.confirm, self.back, self.rounding, self.card, self.part, self.give_back)
        self.buttons = {button.action: button for button in (*self.quick, *own)}
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 16, 16, 16)
        row.setSpacing(16)
        row.addWidget(self._figures(), 1)
        row.addWidget(self._pad_side())

    def make_room(self, *, listed: bool) -> None:
        """Give the list of what was taken its room: nothing small around it, and fewer notes."""
        self.sum.setVisible(not listed)
        self.hint.setVisible(not listed)
        self._most_quick = _COLUMNS if listed else len(self.quick)

    def show_quick(self, amounts: Sequence[Fen]) -> None:
        """Offer amounts, the exact one first."""
        exact = self._desk.texts.tr("action.tender.exact")
        amounts = amounts[: self._most_quick]
        columns = 2 if len(amounts) in _EVEN else _COLUMNS
        for at, button in enumerate(self.quick):
            self._notes.addWidget(button, at // columns, at % columns)
            shown = at < len(amounts)
            button.setVisible(shown)
            if shown:
                button.setText(exact if at == 0 else amount_text(amounts[at]).removesuffix(".00"))

    def _figures(self) -> QWidget:
        desk = self._desk
        self.title = Words(desk.theme, "title", bold=True)
        self.sum = Words(desk.theme, "body", ink="ink_soft")
        self.due = Figure(desk.theme, ("giant", "huge", "large"), _DUE_HEIGHT, align_right=False)
        self.taken = TakenView(desk.theme, desk.texts)
        self.hint = Words(desk.theme, "body", ink="ink_soft")
        desk.texts.bind(self.hint.set_words, "tender.scan_hint")
        self.change = Figure(desk.theme, ("giant", "huge", "large"), align_right=False)
        self.change_card = Surface(desk.theme, "accent_soft", None)
        inside = QVBoxLayout(self.change_card)
        inside.setContentsMargins(24, 12, 24, 12)
        inside.addWidget(self.change)
        self._notes = QGridLayout()
        self._notes.setSpacing(8)
        card = Surface(desk.theme)
        column = QVBoxLayout(card)
        column.setContentsMargins(24, 16, 24, 20)
        column.setSpacing(8)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.rounding)
        column.addLayout(head)
        for part in (self.due, self.sum, self.taken, self.give_back):
            column.addWidget(part)
        column.addLayout(self._notes)
        column.addWidget(self.change_card, 1)
        column.addWidget(self.hint)
        return card

    def _pad_side(self) -> QWidget:
        side = QWidget()
        side.setFixedWidth(_PAD_WIDTH)
        self.pad = NumberPad(self._desk.theme, ".")
        self.received = EntryBox(self._desk.theme, size="large", height=88)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.received)
        column.addWidget(self.pad, 1)
        pair = QHBoxLayout()
        pair.setSpacing(8)
        pair.addWidget(self.part)
        pair.addWidget(self.card)
        column.addLayout(pair)
        column.addWidget(self.confirm)
        column.addWidget(self.back)
        return side
