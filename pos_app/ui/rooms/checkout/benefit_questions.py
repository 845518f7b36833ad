"""Coupons, points, gifts: what a customer may use, asked and answered beside the basket.

Knows no widget. The list is worked out when it is opened, and again after each change made from it.
"""

from collections.abc import Sequence
from functools import partial

from pos_app.domain.catalog import FoundProduct
from pos_app.domain.errors import Refusal
from pos_app.domain.ids import CouponId
from pos_app.services.advising import Benefits, CouponAdvice, OfferedGoods
from pos_app.services.basket_pricing import BasketView
from pos_app.ui.rooms.checkout.pad_panel import Question
from pos_app.ui.rooms.checkout.ringing import Rung
from pos_app.ui.rooms.checkout.till import Till
from pos_app.ui.widgets.choice_panel import Choice


class BenefitQuestions:
    """Asks what may be used for the basket."""

    def __init__(self, till: Till) -> None:
        self._till = till
        self._best: Sequence[CouponId] = ()
        self._offered: Sequence[OfferedGoods] = ()

    def open(self) -> None:
        """Show coupons and points."""
        view = self._till.rung.view
        if view is not None:
            advising = self._till.desk.open_counter().advising
            self._till.desk.tasks.run(lambda: advising.benefits(view), partial(self._show, view))

    def toggle(self, advice: CouponAdvice) -> None:
        """Use a coupon, or take it back."""
        selling, own = self._till.selling, advice.coupon.id
        if advice.is_presented:
            self._till.ring(lambda: selling.withdraw(own), self.open, stays=True)
        else:
            self._till.ring(lambda: selling.present(own), self.open, stays=True)

    def take_best(self) -> None:
        """Use the coupons that save most together, and no others."""
        selling, best = self._till.selling, self._best
        if best:
            self._till.ring(lambda: selling.present_only(best), self.open, stays=True)

    def ask_code(self) -> None:
        """Ask for a coupon's number."""
        about = partial(self._till.desk.texts.tr, "ask.coupon_about")
        self._till.view.open_question(Question("ask.coupon", about, "code", "", self._present))

    def ask_points(self) -> None:
        """Ask with how many points to pay."""
        view = self._till.rung.view
        if view is None or view.basket.member is None:
            self._till.desk.messages.refuse(Refusal("points_none", balance=0))
            return
        rules, member = view.priced.rulebook.points, view.basket.member
        told = "ask.points_held" if member.held_back else "ask.points_about"
        usable = f"{member.points - member.held_back:,}"
        about = partial(self._till.desk.texts.tr, told, points=f"{member.points:,}", usable=usable, step=rules.step)
        used = view.quote.points_used
        question = Question("ask.points", about, "digits", str(used) if used else "", self._redeem)
        self._till.view.open_question(question)

    def take_most_points(self) -> None:
        """Pay with as many points as may be."""
        self._till.ring(self._till.selling.redeem_most_points, self.open, stays=True)

    def look_for_offers(self, rung: Rung) -> None:
        """Find gifts and add-ons after the basket is shown; an answer about another basket is dropped."""
        view = rung.view
        if view is None or not rung.rows:
            self._offer(rung, ())
            return
        advising = self._till.desk.open_counter().advising
        self._till.desk.tasks.run(lambda: advising.offers(view), partial(self._offer, rung))

    def take_offer(self) -> None:
        """Put in what is offered, if it still is; of several goods one is chosen."""
        view = self._till.rung.view
        if view is None or not self._offered:
            return
        wanted, advising = self._offered[0].offer.promotion, self._till.desk.open_counter().advising
        self._till.desk.tasks.run(lambda: advising.offers(view), partial(self._take, wanted))

    def _take(self, wanted: str, offers: Sequence[OfferedGoods]) -> None:
        offered = next((each for each in offers if each.offer.promotion == wanted), None)
        if offered is None:
            self._till.desk.messages.refuse(Refusal("offer_gone"))
        elif len(offered.goods) == 1:
            self._add(offered.goods[0])
        else:
            names = [each.product.name for each in offered.goods]
            choice = Choice("ask.offer", offered.offer.name, names, lambda at: self._add(offered.goods[at]))
            self._till.view.open_choice(choice)

    def _add(self, found: FoundProduct) -> None:
        selling = self._till.selling
        self._till.ring(lambda: selling.add(found))

    def _offer(self, rung: Rung, offered: Sequence[OfferedGoods]) -> None:
        if rung is self._till.rung:
            self._offered = offered
            self._till.view.show_offers(offered)

    def _present(self, typed: str) -> None:
        selling = self._till.selling
        self._till.ring(lambda: selling.present(typed), self.open, stays=True)

    def _redeem(self, typed: str) -> None:
        selling = self._till.selling
        self._till.ring(lambda: selling.redeem_points(int(typed)), self.open, stays=True)

    def _show(self, view: BasketView, benefits: Benefits) -> None:
        if view is not self._till.rung.view:
            return
        self._best = [each.coupon.id for each in benefits.coupons if each.is_best]
        self._till.view.open_benefits(view, benefits)
