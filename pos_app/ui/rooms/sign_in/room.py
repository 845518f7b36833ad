"""The lock: operator number and PIN, by keys or by touch. A wrong PIN slows the next try, and the seconds are shown.

Covers the whole window; the basket beneath stays as it is. Knows nothing of hashes.
"""

from collections.abc import Callable

from PySide6.QtCore import QRect, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos_app.domain.errors import GranaryError
from pos_app.domain.operators import Operator
from pos_app.ui.runtime.actions import Layer
from pos_app.ui.runtime.desk import Desk
from pos_app.ui.runtime.icons import icon
from pos_app.ui.widgets import painting
from pos_app.ui.widgets.action_button import ActionButton
from pos_app.ui.widgets.displays import EntryBox, Ground, Words
from pos_app.ui.widgets.entry import Entry
from pos_app.ui.widgets.number_pad import NumberPad
from pos_app.ui.widgets.paragraph import Paragraph

_FORM_WIDTH = 384
_TICK_MS = 1000


class Brand(Ground):
    """The house's sign: the ear of grain, the store, the register."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.theme, "rail")
        self._desk = desk
        desk.texts.on_change(self.update)
        desk.on_status.append(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        theme, identity = self._desk.theme, self._desk.identity
        middle = self.rect().center()
        sign = icon("grain", theme.color("accent"), 128, self.devicePixelRatioF())
        painter.drawPixmap(middle.x() - 64, middle.y() - 176, sign)
        name = self._desk.texts.tr("brand.name")
        lines = (
            (-24, 52, "large", name, "rail_ink"),
            (40, 30, "title", identity.store_name, "rail_ink"),
            (72, 26, "body", identity.device, "rail_soft"),
            (112, 26, "body", self._shift_words(), "rail_ink"),
        )
        for top, height, size, words, ink in lines:
            rect = QRect(24, middle.y() + top, self.width() - 48, height)
            font = theme.font(size, bold=size != "body")
            painting.text(painter, rect, words, font=font, color=theme.color(ink), align=painting.CENTRE)

    def _shift_words(self) -> str:
        """Say whose shift is open here."""
        holder = self._desk.holder
        if holder is None or holder.shift is None:
            return ""
        return self._desk.texts.tr("sign_in.shift", number=f"{holder.shift.number:04d}", name=holder.name)


class SignInRoom(QWidget):
    """Who is at the register?"""

    def __init__(self, desk: Desk, signed_in: Callable[[Operator], object]) -> None:
        super().__init__()
        self._desk = desk
        self._signed_in = signed_in
        self._number = Entry("digits", desk.messages.refuse)
        self._pin = Entry("digits", desk.messages.refuse)
        self._asking = False
        self._wait_s = 0
        self._tick = QTimer(self, interval=_TICK_MS)
        self._tick.timeout.connect(self.on_tick)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(Brand(desk), 1)
        row.addWidget(self._form(), 1)
        self.layer = Layer(
            {"panel.confirm": self.confirm.click, "panel.back": self.back.click}, typing=self.type, closed=True
        )
        desk.texts.on_change(self._said_anew)
        self._show()

    def start_over(self) -> None:
        """Empty both boxes; the operator who was here last is suggested."""
        operator = self._desk.operator
        self._number.suggest(operator.id if operator else "")
        self._pin.suggest("")
        self._at_pin = operator is not None
        self._show()

    def step_back(self) -> None:
        """Go from the PIN to the number, which somebody else may type over."""
        if self._at_pin:
            self._number.suggest(self._number.text)
            self._pin.suggest("")
            self._at_pin = False
            self._show()
        else:
            self.start_over()

    def cannot_open(self, error: GranaryError) -> None:
        """Say, for as long as it is so, why nobody can sign in."""
        self.said.set_words(self._desk.messages.text_of(error), "trouble")

    def type(self, typed: str) -> bool:
        """Take a key for the box that is active."""
        taken = (self._pin if self._at_pin else self._number).type(typed)
        self._show()
        return taken

    def answer(self) -> None:
        """Go from the number to the PIN, then ask."""
        if not self._at_pin:
            self._at_pin = bool(self._number.text)
        elif self._pin.text and not self._asking and not self._wait_s:
            self._ask(self._number.text, self._pin.text)
        self._show()

    def on_tick(self) -> None:
        self._wait_s = max(0, self._wait_s - 1)
        if not self._wait_s:
            self._tick.stop()
        self._show()

    def _ask(self, number: str, pin: str) -> None:
        counter = self._desk.counter
        if counter is None:
            return
        self._asking = True
        self._desk.tasks.run(lambda: counter.signing_in.sign_in(number, pin), self._welcome, self._refused)

    def _welcome(self, operator: Operator) -> None:
        self._asking = False
        self._number.suggest("")
        self._pin.suggest("")
        self._at_pin = False
        self.said.set_words("")
        self._show()
        self._signed_in(operator)

    def _refused(self, error: GranaryError) -> None:
        self._asking = False
        self._pin.suggest("")
        wait = error.details.get("wait_s")
        if isinstance(wait, int):
            self._wait_s = wait
            self._tick.start()
        self._desk.messages.sound("refused")
        self.said.set_words(self._desk.messages.text_of(error), "trouble")
        self._show()

    def _said_anew(self) -> None:
        """What was said is in the old language."""
        self.said.set_words("")
        self._show()

    def _show(self) -> None:
        tr = self._desk.texts.tr
        self.number.set_text(self._number.text, fresh=self._number.fresh and not self._at_pin)
        self.pin.set_text(self._pin.text)
        self.number.set_active(active=not self._at_pin)
        self.pin.set_active(active=self._at_pin)
        if not self.said.words:
            self.said.set_words(tr("sign_in.hint"), "ink_soft")
        if self._wait_s:
            self.said.set_words(tr("error.sign_in_wait", wait_s=self._wait_s), "trouble")
        ready = self._desk.counter is not None
        self.confirm.setEnabled(ready and not self._asking and not self._wait_s)
        self.confirm.setText(tr("action.sign_in" if self._at_pin else "action.next"))

    def _point(self, *, at_pin: bool) -> None:
        self._at_pin = at_pin
        self._show()

    def _form(self) -> QWidget:
        desk = self._desk
        self._at_pin = False
        title = Words(desk.theme, "figure", bold=True)
        desk.texts.bind(title.set_words, "sign_in.title")
        self.said = Paragraph(desk.theme)
        self.number = EntryBox(desk.theme)
        self.number.pressed.connect(lambda: self._point(at_pin=False))
        desk.texts.bind(self.number.set_caption, "sign_in.number")
        self.pin = EntryBox(desk.theme, secret=True, size="title")
        self.pin.pressed.connect(lambda: self._point(at_pin=True))
        desk.texts.bind(self.pin.set_caption, "sign_in.pin")
        self.pad = NumberPad(desk.theme, "00")
        self.pad.typed.connect(self.type)
        self.pad.setFixedHeight(4 * 64 + 3 * 8)
        self.confirm = ActionButton(desk, "panel.confirm", self.answer, look="primary", height=72, size="title")
        self.back = ActionButton(desk, "panel.back", self.step_back, look="quiet")
        form = QWidget()
        form.setFixedWidth(_FORM_WIDTH)
        column = QVBoxLayout(form)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addStretch(1)
        for part in (title, self.said, self.number, self.pin, self.pad, self.confirm, self.back):
            column.addWidget(part)
        column.addStretch(1)
        ground = Ground(desk.theme)
        row = QHBoxLayout(ground)
        row.addStretch(1)
        row.addWidget(form)
        row.addStretch(1)
        return ground
