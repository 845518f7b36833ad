"""Paying at the counter: cash, a card, a customer's payment code, several of them, and back again. Knows no widget.

A payment in the air is one `PaymentTalk` in the foreground; those that are only to be reversed go on behind whatever
the cashier does. What a register left open when it died is taken up before anybody signs in.
"""

from collections.abc import Callable, Iterable
from functools import partial

from pos_app.domain.codes import PaymentCode
from pos_app.domain.errors import GranaryError, Refusal
from pos_app.domain.money import Fen, parse_yuan
from pos_app.domain.operators import Operator
from pos_app.domain.payments import Outcome
from pos_app.domain.taken_tenders import TakenTender
from pos_app.services.paying import Paying, Taken
from pos_app.services.selling import CompletedSale
from pos_app.ui.rooms.checkout.payment_talk import Ears, PaymentTalk, Said
from pos_app.ui.rooms.checkout.till import Till
from pos_app.ui.runtime.money_text import amount_text
from pos_app.ui.runtime.waiting import Waiting


class TenderQuestions:
    """One for the checkout room. Used from the GUI thread only."""

    def __init__(self, till: Till, completed: Callable[[CompletedSale], object]) -> None:
        self._till = till
        self._completed = completed
        self._busy = False
        """Something is being written: a second Enter before the answer means nothing."""
        self._waiting = Waiting(till.desk.messages)
        self._taken: tuple[TakenTender, ...] = ()
        self._talk: PaymentTalk | None = None
        self._behind: list[PaymentTalk] = []
        self._ears = Ears(self._stands, self._ended, till.desk.messages.refuse, self._is_over)

    @property
    def paying(self) -> Paying:
        """The use cases."""
        return self._till.desk.open_counter().paying

    @property
    def is_waiting(self) -> bool:
        """Whether a payment is in the air: nothing else may change the basket."""
        return self._talk is not None

    def take_up(self) -> None:
        """Go on where the register stopped: payments that hang in the air, and a basket that is half paid. What is
        wrong with how providers are set up is said here too, before a customer stands there.
        """
        if self.paying.trouble is not None:
            self._till.desk.messages.refuse(self.paying.trouble)
        self._till.desk.tasks.run(lambda: (self.paying.take_up(), self.paying.taken()), lambda both: self._found(*both))

    def settle(self) -> None:
        """Go on to the tender, with what was taken already."""
        till = self._till
        if self._talk is not None:
            self._show_talk()
        elif till.rung.rows:
            till.view.open_tender(till.rung, self._taken)
        else:
            till.desk.messages.refuse(Refusal("basket_empty"))

    def take_cash(self, typed: str) -> None:
        """Take what was handed over; it completes the sale where nothing remains due."""
        amount = self._amount(typed)
        if amount is not None:
            told = self._till.rung.payable
            self._take(lambda who: self.paying.take_cash(amount, who.id, told=told))

    def take_card(self, amount: Fen, reference: str) -> None:
        """Record a bank card."""
        told = self._till.rung.payable
        self._take(lambda who: self.paying.take_card(amount, reference, who.id, told=told))

    def complete(self) -> None:
        """Complete a sale of which nothing is due any more."""
        told = self._till.rung.payable
        self._take(lambda who: self.paying.complete(who.id, told=told))

    def take_back(self, tender: TakenTender) -> None:
        """Take one back: cash and cards at once, a payment by having it reversed."""
        if self._busy:
            return
        if tender.kind in {"cash", "card"}:
            self._take(lambda _who: self.paying.take_back(tender))
            return
        talk = self._begin_talk(tender)
        talk.reverse("taken_back")

    def pay_by_code(self, code: PaymentCode) -> None:
        """Have a customer charged: all that is due, or the part that was typed."""
        till, operator = self._till, self._till.desk.operator
        if operator is None:
            return
        if self._busy or self._talk is not None:
            till.desk.messages.refuse(Refusal("payment_open"))
            return
        self._begin()
        part, told = till.view.typed_part(), till.rung.payable

        def asked(tender: TakenTender) -> None:
            self._end()
            till.desk.messages.went_well()
            self._begin_talk(tender).begin(code)

        till.desk.tasks.run(
            lambda: self.paying.ask(code, part, operator.id, told=told), asked, partial(self._not_taken, settles=True)
        )

    # What the payment's page asks

    def ask_on(self) -> None:
        """Ask for as long again."""
        if self._talk is not None:
            self._talk.ask_on()

    def reverse(self) -> None:
        """Have it reversed, and wait for that."""
        if self._talk is not None:
            self._talk.reverse("by_cashier")

    def other_money(self) -> None:
        """Take other money now; the payment is reversed behind it."""
        talk = self._talk
        if talk is None or talk.said.stage == "recording":
            return
        self._behind.append(talk)
        self._talk = None
        if talk.tender.state != "reversing":
            talk.reverse("by_cashier")
        self._keep(each for each in self._taken if each.id != talk.tender.id)
        self._till.view.open_tender(self._till.rung, self._taken)

    def _keep(self, taken: Iterable[TakenTender]) -> None:
        self._taken = tuple(taken)
        self._till.view.show_paid(sum(each.amount for each in self._taken))

    def _found(self, open_ones: tuple[TakenTender, ...], taken: Taken) -> None:
        self._keep(each for each in taken.tenders if each.state == "paid")
        for tender in open_ones:
            talk = PaymentTalk(self._till.desk, self.paying, tender, self._ears)
            if tender.state == "asked":
                self._talk = talk
                self._till.view.open_payment(talk.said)
            else:
                self._behind.append(talk)
            talk.take_up()
        if self._taken and self._talk is None:
            self._till.view.open_tender(self._till.rung, self._taken)

    def _begin_talk(self, tender: TakenTender) -> PaymentTalk:
        talk = PaymentTalk(self._till.desk, self.paying, tender, self._ears)
        self._talk = talk
        self._till.view.open_payment(talk.said)
        return talk

    def _show_talk(self) -> None:
        if self._talk is not None:
            self._till.view.open_payment(self._talk.said)

    def _take(self, verb: Callable[[Operator], Taken]) -> None:
        operator = self._till.desk.operator
        if self._busy or operator is None:
            return
        self._begin()
        self._till.desk.tasks.run(lambda: verb(operator), self._has_taken, self._not_taken)

    def _begin(self) -> None:
        self._busy = True
        self._waiting.begin()

    def _end(self) -> None:
        self._busy = False
        self._waiting.end()

    def _has_taken(self, taken: Taken) -> None:
        self._end()
        self._till.desk.messages.went_well()
        self._show(taken)

    def _show(self, taken: Taken) -> None:
        self._keep(taken.tenders)
        if taken.completed is not None:
            self._completed(taken.completed)
        else:
            self._till.view.open_tender(self._till.rung, taken.tenders)

    def _not_taken(self, error: GranaryError, *, settles: bool = False) -> None:
        """Say why, and show what the basket comes to now: the refusal may be that it is another amount."""
        self._end()
        self._till.desk.messages.refuse(error)
        if isinstance(error, Refusal):
            self._till.look_again()
        if settles and self._till.rung.rows and not isinstance(error, Refusal):
            self.settle()

    def _stands(self, talk: PaymentTalk, said: Said) -> None:
        if talk is self._talk:
            self._till.view.show_payment(said)

    def _is_over(self, talk: PaymentTalk) -> None:
        """It was to be reversed, and is in a sale by now."""
        self._behind = [each for each in self._behind if each is not talk]
        if talk is self._talk:
            self._talk = None
            self._keep(each for each in self._taken if each.id != talk.tender.id)
            self._till.look_again(self._till.view.open_basket)

    def _ended(self, talk: PaymentTalk, outcome: Outcome, taken: Taken) -> None:
        """A payment has had its last word; what it means for the basket is in ``taken``."""
        messages, tr = self._till.desk.messages, self._till.desk.texts.tr
        in_front = talk is self._talk
        self._talk = None if in_front else self._talk
        self._behind = [each for each in self._behind if each is not talk]
        if not in_front:
            self._keep(taken.tenders)
        elif taken.completed is not None:
            self._show(taken)
        else:
            self._till.look_again(lambda: self._show(taken))
        places = {"provider": tr(f"tender_kind.{talk.tender.kind}"), "amount": amount_text(talk.tender.amount)}
        if outcome.answer == "refused":
            messages.refuse(Refusal("payment_refused", **places, reason=tr(f"payment_reason.{outcome.reason}")))
        elif outcome.answer == "reversed":
            messages.note("note.payment_reversed", **places)
        elif talk.taken_up:
            messages.note("note.payment_found_paid", **places)

    def _amount(self, typed: str) -> Fen | None:
        try:
            return parse_yuan(typed.removesuffix(".") or "0")
        except Refusal as refusal:
            self._till.desk.messages.refuse(refusal)
            return None
