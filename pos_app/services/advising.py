"""Advising: why a basket costs what it costs, what may be offered, which coupons help. Asked after the price is shown.

Every answer is about one view of the basket; it changes nothing. Knows no window.
"""

from dataclasses import dataclass, replace

from pos_app.domain.catalog import FoundProduct
from pos_app.domain.coupons import Coupon
from pos_app.domain.money import Fen
from pos_app.domain.pricing.explanation import Explanation, explain_line
from pos_app.domain.pricing.offers import Offer, offers_for
from pos_app.domain.pricing.price import price
from pos_app.domain.pricing.promotions import PointsRules
from pos_app.domain.pricing.quote import QuotedCoupon
from pos_app.domain.pricing.suggestion import best_coupons
from pos_app.services.basket_pricing import BasketView, most_points_of
from pos_app.services.ports import Replica
from pos_app.services.rights import Rights


@dataclass(frozen=True, slots=True)
class CouponAdvice:
    """A coupon and what it would do now.

    ``saving`` is beside the others where it is ``presented`` or among the ``best``, else by itself; ``reason`` is a
    code of docs/pricing.md §5 where it does nothing.
    """

    coupon: Coupon
    name: str
    saving: Fen
    reason: str | None
    is_presented: bool
    is_best: bool


@dataclass(frozen=True, slots=True)
class Benefits:
    """What a customer may use for a basket: coupons, best first; what the best of them save together; points."""

    coupons: tuple[CouponAdvice, ...]
    best_saving: Fen
    points: PointsRules
    most_points: int
    held: str = ""
    """Why not all the points may be spent: ``offline`` or ``leased``; empty where they may."""


@dataclass(frozen=True, slots=True)
class OfferedGoods:
    """An offer, and the goods that may be put in for it."""

    offer: Offer
    goods: tuple[FoundProduct, ...]


@dataclass(frozen=True, slots=True)
class Advising:
    """Questions about a priced basket. Used from the counter's one worker thread only."""

    replica: Replica
    rights: Rights

    def explain(self, view: BasketView, line: int) -> Explanation:
        """Say why a line costs what it costs, and why promotions on its goods were not taken."""
        return explain_line(view.priced.asked, view.priced.rulebook, view.quote, line)

    def offers(self, view: BasketView) -> tuple[OfferedGoods, ...]:
        """Find gifts and add-ons that the basket has earned."""
        found = []
        for offer in offers_for(view.priced.asked, view.priced.rulebook, view.quote):
            goods = (self.replica.by_code(sku) for sku in offer.skus)
            found.append(OfferedGoods(offer, tuple(each for each in goods if each is not None)))
        return tuple(each for each in found if each.goods)

    def benefits(self, view: BasketView) -> Benefits:
        """List the member's coupons and those presented, and the points that can be spent."""
        member, priced = view.basket.member, view.priced
        own = [] if member is None else self.rights.coupons_of(member.id)
        there = {coupon.id for coupon in view.basket.coupons}
        coupons = [*view.basket.coupons, *(coupon for coupon in own if coupon.id not in there)]
        presented = [coupon.to_price() for coupon in coupons]
        best = {each.id: each for each in best_coupons(priced.asked, presented, priced.rulebook)}
        answers = {each.id: each for each in view.quote.coupons}
        advice = [self._advice(view, coupon, answers.get(coupon.id), best.get(coupon.id)) for coupon in coupons]
        plain = price(replace(priced.asked, redeem_points=0), priced.rulebook)
        return Benefits(
            coupons=tuple(sorted(advice, key=_rank)),
            best_saving=Fen(sum(each.saving for each in best.values())),
            points=priced.rulebook.points,
            most_points=most_points_of(replace(priced, quote=plain)),
            held=self.rights.leases.why_held() if member is not None and member.held_back else "",
        )

    def _advice(
        self, view: BasketView, coupon: Coupon, answer: QuotedCoupon | None, best: QuotedCoupon | None
    ) -> CouponAdvice:
        said = answer if answer is not None else best or self._alone(view, coupon)
        template = next((each for each in view.priced.rulebook.coupon_templates if each.id == coupon.template), None)
        name = coupon.id if template is None else template.name or coupon.id
        return CouponAdvice(coupon, name, said.saving, said.reason, answer is not None, best is not None)

    def _alone(self, view: BasketView, coupon: Coupon) -> QuotedCoupon:
        asked = replace(view.priced.asked, coupons=[coupon.to_price()], redeem_points=0)
        return price(asked, view.priced.rulebook).coupons[0]


def _rank(advice: CouponAdvice) -> tuple[bool, bool, bool, int, str]:
    """Put first what counts now, then what would help best, then the rest by what it saves."""
    counts = advice.is_presented and advice.reason is None
    return not counts, not advice.is_best, advice.reason is not None, -advice.saving, advice.coupon.id
