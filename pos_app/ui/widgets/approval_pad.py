"""A second person's consent on the spot: number and PIN, by keys or by touch. Knows nothing of what is consented to."""

from collections.abc import Callable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from pos_app.domain.errors import GranaryError
from pos_app.ui.runtime.actions import Layer
from pos_app.ui.runtime.desk import Desk
from pos_app.ui.widgets.action_button import ActionButton
from pos_app.ui.widgets.displays import EntryBox
from pos_app.ui.widgets.entry import Entry
from pos_app.ui.widgets.number_pad import NumberPad
from pos_app.ui.widgets.paragraph import Paragraph


class ApprovalPad(QWidget):
    """Asks for a number, then for its PIN. What is refused is said here, and the PIN is asked for again."""

    def __init__(self, desk: Desk, approved: Callable[[str, str], object], closed: Callable[[], object]) -> None:
        """``approved`` is given both; it answers by `refused`, or by putting the pad away."""
        super().__init__()
        self._desk = desk
        self._approved = approved
        self._entries = (Entry("digits", desk.messages.refuse), Entry("digits", desk.messages.refuse))
        self._at = 0
        self.number = EntryBox(desk.theme)
        self.pin = EntryBox(desk.theme, secret=True, size="title")
        desk.texts.bind(self.number.set_caption, "sign_in.number")
        desk.texts.bind(self.pin.set_caption, "sign_in.pin")
        self.number.pressed.connect(lambda: self._point(0))
        self.pin.pressed.connect(lambda: self._point(1))
        self.said = Paragraph(desk.theme)
        self.pad = NumberPad(desk.theme, "00")
        self.pad.typed.connect(self.type)
        self.confirm = ActionButton(desk, "panel.confirm", self.answer, look="primary", height=64, size="title")
        self.back = ActionButton(desk, "panel.back", closed, look="quiet")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for part in (self.number, self.pin, self.said):
            column.addWidget(part)
        column.addWidget(self.pad, 1)
        column.addWidget(self.confirm)
        column.addWidget(self.back)
        self.layer = Layer({"panel.confirm": self.confirm.click, "panel.back": self.back.click}, typing=self.type)

    def begin(self) -> None:
        """Ask anew."""
        for entry in self._entries:
            entry.suggest("")
        self.said.set_words("")
        self._point(0)

    def type(self, typed: str) -> bool:
        """Take a key."""
        taken = self._entries[self._at].type(typed)
        self._show()
        return taken

    def answer(self) -> None:
        """Go from the number to the PIN, and from there give both."""
        number, pin = (entry.text for entry in self._entries)
        if not number or self._at == 0:
            self._point(1 if number else 0)
        elif pin:
            self.confirm.setEnabled(False)
            self._approved(number, pin)

    def refused(self, error: GranaryError) -> None:
        """Say why it was not taken."""
        self._desk.messages.sound("refused")
        self.said.set_words(self._desk.messages.text_of(error), "trouble")
        self._entries[1].suggest("")
        self._point(1)

    def _point(self, at: int) -> None:
        self._at = at
        self.confirm.setEnabled(True)
        self._show()

    def _show(self) -> None:
        for at, box in enumerate((self.number, self.pin)):
            box.set_text(self._entries[at].text)
            box.set_active(active=at == self._at)
