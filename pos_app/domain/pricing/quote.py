"""The quote: what a basket costs and why, and its JSON document (docs/pricing.md §7).

What there are many of is a `NamedTuple`: those are made in a third of a frozen dataclass's time.
"""

from dataclasses import dataclass
from typing import NamedTuple

from pos_app.domain.ids import Sku
from pos_app.domain.money import Fen
from pos_app.domain.quantity import Quantity


class Discount(NamedTuple):
    """What one source took off a line: ``promotion:P1``, ``coupon:C1`` or ``points``."""

    source: str
    amount: Fen


class QuotedLine(NamedTuple):
    """One line with its figures: gross − Σ discounts = net."""

    line: int
    sku: Sku
    quantity: Quantity
    unit_price: Fen
    price_id: str | None
    gross: Fen
    discounts: tuple[Discount, ...]
    net: Fen

    def document(self) -> dict[str, object]:
        """Give the JSON document of this line."""
        return {
            "line": self.line,
            "sku": self.sku,
            "quantity": self.quantity,
            "unit_price": self.unit_price,
            "price_id": self.price_id,
            "gross": self.gross,
            "discounts": [{"source": d.source, "amount": d.amount} for d in self.discounts],
            "net": self.net,
        }


class QuotedPromotion(NamedTuple):
    """A promotion that was applied, or counted for points: then it saves 0."""

    id: str
    applications: int
    saving: Fen

    def document(self) -> dict[str, object]:
        """Give its JSON document."""
        return {"id": self.id, "applications": self.applications, "saving": self.saving}


class QuotedCoupon(NamedTuple):
    """What became of a presented coupon; ``reason`` is a code of §5, None where it was accepted."""

    id: str
    saving: Fen
    reason: str | None

    def document(self) -> dict[str, object]:
        """Give its JSON document."""
        return {"id": self.id, "accepted": self.reason is None, "saving": self.saving, "reason": self.reason}


class Hint(NamedTuple):
    """What is nearly earned: ``spend_more`` by an amount in fen, or ``add_pieces``, a number of them."""

    promotion: str
    text_key: str
    amount: int

    def document(self) -> dict[str, object]:
        """Give its JSON document."""
        return {"promotion": self.promotion, "text_key": self.text_key, "amount": self.amount}


@dataclass(frozen=True, slots=True)
class Quote:
    """The whole answer: gross − saving − points_amount − rounding = payable, and Σ net = payable + rounding."""

    lines: tuple[QuotedLine, ...]
    gross: Fen
    saving: Fen
    rounding: Fen
    payable: Fen
    points_used: int = 0
    points_amount: Fen = Fen(0)
    points_earned: int = 0
    optimal: bool = True
    promotions: tuple[QuotedPromotion, ...] = ()
    coupons: tuple[QuotedCoupon, ...] = ()
    hints: tuple[Hint, ...] = ()

    def document(self) -> dict[str, object]:
        """Give the JSON document of the quote."""
        return {
            "lines": [line.document() for line in self.lines],
            "promotions": [each.document() for each in self.promotions],
            "coupons": [each.document() for each in self.coupons],
            "gross": self.gross,
            "saving": self.saving,
            "points_used": self.points_used,
            "points_amount": self.points_amount,
            "rounding": self.rounding,
            "payable": self.payable,
            "points_earned": self.points_earned,
            "optimal": self.optimal,
            "hints": [each.document() for each in self.hints],
        }
