"""A question with one figure for an answer, beside the basket: a quantity, a member's number. Typed or tapped."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QVBoxLayout

from pos_app.ui.runtime.actions import Layer
from pos_app.ui.runtime.desk import Desk
from pos_app.ui.widgets import painting
from pos_app.ui.widgets.action_button import ActionButton
from pos_app.ui.widgets.displays import EntryBox, Ground, Words
from pos_app.ui.widgets.entry import Entry, Kind
from pos_app.ui.widgets.number_pad import NumberPad


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: the text keys of its title and unit, about what, and what stands there to begin with.

    ``about`` is asked again where it is written in the language chosen.
    """

    title: str
    about: str | Callable[[], str]
    kind: Kind
    suggested: str
    answer: Callable[[str], object]
    preview: Callable[[str], str] | None = None
    """What the figure would come to, as it is typed."""
    turn: Callable[[], object] | None = None
    """Ask it the other way: an amount in place of a percentage."""


class PadPanel(Ground):
    """Asks one question at a time."""

    def __init__(self, desk: Desk, closed: Callable[[], object]) -> None:
        super().__init__(desk.theme)
        self._desk = desk
        self._question: Question | None = None
        self._entry = Entry("quantity", desk.messages.refuse)
        self._closed = closed
        self.title = Words(desk.theme, "title", bold=True)
        self.about = Words(desk.theme, "body", ink="ink_soft")
        self.box = EntryBox(desk.theme, height=72)
        self.preview = Words(desk.theme, "strong", bold=True, ink="accent_deep").aligned(painting.RIGHT)
        self.pad = NumberPad(desk.theme, ".")
        self.pad.typed.connect(self.type)
        self.confirm = ActionButton(desk, "panel.confirm", self.answer, look="primary", height=72, size="title")
        self.turn = ActionButton(desk, "discount.turn", self._turn, height=48)
        self.back = ActionButton(desk, "panel.back", closed, look="quiet")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for part in (self.title, self.about, self.box, self.preview):
            column.addWidget(part)
        column.addWidget(self.pad, 1)
        column.addWidget(self.turn)
        column.addWidget(self.confirm)
        column.addWidget(self.back)
        desk.texts.on_change(self._name)
        self._plain = {"panel.confirm": self.answer, "panel.back": closed}
        self._turning = {**self._plain, "discount.turn": self._turn}
        self.layer = Layer(self._plain, typing=self.type)

    def ask(self, question: Question) -> None:
        """Put a question."""
        self._question = question
        self._entry = Entry(question.kind, self._desk.messages.refuse)
        self._entry.suggest(question.suggested)
        self.pad.turn_corner("00" if question.kind == "digits" else ".")
        self.preview.setVisible(question.preview is not None)
        self.turn.setVisible(question.turn is not None)
        self.layer.runs = self._plain if question.turn is None else self._turning
        self._name()
        self._show()

    def type(self, typed: str) -> bool:
        """Take a key."""
        taken = self._entry.type(typed)
        self._show()
        return taken

    def answer(self) -> None:
        """Give the answer to who asked; nothing typed is no answer, nor is what lost a character, the first time."""
        if self._question is not None and self._entry.text and self._entry.confirmed():
            self._question.answer(self._entry.text)

    def _name(self) -> None:
        if self._question is not None:
            self.title.set_words(self._desk.texts.tr(self._question.title))
            about = self._question.about
            self.about.set_words(about if isinstance(about, str) else about())

    def _turn(self) -> None:
        if self._question is not None and self._question.turn is not None:
            self._question.turn()

    def _show(self) -> None:
        self.box.set_text(self._entry.text, fresh=self._entry.fresh)
        if self._question is not None and self._question.preview is not None:
            self.preview.set_words(self._question.preview(self._entry.text))
