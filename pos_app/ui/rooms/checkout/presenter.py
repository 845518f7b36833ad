"""The checkout's flow: ringing, questions, the receipt. Asks the services on the worker, tells the view.

Knows no widget: the view is a `CheckoutView` by shape. Every answer comes back in the order of asking.
"""

from collections.abc import Callable, Sequence
from functools import partial

from pos_app.domain.codes import MisreadCode, OtherCode, PaymentCode, decode
from pos_app.domain.errors import GranaryError, Refusal
from pos_app.domain.ids import ReceiptNumber
from pos_app.domain.pricing.inputs import Rounding
from pos_app.domain.receipt import Receipt
from pos_app.services.basket_pricing import BasketView
from pos_app.services.changes import Changes, Kind
from pos_app.services.looking_up import ShelfEntry
from pos_app.services.selling import CompletedSale
from pos_app.ui.rooms.checkout.benefit_questions import BenefitQuestions
from pos_app.ui.rooms.checkout.line_questions import LineQuestions
from pos_app.ui.rooms.checkout.pad_panel import Question
from pos_app.ui.rooms.checkout.ringing import Ringing, Rung
from pos_app.ui.rooms.checkout.suspended_questions import SuspendedQuestions
from pos_app.ui.rooms.checkout.tender_questions import TenderQuestions
from pos_app.ui.rooms.checkout.till import CheckoutView, Onlooker
from pos_app.ui.runtime.desk import Desk
from pos_app.ui.runtime.waiting import Waiting

ROUNDINGS: tuple[Rounding, ...] = ("none", "jiao", "yuan")
_REPRICING: Changes = frozenset({Kind.PRICE, Kind.PRODUCT, Kind.MEMBER})


