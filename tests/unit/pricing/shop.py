"""A small shop to price in: documents written short, priced as `granary quote` does."""

import json
from typing import Any

from pos_app.domain.pricing.documents import parsed, read
from pos_app.domain.pricing.inputs import PricedBasket, Rulebook
from pos_app.domain.pricing.price import price
from pos_app.domain.pricing.quote import Quote

Doc = dict[str, Any]

THURSDAY = "2026-06-18T10:00:00+08:00"
SHELF = {"米": 6900, "油": 9900, "面": 1000, "盐": 300, "茶": 2000, "豆": 1200}
"""Base prices in fen; 豆 (beans) are weighed, per kg."""
CATEGORIES = {
    "米": ["grain"],
    "面": ["grain"],
    "油": ["oil"],
    "盐": ["spice"],
    "茶": ["drink"],
    "豆": ["grain", "loose"],
}
ALL = {"all": True}


def skus(*names: str) -> Doc:
    return {"skus": list(names)}


def product(sku: str) -> Doc:
    return {"sku": sku, "categories": CATEGORIES[sku], "brand": f"{sku}牌", "weighed": sku == "豆"}


def line(number: int, sku: str, quantity: int = 1, **more: Any) -> Doc:  # noqa: ANN401 — a document's values
    """A line of so many pieces; of beans, so many grams."""
    return {"line": number, "sku": sku, "quantity": quantity if sku == "豆" else quantity * 1000, **more}


def document(
    lines: list[Doc],
    promotions: list[Doc] = (),  # type: ignore[assignment] # read only
    *,
    prices: list[Doc] = (),  # type: ignore[assignment] # read only
    rules: Doc | None = None,
    **basket: Any,  # noqa: ANN401 — a document's values
) -> Doc:
    base = [{"id": f"PR-{sku}", "sku": sku, "kind": "base", "amount": amount} for sku, amount in SHELF.items()]
    return {
        "basket": {"at": THURSDAY, "store": "S001", "zone": "east", "channel": "store", "lines": lines, **basket},
        "rulebook": {
            "products": [product(sku) for sku in SHELF],
            "prices": [*base, *prices],
            "promotions": list(promotions),
            **(rules or {}),
        },
    }


def inputs(doc: Doc) -> tuple[PricedBasket, Rulebook]:
    return read(parsed(json.dumps(doc)))


def quote(doc: Doc) -> Quote:
    return price(*inputs(doc))


def nets(doc: Doc) -> list[int]:
    return [each.net for each in quote(doc).lines]
