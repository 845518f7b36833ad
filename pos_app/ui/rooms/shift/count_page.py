"""Counting the drawer by notes and coins: pieces beside each denomination, what they come to, and nothing else.

Enter goes from one to the next; behind the last it is done. What there should be is not known here.
"""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from pos_app.domain.cash_count import DENOMINATIONS, CashCount
from pos_app.domain.errors import Refusal
from pos_app.ui.rooms.shift.amount_page import SIDE_WIDTH
from pos_app.ui.runtime.actions import Layer
from pos_app.ui.runtime.desk import Desk
from pos_app.ui.runtime.money_text import amount_text
from pos_app.ui.runtime.translations import Texts
from pos_app.ui.widgets import painting
from pos_app.ui.widgets.action_button import ActionButton
from pos_app.ui.widgets.cards import Card
from pos_app.ui.widgets.displays import EntryBox, Figure, Ground, Words
from pos_app.ui.widgets.entry import Entry
from pos_app.ui.widgets.number_pad import NumberPad

_YUAN = 100
_SUM_WIDTH = 176


@dataclass(frozen=True, slots=True)
class CountQuestion:
    """What is counted: the text key of its title, and who takes the count."""

    title: str
    answer: Callable[[CashCount], object]


def denomination_text(texts: Texts, value: int) -> str:
    """Name a note or coin: ``100 元``, ``5 角``."""
    if value >= _YUAN:
        return texts.tr("denomination.yuan", value=value // _YUAN)
    return texts.tr("denomination.jiao", value=value // 10)


class CountPage(Ground):
    """One count at a time."""

    def __init__(self, desk: Desk, closed: Callable[[], object]) -> None:
        super().__init__(desk.theme)
        self._desk = desk
        self._question: CountQuestion | None = None
        self._entries = {value: Entry("pieces", desk.messages.refuse) for value in DENOMINATIONS}
        self._at = 0
        self.card = Card(desk, "shift.title")
        self.boxes = {value: EntryBox(desk.theme, height=56) for value in DENOMINATIONS}
        self.sums = {value: Words(desk.theme, "strong").aligned(painting.RIGHT) for value in DENOMINATIONS}
        self.total = Figure(desk.theme, ("giant", "huge", "large"), 104)
        desk.texts.bind(self.total.set_caption, "shift.count_total")
        self.pad = NumberPad(desk.theme, "00")
        self.pad.typed.connect(self.type)
        self.confirm = ActionButton(desk, "panel.confirm", self.answer, look="primary", height=72, size="title")
        self.back = ActionButton(desk, "panel.back", closed, look="quiet", height=56)
        self._lay_out()
        self.layer = Layer(
            {
                "panel.confirm": self.confirm.click,
                "panel.back": self.back.click,
                "list.up": lambda: self._point(self._at - 1),
                "list.down": lambda: self._point(self._at + 1),
            },
            typing=self.type,
        )
        desk.texts.on_change(self._show)

    def ask(self, question: CountQuestion) -> None:
        """Ask for a count, from nothing."""
        self._question = question
        for entry in self._entries.values():
            entry.suggest("")
        self._point(0)

    def type(self, typed: str) -> bool:
        """Take a key for the denomination that is pointed at."""
        taken = self._entries[DENOMINATIONS[self._at]].type(typed)
        self._show()
        return taken

    def answer(self) -> None:
        """Go to the next denomination; behind the last one give the count to who asked."""
        if not self._entries[DENOMINATIONS[self._at]].confirmed() or self._question is None:
            return
        if self._at + 1 < len(DENOMINATIONS):
            self._point(self._at + 1)
            return
        try:
            count = self._count()
        except Refusal as refusal:
            self._desk.messages.refuse(refusal)
            return
        self._question.answer(count)

    def _count(self) -> CashCount:
        return CashCount.typed({value: entry.text for value, entry in self._entries.items()})

    def _point(self, at: int) -> None:
        self._at = min(max(at, 0), len(DENOMINATIONS) - 1)
        self._show()

    def _show(self) -> None:
        if self._question is None:
            return
        texts = self._desk.texts
        self.card.title.set_words(texts.tr(self._question.title))
        pieces = self._count().pieces
        for at, (value, box) in enumerate(self.boxes.items()):
            box.set_caption(denomination_text(texts, value))
            box.set_text(self._entries[value].text)
            box.set_active(active=at == self._at)
            self.sums[value].set_words(amount_text(value * pieces.get(value, 0)))
        self.total.set_value(amount_text(self._count().total))
        is_last = self._at + 1 == len(DENOMINATIONS)
        self.confirm.setText(texts.tr("shift.count_done" if is_last else "action.next"))

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        for at, value in enumerate(DENOMINATIONS):
            self.boxes[value].pressed.connect(lambda at=at: self._point(at))
            self.sums[value].setFixedWidth(_SUM_WIDTH)
            grid.addWidget(self.boxes[value], at, 0)
            grid.addWidget(self.sums[value], at, 1)
        self.card.column.addLayout(grid)
        self.card.column.addStretch(1)
        side = QWidget()
        side.setFixedWidth(SIDE_WIDTH)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.total)
        column.addWidget(self.pad, 1)
        column.addWidget(self.confirm)
        column.addWidget(self.back)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 16, 16, 16)
        row.setSpacing(16)
        row.addWidget(self.card, 1)
        row.addWidget(side)
