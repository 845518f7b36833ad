"""A question with a few answers beside the basket, each with a digit as its key; perhaps one in own words.

Which gift, why a price was changed. A tap, a digit, or words and Enter.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QVBoxLayout

from pos_app.ui.runtime.actions import Layer
from pos_app.ui.runtime.desk import Desk
from pos_app.ui.widgets.action_button import ActionButton
from pos_app.ui.widgets.buttons import Button
from pos_app.ui.widgets.displays import Ground, Words
from pos_app.ui.widgets.paragraph import Paragraph
from pos_app.ui.widgets.plain_field import PlainField

MOST_CHOICES = 8


@dataclass(frozen=True, slots=True)
class Choice:
    """What is asked: the text key of its title, about what, the answers in words; ``own`` takes other words."""

    title: str
    about: str
    answers: Sequence[str]
    choose: Callable[[int], object]
    own: Callable[[str], object] | None = None


class ChoicePanel(Ground):
    """Asks one question at a time."""

    def __init__(self, desk: Desk, closed: Callable[[], object]) -> None:
        super().__init__(desk.theme)
        self._desk = desk
        self._choice: Choice | None = None
        self.title = Words(desk.theme, "title", bold=True)
        self.about = Paragraph(desk.theme)
        self.buttons = [self._button(at) for at in range(MOST_CHOICES)]
        self.field = PlainField()
        desk.texts.bind(self.field.setPlaceholderText, "choice.own")
        self.field.returnPressed.connect(self.answer)
        self.confirm = ActionButton(desk, "panel.confirm", self.answer, look="primary", height=56, size="title")
        self.back = ActionButton(desk, "panel.back", closed, look="quiet", height=48)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.title)
        column.addWidget(self.about)
        column.addSpacing(8)
        for button in self.buttons:
            column.addWidget(button)
        column.addStretch(1)
        for part in (self.field, self.confirm, self.back):
            column.addWidget(part)
        desk.texts.on_change(self._name)
        self.layer = Layer({"panel.confirm": self.answer, "panel.back": closed}, typing=self.type)

    def ask(self, choice: Choice) -> None:
        """Put a question."""
        self._choice = choice
        for at, button in enumerate(self.buttons):
            button.setVisible(at < len(choice.answers))
        self.field.clear()
        self.field.setVisible(choice.own is not None)
        self.confirm.setVisible(choice.own is not None)
        self._name()

    def type(self, typed: str) -> bool:
        """Take a digit as an answer; a letter begins own words."""
        choice = self._choice
        if choice is None:
            return False
        if typed.isdecimal() and 0 < int(typed) <= len(choice.answers):
            choice.choose(int(typed) - 1)
            return True
        if choice.own is None or not typed.isalpha():
            return False
        self.field.setFocus()
        self.field.insert(typed)
        return True

    def answer(self) -> None:
        """Give the own words to who asked; none are no answer."""
        choice, words = self._choice, self.field.text().strip()
        if choice is not None and choice.own is not None and words:
            self.field.clearFocus()
            choice.own(words)

    def _button(self, at: int) -> Button:
        button = Button(self._desk.theme, height=52)
        button.set_key(str(at + 1))
        button.clicked.connect(lambda _checked: self.type(str(at + 1)))
        return button

    def _name(self) -> None:
        if self._choice is None:
            return
        self.title.set_words(self._desk.texts.tr(self._choice.title))
        self.about.set_words(self._choice.about)
        for button, words in zip(self.buttons, self._choice.answers, strict=False):
            button.setText(words)
            button.setAccessibleName(words)
