"""Taking cash: what is due, what was handed over, what goes back; by keys, quick notes and the pad."""

from collections.abc import Callable
from functools import partial
from typing import Protocol

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from pos_app.domain.errors import Refusal
from pos_app.domain.money import Fen, parse_yuan, yuan_text
from pos_app.domain.tender import is_doubtful, quick_amounts
from pos_app.ui.rooms.checkout.ringing import Rung
from pos_app.ui.rooms.checkout.total_card import sum_text
from pos_app.ui.runtime.actions import Layer
from pos_app.ui.runtime.desk import Desk
from pos_app.ui.runtime.money_text import amount_text
from pos_app.ui.widgets.action_button import ActionButton
from pos_app.ui.widgets.displays import EntryBox, Figure, Ground, Surface, Words
from pos_app.ui.widgets.entry import Entry
from pos_app.ui.widgets.number_pad import NumberPad

QUICK_ACTIONS = ("tender.exact", "tender.quick_1", "tender.quick_2", "tender.quick_3", "tender.quick_4")
_PAD_WIDTH = 352
ROUNDING_WIDTH = 176
_COLUMNS = 3
_EVEN = (2, 4)
"""How many amounts fill rows of two better than rows of three."""


class TenderVerbs(Protocol):
    """What the page asks of the presenter."""

    def take_cash(self, typed: str) -> None: ...
    def turn_rounding(self) -> None: ...


