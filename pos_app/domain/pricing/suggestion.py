"""Which of a member's coupons to use now, and what each saves (docs/pricing.md §5)."""

from collections.abc import Sequence
from dataclasses import replace

from pos_app.domain.pricing.inputs import PresentedCoupon, PricedBasket, Rulebook
from pos_app.domain.pricing.price import price
from pos_app.domain.pricing.quote import QuotedCoupon


def best_coupons(
    basket: PricedBasket, coupons: Sequence[PresentedCoupon], rulebook: Rulebook
) -> tuple[QuotedCoupon, ...]:
    """Give the coupons of the best allowed subset, by id, each with what it saves beside the others.

    Coupons already in the basket are kept among the choice. Points are left out: they come after coupons.
    """
    there = {coupon.id for coupon in basket.coupons}
    presented = [*basket.coupons, *(coupon for coupon in coupons if coupon.id not in there)]
    quote = price(replace(basket, coupons=presented, redeem_points=0), rulebook)
    return tuple(coupon for coupon in quote.coupons if coupon.reason is None)
