"""A price set by hand: the fact that says who did it, what the rules would have charged, and why.

A basket that is thrown away later leaves the fact behind: what was tried is seen as well as what was sold.
"""

from dataclasses import replace
from typing import Final

from pos_app.domain.basket import Basket
from pos_app.domain.errors import Refusal
from pos_app.domain.facts import Happening
from pos_app.domain.ids import OperatorId
from pos_app.domain.money import Fen
from pos_app.services.basket_pricing import BasketPricing, BasketView

FACT_KIND: Final = "price_overridden"
FACT_VERSION: Final = 1


def price_override(view: BasketView, number: int, operator: OperatorId, pricing: BasketPricing) -> Happening:
    """Say of a line of a priced basket that its price was set by hand."""
    line = view.basket.line(number)
    body = {
        "basket": view.basket.id,
        "store": pricing.place.store,
        "register": pricing.place.register,
        "line": number,
        "sku": line.sku,
        "name": line.name,
        "quantity": line.quantity,
        "was": _rules_price(view.basket.without_manual_price(number), number, pricing),
        "price": line.manual_price,
        "reason": line.reason,
    }
    at = view.priced.asked.at.isoformat(timespec="milliseconds")
    return Happening(FACT_KIND, FACT_VERSION, at, operator, body)


def _rules_price(basket: Basket, number: int, pricing: BasketPricing) -> Fen | None:
    """Say what a line would cost by the rules; None where they have no price for it."""
    alone = replace(basket.with_points(0), lines=(basket.line(number),))
    try:
        return pricing.price(alone).quote.lines[0].unit_price
    except Refusal:
        return None