class TenderPage(Ground):
    """The cash tender."""

    def __init__(self, desk: Desk, verbs: TenderVerbs, back: Callable[[], object]) -> None:
        super().__init__(desk.theme)
        self._desk = desk
        self._verbs = verbs
        self._rung = Rung()
        self._payable = Fen(0)
        self._entry = Entry("amount", desk.messages.refuse)
        self._doubted: Fen | None = None
        """What was received, where it is asked again whether it was."""
        self._unseen = False
        """Another amount is due than the one that was shown, and nobody has said yet that it was seen."""
        self.quick = [
            ActionButton(desk, name, partial(self._quick, at), height=72, size="title")
            for at, name in enumerate(QUICK_ACTIONS)
        ]
        self.confirm = ActionButton(desk, "panel.confirm", self.answer, look="primary", height=80, size="figure")
        self.back = ActionButton(desk, "panel.back", back, look="quiet", height=56)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 16, 16, 16)
        row.setSpacing(16)
        row.addWidget(self._figures(), 1)
        row.addWidget(self._pad_side())
        quick = {name: button.click for name, button in zip(QUICK_ACTIONS, self.quick, strict=True)}
        own = {"panel.confirm": self.confirm.click, "panel.back": self.back.click, "tender.rounding": self._round}
        self.layer = Layer(quick | own, typing=self.type)
        desk.texts.on_change(self._show)

    def open(self, rung: Rung) -> None:
        """Begin: the exact amount stands there, and the next key replaces it."""
        self._rung, self._payable = rung, rung.payable
        self._amounts = quick_amounts(rung.payable)
        self._entry.suggest(yuan_text(rung.payable))
        self._doubted, self._unseen = None, False
        self._show()

    def renew(self, rung: Rung, *, asked: bool) -> None:
        """Show what the basket comes to now. What was typed stays; where something else is due and nobody ``asked``
        for it (prices came), it is said, and the next confirmation says only that it was seen.
        """
        before, self._rung, self._payable = self._payable, rung, rung.payable
        if before != self._payable:
            self._amounts = quick_amounts(self._payable)
            if self._entry.fresh and self._entry.text == yuan_text(before):
                self._entry.suggest(yuan_text(self._payable))
            self._doubted, self._unseen = None, not asked
            if not asked:
                self._desk.messages.refuse(Refusal("price_changed", told=before, payable=self._payable))
        self._show()

    def type(self, typed: str) -> bool:
        """Take a key."""
        taken = self._entry.type(typed)
        if taken:
            self._doubted = None
        self._show()
        return taken

    def answer(self) -> None:
        """Take what stands there; where it can hardly be meant, or another amount is due, the second time."""
        if self._unseen:
            self._unseen = False
            self._desk.messages.sound("refused")
            return
        if not self._entry.confirmed():
            return
        received = self._received()
        if is_doubtful(self._payable, received) and self._doubted != received:
            self._doubted = received
            self._desk.messages.sound("refused")
            self._show()
            return
        self._verbs.take_cash(self._entry.text)

    def _round(self) -> None:
        self._verbs.turn_rounding()

    def _quick(self, at: int) -> None:
        if at < len(self._amounts):
            self._entry.suggest(yuan_text(self._amounts[at]))
            self._doubted = None
            self._show()

    def _show(self) -> None:
        tr = self._desk.texts.tr
        self.due.set_value(amount_text(self._payable))
        self.sum.set_words(sum_text(self._rung, self._desk))
        view = self._rung.view
        self.rounding.setText(tr(f"rounding.{view.basket.rounding if view else 'none'}"))
        self.received.set_text(self._entry.text, fresh=self._entry.fresh)
        self._show_change()
        columns = 2 if len(self._amounts) in _EVEN else _COLUMNS
        for at, button in enumerate(self.quick):
            self._notes.addWidget(button, at // columns, at % columns)
            shown = at < len(self._amounts)
            button.setVisible(shown)
            if shown:
                exact = tr("action.tender.exact") if at == 0 else ""
                button.setText(exact or amount_text(self._amounts[at]).removesuffix(".00"))

    def _show_change(self) -> None:
        tr, left = self._desk.texts.tr, self._received() - self._payable
        is_enough, is_doubted = left >= 0, self._doubted is not None
        self.change.set_caption(tr("tender.doubt" if is_doubted else "tender.change" if is_enough else "tender.short"))
        self.change.set_value(amount_text(abs(left)), "trouble" if is_doubted else "ink" if is_enough else "ink_soft")
        if is_doubted:
            self._change_card.set_fill("surface", "trouble")
        else:
            self._change_card.set_fill("accent_soft" if is_enough else "sunken")
        self.confirm.setEnabled(is_enough)

    def _received(self) -> Fen:
        try:
            return parse_yuan(self._entry.text.removesuffix(".") or "0")
        except Refusal:
            return Fen(0)

    def _figures(self) -> QWidget:
        desk = self._desk
        self.title = Words(desk.theme, "title", bold=True)
        desk.texts.bind(self.title.set_words, "tender.cash")
        self.rounding = ActionButton(desk, "tender.rounding", self._round, height=48)
        self.rounding.setFixedWidth(ROUNDING_WIDTH)
        self.sum = Words(desk.theme, "body", ink="ink_soft")
        self.due = Figure(desk.theme, ("giant", "huge", "large"), 128, align_right=False)
        desk.texts.bind(self.due.set_caption, "total.payable")
        self.change = Figure(desk.theme, ("giant", "huge", "large"), align_right=False)
        self._change_card = Surface(desk.theme, "accent_soft", None)
        inside = QVBoxLayout(self._change_card)
        inside.setContentsMargins(24, 16, 24, 16)
        inside.addWidget(self.change)
        self._notes = QGridLayout()
        self._notes.setSpacing(8)
        card = Surface(desk.theme)
        column = QVBoxLayout(card)
        column.setContentsMargins(24, 20, 24, 24)
        column.setSpacing(12)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.rounding)
        column.addLayout(head)
        column.addWidget(self.due)
        column.addWidget(self.sum)
        column.addLayout(self._notes)
        column.addWidget(self._change_card, 1)
        return card

    def _pad_side(self) -> QWidget:
        side = QWidget()
        side.setFixedWidth(_PAD_WIDTH)
        pad = NumberPad(self._desk.theme, ".")
        pad.typed.connect(self.type)
        self.pad = pad
        self.received = EntryBox(self._desk.theme, size="large", height=88)
        self._desk.texts.bind(self.received.set_caption, "tender.received")
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.received)
        column.addWidget(pad, 1)
        column.addWidget(self.confirm)
        column.addWidget(self.back)
        return side
