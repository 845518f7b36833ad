"""What sources of discounts are called, for the screen and the receipt. No price depends on it."""

from collections.abc import Sequence

from pos_app.domain.pricing.inputs import PricedBasket, Rulebook
from pos_app.domain.pricing.promotions import CouponTemplate, Promotion

POINTS = "points"
"""A source with no name of its own: what it is called depends on the reader's language."""


def source_name(source: str, basket: PricedBasket, rulebook: Rulebook) -> str:
    """Name a source: ``promotion:P1`` by the promotion, ``coupon:C1`` by its template, either by its id where it has no
    name.
    """
    kind, _, own = source.partition(":")
    if kind == POINTS:
        return ""
    names = _names(rulebook)
    if kind == "promotion":
        return names.promotions.get(own) or own
    template = next((each.template for each in basket.coupons if each.id == own), "")
    return names.templates.get(template) or own


class _Names:
    """The names in a rulebook, by id; and which rules they were gathered from."""

    def __init__(self, promotions: Sequence[Promotion], templates: Sequence[CouponTemplate]) -> None:
        self.of = (promotions, templates)
        self.promotions = {each.id: each.name for each in promotions}
        self.templates = {each.id: each.name for each in templates}


def _names(rulebook: Rulebook) -> _Names:
    """Give the names in a rulebook; gathered once."""
    promotions, templates = rulebook.promotions, rulebook.coupon_templates
    known = rulebook.kept.get("names")
    if not isinstance(known, _Names) or known.of[0] is not promotions or known.of[1] is not templates:
        known = rulebook.kept["names"] = _Names(promotions, templates)
    return known
