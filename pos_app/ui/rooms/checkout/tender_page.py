"""Taking money: what is due, what was handed over, what goes back; by keys, quick notes and the pad.

Cash is what is typed unless something else is said: a card by its key, a payment by scanning the customer's code. With
several tenders each is listed, and what remains is what is due.
"""

from collections.abc import Callable
from functools import partial
from typing import Protocol

from pos_app.domain.errors import Refusal
from pos_app.domain.money import Fen, parse_yuan, yuan_text
from pos_app.domain.taken_tenders import Standing, TakenTender, standing
from pos_app.domain.tender import is_doubtful, quick_amounts
from pos_app.ui.rooms.checkout.ringing import Rung
from pos_app.ui.rooms.checkout.tender_layout import QUICK_ACTIONS, TenderLayout
from pos_app.ui.rooms.checkout.total_card import sum_text
from pos_app.ui.runtime.actions import Layer
from pos_app.ui.runtime.desk import Desk
from pos_app.ui.runtime.money_text import amount_text
from pos_app.ui.widgets.entry import Entry

_NOTHING = standing(Fen(0), ())


class TenderVerbs(Protocol):
    """What the page asks of the presenter for the money."""

    def take_cash(self, typed: str) -> None: ...
    def take_card(self, amount: Fen, reference: str) -> None: ...
    def take_back(self, tender: TakenTender) -> None: ...
    def complete(self) -> None: ...


class TenderRoom(Protocol):
    """What the page asks of its room."""

    @property
    def tender(self) -> TenderVerbs: ...
    def turn_rounding(self) -> None: ...


