"""A payment that a provider is asked for: who, how much, how it stands in calm words, and what the cashier may say."""

from typing import Protocol

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos_app.ui.rooms.checkout.payment_talk import Said
from pos_app.ui.runtime.actions import Layer
from pos_app.ui.runtime.desk import Desk
from pos_app.ui.runtime.money_text import amount_text
from pos_app.ui.widgets.action_button import ActionButton
from pos_app.ui.widgets.displays import Figure, Ground, Surface, Words
from pos_app.ui.widgets.paragraph import Paragraph
from pos_app.ui.widgets.spinner import Spinner

WAIT_SHOWN_MS = 150
"""What is answered before then needs no sign of waiting."""
_SIDE_WIDTH = 352


class PaymentVerbs(Protocol):
    """What the page asks of the presenter."""

    def ask_on(self) -> None: ...
    def reverse(self) -> None: ...
    def other_money(self) -> None: ...


class PaymentPage(Ground):
    """One payment at a time."""

    def __init__(self, desk: Desk, verbs: PaymentVerbs, *, simulated: bool) -> None:
        super().__init__(desk.theme)
        self._desk = desk
        self._said: Said | None = None
        self.ask_on = ActionButton(desk, "payment.ask_on", verbs.ask_on, look="primary", height=80, size="title")
        self.reverse = ActionButton(desk, "payment.reverse", verbs.reverse, height=64)
        self.other = ActionButton(desk, "payment.other", verbs.other_money, height=64)
        self.simulated = Words(desk.theme, "strong", bold=True, ink="trouble")
        self.simulated.setVisible(simulated)
        desk.texts.bind(self.simulated.set_words, "payment.simulated")
        self._wait = QTimer(self, singleShot=True, interval=WAIT_SHOWN_MS)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 16, 16, 16)
        row.setSpacing(16)
        row.addWidget(self._state(), 1)
        row.addWidget(self._choices())
        self._wait.timeout.connect(self.spinner.start)
        self.layer = Layer(
            {
                "payment.ask_on": self.ask_on.click,
                "payment.reverse": self.reverse.click,
                "payment.other": self.other.click,
                "panel.confirm": self.ask_on.click,
            },
            typing=lambda _typed: True,
        )
        desk.texts.on_change(self._show)

    def open(self, said: Said) -> None:
        """Begin with a payment: the sign of waiting comes after a moment."""
        self.spinner.stop()
        self._wait.start()
        self.show_said(said)

    def show_said(self, said: Said) -> None:
        """Show how it stands."""
        self._said = said
        if said.stage == "undecided":
            self._wait.stop()
            self.spinner.stop()
        elif not self._wait.isActive() and not self.spinner.running:
            self._wait.start()
        self._show()

    def close_page(self) -> None:
        """Another page is shown: nothing turns behind it."""
        self._wait.stop()
        self.spinner.stop()

    def _show(self) -> None:
        said, tr = self._said, self._desk.texts.tr
        if said is None:
            return
        provider = tr(f"tender_kind.{said.tender.kind}")
        self.title.set_words(provider)
        self.amount.set_value(amount_text(said.tender.amount))
        self.state.set_words(tr(f"payment_stage.{said.stage}"))
        about = tr(f"payment_about.{said.stage}", provider=provider)
        reason = f"payment_reason.{said.reason}"
        why = tr(reason) if said.stage != "password" and self._desk.texts.has(reason) else ""
        self.about.set_words("\n".join(part for part in (why[:1].upper() + why[1:], about) if part))
        asks = said.stage in {"undecided", "stuck"}
        self.ask_on.setVisible(said.stage == "undecided")
        self.reverse.setVisible(said.stage in {"password", "unknown", "undecided"})
        self.other.setVisible(asks)

    def _state(self) -> QWidget:
        desk = self._desk
        self.title = Words(desk.theme, "title", bold=True)
        self.amount = Figure(desk.theme, ("giant", "huge", "large"), 128, align_right=False)
        desk.texts.bind(self.amount.set_caption, "payment.amount")
        self.state = Words(desk.theme, "figure", bold=True)
        self.about = Paragraph(desk.theme)
        self.spinner = Spinner(desk.theme)
        card = Surface(desk.theme)
        column = QVBoxLayout(card)
        column.setContentsMargins(24, 20, 24, 24)
        column.setSpacing(12)
        column.addWidget(self.title)
        column.addWidget(self.simulated)
        column.addWidget(self.amount)
        column.addSpacing(24)
        turning = QHBoxLayout()
        turning.setSpacing(16)
        turning.addWidget(self.spinner)
        turning.addWidget(self.state, 1)
        column.addLayout(turning)
        column.addWidget(self.about)
        column.addStretch(1)
        return card

    def _choices(self) -> QWidget:
        side = QWidget()
        side.setFixedWidth(_SIDE_WIDTH)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addStretch(1)
        for button in (self.ask_on, self.reverse, self.other):
            column.addWidget(button)
        return side
