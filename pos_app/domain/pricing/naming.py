"""What sources of discounts are called, for the screen and the receipt. No price depends on it."""

from pos_app.domain.pricing.compiled import compiled
from pos_app.domain.pricing.inputs import PricedBasket, Rulebook

POINTS = "points"
"""A source with no name of its own: what it is called depends on the reader's language."""


def source_name(source: str, basket: PricedBasket, rulebook: Rulebook) -> str:
    """Name a source: ``promotion:P1`` by the promotion, ``coupon:C1`` by its template, either by its id where it has no
    name.
    """
    kind, _, own = source.partition(":")
    if kind == POINTS:
        return ""
    rules = compiled(rulebook)
    if kind == "promotion":
        promotion = rules.promotion(own)
        return own if promotion is None else promotion.name or own
    coupon = next((each.template for each in basket.coupons if each.id == own), "")
    template = rules.templates.get(coupon)
    return own if template is None else template.name or own
