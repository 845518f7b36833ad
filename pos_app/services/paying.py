"""Paying: tenders of every kind for the basket in hand, several in any order, until its sale is complete.

What touches the journal runs on the counter's one worker thread; `pay`, `query` and `reverse` ask a provider and run on
a thread of their own. A payment's id is in the journal before its call goes out, so that a register that dies at any
moment finds it again, asks how it stands, and goes on or has it reversed. Knows no wire and no window.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from pos_app.domain.codes import PaymentCode
from pos_app.domain.errors import Refusal
from pos_app.domain.facts import Happening
from pos_app.domain.ids import OperatorId, TenderId
from pos_app.domain.money import MAX_FEN, Fen
from pos_app.domain.payments import Outcome, Patience, Refund, asked_happening, settled_happening
from pos_app.domain.taken_tenders import TakenTender, standing
from pos_app.domain.tender import AT_HAND, Provider, TenderKind
from pos_app.services.basket_pricing import BasketView
from pos_app.services.ports import Clock, Ids, Journal, Nudge, PaymentProvider
from pos_app.services.selling import CompletedSale, Selling

MOST_TENDERS: Final = 20
"""More ways to pay one sale than anybody has."""
_REFERENCE: Final = range(4, 21)
_OVER: Final = frozenset({"refused", "reversed"})


@dataclass(frozen=True, slots=True)
class PayingParts:
    """The ports that paying stands on. ``providers``: who can be asked here."""

    journal: Journal
    clock: Clock
    ids: Ids
    nudge: Nudge
    providers: Mapping[Provider, PaymentProvider] = field(default_factory=dict)
    simulated: bool = False
    """No money moves, and whoever sees a payment is told so."""
    trouble: Refusal | None = None
    """Why a provider that was set up cannot be asked."""
    patience: Patience = field(default_factory=Patience)


@dataclass(frozen=True, slots=True)
class Taken:
    """What has been taken for the basket so far; with it the sale, where nothing was due any more."""

    tenders: tuple[TakenTender, ...]
    completed: CompletedSale | None = None


class Paying:
    """The money side of the basket in front of the cashier."""

    def __init__(self, parts: PayingParts, selling: Selling) -> None:
        """Stand ready. ``selling`` completes the sale."""
        self._parts = parts
        self._selling = selling

    @property
    def simulated(self) -> bool:
        """Whether no money moves."""
        return self._parts.simulated

    @property
    def trouble(self) -> Refusal | None:
        """Why a provider that was set up cannot be asked; None where nothing is wrong."""
        return self._parts.trouble

    @property
    def patience(self) -> Patience:
        """How long a provider is asked before the cashier is."""
        return self._parts.patience

    # On the counter's thread

    def taken(self) -> Taken:
        """List what was taken for the basket in hand, what a provider may have charged among it."""
        return Taken(self._taken())

    def take_up(self) -> tuple[TakenTender, ...]:
        """List payments of which nobody knows how they stand: a register that died left them, or a line that broke.

        Those of a basket that is not in hand become ``reversing``, paid ones too: there is nothing left that they pay.
        """
        open_ones = []
        for each in self._parts.journal.taken_tenders():
            is_payment, in_hand = each.kind not in AT_HAND, each.basket == self._selling.basket.id
            if is_payment and not in_hand and each.state != "reversing":
                self._parts.journal.keep_tender(replace(each, state="reversing"))
                open_ones.append(replace(each, state="reversing"))
            elif each.state != "paid":
                open_ones.append(each)
        return tuple(open_ones)

    def take_cash(self, received: Fen, operator: OperatorId, *, told: Fen) -> Taken:
        """Take cash; it completes the sale where nothing remains due. ``told`` is what the customer was told to pay.

        Raises:
            Refusal: ``price_changed``; ``cash_none`` for nothing; ``money_range``; ``tenders_full``.

        """
        view = self._seen(told)
        if received > MAX_FEN:
            raise Refusal("money_range", text=str(received))
        if received <= 0 and view.quote.payable:
            raise Refusal("cash_none")
        return self._add(view, self._new("cash", received, view, operator))

    def take_card(self, amount: Fen, reference: str, operator: OperatorId, *, told: Fen) -> Taken:
        """Record a bank card that was charged on the bank's own terminal, by its last four digits or its slip.

        Raises:
            Refusal: ``card_reference`` when it is none; ``tender_amount`` where it is nothing or more than is due (no
                change is given of a card); and what `take_cash` refuses.

        """
        view = self._seen(told)
        shown = reference.strip()
        if len(shown) not in _REFERENCE or not (shown.isascii() and shown.isalnum()):
            raise Refusal("card_reference", least=_REFERENCE.start, most=_REFERENCE.stop - 1)
        self._check_amount(view, amount)
        return self._add(view, replace(self._new("card", amount, view, operator), reference=shown))

    def ask(self, code: PaymentCode, amount: Fen | None, operator: OperatorId, *, told: Fen) -> TakenTender:
        """Write down that a customer is about to be charged, all that is due or some of it; then `pay` may be called.

        Raises:
            Refusal: ``payment_none``, or what is wrong with how it is set up, where the provider cannot be asked here;
                ``payment_open`` while another payment of this basket is; ``basket_empty``; and what `take_card`
                refuses of an amount.

        """
        if code.provider not in self._parts.providers:
            raise self._parts.trouble or Refusal("payment_none", provider=code.provider)
        view = self._seen(told)
        if not view.quote.lines:
            raise Refusal("basket_empty")
        taken = self._taken()
        if any(each.state == "asked" for each in taken):
            raise Refusal("payment_open")
        if len(taken) >= MOST_TENDERS:
            raise Refusal("tenders_full", most=MOST_TENDERS)
        due = standing(view.quote.payable, taken).due
        wanted = due if amount is None else amount
        self._check_amount(view, wanted)
        asked = replace(self._new(code.provider, wanted, view, operator), state="asked")
        self._parts.journal.append(asked_happening(asked), keeps=asked)
        return asked

    def heard(self, tender: TakenTender, outcome: Outcome, operator: OperatorId) -> Taken:
        """Take a provider's last word on a payment: paid, or nothing is charged and never will be.

        A payment that pays all that is due completes the sale, and the sale's fact names it. One that does not is
        written down as paid, and waits with the basket; so is one where the basket cannot be priced or sold just now:
        what happened is recorded, whatever is refused of the basket.
        """
        if outcome.answer in _OVER:
            self._parts.journal.append(self._settled(tender, outcome, operator), drops=tender.id)
            self._parts.nudge.facts_waiting()
            return Taken(self._taken())
        if outcome.answer != "paid":
            raise AssertionError(f"{outcome.answer} is nobody's last word")
        paid = replace(tender, state="paid", reference=outcome.transaction)
        others = tuple(each for each in self._taken() if each.id != tender.id)
        try:
            done = self._complete(self._selling.renew(), (*others, paid), operator)
        except Refusal:
            done = None  # the tender page prices the basket again, and says why
        return done or self._keep_paid(paid, outcome, operator)

    def take_back(self, tender: TakenTender) -> Taken:
        """Take a tender back before the sale is complete. A payment becomes ``reversing``: it counts no more, and is
        reversed by `reverse` until the provider says that it is. One that is over, or in a sale by now, is left alone:
        ``Refusal("payment_over")``.
        """
        if tender.kind in AT_HAND:
            self._parts.journal.drop_tender(tender.id)
        elif all(each.id != tender.id for each in self._parts.journal.taken_tenders()):
            raise Refusal("payment_over")
        else:
            self._parts.journal.keep_tender(replace(tender, state="reversing"))
        return self.taken()

    def complete(self, operator: OperatorId, *, told: Fen) -> Taken:
        """Complete a sale of which nothing is due any more; raise ``Refusal("not_paid")`` where something is."""
        view = self._seen(told)
        taken = self._taken()
        done = self._complete(view, taken, operator)
        if done is None:
            stands = standing(view.quote.payable, taken)
            raise Refusal("not_paid", payable=view.quote.payable, paid=sum(each.amount for each in stands.tenders))
        return done

    # On the payments' thread

    def pay(self, tender: TakenTender, code: PaymentCode) -> Outcome:
        """Have the customer charged."""
        return self._provider(tender).pay(tender.id, tender.amount, code.text)

    def query(self, tender: TakenTender) -> Outcome:
        """Ask how a payment stands."""
        return self._provider(tender).query(tender.id)

    def reverse(self, tender: TakenTender) -> Outcome:
        """Have a payment ended, charged or not."""
        return self._provider(tender).reverse(tender.id)

    def refund(self, provider: Provider, refund: Refund) -> Outcome:
        """Give back some of a payment that a sale names; raise ``Refusal("payment_none")`` without its provider."""
        asked = self._parts.providers.get(provider)
        if asked is None:
            raise Refusal("payment_none", provider=provider)
        return asked.refund(refund)

    def _provider(self, tender: TakenTender) -> PaymentProvider:
        return next((asked for name, asked in self._parts.providers.items() if name == tender.kind), _NOBODY)

    def _seen(self, told: Fen) -> BasketView:
        """Price the basket as it is now; refuse where it comes to something else than the customer was told."""
        view = self._selling.ready()
        if told != view.quote.payable:
            raise Refusal("price_changed", told=told, payable=view.quote.payable)
        return view

    def _taken(self) -> tuple[TakenTender, ...]:
        ours = self._selling.basket.id
        return tuple(
            each for each in self._parts.journal.taken_tenders() if each.basket == ours and each.state != "reversing"
        )

    def _check_amount(self, view: BasketView, amount: Fen) -> None:
        due = standing(view.quote.payable, self._taken()).due
        if not 0 < amount <= due:
            raise Refusal("tender_amount", amount=amount, due=due)

    def _add(self, view: BasketView, tender: TakenTender) -> Taken:
        taken = (*self._taken(), tender)
        if len(taken) > MOST_TENDERS:
            raise Refusal("tenders_full", most=MOST_TENDERS)
        done = self._complete(view, taken, tender.operator)
        if done is None:
            self._parts.journal.keep_tender(tender)
        return done or Taken(taken)

    def _complete(self, view: BasketView, taken: tuple[TakenTender, ...], operator: OperatorId) -> Taken | None:
        """Complete the sale where nothing is due and no payment hangs in the air; else give None."""
        stands = standing(view.quote.payable, taken)
        if not stands.settled or any(each.state != "paid" for each in taken):
            return None
        return Taken((), self._selling.complete(view, stands.tenders, operator))

    def _keep_paid(self, paid: TakenTender, outcome: Outcome, operator: OperatorId) -> Taken:
        self._parts.journal.append(self._settled(paid, outcome, operator), keeps=paid)
        self._parts.nudge.facts_waiting()
        return self.taken()

    def _settled(self, tender: TakenTender, outcome: Outcome, operator: OperatorId) -> Happening:
        return settled_happening(tender, outcome, self._now(), operator)

    def _new(self, kind: TenderKind, amount: Fen, view: BasketView, operator: OperatorId) -> TakenTender:
        own = TenderId(self._parts.ids.new().hex)
        return TakenTender(own, view.basket.id, kind, amount, "paid", self._now(), operator)

    def _now(self) -> str:
        return self._parts.clock.now().isoformat(timespec="milliseconds")


class _Nobody:
    """A provider that was there when the payment was asked, and is not set up any more: its payment stays unknown."""

    def pay(self, _payment: TenderId, _amount: Fen, _code: str) -> Outcome:
        return Outcome("unknown", "not_set_up")

    def query(self, _payment: TenderId) -> Outcome:
        return Outcome("unknown", "not_set_up")

    def reverse(self, _payment: TenderId) -> Outcome:
        return Outcome("unknown", "not_set_up")

    def refund(self, _refund: Refund) -> Outcome:
        return Outcome("unknown", "not_set_up")


_NOBODY: Final = _Nobody()
