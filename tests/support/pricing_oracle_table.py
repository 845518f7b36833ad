"""Item promotions by a table of what is left (docs/pricing.md §3): for baskets too large for `pricing_oracle_items`.

Shares no code with the engine. The best set of what is left of the basket, where everything that is compared adds up:
either a piece of the first good that is left stays alone, or an application takes it.
"""

from itertools import combinations_with_replacement
from typing import Any

from tests.support.pricing_oracle_items import Application, Choice, Counts, Doc

Rank = tuple[int, ...]
Left = tuple[Counts, Counts]
"""Pieces of each good, and applications that the bounds still allow."""


class TableChoice(Choice):
    """The same choice, found another way."""

    def __init__(self, goods: list[Doc], rules: dict[str, Doc], bounds: dict[str, int | None]) -> None:
        super().__init__(goods, rules, bounds)
        self.ids = sorted(rules)
        self.bounded = [own for own in self.ids if bounds[own] is not None]
        self.types: list[list[tuple[Application, Rank]]] = [[] for _ in goods]
        self.known: dict[Left, tuple[Rank, tuple[Application, ...]]] = {}

    def choose(self) -> list[Application]:
        for own in self.ids:
            for one in sorted(self.applications(self.rules[own])):
                if sum(one[2]):
                    first = next(good for good, count in enumerate(one[1]) if count)
                    self.types[first].append((one, self.rank(one)))
        pieces = tuple(good["units"] for good in self.goods)
        return list(self.best((pieces, tuple(self.bounds[own] or 0 for own in self.bounded)))[1])

    def applications(self, rule: Doc) -> set[Application]:
        found: set[Application] = set()
        pieces = sum(good["units"] for good in self.goods)
        for size in range(1, min(pieces, self.largest(rule)) + 1):
            for taken in combinations_with_replacement(range(len(self.goods)), size):
                counts = tuple(taken.count(good) for good in range(len(self.goods)))
                if all(count <= good["units"] for count, good in zip(counts, self.goods, strict=True)):
                    for savings in self.savings(rule, counts):
                        found.add((rule["id"], counts, savings))
        return found

    def largest(self, rule: Doc) -> int:
        kind = rule["kind"]
        if kind == "bundle":
            return sum(int(slot["quantity"]) for slot in rule["slots"])
        if kind == "addon":
            return sum(int(slot["quantity"]) for slot in rule["buy"]) + int(rule["get"]["quantity"])
        if kind == "tiers":
            return 1 << 30
        return int(rule.get("size") or 1)

    def rank(self, one: Application) -> Rank:
        """What is compared, weightiest first; of equally long lists of ids the smaller has more of the smallest."""
        rule = self.rules[one[0]]
        lies = tuple(one[2][good] if own == one[0] else 0 for good in range(len(self.goods)) for own in self.ids)
        counted = tuple(int(own == one[0]) for own in self.ids)
        return (sum(one[2]), -1, rule.get("priority") or 0, *counted, *lies)

    def best(self, left: Left) -> tuple[Rank, tuple[Application, ...]]:
        if left in self.known:
            return self.known[left]
        pieces, bounds = left
        first = next((good for good, count in enumerate(pieces) if count), None)
        if first is None:
            return (0,) * (3 + len(self.ids) * (1 + len(self.goods))), ()
        alone = tuple(count - (good == first) for good, count in enumerate(pieces))
        found: Any = self.best((alone, bounds))
        for one, rank in self.types[first]:
            after = tuple(map(int.__sub__, pieces, one[1]))
            allowed = tuple(bound - (own == one[0]) for own, bound in zip(self.bounded, bounds, strict=True))
            if min(after) >= 0 and min(allowed, default=0) >= 0:
                ahead, chosen = self.best((after, allowed))
                whole = tuple(map(int.__add__, rank, ahead))
                if whole > found[0]:
                    found = whole, (one, *chosen)
        self.known[left] = found
        return self.known[left]
