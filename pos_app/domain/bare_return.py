"""Goods that come back without a receipt (无小票退货): a sale that nobody knows, made of what lies on the counter, at
prices that are handed in. It is given back as any sale is, names no original, and knows no member.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from pos_app.domain.catalog import FoundProduct
from pos_app.domain.errors import Refusal
from pos_app.domain.money import Fen
from pos_app.domain.pricing.shelf import gross_of
from pos_app.domain.quantity import checked_quantity, is_whole
from pos_app.domain.returned import KnownSale

MOST_LINES = 50

Line = Mapping[str, Any]


def bare_sale(store: str, lines: Sequence[Line] = ()) -> KnownSale:
    """Make a sale of lines, as if it had been paid in cash."""
    payable = sum(line["net"] for line in lines)
    nothing = dict.fromkeys(("saving", "rounding", "points_used", "points_amount", "points_earned"), 0)
    body = {
        "sale": "",
        "receipt": "",
        "store": store,
        "member": None,
        "lines": list(lines),
        "promotions": [],
        "coupons": [],
        "uses": {},
        "gross": payable,
        "payable": payable,
        "tenders": [{"kind": "cash", "amount": payable}],
        **nothing,
    }
    return KnownSale(body, "", "")


def with_goods(sale: KnownSale, found: FoundProduct, unit_price: Fen) -> KnownSale:
    """Add goods; those of a product that is there already are more of it. Raises ``Refusal("bare_too_many")``."""
    product, lines = found.product, list(sale.body["lines"])
    at = next((at for at, line in enumerate(lines) if line["sku"] == product.sku), None)
    if at is not None:
        return with_quantity(sale, lines[at]["line"], lines[at]["quantity"] + found.quantity)
    if len(lines) >= MOST_LINES:
        raise Refusal("bare_too_many", most=MOST_LINES)
    number = 1 + max((line["line"] for line in lines), default=0)
    goods = {
        "line": number,
        "sku": product.sku,
        "name": product.name,
        "unit": product.unit,
        "code": found.code,
        "lot": None,
        "weighed": product.weighed,
        "unit_price": unit_price,
        "price_id": None,
        "discounts": [],
    }
    return bare_sale(sale.body["store"], [*lines, _counted(goods, found.quantity)])


def with_quantity(sale: KnownSale, number: int, quantity: int) -> KnownSale:
    """Say how much of a line there is (thousandths); 0 takes it away. Raises ``Refusal`` as a return's part does."""
    lines = []
    for line in sale.body["lines"]:
        if line["line"] != number:
            lines.append(line)
        elif quantity:
            if not (is_whole(quantity) or line["weighed"]):
                raise Refusal("return_pieces", line=number, quantity=quantity)
            lines.append(_counted(line, checked_quantity(quantity)))
    return bare_sale(sale.body["store"], lines)


def _counted(line: Line, quantity: int) -> dict[str, Any]:
    amount = gross_of(line["unit_price"], quantity)
    return {**line, "quantity": quantity, "gross": amount, "net": amount}
