"""The completed sale (销售单): a priced and paid basket, the body of its fact, and what it changes in the ledgers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pos_app.domain.basket import Basket, BasketLine
from pos_app.domain.errors import Refusal
from pos_app.domain.facts import Fact
from pos_app.domain.ids import ReceiptNumber, SaleId, Sku
from pos_app.domain.ledger import Pending, stock_key
from pos_app.domain.pricing.quote import Quote
from pos_app.domain.tender import Tender

FACT_KIND = "sale"
FACT_VERSION = 1


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sale happens. ``register`` is the register's number in the store."""

    store: str
    zone: str
    register: int


@dataclass(frozen=True, slots=True)
class Sale:
    """Everything a receipt shows and an audit needs. ``rulebook`` names the cursor the prices came from."""

    id: SaleId
    receipt: ReceiptNumber
    at: str
    place: Place
    basket: Basket
    quote: Quote
    tenders: tuple[Tender, ...]
    rulebook: str

    def body(self) -> dict[str, Any]:
        """Give the fact's body: the basket to price again, the quote's figures, the tenders."""
        member = self.basket.member
        lines = {line.line: line for line in self.basket.lines}
        return {
            "sale": self.id,
            "receipt": str(self.receipt),
            "business_date": self.receipt.business_date.isoformat(),
            "store": self.place.store,
            "zone": self.place.zone,
            "register": self.place.register,
            "channel": "store",
            "basket": self.basket.id,
            "member": None if member is None else {"id": member.id, "tier": member.tier},
            "rulebook": self.rulebook,
            "lines": [line.document() | _goods(lines[line.line]) for line in self.quote.lines],
            **{name: self.quote.document()[name] for name in _QUOTE_FIGURES},
            "tenders": [tender.document() for tender in self.tenders],
        }

    def pending(self) -> list[Pending]:
        """List what leaves the stock, one entry a product, sorted."""
        sold: dict[str, int] = {}
        for line in self.quote.lines:
            sold[line.sku] = sold.get(line.sku, 0) + line.quantity
        return _leaving_the_stock(sold)


_QUOTE_FIGURES = (
    "promotions",
    "coupons",
    "gross",
    "saving",
    "points_used",
    "points_amount",
    "rounding",
    "payable",
    "points_earned",
    "optimal",
)


def _goods(line: BasketLine) -> dict[str, Any]:
    return {
        "name": line.name,
        "unit": line.unit,
        "code": line.code,
        "lot": line.lot,
        "weighed": line.weighed,
        "manual_price": line.manual_price,
        "reason": line.reason,
    }


def check_paid(quote: Quote, tenders: Sequence[Tender]) -> None:
    """Refuse a sale without lines (``basket_empty``) or not exactly paid (``not_paid``)."""
    if not quote.lines:
        raise Refusal("basket_empty")
    paid = sum(tender.amount for tender in tenders)
    if paid != quote.payable:
        raise Refusal("not_paid", payable=quote.payable, paid=paid)


def sale_line_quantities(body: Mapping[str, Any]) -> dict[str, int]:
    """Sum a sale fact's quantities by SKU, in thousandths (what headquarters takes off the stock)."""
    sold: dict[str, int] = {}
    for line in body["lines"]:
        sold[line["sku"]] = sold.get(line["sku"], 0) + line["quantity"]
    return sold


def pending_of_fact(fact: Fact) -> list[Pending]:
    """Say again what a fact changes in the ledgers, as `Sale.pending` said when it was made."""
    return _leaving_the_stock(sale_line_quantities(fact.body)) if fact.kind == FACT_KIND else []


def _leaving_the_stock(sold: Mapping[str, int]) -> list[Pending]:
    return [Pending(stock_key(Sku(sku)), -quantity) for sku, quantity in sorted(sold.items())]
