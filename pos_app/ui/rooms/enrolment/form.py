"""The enrolment form: headquarters' address and a one-time code. Covers the window of a register that has no store yet,
and stands in the settings of one that has.
"""

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from pos_app.domain.errors import GranaryError, Refusal
from pos_app.ui.ports import Identity
from pos_app.ui.rooms.sign_in.room import Brand
from pos_app.ui.runtime.actions import Layer
from pos_app.ui.runtime.desk import Desk
from pos_app.ui.widgets.action_button import ActionButton
from pos_app.ui.widgets.displays import Ground, Words
from pos_app.ui.widgets.paragraph import Paragraph
from pos_app.ui.widgets.plain_field import PlainField

_FORM_WIDTH = 416


class EnrolForm(QWidget):
    """Two fields and a button. The answer takes its time and the window does not wait for it."""

    def __init__(self, desk: Desk, enrolled: Callable[[Identity], object]) -> None:
        super().__init__()
        self._desk = desk
        self._enrolled = enrolled
        self.address = PlainField()
        self.address.setText(desk.identity.headquarters)
        self.code = PlainField()
        self.said = Paragraph(desk.theme)
        self.button = ActionButton(desk, "settings.enrol", self.enrol, look="primary", height=56)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for key, field in (("enrol.address", self.address), ("enrol.code", self.code)):
            caption = Words(desk.theme, "small", ink="ink_soft")
            desk.texts.bind(caption.set_words, key)
            column.addWidget(caption)
            column.addWidget(field)
            field.returnPressed.connect(self.button.click)
            field.focus_moved.connect(self._name_key)
        column.addWidget(self.said)
        column.addWidget(self.button)

    def begin(self) -> None:
        """Put the cursor into the first field that is empty."""
        empty: QLineEdit = self.code if self.address.text() else self.address
        empty.setFocus()
        self._name_key()

    def take_scan(self, text: str) -> None:
        """Take a code that was scanned: it is long, and letter by letter is how it is mistyped."""
        self.code.setText(text.strip())
        self.begin()

    def start(self) -> None:
        """Do what the key asks for: fill in what is empty, or else enrol."""
        if self.address.text().strip() and self.code.text().strip():
            self.button.click()
        else:
            self.begin()

    def enrol(self) -> None:
        """Ask headquarters. With a field empty, say so and go there instead."""
        address, code = self.address.text().strip(), self.code.text().strip()
        if not address or not code:
            self._refused(Refusal("enrol_incomplete"))
            self.begin()
            return
        self.button.setEnabled(False)
        self.said.set_words(self._desk.texts.tr("enrol.asking"), "ink_soft")
        register = self._desk.register
        self._desk.errands.run(lambda: register.enrol(address, code), self._welcome, self._refused)

    def _name_key(self) -> None:
        """Show the key that works: with the cursor in a field a letter is typed there."""
        typing = self.window().focusWidget() in (self.address, self.code)
        self.button.set_key(self._desk.actions.keymap.chord("panel.confirm" if typing else self.button.action))

    def _welcome(self, identity: Identity) -> None:
        self.button.setEnabled(True)
        self.code.clear()
        self.code.clearFocus()
        self.address.clearFocus()
        self.said.set_words(self._desk.texts.tr("enrol.done", device=identity.device), "good")
        self._enrolled(identity)

    def _refused(self, error: GranaryError) -> None:
        self.button.setEnabled(True)
        self._desk.messages.sound("refused")
        self.said.set_words(self._desk.messages.text_of(error), "trouble")


class EnrolCover(QWidget):
    """The whole window of a register that has no store yet."""

    def __init__(self, desk: Desk, enrolled: Callable[[Identity], object]) -> None:
        super().__init__()
        self.form = EnrolForm(desk, enrolled)
        self.form.setFixedWidth(_FORM_WIDTH)
        title = Words(desk.theme, "figure", bold=True)
        desk.texts.bind(title.set_words, "enrol.title")
        about = Words(desk.theme, "body", ink="ink_soft")
        desk.texts.bind(about.set_words, "enrol.about")
        column = QVBoxLayout()
        column.setSpacing(12)
        column.addStretch(1)
        for part in (title, about, self.form):
            column.addWidget(part)
        column.addStretch(1)
        ground = Ground(desk.theme)
        middle = QHBoxLayout(ground)
        middle.addStretch(1)
        middle.addLayout(column)
        middle.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(Brand(desk), 1)
        row.addWidget(ground, 1)
        self.layer = Layer({"panel.confirm": self.form.button.click, "settings.enrol": self.form.start}, closed=True)