class CheckoutPresenter:
    """One for the checkout room. Used from the GUI thread only."""

    def __init__(self, desk: Desk, view: CheckoutView) -> None:
        self.desk = desk
        self.view = view
        self.selling = desk.open_counter().selling
        self.rung = Rung()
        self.line = LineQuestions(self)
        self.benefits = BenefitQuestions(self)
        self.suspended = SuspendedQuestions(self)
        self.onlookers: list[Onlooker] = []
        self._ringing = Ringing()
        self._waiting = Waiting(desk.messages)
        self._searched = ""
        self._take_first = False
        self.tender = TenderQuestions(self, self._completed)
        desk.on_changes.append(self.on_changes)

    def refresh(self) -> None:
        """Look again at what is in the basket, and price it (it may be one that a power cut left)."""
        self.desk.tasks.run(lambda: self._ringing.ring(self.selling.renew), self._show)

    def ring(
        self, verb: Callable[[], BasketView], then: Callable[[], object] | None = None, *, stays: bool = False
    ) -> None:
        """Change the basket on the worker and show it, then do something more. ``stays``: a panel stays open."""

        def shown(rung: Rung) -> None:
            self._waiting.end()
            (self._show_beside if stays else self._show_changed)(rung)
            if then is not None:
                then()

        self._waiting.begin()
        self.desk.tasks.run(lambda: self._ringing.ring(verb), shown, self._not_rung)

    def scan(self, text: str) -> None:
        """Add what a code stands for; a receipt's number opens the receipt, a payment code pays."""
        code = decode(text)
        if isinstance(code, PaymentCode):
            self.desk.tasks.run(partial(self.selling.is_label, text), partial(self._pay_or_ring, code))
        elif self.tender.is_waiting:
            self.desk.messages.refuse(Refusal("payment_open"))
        else:
            self._scan_goods(text)

    def _pay_or_ring(self, code: PaymentCode, is_label: bool) -> None:
        """Pay by a code, unless it is a scale's label that looks like one."""
        if is_label and not self.tender.is_waiting:
            self._scan_goods(code.text)
        else:
            self.tender.pay_by_code(code)

    def _scan_goods(self, text: str) -> None:
        if _is_receipt(text):
            self.open_receipts(text.strip().upper())
            return
        self.ring(partial(self.selling.scan, text))

    def search(self, text: str) -> None:
        """Look for goods; nothing typed shows the basket again."""
        wanted = text.strip()
        self._searched = wanted
        if not wanted:
            self._take_first = False
            self.view.open_basket()
            return
        looking_up, member = self.desk.open_counter().looking_up, self.rung.member
        self.desk.tasks.run(lambda: looking_up.search(wanted, member), partial(self._found, wanted))

    def take_find(self, typed: str) -> None:
        """Take the chosen find. A whole code that was typed is a scan; a list that is not there yet is waited for."""
        wanted = typed.strip()
        if not wanted:
            return
        if not isinstance(decode(wanted), OtherCode | MisreadCode):
            self.view.open_basket()
            self.scan(wanted)
        elif wanted != self._searched or self._take_first:
            self._take_first = True
            self.search(wanted)
        else:
            self._take(self.view.chosen_find(), wanted)

    def ask_member(self) -> None:
        """Ask whose basket it is."""
        member = self.rung.member
        tell = partial(self.desk.texts.tr, "ask.member_about")
        about = tell if member is None else f"{member.name}  {member.masked_phone}"
        self.view.open_question(Question("ask.member", about, "code", "", self._set_member))

    def ask_clear(self) -> None:
        """Ask before the basket is thrown away; an empty one needs no question."""
        if self.rung.rows:
            self.view.open_confirmation()

    def clear(self) -> None:
        """Throw the basket away."""
        self.ring(self.selling.clear)

    def turn_rounding(self) -> None:
        """Round the amount to pay down to the next coarser step, or not at all again."""
        view = self.rung.view
        if view is not None:
            at = ROUNDINGS.index(view.basket.rounding)
            rounding = ROUNDINGS[(at + 1) % len(ROUNDINGS)]
            self.desk.tasks.run(
                lambda: self._ringing.ring(lambda: self.selling.set_rounding(rounding)), self._show_asked
            )

    def settle(self) -> None:
        """Go on to the tender."""
        self.tender.settle()
        if self.rung.rows and self.rung.view is not None:
            self.suspended.warn(self.rung.view.basket.id)

    def look_again(self, then: Callable[[], object] | None = None) -> None:
        """Look again at what the basket comes to and show that, as something that a person was told of."""

        def shown(rung: Rung) -> None:
            self._show_asked(rung)
            if then is not None:
                then()

        self.desk.tasks.run(lambda: self._ringing.ring(self.selling.renew), shown)

    def next_customer(self) -> None:
        """Go back to an empty basket."""
        self.view.open_basket()

    def open_receipts(self, number: str = "") -> None:
        """Show the last receipts, one of them chosen."""
        receipts = self.desk.open_counter().receipts
        self.desk.tasks.run(
            lambda: [receipts.find(number)] if number else receipts.recent(), partial(self._found_receipts, number)
        )

    def reprint(self, number: str) -> None:
        """Print a copy."""
        receipts = self.desk.open_counter().receipts
        self.desk.tasks.run(
            lambda: receipts.reprint(number),
            lambda receipt: self.desk.messages.note("note.reprinted", number=receipt.number),
        )

    def look_for_offers(self) -> None:
        """Look for gifts and add-ons that the basket on the screen has earned."""
        self.benefits.look_for_offers(self.rung)

    def on_changes(self, kinds: Changes) -> None:
        """Price an open basket anew when prices came, or what a member may spend."""
        if kinds & _REPRICING and (self.rung.rows or self.rung.member is not None):
            self.refresh()

    def _set_member(self, typed: str) -> None:
        self.ring(lambda: self.selling.set_member(typed))

    def _take(self, find: ShelfEntry | None, typed: str) -> None:
        if find is None:
            self.desk.messages.refuse(Refusal("nothing_found", text=typed))
            return
        self.ring(lambda: self.selling.add(find.found), self.line.ask_quantity if find.found.product.weighed else None)

    def _found(self, wanted: str, finds: Sequence[ShelfEntry]) -> None:
        if wanted != self._searched:
            return
        if finds:
            self.desk.messages.went_well()
        self.view.open_finds(finds)
        if self._take_first:
            self._take_first = False
            self._take(self.view.chosen_find(), wanted)

    def _found_receipts(self, number: str, found: Sequence[Receipt]) -> None:
        self.desk.messages.went_well()
        self.view.open_receipts(found, number)

    def _show(self, rung: Rung) -> None:
        """Show what came by itself."""
        self._show_beside(rung)
        if self.view.tendering():
            self.view.renew_tender(rung, asked=False)

    def _show_asked(self, rung: Rung) -> None:
        """Show what a person asked for, or was told of."""
        self._show_beside(rung)
        if self.view.tendering():
            self.view.renew_tender(rung, asked=True)

    def _show_changed(self, rung: Rung) -> None:
        """Show what a person did: from wherever they were, the basket is seen."""
        self._searched, self._take_first = "", False
        self.desk.messages.went_well()
        self.view.open_basket()
        self._show_beside(rung)

    def _show_beside(self, rung: Rung) -> None:
        """Show the basket behind whatever is open, and say what is to be said of it."""
        self.rung = rung
        self.view.show_basket(rung)
        for onlooker in self.onlookers:
            onlooker.sees_basket(rung)
        notice = None if rung.view is None else rung.view.notice
        if notice is not None:
            self.desk.messages.note(f"note.{notice.code}", **notice.details)

    def _not_rung(self, error: GranaryError) -> None:
        self._waiting.end()
        self.desk.messages.refuse(error)

    def _completed(self, completed: CompletedSale) -> None:
        self.desk.messages.went_well()
        self.rung = Rung()
        self.view.show_basket(self.rung)
        self.view.open_done(completed.receipt)
        for onlooker in self.onlookers:
            onlooker.sees_receipt(completed.receipt)
        self.desk.tell(completed.changes)


def _is_receipt(text: str) -> bool:
    try:
        ReceiptNumber.parse(text)
    except Refusal:
        return False
    return True
