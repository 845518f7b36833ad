"""The one pricing function: basket and rulebook in, quote out (docs/pricing.md).

No clock, no database, no randomness, no float: every end gets the same bytes.
"""

from pos_app.domain.errors import Refusal
from pos_app.domain.money import Fen
from pos_app.domain.pricing.inputs import PricedBasket, PricedLine, Rounding, Rulebook
from pos_app.domain.pricing.quote import Quote, QuotedLine
from pos_app.domain.pricing.shelf import gross_of, shelf_price
from pos_app.domain.pricing.situation import Situation
from pos_app.domain.quantity import is_whole

_ROUNDING_STEP: dict[Rounding, int] = {"none": 1, "jiao": 10, "yuan": 100}


def price(basket: PricedBasket, rulebook: Rulebook) -> Quote:
    """Price a basket.

    Raises:
        Refusal: ``unknown_sku`` or ``no_price`` with the SKU and line, ``quantity_pieces`` when goods sold by the
            piece are not whole.

    """
    situation = Situation.of(basket)
    lines = tuple(_quoted(line, rulebook, situation) for line in sorted(basket.lines, key=lambda each: each.line))
    gross = sum(line.gross for line in lines)
    rounding = gross % _ROUNDING_STEP[basket.rounding]
    return Quote(lines=lines, gross=Fen(gross), saving=Fen(0), rounding=Fen(rounding), payable=Fen(gross - rounding))


def _quoted(line: PricedLine, rulebook: Rulebook, situation: Situation) -> QuotedLine:
    product = rulebook.products.get(line.sku)
    if product is None:
        raise Refusal("unknown_sku", sku=line.sku, line=line.line)
    if not product.weighed and not is_whole(line.quantity):
        raise Refusal("quantity_pieces", sku=line.sku, line=line.line)
    shelf = shelf_price(line, rulebook, situation)
    gross = gross_of(shelf.unit_price, line.quantity)
    return QuotedLine(
        line=line.line,
        sku=line.sku,
        quantity=line.quantity,
        unit_price=shelf.unit_price,
        price_id=shelf.price_id,
        gross=gross,
        discounts=(),
        net=gross,
    )
