"""Goods: the lines of a basket gathered by what they are (docs/pricing.md §3), with what is left of their price.

Lines of the same sku, lot and manual price (weighed: and quantity) are one good; goods are ordered by these four,
null first. Every stage of pricing takes its discounts off goods; each good shares them over its lines (§6).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pos_app.domain.errors import Refusal
from pos_app.domain.money import Fen
from pos_app.domain.pricing.inputs import PricedLine, PricedProduct, Rulebook
from pos_app.domain.pricing.quote import Discount
from pos_app.domain.pricing.sharing import shares
from pos_app.domain.pricing.shelf import ShelfPrice, gross_of, shelf_for
from pos_app.domain.pricing.situation import Situation
from pos_app.domain.quantity import ONE


@dataclass(slots=True)
class WorkingLine:
    """A line while it is being priced: ``net`` falls with each discount."""

    asked: PricedLine
    shelf: ShelfPrice
    gross: int
    net: int
    discounts: list[Discount]

    def take(self, amount: int, source: str) -> None:
        """Take a discount off."""
        if amount:
            self.net -= amount
            self.discounts.append(Discount(source, Fen(amount)))


@dataclass(slots=True)
class Good:
    """Equal units, in one line or several. ``unit`` is one unit's shelf amount: a piece, or a whole weighed line."""

    product: PricedProduct
    lot: str | None
    manual_price: int | None
    unit: int
    units: int
    quantity: int | None
    """Thousandths of one weighed unit, None for pieces."""
    lines: list[WorkingLine]
    net: int
    order: int = 0
    """The place among the basket's goods."""
    promoted: bool = False
    """It got a saving from §3."""
    discounted: bool = False
    """It got a saving from §3 or §4."""

    def take(self, amount: int, source: str) -> None:
        """Take a discount off, shared over the lines by net (ties: greater quantity, then smaller line number)."""
        if amount == 0:
            return
        self.net -= amount
        lines = self.lines
        if len(lines) == 1:
            lines[0].take(amount, source)
            return
        for line, share in zip(lines, shares(amount, [line.net for line in lines]), strict=True):
            line.take(share, source)


def take_off(goods: Sequence[Good], amount: int, source: str) -> None:
    """Share a discount over goods in proportion to their net (§6)."""
    for good, share in zip(goods, shares(amount, [good.net for good in goods]), strict=True):
        good.take(share, source)


def net_of(goods: Iterable[Good]) -> int:
    """Sum what is left to pay."""
    return sum([good.net for good in goods])


def gather(lines: Iterable[PricedLine], rulebook: Rulebook, situation: Situation) -> list[Good]:
    """Put shelf prices on lines and gather them into goods, in order (§2: a piece's price times the pieces, or per kg).

    Raises:
        Refusal: ``unknown_sku``, ``no_price`` or ``quantity_pieces``, with sku and line.

    """
    goods: dict[_Key, Good] = {}
    products, on_shelf = rulebook.products, shelf_for(rulebook, situation)
    for line in lines:
        number, sku, quantity, lot, manual_price = line
        product = products.get(sku)
        if product is None:
            raise Refusal("unknown_sku", sku=sku, line=number)
        if product.weighed:
            part, units = quantity, 1
        else:
            part, (units, rest) = None, divmod(quantity, ONE)
            if rest:
                raise Refusal("quantity_pieces", sku=sku, line=number)
        key = _key(line, part)
        good = goods.get(key)
        shelf = on_shelf.price(line, rulebook, situation) if good is None else good.lines[0].shelf
        gross = shelf.unit_price * units if part is None else gross_of(shelf.unit_price, part)
        working = WorkingLine(line, shelf, gross, gross, [])
        if good is None:
            unit = shelf.unit_price if part is None else gross
            goods[key] = Good(product, lot, manual_price, unit, units, part, [working], gross)
        else:
            good.lines.append(working)
            good.units += units
            good.net += gross
    return _in_order(goods)


_Key = tuple[str, str, int, int]


def _key(line: PricedLine, part: int | None) -> _Key:
    """Say by what goods are told apart, and ordered."""
    if line.lot is None and line.manual_price is None:
        return line.sku, "", -1, -1 if part is None else part
    # "" and -1 come first, as null does: a lot's own text is marked so that it comes after.
    lot = "" if line.lot is None else f"={line.lot}"
    return line.sku, lot, -1 if line.manual_price is None else line.manual_price, -1 if part is None else part


def _in_order(goods: Mapping[_Key, Good]) -> list[Good]:
    ordered = [goods[key] for key in sorted(goods)]
    for place, good in enumerate(ordered):
        good.order = place
        if len(good.lines) > 1:
            good.lines.sort(key=lambda line: (-line.asked.quantity, line.asked.line))
    return ordered
