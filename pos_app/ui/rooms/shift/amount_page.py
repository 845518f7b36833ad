"""An amount of cash: the float, what goes into the drawer, what is taken out. By keys and by the pad."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos_app.domain.errors import Refusal
from pos_app.domain.money import Fen, parse_yuan
from pos_app.ui.runtime.actions import Layer
from pos_app.ui.runtime.desk import Desk
from pos_app.ui.widgets.action_button import ActionButton
from pos_app.ui.widgets.cards import Card
from pos_app.ui.widgets.displays import EntryBox, Ground
from pos_app.ui.widgets.entry import Entry
from pos_app.ui.widgets.number_pad import NumberPad
from pos_app.ui.widgets.paragraph import Paragraph

SIDE_WIDTH = 352


@dataclass(frozen=True, slots=True)
class AmountQuestion:
    """What is asked: the text keys of its title and of what is said about it, and who takes the answer.

    ``by_count`` leads to counting the same by notes and coins.
    """

    title: str
    about: str
    answer: Callable[[Fen], object]
    by_count: Callable[[], object] | None = None


class AmountPage(Ground):
    """Asks for one amount at a time."""

    def __init__(self, desk: Desk, closed: Callable[[], object]) -> None:
        super().__init__(desk.theme)
        self._desk = desk
        self._question: AmountQuestion | None = None
        self._entry = Entry("amount", desk.messages.refuse)
        self.card = Card(desk, "shift.title")
        self.about = Paragraph(desk.theme, "strong")
        self.box = EntryBox(desk.theme, size="large", height=88)
        desk.texts.bind(self.box.set_caption, "shift.amount")
        self.by_count = ActionButton(desk, "shift.by_count", self._count, height=64)
        self.pad = NumberPad(desk.theme, ".")
        self.pad.typed.connect(self.type)
        self.confirm = ActionButton(desk, "panel.confirm", self.answer, look="primary", height=72, size="title")
        self.back = ActionButton(desk, "panel.back", closed, look="quiet", height=56)
        self.card.column.addSpacing(8)
        self.card.column.addWidget(self.about)
        self.card.column.addStretch(1)
        self.card.column.addWidget(self.by_count)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 16, 16, 16)
        row.setSpacing(16)
        row.addWidget(self.card, 1)
        row.addWidget(self._side())
        self.layer = Layer(
            {"panel.confirm": self.confirm.click, "panel.back": self.back.click, "shift.by_count": self._count},
            typing=self.type,
        )
        desk.texts.on_change(self._show)

    def ask(self, question: AmountQuestion) -> None:
        """Ask."""
        self._question = question
        self._entry.suggest("")
        self.by_count.setVisible(question.by_count is not None)
        self._show()

    def type(self, typed: str) -> bool:
        """Take a key."""
        taken = self._entry.type(typed)
        self._show()
        return taken

    def answer(self) -> None:
        """Give what was typed to who asked; nothing typed is no answer."""
        if self._question is None or not self._entry.text or not self._entry.confirmed():
            return
        try:
            amount = parse_yuan(self._entry.text.removesuffix("."))
        except Refusal as refusal:
            self._desk.messages.refuse(refusal)
            return
        self._question.answer(amount)

    def _count(self) -> None:
        if self._question is not None and self._question.by_count is not None:
            self._question.by_count()

    def _show(self) -> None:
        if self._question is None:
            return
        tr = self._desk.texts.tr
        self.card.title.set_words(tr(self._question.title))
        self.about.set_words(tr(self._question.about))
        self.box.set_text(self._entry.text, fresh=self._entry.fresh)
        self.confirm.setEnabled(bool(self._entry.text))

    def _side(self) -> QWidget:
        side = QWidget()
        side.setFixedWidth(SIDE_WIDTH)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.box)
        column.addWidget(self.pad, 1)
        column.addWidget(self.confirm)
        column.addWidget(self.back)
        return side
