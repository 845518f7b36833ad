"""The checkout's flow: ringing, questions, cash, the receipt. Asks the services on the worker, tells the view.

Knows no widget: the view is a `CheckoutView` by shape. Every answer comes back in the order of asking.
"""

from collections.abc import Sequence
from functools import partial
from typing import Protocol

from pos_app.domain.codes import MisreadCode, OtherCode, decode
from pos_app.domain.errors import GranaryError, Refusal
from pos_app.domain.ids import ReceiptNumber
from pos_app.domain.money import Fen, parse_yuan
from pos_app.domain.quantity import parse_quantity, quantity_text
from pos_app.domain.receipt import Receipt
from pos_app.services.changes import Changes, Kind
from pos_app.services.looking_up import ShelfEntry
from pos_app.services.selling import CompletedSale
from pos_app.ui.rooms.checkout.pad_panel import Question
from pos_app.ui.rooms.checkout.ringing import LineRow, Ringing, Rung
from pos_app.ui.runtime.desk import Desk

_REPRICING: Changes = frozenset({Kind.PRICE, Kind.PRODUCT})


class CheckoutView(Protocol):
    """What the presenter tells the room."""

    def show_basket(self, rung: Rung) -> None: ...
    def open_basket(self) -> None: ...
    def open_question(self, question: Question) -> None: ...
    def open_confirmation(self) -> None: ...
    def open_finds(self, finds: Sequence[ShelfEntry]) -> None: ...
    def open_tender(self, payable: Fen) -> None: ...
    def open_done(self, receipt: Receipt) -> None: ...
    def open_receipts(self, receipts: Sequence[Receipt], number: str) -> None: ...
    def chosen_line(self) -> LineRow | None: ...
    def chosen_find(self) -> ShelfEntry | None: ...
    def tendering(self) -> bool: ...