class TenderPage(TenderLayout):
    """The tenders of one basket."""

    def __init__(self, desk: Desk, room: TenderRoom, back: Callable[[], object]) -> None:
        runs: dict[str, Callable[[], object]] = {
            name: partial(self._quick, at) for at, name in enumerate(QUICK_ACTIONS)
        }
        runs |= {"panel.confirm": self.answer, "panel.back": self._step_back, "tender.rounding": room.turn_rounding}
        runs |= {"tender.card": self._ask_card, "tender.part": self._take_part, "tender.take_back": self._take_back}
        super().__init__(desk, runs)
        self._room, self._leave = room, back
        self._rung = Rung()
        self._taken: tuple[TakenTender, ...] = ()
        self._stands: Standing = _NOTHING
        self._amounts: tuple[Fen, ...] = ()
        self._entry = Entry("amount", desk.messages.refuse)
        self._card: Fen | None = None
        """What a card is to pay, while what finds it again is typed."""
        self._doubted: Fen | None = None
        """What was received, where it is asked again whether it was."""
        self._unseen = False
        """Another amount is due than the one that was shown, and nobody has said yet that it was seen."""
        self.pad.typed.connect(self.type)
        buttons = {name: button.click for name, button in self.buttons.items()}
        steps = {"list.up": lambda: self.taken.step(-1), "list.down": lambda: self.taken.step(1)}
        self.layer = Layer(buttons | steps, typing=self.type)
        desk.texts.on_change(self._show)

    def open(self, rung: Rung, taken: tuple[TakenTender, ...]) -> None:
        """Begin, or go on: what is due stands there, and the next key replaces it."""
        self._rung, self._taken = rung, taken
        self._stands = standing(rung.payable, taken)
        self.taken.show_taken(taken)
        self.make_room(listed=bool(taken))
        self._unseen = False
        self._suggest()

    def renew(self, rung: Rung, *, asked: bool) -> None:
        """Show what the basket comes to now. What was typed stays; where something else is due and nobody ``asked``
        for it (prices came), it is said, and the next confirmation says only that it was seen.
        """
        before, told = self._stands.due, self._rung.payable
        self._rung, self._stands = rung, standing(rung.payable, self._taken)
        due = self._stands.due
        if told != rung.payable:
            self._amounts = quick_amounts(due)
            if self._card is None and self._entry.fresh and self._entry.text == yuan_text(before):
                self._entry.suggest(yuan_text(due))
            self._doubted, self._unseen = None, not asked
            if not asked:
                self._desk.messages.refuse(Refusal("price_changed", told=told, payable=rung.payable))
        self._show()

    def type(self, typed: str) -> bool:
        """Take a key."""
        taken = self._entry.type(typed)
        if taken:
            self._doubted = None
        self._show()
        return taken

    def typed_part(self) -> Fen | None:
        """Tell what was typed as a part of what is due; None for all of it."""
        received = self._received()
        is_part = self._card is None and not self._entry.fresh and 0 < received < self._stands.due
        return received if is_part else None

    def answer(self) -> None:
        """Take what stands there; where it can hardly be meant, or another amount is due, the second time."""
        if self._unseen:
            self._unseen = False
            self._desk.messages.sound("refused")
            return
        if not self._entry.confirmed():
            return
        if self._card is not None:
            card, self._card = self._card, None
            self._room.tender.take_card(card, self._entry.text)
        elif self._stands.settled and self._taken:
            self._room.tender.complete()
        elif self._is_meant():
            self._room.tender.take_cash(self._entry.text)

    def _is_meant(self) -> bool:
        received = self._received()
        if not is_doubtful(self._stands.due, received) or self._doubted == received:
            return True
        self._doubted = received
        self._desk.messages.sound("refused")
        self._show()
        return False

    def _suggest(self) -> None:
        due = self._stands.due
        self._card, self._doubted = None, None
        self._amounts = quick_amounts(due)
        self._entry = Entry("amount", self._desk.messages.refuse)
        self._entry.suggest(yuan_text(due))
        self._show()

    def _step_back(self) -> None:
        if self._card is None:
            self._leave()
        else:
            self._suggest()

    def _ask_card(self) -> None:
        """Ask what finds a card again; it pays what was typed, or all that is due."""
        if not self._stands.due:
            return
        self._card = self.typed_part() or self._stands.due
        self._entry = Entry("digits", self._desk.messages.refuse)
        self._show()

    def _take_part(self) -> None:
        """Take what was typed as a part, in cash."""
        part = self.typed_part()
        if part is not None and self._entry.confirmed():
            self._room.tender.take_cash(yuan_text(part))

    def _take_back(self) -> None:
        chosen = self.taken.current_row()
        if chosen is not None:
            self._room.tender.take_back(chosen)

    def _quick(self, at: int) -> None:
        if at < len(self._amounts) and self.quick[at].isVisible():
            self._entry.suggest(yuan_text(self._amounts[at]))
            self._doubted = None
            self._show()

    def _received(self) -> Fen:
        try:
            return parse_yuan(self._entry.text.removesuffix(".") or "0")
        except Refusal:
            return Fen(0)

    def _show(self) -> None:
        tr, stands, card = self._desk.texts.tr, self._stands, self._card
        self.due.set_caption(tr("tender.remains" if self._taken else "total.payable"))
        self.due.set_value(amount_text(stands.due))
        self.sum.set_words(sum_text(self._rung, self._desk))
        view = self._rung.view
        self.rounding.setText(tr(f"rounding.{view.basket.rounding if view else 'none'}"))
        self.title.set_words(tr("tender.card" if card is not None else "tender.title"))
        self.received.set_caption(tr("tender.reference" if card is not None else "tender.received"))
        self.received.set_text(self._entry.text, fresh=self._entry.fresh)
        self.taken.viewport().update()
        self.give_back.setVisible(bool(self._taken) and card is None)
        self.part.setVisible(card is None)
        self.part.setEnabled(self.typed_part() is not None)
        self.card.setVisible(card is None)
        self.card.setEnabled(bool(stands.due))
        if card is not None:
            self._show_card(card)
        else:
            self._show_change()
        self.show_quick(() if card is not None or not stands.due else self._amounts)

    def _show_card(self, card: Fen) -> None:
        self.change.set_caption(self._desk.texts.tr("tender.by_card"))
        self.change.set_value(amount_text(card))
        self.change_card.set_fill("accent_soft")
        self.confirm.setEnabled(bool(self._entry.text))

    def _show_change(self) -> None:
        tr, stands, is_doubted = self._desk.texts.tr, self._stands, self._doubted is not None
        left = stands.change if stands.settled and self._taken else self._received() - stands.due
        is_enough = left >= 0 and not stands.over
        caption = "tender.doubt" if is_doubted else "tender.change" if is_enough else "tender.short"
        self.change.set_caption(tr("tender.over" if stands.over else caption))
        shown = stands.over or abs(left)
        is_trouble = is_doubted or bool(stands.over)
        self.change.set_value(amount_text(shown), "trouble" if is_trouble else "ink" if is_enough else "ink_soft")
        if is_trouble:
            self.change_card.set_fill("surface", "trouble")
        else:
            self.change_card.set_fill("accent_soft" if is_enough else "sunken")
        self.confirm.setEnabled(is_enough)
