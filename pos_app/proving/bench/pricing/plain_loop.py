"""The floor of pricing: a loop over an indexed table that takes the best promotion of each line, and looks no further.

It forms no groups over lines, shares nothing, knows no ties: the least that any pricing at a till does.
"""

from collections.abc import Mapping, Sequence
from typing import Any

Document = Mapping[str, Any]


class PlainLoop:
    """Promotions in effect by SKU, and the goods' prices."""

    def __init__(self, rulebook: Document, in_effect: Sequence[Document]) -> None:
        """Index them."""
        self._prices: dict[str, int] = {}
        for row in rulebook["prices"]:
            self._prices[row["sku"]] = min(row["amount"], self._prices.get(row["sku"], row["amount"]))
        self._rules: dict[str, list[Document]] = {}
        for rule in in_effect:
            for sku in rule.get("of", {}).get("skus", ()):
                self._rules.setdefault(sku, []).append(rule)

    def payable(self, basket: Document) -> int:
        """Add up what the lines cost."""
        total = 0
        for line in basket["lines"]:
            unit, pieces = self._prices[line["sku"]], line["quantity"] // 1000
            best = max((_saving(rule, unit, pieces) for rule in self._rules.get(line["sku"], ())), default=0)
            total += unit * pieces - best
        return total


def _saving(rule: Document, unit: int, pieces: int) -> int:
    off = 0
    match rule["kind"]:
        case "percent":
            off = int(unit * rule["percent"] // 100) * pieces
        case "price":
            off = (unit - rule["price"]) * pieces
        case "amount":
            off = min(unit, rule["amount"]) * pieces
        case "nth":
            off = pieces // rule["size"] * int(unit * rule["percent"] // 100)
        case "multibuy":
            off = pieces // rule["size"] * (rule["size"] * unit - rule["price"])
    return max(0, off)