class CheckoutPresenter:
    """One for the checkout room. Used from the GUI thread only."""

    def __init__(self, desk: Desk, view: CheckoutView) -> None:
        self._desk = desk
        self._view = view
        self._ringing = Ringing()
        self._selling = desk.open_counter().selling
        self._rung = Rung()
        self._searched = ""
        self._take_first = False
        self._completing = False
        desk.on_changes.append(self.on_changes)

    def refresh(self) -> None:
        """Price the basket as it stands (it may be one that a power cut left)."""
        self._desk.tasks.run(lambda: self._ringing.ring(self._selling.view), self._show)

    def scan(self, text: str) -> None:
        """Add what a code stands for; a receipt's number opens the receipt."""
        if _is_receipt(text):
            self.open_receipts(text.strip().upper())
            return
        self._desk.tasks.run(partial(self._ringing.ring, partial(self._selling.scan, text)), self._show_changed)

    def search(self, text: str) -> None:
        """Look for goods; nothing typed shows the basket again."""
        wanted = text.strip()
        self._searched = wanted
        if not wanted:
            self._take_first = False
            self._view.open_basket()
            return
        looking_up, member = self._desk.open_counter().looking_up, self._rung.member
        self._desk.tasks.run(lambda: looking_up.search(wanted, member), partial(self._found, wanted))

    def take_find(self, typed: str) -> None:
        """Take the chosen find. A whole code that was typed is a scan; a list that is not there yet is waited for."""
        wanted = typed.strip()
        if not wanted:
            return
        if not isinstance(decode(wanted), OtherCode | MisreadCode):
            self._view.open_basket()
            self.scan(wanted)
        elif wanted != self._searched or self._take_first:
            self._take_first = True
            self.search(wanted)
        else:
            self._take(self._view.chosen_find(), wanted)

    def ask_quantity(self) -> None:
        """Ask for the chosen line's quantity."""
        row = self._view.chosen_line()
        if row is None:
            self._desk.messages.refuse(Refusal("no_line_chosen"))
            return
        number = row.line.line
        title = "ask.weight" if row.line.weighed else "ask.quantity"
        suggested = quantity_text(row.quoted.quantity)
        about = f"{row.line.name}  {row.line.unit}".strip()
        self._view.open_question(Question(title, about, "quantity", suggested, partial(self._set_quantity, number)))

    def ask_member(self) -> None:
        """Ask whose basket it is."""
        member = self._rung.member
        about = self._desk.texts.tr("ask.member_about") if member is None else f"{member.name}  {member.masked_phone}"
        self._view.open_question(Question("ask.member", about, "digits", "", self._set_member))

    def remove(self) -> None:
        """Remove the chosen line."""
        row = self._view.chosen_line()
        if row is None:
            self._desk.messages.refuse(Refusal("no_line_chosen"))
            return
        number, name = row.line.line, row.line.name
        self._desk.tasks.run(
            lambda: self._ringing.ring(lambda: self._selling.remove(number)), partial(self._removed, name)
        )

    def ask_clear(self) -> None:
        """Ask before the basket is thrown away; an empty one needs no question."""
        if self._rung.rows:
            self._view.open_confirmation()

    def clear(self) -> None:
        """Throw the basket away."""
        self._desk.tasks.run(lambda: self._ringing.ring(self._selling.clear), self._show_changed)

    def settle(self) -> None:
        """Go on to the tender."""
        if self._rung.rows:
            self._view.open_tender(self._rung.payable)
        else:
            self._desk.messages.refuse(Refusal("basket_empty"))

    def take_cash(self, typed: str) -> None:
        """Complete the sale with what was handed over. Once: a second Enter before the answer means nothing."""
        operator = self._desk.operator
        if self._completing or operator is None:
            return
        try:
            received = parse_yuan(typed.removesuffix("."))
        except Refusal as refusal:
            self._desk.messages.refuse(refusal)
            return
        self._completing = True
        told = self._rung.payable
        self._desk.tasks.run(
            lambda: self._selling.complete_with_cash(received, operator.id, told=told),
            self._completed,
            self._not_completed,
        )

    def next_customer(self) -> None:
        """Go back to an empty basket."""
        self._view.open_basket()

    def open_receipts(self, number: str = "") -> None:
        """Show the last receipts, one of them chosen."""
        receipts = self._desk.open_counter().receipts
        self._desk.tasks.run(
            lambda: [receipts.find(number)] if number else receipts.recent(),
            lambda found: self._view.open_receipts(found, number),
        )

    def reprint(self, number: str) -> None:
        """Print a copy."""
        receipts = self._desk.open_counter().receipts
        self._desk.tasks.run(
            lambda: receipts.reprint(number),
            lambda receipt: self._desk.messages.note("note.reprinted", number=receipt.number),
        )

    def on_changes(self, kinds: Changes) -> None:
        """Price an open basket anew when prices came."""
        if kinds & _REPRICING and self._rung.rows:
            self.refresh()

    def _set_quantity(self, line: int, typed: str) -> None:
        try:
            quantity = parse_quantity(typed.removesuffix("."))
        except Refusal as refusal:
            self._desk.messages.refuse(refusal)
            return
        self._desk.tasks.run(
            lambda: self._ringing.ring(lambda: self._selling.set_quantity(line, quantity)), self._show_changed
        )

    def _set_member(self, typed: str) -> None:
        self._desk.tasks.run(lambda: self._ringing.ring(lambda: self._selling.set_member(typed)), self._show_changed)

    def _take(self, find: ShelfEntry | None, typed: str) -> None:
        if find is None:
            self._desk.messages.refuse(Refusal("nothing_found", text=typed))
            return
        shown = self._show_weighed if find.found.product.weighed else self._show_changed
        self._desk.tasks.run(lambda: self._ringing.ring(lambda: self._selling.add(find.found)), shown)

    def _found(self, wanted: str, finds: Sequence[ShelfEntry]) -> None:
        if wanted != self._searched:
            return
        self._view.open_finds(finds)
        if self._take_first:
            self._take_first = False
            self._take(self._view.chosen_find(), wanted)

    def _show(self, rung: Rung) -> None:
        self._rung = rung
        self._view.show_basket(rung)
        if self._view.tendering():
            self._view.open_tender(rung.payable)

    def _show_changed(self, rung: Rung) -> None:
        """Show what a person did: from wherever they were, the basket is seen."""
        self._rung = rung
        self._searched, self._take_first = "", False
        self._view.open_basket()
        self._view.show_basket(rung)

    def _show_weighed(self, rung: Rung) -> None:
        self._show_changed(rung)
        self.ask_quantity()

    def _removed(self, name: str, rung: Rung) -> None:
        self._show_changed(rung)
        self._desk.messages.note("note.removed", name=name)

    def _completed(self, completed: CompletedSale) -> None:
        self._completing = False
        self._rung = Rung()
        self._view.show_basket(self._rung)
        self._view.open_done(completed.receipt)
        self._desk.tell(completed.changes)

    def _not_completed(self, error: GranaryError) -> None:
        self._completing = False
        if isinstance(error, Refusal):
            self.refresh()
        self._desk.messages.refuse(error)


def _is_receipt(text: str) -> bool:
    try:
        ReceiptNumber.parse(text)
    except Refusal:
        return False
    return True
