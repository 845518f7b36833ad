"""Selling: from the first scan to the completed sale.

Each verb changes the basket, keeps it in the journal and only then answers; completing a sale is one append.
Knows no window, no network, no file format.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from pos_app.domain.basket import Basket
from pos_app.domain.catalog import FoundProduct
from pos_app.domain.codes import MisreadCode, SignedCode, decode
from pos_app.domain.errors import Refusal
from pos_app.domain.facts import Happening
from pos_app.domain.holds import Hold
from pos_app.domain.ids import BasketId, CouponId, MemberId, OperatorId, SaleId
from pos_app.domain.members import Member
from pos_app.domain.money import Fen
from pos_app.domain.pricing.inputs import Rounding
from pos_app.domain.quantity import Quantity
from pos_app.domain.receipt import Receipt, receipt_of
from pos_app.domain.sale import FACT_KIND, FACT_VERSION, Place, Sale, check_paid, pending_of
from pos_app.domain.shift import business_day
from pos_app.domain.suspended_basket import MOST_SUSPENDED, SuspendedBasket
from pos_app.domain.taken_tenders import TakenTender
from pos_app.domain.tender import AT_HAND, Tender, pay_cash
from pos_app.domain.tokens import Token, TokenKind
from pos_app.services.basket_pricing import BasketPricing, BasketView, Notice, most_points_of, told_of
from pos_app.services.changes import Changes, Kind
from pos_app.services.holds import Holds, Secured
from pos_app.services.leases import Leases
from pos_app.services.member_book import MemberBook
from pos_app.services.overriding import price_override
from pos_app.services.ports import Written
from pos_app.services.reading_goods import ReadingGoods
from pos_app.services.rights import Rights
from pos_app.services.securing import Securing
from pos_app.services.selling_parts import SellingParts
from pos_app.services.signed_codes import SignedCodes

_SALE_COMPLETED: Changes = frozenset({Kind.BASKET, Kind.SALE, Kind.STOCK, Kind.MEMBER, Kind.LINE})

_NEVER_HERE: Final = frozenset({"unknown_template", "not_started", "expired", "not_in_effect"})
"""Reasons against a coupon that no further scan can change: it is not taken at all."""


@dataclass(frozen=True, slots=True)
class CompletedSale:
    """A sale that is in the journal."""

    sale: Sale
    receipt: Receipt
    changes: Changes = _SALE_COMPLETED


class Selling:
    """The basket in front of the cashier. Used from one thread only."""

    def __init__(self, parts: SellingParts, place: Place, store_name: str) -> None:
        """Take up the basket that was open when the register stopped, or a new one."""
        self._parts = parts
        self._place = place
        self._store_name = store_name
        self._leases = Leases(parts.journal, parts.replica, place, parts.clock, parts.line)
        self._rights = Rights(parts.journal, parts.replica, place, self._leases)
        self._pricing = BasketPricing(parts.replica, parts.clock, place)
        self._members = MemberBook(parts.journal, parts.replica)
        self._codes = SignedCodes(parts.tokens, parts.clock)
        self._goods = ReadingGoods(parts.replica, parts.clock, place, parts.elements)
        self._holds = Holds(parts.journal, parts.clock, parts.ids, parts.nudge, parts.line, parts.holding)
        self._securing = Securing(parts.replica, self._leases, self._holds)
        self._basket = parts.journal.open_basket() or self._new_basket()

    @property
    def basket(self) -> Basket:
        """The basket in hand, as it was kept last."""
        return self._basket

    def view(self) -> BasketView:
        """Price the basket as it stands."""
        return self._show(self._basket)

    def renew(self) -> BasketView:
        """Look again at whom it is for and which coupons are in it, then price it: headquarters may have spoken."""
        basket, notice = self._basket, None
        if basket.member is not None:
            known = self._members.member(basket.member.id) or basket.member
            basket = replace(basket, member=self._standing(known))
        for coupon in basket.coupons:
            if self._parts.replica.coupon(coupon.id) is None or self._rights.is_spent(coupon.id):
                basket, notice = basket.without_coupon(coupon.id), Notice("coupon_gone", {"text": coupon.id})
        return self._show(basket, notice=notice)

    def scan(self, text: str, times: int = 1) -> BasketView:
        """Take what a code stands for: goods, that many times; a coupon; a member.

        Raises:
            Refusal: ``code_misread`` (check digit), ``code_unknown``, or what pricing, the basket, `ReadingGoods`,
                `present` and `SignedCodes` refuse.

        """
        code, replica = decode(text), self._parts.replica
        if isinstance(code, SignedCode):
            return self._present_token(self._codes.open(code.text, self._basket.id))
        found = self._goods.find(code)
        if found is not None:
            return self.add(replace(found, quantity=Quantity(found.quantity * times)))
        if replica.coupon(code.text) is not None:
            return self.present(code.text)
        member = self._members.member(code.text)
        if member is not None:
            return self._keep(self._basket.with_member(self._standing(member)))
        raise Refusal("code_misread" if isinstance(code, MisreadCode) else "code_unknown", text=code.text)

    def _present_token(self, token: Token) -> BasketView:
        """Take what a signed code stands for; a member that is not known here is still named by it, and earns."""
        if token.kind is TokenKind.MEMBER:
            known = self._members.member(token.subject)
            member = known or Member(MemberId(token.subject), "", tier=token.about.get("tier", ""))
            view = self._pricing.view(self._basket.with_member(self._standing(member), token.nonce))
            if known is None and view.notice is None:
                view = replace(view, notice=Notice("member_not_here", {"text": member.id}))
            return self._kept(view)
        if token.kind is TokenKind.COUPON:
            if self._parts.replica.coupon(token.subject) is None:
                raise Refusal("coupon_not_here", text=token.subject)
            return self.present(token.subject)
        raise Refusal("token_kind", kind=token.kind.value)

    def is_label(self, text: str) -> bool:
        """Tell whether a code is the label of goods that are sold here."""
        return self._goods.is_label(text)

    def add(self, found: FoundProduct) -> BasketView:
        """Add goods that were found by scanning or searching."""
        basket, line = self._basket.with_found(found)
        return self._keep(basket, line)

    def set_quantity(self, line: int, thousandths: int) -> BasketView:
        """Set a line's quantity, in thousandths."""
        return self._keep(self._basket.with_quantity(line, thousandths), line)

    def remove(self, line: int) -> BasketView:
        """Remove a line; removing the last one leaves an empty basket."""
        basket = self._basket.without(line)
        return self._keep(basket) if basket.lines else self.clear()

    def clear(self) -> BasketView:
        """Throw the basket away and begin a new one; raise what `check_unpaid` refuses."""
        self.check_unpaid()
        self._holds.drop(self._basket)
        self._codes.forget(self._basket.id)
        self._basket = self._new_basket()
        return self.view()

    def suspend(self, operator: OperatorId) -> BasketView:
        """Set the basket aside until its customer comes back, and begin a new one.

        Raises:
            Refusal: ``basket_empty``, ``suspended_full`` where too many are already, or what `check_unpaid` refuses.

        """
        if not self._basket.lines:
            raise Refusal("basket_empty")
        if len(self.suspended()) >= MOST_SUSPENDED:
            raise Refusal("suspended_full", most=MOST_SUSPENDED)
        self.check_unpaid()
        self._basket = self._holds.let_go(self._basket)
        priced = self._pricing.view(self._basket)
        at = priced.priced.asked.at.isoformat(timespec="milliseconds")
        self._parts.journal.suspend_basket(SuspendedBasket(priced.basket, at, operator, priced.quote.payable))
        self._basket = self._new_basket()
        return self.view()

    def suspended(self) -> Sequence[SuspendedBasket]:
        """List the baskets that are suspended here, the newest first."""
        return self._parts.journal.suspended_baskets()

    def recall(self, basket: BasketId) -> BasketView:
        """Recall a suspended basket, priced as things are now.

        Raises:
            Refusal: ``basket_in_hand`` where one with goods in it is open, ``suspended_gone`` where it is not there.

        """
        if self._basket.lines:
            raise Refusal("basket_in_hand")
        self._basket = self._holds.let_go(self._basket)
        taken = self._parts.journal.recall_basket(basket)
        if taken is None:
            raise Refusal("suspended_gone")
        self._basket = taken
        return self.renew()

    def adopt(self, basket: Basket) -> BasketView:
        """Go on with a basket that another register handed over, or with a copy of it; priced as things are here.

        Raises ``Refusal("basket_in_hand")`` where one with goods in it is open.
        """
        if self._basket.lines:
            raise Refusal("basket_in_hand")
        self._basket = self._holds.let_go(self._basket)
        self._parts.journal.adopt_basket(basket)
        self._basket = basket
        return self.renew()

    def set_member(self, code: str | None) -> BasketView:
        """Say whose basket it is, by member id, card, phone or signed code; None takes the member off."""
        if code is not None and isinstance(decode(code), SignedCode):
            return self.scan(code)
        member = None if code is None else self._members.member(code)
        if code is not None and member is None:
            raise Refusal("member_unknown", text=code)
        return self._keep(self._basket.with_member(None if member is None else self._standing(member)))

    def present(self, code: str) -> BasketView:
        """Present a coupon by its id, held by headquarters; the notice says what it saves, or why it does not yet.

        Raises:
            Refusal: what `Rights.coupon` and headquarters refuse; ``coupon_unknown_template``, ``coupon_not_started``,
                ``coupon_expired``, ``coupon_not_in_effect`` with the dates it is good for.

        """
        coupon = self._rights.coupon(code.strip(), self._basket.member)
        view = self._pricing.view(self._basket.with_coupon(coupon))
        answer = next(each for each in view.quote.coupons if each.id == coupon.id)
        said = told_of(coupon, view.priced)
        if answer.reason in _NEVER_HERE:
            raise Refusal(f"coupon_{answer.reason}", **said)
        outcome = "taken" if answer.reason is None else answer.reason
        notice = view.notice or Notice(f"coupon_{outcome}", said | {"saving": answer.saving})
        held = self._secured(self._securing.coupons(self._basket, [coupon], {coupon.id: answer.saving}))
        return self._kept(replace(view, basket=replace(view.basket, holds=held), notice=notice))

    def present_only(self, coupons: Sequence[CouponId]) -> BasketView:
        """Present these coupons, and no others; raise what `Rights.coupon` and headquarters refuse."""
        basket = replace(self._basket, coupons=())
        for coupon in coupons:
            basket = basket.with_coupon(self._rights.coupon(coupon, basket.member))
        held = self._secured(self._securing.coupons(self._basket, basket.coupons))
        return self._keep(replace(basket, holds=held))

    def withdraw(self, coupon: CouponId) -> BasketView:
        """Take a coupon back."""
        return self._keep(self._basket.without_coupon(coupon))

    def redeem_points(self, points: int) -> BasketView:
        """Pay with so many points.

        Raises:
            Refusal: what pricing has against it (docs/pricing.md §5); ``points_offline`` where they may not be spent
                without a line, ``points_leased`` where they lie at other registers, ``points_not_free`` where
                headquarters has not so many to hold.

        """
        basket = self._now_standing().with_points(points)
        try:
            priced = self._pricing.price(basket)
        except Refusal as refusal:
            raise self._securing.why_not(basket) if refusal.code == "points_balance" else refusal from None
        if basket.member is not None:
            basket = replace(basket, holds=self._secured(self._securing.points(self._basket, basket.member, points)))
        return self._kept(BasketView(basket, priced))

    def redeem_most_points(self) -> BasketView:
        """Pay with as many points as the rules, the member and the basket allow."""
        basket = self._now_standing()
        plain = self._pricing.price(basket.with_points(0))
        most = most_points_of(plain)
        if not most:
            if basket.member is not None and basket.member.held_back:
                raise self._securing.why_not(basket)
            raise Refusal("points_none", balance=0 if plain.asked.member is None else plain.asked.member.points)
        return self.redeem_points(most)

    def set_rounding(self, rounding: Rounding) -> BasketView:
        """Say to what the amount to pay is rounded down (抹零)."""
        return self._keep(self._basket.with_rounding(rounding))

    def set_manual_price(self, line: int, amount: Fen, reason: str, operator: OperatorId) -> BasketView:
        """Set a line's unit price by hand, and record who did and why."""
        view = self._pricing.view(self._basket.with_manual_price(line, amount, reason), line)
        self._parts.journal.append(price_override(view, line, operator, self._pricing))
        self._parts.nudge.facts_waiting()
        return self._kept(view)

    def restore_price(self, line: int) -> BasketView:
        """Let a line cost again what the rules say."""
        return self._keep(self._basket.without_manual_price(line), line)

    def ready(self) -> BasketView:
        """Ask again for what headquarters holds not yet, and price the basket as it is when money is taken for it."""
        secured = self._securing.again(self._basket)
        if secured != self._basket:
            self._basket = self._holds.keep(secured)
        return self.renew()

    def complete_with_cash(self, received: Fen, operator: OperatorId, *, told: Fen | None = None) -> CompletedSale:
        """Take cash for the basket and complete the sale.

        ``told`` is the amount that the customer was told. Where a price or a right has changed since, the sale is
        refused (``price_changed``) rather than rung at another amount than both of them saw.
        """
        view = self.ready()
        if told is not None and told != view.quote.payable:
            raise Refusal("price_changed", told=told, payable=view.quote.payable)
        return self.complete(view, (pay_cash(view.quote.payable, received),), operator)

    def complete(
        self, view: BasketView, tenders: tuple[Tender, ...], operator: OperatorId, *, behind: Sequence[Written] = ()
    ) -> CompletedSale:
        """Append the sale of a view: one transaction with its pending amounts, and the basket is closed in it. Of an
        exchange the return, with its receipt, is written in the same one: the sale stands ``behind`` it.

        The printer's queue and the sync engine hear of it afterwards; neither can fail the sale. A payment that was
        taken for the basket and is not among its tenders is refused (``tenders_taken``): it would be forgotten.
        """
        check_paid(view.quote, tenders)
        named = {each.payment for each in tenders}
        _check_none([each for each in self._taken() if each.kind not in AT_HAND and each.id not in named])
        parts, now = self._parts, self._parts.clock.now()
        spent = self._securing.spent(view.basket, view.quote)
        shift = parts.journal.open_shift()
        sale = Sale(
            id=SaleId(str(parts.ids.new())),
            receipt=parts.journal.next_receipt(business_day(now, shift, parts.journal.closed_day())).later(len(behind)),
            at=now.isoformat(timespec="milliseconds"),
            place=self._place,
            basket=view.basket,
            priced=view.priced,
            tenders=tenders,
            spent_from=spent.leases,
            holds=spent.holds,
            bounded=spent.bounded,
            shift=None if shift is None else shift.id,
        )
        body = sale.body()
        happening = Happening(FACT_KIND, FACT_VERSION, sale.at, operator, body)
        parts.journal.append_all((*behind, (happening, pending_of(body))), closes=view.basket.id)
        self._basket = self._new_basket()
        receipt = receipt_of(body, at=sale.at, operator=operator, store_name=self._store_name)
        parts.receipts.put(receipt)
        parts.nudge.facts_waiting()
        return CompletedSale(sale, receipt)

    def check_unpaid(self) -> None:
        """Refuse (``tenders_taken``) to let a basket go for which money was taken: it must be given back first."""
        _check_none(self._taken())

    def _taken(self) -> list[TakenTender]:
        ours = self._basket.id
        return [x for x in self._parts.journal.taken_tenders() if x.basket == ours and x.state != "reversing"]

    def _new_basket(self) -> Basket:
        return Basket(BasketId(str(self._parts.ids.new())))

    def _now_standing(self) -> Basket:
        """Give the basket with what its member may spend at this moment."""
        member = self._basket.member
        return self._basket if member is None else replace(self._basket, member=self._standing(member))

    def _standing(self, member: Member) -> Member:
        try:
            held = self._basket.held("points", member.id)
            return self._rights.of_member(member, self._parts.replica.rulebook(), held)
        finally:
            self._parts.replica.rest()

    def _keep(self, basket: Basket, line: int | None = None) -> BasketView:
        return self._kept(self._pricing.view(basket, line))

    def _kept(self, view: BasketView) -> BasketView:
        """Keep what was priced before it is shown: a basket that cannot be sold is never kept."""
        self._basket = self._holds.keep(view.basket)
        return replace(view, basket=self._basket)

    def _secured(self, secured: Secured) -> tuple[Hold, ...]:
        """Give what the basket holds by now; raise what headquarters refused."""
        self._basket = replace(self._basket, holds=secured.basket.holds)
        if secured.refusal is not None:
            raise secured.refusal
        return self._basket.holds

    def _show(self, basket: Basket, notice: Notice | None = None) -> BasketView:
        """Price a basket, and keep it where that is another one now."""
        view = self._pricing.view(basket)
        view = view if notice is None else replace(view, notice=notice)
        return view if view.basket == self._basket else self._kept(view)


def _check_none(taken: Sequence[TakenTender]) -> None:
    """Refuse (``tenders_taken``) where money was taken."""
    if taken:
        raise Refusal("tenders_taken", paid=sum(each.amount for each in taken))
