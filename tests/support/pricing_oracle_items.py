"""Item promotions by brute force (docs/pricing.md §3): every application there is, every set of them.

A part of `pricing_oracle`, the other reading; shares no code with the engine.
"""

import math
from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations, product
from typing import Any

Doc = dict[str, Any]
Counts = tuple[int, ...]
Application = tuple[str, Counts, tuple[int, ...]]
"""A promotion's id, units taken of each good, and what is saved on each good."""


def half_up(value: Fraction) -> int:
    return math.floor(value + Fraction(1, 2))


def selected(selector: Doc | None, thing: Doc) -> bool:
    if selector is None:
        return True
    hit = bool(selector.get("all"))
    hit = hit or thing["sku"] in (selector.get("skus") or [])
    hit = hit or any(each in (selector.get("categories") or []) for each in thing.get("categories") or [])
    hit = hit or (thing.get("brand") is not None and thing["brand"] in (selector.get("brands") or []))
    hit = hit or any(each in (selector.get("tags") or []) for each in thing.get("tags") or [])
    excepted = selector.get("except")
    return hit and not (excepted is not None and selected(excepted, thing))


def proportion(amount: int, weights: list[int]) -> list[int]:
    total = sum(weights)
    if total == 0:
        return [0 for _ in weights]
    exact = [Fraction(amount * weight, total) for weight in weights]
    given = [math.floor(each) for each in exact]
    while sum(given) < amount:
        fractions = [each - whole for each, whole in zip(exact, given, strict=True)]
        given[fractions.index(max(fractions))] += 1
    return given


