"""What goes in place of what came back: the new goods as they are scanned, what is due on top or comes over."""

from typing import Protocol

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos_app.domain.errors import Refusal
from pos_app.domain.money import parse_yuan
from pos_app.services.exchanging import Difference
from pos_app.ui.rooms.checkout.lines_view import LinesHead, LinesView
from pos_app.ui.rooms.checkout.ringing import Rung
from pos_app.ui.runtime.actions import Layer
from pos_app.ui.runtime.desk import Desk
from pos_app.ui.runtime.money_text import amount_text
from pos_app.ui.widgets.action_button import ActionButton
from pos_app.ui.widgets.displays import EntryBox, Figure, Ground, Surface, Words
from pos_app.ui.widgets.entry import Entry
from pos_app.ui.widgets.number_pad import NumberPad

SIDE_WIDTH = 320


class ExchangeVerbs(Protocol):
    """What the page asks of the presenter."""

    def remove(self) -> None: ...
    def settle(self, typed: str) -> None: ...
    def leave(self) -> None: ...


class ExchangePage(Ground):
    """One exchange at a time."""

    def __init__(self, desk: Desk, verbs: ExchangeVerbs) -> None:
        super().__init__(desk.theme)
        self._desk = desk
        self._verbs = verbs
        self._receipt = ""
        self._entry = Entry("amount", desk.messages.refuse)
        self.lines = LinesView(desk.theme, desk.texts)
        self.title = Words(desk.theme, "title", bold=True)
        self.credit = Figure(desk.theme, ("title", "strong"), 56)
        self.payable = Figure(desk.theme, ("title", "strong"), 56)
        self.due = Figure(desk.theme, ("large", "figure"), 76)
        desk.texts.bind(self.credit.set_caption, "exchange.credit")
        desk.texts.bind(self.payable.set_caption, "exchange.payable")
        self.box = EntryBox(desk.theme, height=56)
        desk.texts.bind(self.box.set_caption, "tender.received")
        self.pad = NumberPad(desk.theme, ".")
        self.pad.typed.connect(self.type)
        self.settle = ActionButton(desk, "exchange.settle", self._settle, look="primary", height=72, size="title")
        self.remove = ActionButton(desk, "exchange.remove", verbs.remove, height=48)
        self.back = ActionButton(desk, "panel.back", verbs.leave, look="quiet", height=48)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 16, 16, 16)
        row.setSpacing(16)
        row.addLayout(self._make_left(), 1)
        row.addWidget(self._make_side())
        self._difference: Difference | None = None
        self.layer = Layer(
            {
                "exchange.settle": self.settle.click,
                "exchange.remove": self.remove.click,
                "panel.confirm": self.settle.click,
                "panel.back": self.back.click,
                "list.up": lambda: self.lines.step(-1),
                "list.down": lambda: self.lines.step(1),
            },
            typing=self.type,
        )
        desk.texts.on_change(self._name)

    def begin(self, receipt: str) -> None:
        """Begin with nothing in place of a receipt's goods yet."""
        self._receipt = receipt
        self._entry.suggest("")
        self.lines.show_rows((), None)

    def show_exchange(self, rung: Rung, difference: Difference) -> None:
        """Show the new goods, and what they and the old ones come to."""
        self._difference = difference
        self.lines.show_rows(rung.rows, rung.row)
        self._entry.suggest("")
        self._name()

    def type(self, typed: str) -> bool:
        """Take a key of what is handed over."""
        taken = self._entry.type(typed)
        self.box.set_text(self._entry.text)
        return taken

    def _settle(self) -> None:
        if not self._entry.text:
            self._verbs.settle("")
            return
        try:
            parse_yuan(self._entry.text.removesuffix("."))
        except Refusal as refusal:
            self._desk.messages.refuse(refusal)
            return
        if self._entry.confirmed():
            self._verbs.settle(self._entry.text.removesuffix("."))

    def _make_left(self) -> QVBoxLayout:
        card = Surface(self._desk.theme)
        inside = QVBoxLayout(card)
        inside.setContentsMargins(1, 4, 1, 4)
        inside.setSpacing(0)
        inside.addWidget(LinesHead(self._desk.theme, self._desk.texts))
        inside.addWidget(self.lines, 1)
        hint = Words(self._desk.theme, "body", ink="ink_soft")
        self._desk.texts.bind(hint.set_words, "exchange.hint")
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addWidget(self.title)
        column.addWidget(hint)
        column.addSpacing(8)
        column.addWidget(card, 1)
        return column

    def _make_side(self) -> QWidget:
        side = QWidget()
        side.setFixedWidth(SIDE_WIDTH)
        sums = Surface(self._desk.theme)
        inside = QVBoxLayout(sums)
        inside.setContentsMargins(16, 8, 16, 8)
        inside.setSpacing(0)
        for figure in (self.credit, self.payable, self.due):
            inside.addWidget(figure)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(sums)
        column.addWidget(self.box)
        column.addWidget(self.pad, 1)
        column.addWidget(self.settle)
        column.addWidget(self.remove)
        column.addWidget(self.back)
        return side

    def _name(self) -> None:
        difference, tr = self._difference, self._desk.texts.tr
        self.title.set_words(tr("exchange.title", number=self._receipt))
        self.box.set_text(self._entry.text)
        if difference is None:
            return
        self.credit.set_value(amount_text(difference.credit))
        self.payable.set_value(amount_text(difference.payable))
        self.due.set_caption(tr("exchange.due" if difference.due else "exchange.over"))
        self.due.set_value(amount_text(difference.due or difference.over), "ink" if difference.due else "good")
        self.settle.setEnabled(difference.payable > 0)