class Choice:
    """All sets of applications over some goods. ``rules`` are the item promotions in effect, by id, with bounds."""

    def __init__(self, goods: list[Doc], rules: dict[str, Doc], bounds: dict[str, int | None]) -> None:
        self.goods = goods
        self.rules = rules
        self.bounds = bounds

    def may(self, rule: Doc, good: int, selector: Doc) -> bool:
        own = self.goods[good]
        alone = rule["kind"] in {"price", "percent", "amount"}
        return not own["manual"] and (alone or not own["weighed"]) and selected(selector, own["thing"])

    def applications(self, rule: Doc) -> set[Application]:
        found: set[Application] = set()
        for counts in product(*(range(good["units"] + 1) for good in self.goods)):
            if any(counts):
                for savings in self.savings(rule, counts):
                    found.add((rule["id"], counts, savings))
        return found

    def savings(self, rule: Doc, counts: Counts) -> Iterator[tuple[int, ...]]:
        size, kind = sum(counts), rule["kind"]
        pieces = [good for good, count in enumerate(counts) for _ in range(count)]
        if kind in {"bundle", "addon"}:
            yield from self.bundle(rule, pieces) if kind == "bundle" else self.addon(rule, pieces)
            return
        if not all(self.may(rule, good, rule["of"]) for good in pieces):
            return
        if kind in {"price", "percent", "amount"} and size == 1:
            yield self.on({pieces[0]: self.unit(rule, self.goods[pieces[0]])})
        if kind == "nth" and size == rule["size"]:
            cheap = sorted(pieces, key=lambda good: (self.goods[good]["u"], good))[: rule["discounted"]]
            yield self.on(self.off(cheap, rule["percent"]))
        if kind == "multibuy" and size == rule["size"]:
            yield self.on(self.for_a_price(pieces, rule["price"]))
        if kind == "tiers":
            reached = [tier for tier in rule["tiers"] if tier["count"] <= size]
            if reached:
                yield self.on(self.off(pieces, max(reached, key=lambda tier: tier["count"])["percent"]))

    def on(self, by_good: dict[int, int]) -> tuple[int, ...]:
        return tuple(by_good.get(good, 0) for good in range(len(self.goods)))

    def off(self, pieces: list[int], percent: Fraction) -> dict[int, int]:
        found: dict[int, int] = {}
        for good in pieces:
            found[good] = found.get(good, 0) + half_up(self.goods[good]["u"] * Fraction(percent) / 100)
        return found

    def for_a_price(self, pieces: list[int], price: int) -> dict[int, int]:
        goods = sorted(set(pieces))
        sums = [pieces.count(good) * self.goods[good]["u"] for good in goods]
        saving = max(0, sum(sums) - price)
        return dict(zip(goods, proportion(saving, sums), strict=True))

    def unit(self, rule: Doc, good: Doc) -> int:
        if rule["kind"] == "percent":
            return half_up(good["u"] * Fraction(rule["percent"]) / 100)
        each = rule[rule["kind"]]
        if good["weighed"]:
            each = half_up(Fraction(each * good["lines"][0]["quantity"], 1000))
        saving: int = max(0, good["u"] - each) if rule["kind"] == "price" else min(good["u"], each)
        return saving

    def fills(self, rule: Doc, pieces: list[int], slots: list[Doc]) -> bool:
        if not slots:
            return not pieces
        first, *rest = slots
        for chosen in set(combinations(pieces, first["quantity"])):
            if all(self.may(rule, good, first["of"]) for good in chosen):
                left = list(pieces)
                for good in chosen:
                    left.remove(good)
                if self.fills(rule, left, rest):
                    return True
        return False

    def bundle(self, rule: Doc, pieces: list[int]) -> Iterator[tuple[int, ...]]:
        if len(pieces) == sum(slot["quantity"] for slot in rule["slots"]) and self.fills(rule, pieces, rule["slots"]):
            if rule.get("price") is not None:
                yield self.on(self.for_a_price(pieces, rule["price"]))
            else:
                yield self.on(self.off(pieces, rule["percent"]))

    def addon(self, rule: Doc, pieces: list[int]) -> Iterator[tuple[int, ...]]:
        got = len(pieces) - sum(slot["quantity"] for slot in rule["buy"])
        if not 1 <= got <= rule["get"]["quantity"]:
            return
        for chosen in set(combinations(pieces, got)):
            rest = list(pieces)
            for good in chosen:
                rest.remove(good)
            if all(self.may(rule, good, rule["get"]["of"]) for good in chosen) and self.fills(rule, rest, rule["buy"]):
                by_good: dict[int, int] = {}
                for good in chosen:
                    saving = max(0, self.goods[good]["u"] - rule["get"]["price"])
                    by_good[good] = by_good.get(good, 0) + saving
                yield self.on(by_good)

    def choose(self) -> list[Application]:
        rules, bounds = self.rules, self.bounds
        ids = sorted(rules)
        types = [one for rule in rules.values() for one in sorted(self.applications(rule)) if sum(one[2])]
        best: tuple[Any, list[Application]] | None = None

        def rank(chosen: list[Application]) -> Any:  # noqa: ANN401 — a key to compare
            names = sorted(one[0] for one in chosen)
            figures = tuple(
                sum(one[2][good] for one in chosen if one[0] == each) for good in range(len(self.goods)) for each in ids
            )
            smaller = tuple(-ids.index(name) for name in names)
            return (
                sum(sum(one[2]) for one in chosen),
                -len(chosen),
                sum(rules[name].get("priority") or 0 for name in names),
                smaller,
                figures,
            )

        def go(start: int, left: Counts, chosen: list[Application]) -> None:
            nonlocal best
            own = rank(chosen)
            if best is None or own > best[0]:
                best = own, list(chosen)
            for index in range(start, len(types)):
                name, counts, _ = types[index]
                bound = bounds[name]
                if any(map(int.__gt__, counts, left)):
                    continue
                if bound is not None and sum(one[0] == name for one in chosen) >= bound:
                    continue
                go(index, tuple(map(int.__sub__, left, counts)), [*chosen, types[index]])

        go(0, tuple(good["units"] for good in self.goods), [])
        assert best is not None
        return best[1]
