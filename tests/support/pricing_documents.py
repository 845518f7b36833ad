"""Random pricing documents (docs/pricing.md §1), drawn from a seed: small baskets, all kinds of rules, many ties.

Prices are few and round on purpose: where two ways cost the same, the contract's ties decide.
"""

import json
import random
from typing import Any

Doc = dict[str, Any]

SKUS = ("A", "B", "C", "D")
KINDS = ("price", "percent", "amount", "nth", "multibuy", "bundle", "addon", "tiers")
PERCENTS = (10, 12.5, 20, 33.33, 50, 100)
PRICES = (0, 99, 100, 100, 150, 200, 250, 250, 333, 1000)
AT = "2026-06-18T10:00:00+08:00"
"""A Thursday."""


class Draw:
    """One document's worth of chance."""

    def __init__(self, seed: int, *, units: int = 6) -> None:
        self.random = random.Random(seed)
        self.units = units

    def maybe(self, chance: float) -> bool:
        return self.random.random() < chance

    def selector(self, *, wide: float = 0.5) -> Doc:
        draw = self.random
        if self.maybe(wide):
            found: Doc = {"all": True}
        else:
            found = {
                draw.choice(["skus", "skus", "skus", "categories", "brands", "tags"]): draw.sample(
                    ["A", "B", "C", "D", "x", "y"], draw.randint(2, 4)
                )
            }
        if self.maybe(0.15):
            found["except"] = {"skus": [draw.choice(SKUS)]}
        return found

    def document(self) -> Doc:
        draw = self.random
        member = self.member() if self.maybe(0.6) else None
        products = [self.product(sku) for sku in SKUS]
        lines = self.lines(products)
        templates = [self.template(index) for index in range(draw.choice([0, 1, 2, 3, 4]))]
        promotions = [self.item(index) for index in range(draw.randint(1, 5))]
        promotions += [self.spend(index) for index in range(draw.choice([0, 0, 1, 2, 3]))]
        promotions += [self.more_points(index) for index in range(draw.choice([0, 0, 1, 2]))]
        draw.shuffle(promotions)
        return {
            "basket": {
                "at": AT,
                "store": "S1",
                "zone": "east",
                "channel": draw.choice(["store", "store", "online"]),
                "member": member,
                "lines": lines,
                "coupons": [self.coupon(index) for index in range(draw.choice([0, 0, 1, 2, 3, 4]))],
                "redeem_points": draw.choice([100, 50, 200]) if member and self.maybe(0.3) else 0,
                "rounding": draw.choice(["none", "none", "jiao", "yuan"]),
            },
            "rulebook": {
                "products": products,
                "prices": self.prices(),
                "promotions": promotions,
                "coupon_templates": templates,
                "points": {
                    "earn_per": draw.choice([1, 7, 100]),
                    "tier_multiplier": {"gold": 1.5, "silver": 1.25},
                    "worth": {"points": 100, "amount": draw.choice([1, 100, 33])},
                    "max_percent": draw.choice([50, 100, 12.5]),
                    "step": draw.choice([1, 1, 50, 100]),
                },
            },
        }

    def dense(self) -> Doc:
        """A basket that many item promotions want: no conditions, wide selectors, prices close to each other."""
        draw = self.random
        document = self.document()
        rules, basket = document["rulebook"], document["basket"]
        prices = draw.choice([(100, 100, 150, 200), (99, 100, 101, 102), (333, 250, 250, 1000), (500, 700, 1100, 1300)])
        rules["prices"] = [
            {"id": f"PR{sku}", "sku": sku, "kind": "base", "amount": draw.choice(prices)} for sku in SKUS
        ]
        basket |= {"redeem_points": 0, "channel": "store"}
        for line in basket["lines"]:
            line |= {"lot": draw.choice([None, None, "L1"]), "manual_price": None}
        rules["promotions"] = [self.wanted(index, prices[0]) for index in range(draw.randint(2, 6))]
        if self.maybe(0.3):
            rules["promotions"].append(self.spend(0))
        return document

    def wanted(self, index: int, about: int) -> Doc:
        draw = self.random
        rule = self.item(index)
        rule |= dict.fromkeys(("active", "scope", "channel", "members_only", "member_tiers", "segments"))
        rule |= {"limit": draw.choice([None, None, None, 1, 2]), "limit_per_member": None}
        for part in (rule, *rule.get("slots", ()), *rule.get("buy", ()), *([rule["get"]] if "get" in rule else ())):
            if "of" in part:
                part["of"] = self.selector(wide=0.6)
        if rule["kind"] == "multibuy":
            rule["price"] = rule["size"] * about * draw.choice([50, 80, 90, 99]) // 100
        if rule["kind"] == "bundle" and "price" in rule:
            rule["price"] = sum(slot["quantity"] for slot in rule["slots"]) * about * draw.choice([50, 80, 99]) // 100
        if rule["kind"] in {"price", "amount"}:
            rule[rule["kind"]] = about * draw.choice([5, 20, 90]) // 100
        return rule

    def member(self) -> Doc:
        draw = self.random
        return {
            "id": "M1",
            "tier": draw.choice(["gold", "silver", None]),
            "segments": draw.sample(["kids", "new"], draw.randint(0, 2)),
            "points": draw.choice([100, 1000, 1000]),
            "used": {f"I{index}": draw.randint(0, 2) for index in range(draw.randint(0, 3))},
        }

    def product(self, sku: str) -> Doc:
        draw = self.random
        return {
            "sku": sku,
            "name": f"商品{sku}",
            "categories": draw.sample(["x", "y"], draw.randint(0, 2)),
            "brand": draw.choice(["x", "y", None]),
            "tags": draw.sample(["x", "y"], draw.randint(0, 1)),
            "weighed": self.maybe(0.15),
        }

    def lines(self, products: list[Doc]) -> list[Doc]:
        draw = self.random
        left = draw.randint(1, self.units)
        lines: list[Doc] = []
        numbers = draw.sample(range(1, 50), 12)
        while left > 0 and len(lines) < 8:
            thing = draw.choice(products)
            pieces = draw.randint(1, min(left, 3))
            left -= pieces
            lines.append(
                {
                    "line": numbers[len(lines)],
                    "sku": thing["sku"],
                    "quantity": draw.choice([500, 500, 1234, 755]) if thing["weighed"] else pieces * 1000,
                    "lot": draw.choice([None, None, None, "L1", ""]),
                    "manual_price": draw.choice(PRICES) if self.maybe(0.08) else None,
                }
            )
        return lines

    def prices(self) -> list[Doc]:
        draw = self.random
        few = draw.sample(PRICES, 4)
        rows = [{"id": f"PR{sku}", "sku": sku, "kind": "base", "amount": draw.choice(few)} for sku in SKUS]
        for index in range(draw.randint(0, 5)):
            kind = draw.choice(["base", "campaign", "member", "lot"])
            row: Doc = {
                "id": f"Q{index}",
                "sku": draw.choice(SKUS),
                "kind": kind,
                "amount": draw.choice(PRICES),
                "scope": draw.choice(["chain", "zone:east", "store:S1", "store:S2", None]),
                "channel": draw.choice(["all", "store", "online"]),
                "from": draw.choice(
                    [None, "2026-06-18T10:00:00+08:00", "2026-06-18T03:00:00Z", "2026-06-01T00:00:00Z"]
                ),
                "to": draw.choice([None, None, "2026-06-18T10:00:00+08:00", "2026-07-01T00:00:00Z"]),
            }
            if kind == "member":
                row["tiers"] = draw.sample(["gold", "silver"], draw.randint(0, 2))
            if kind == "lot":
                row["lot"] = "L1"
            rows.append(row)
        return rows

    def conditions(self) -> Doc:
        draw = self.random
        if self.maybe(0.8):
            return {}
        return {
            "active": draw.choice(
                [
                    None,
                    {"from": "2026-06-18T02:00:00Z"},
                    {"to": "2026-06-18T02:00:00Z"},
                    {"weekdays": [4]},
                    {"weekdays": [3]},
                    {"weekdays": [3], "daily_from": "10:00", "daily_to": "09:00"},
                    {"weekdays": [3], "daily_from": "12:00", "daily_to": "10:01"},
                    {"daily_from": "10:00"},
                    {"daily_to": "10:00"},
                ]
            ),
            "scope": draw.choice(["chain", "zone:east", "store:S1", None]),
            "channel": draw.choice(["all", "store", None]),
            "members_only": draw.choice([False, True, None]),
            "member_tiers": draw.choice([[], ["gold"], ["gold", "silver"]]),
            "segments": draw.choice([[], [], ["kids"]]),
        }

    def promotion(self, own: str) -> Doc:
        draw = self.random
        return {
            "id": own,
            "name": own,
            "priority": draw.choice([0, 0, 1, -1, 5]),
            "limit": draw.choice([None, None, None, None, None, 0, 1, 2, 2]),
            "limit_per_member": draw.choice([None, None, None, None, None, None, None, 1, 2]),
            **self.conditions(),
        }

    def item(self, index: int) -> Doc:
        draw = self.random
        kind = draw.choice(KINDS)
        rule = {**self.promotion(f"I{index}"), "kind": kind, "level": "item"}
        if kind in {"price", "amount"}:
            rule |= {"of": self.selector(), kind: draw.choice(PRICES)}
        elif kind == "percent":
            rule |= {"of": self.selector(), "percent": draw.choice(PERCENTS)}
        elif kind == "nth":
            size = draw.randint(1, 4)
            rule |= {"of": self.selector(wide=0.6), "size": size, "discounted": draw.randint(1, size)}
            rule["percent"] = draw.choice(PERCENTS)
        elif kind == "multibuy":
            rule |= {"of": self.selector(wide=0.6), "size": draw.randint(1, 4), "price": draw.choice(PRICES)}
        elif kind == "bundle":
            rule["slots"] = [self.slot() for _ in range(draw.randint(1, 3))]
            rule |= {"price": draw.choice(PRICES)} if self.maybe(0.5) else {"percent": draw.choice(PERCENTS)}
        elif kind == "addon":
            rule["buy"] = [self.slot() for _ in range(draw.randint(1, 2))]
            rule["get"] = {**self.slot(), "price": draw.choice([0, 0, 1, 99])}
        else:
            counts = draw.sample(range(1, 6), draw.randint(1, 3))
            rule |= {"of": self.selector(wide=0.6)}
            rule["tiers"] = [{"count": count, "percent": draw.choice(PERCENTS)} for count in counts]
        return rule

    def slot(self) -> Doc:
        return {"of": self.selector(), "quantity": self.random.choice([1, 1, 2])}

    def spend(self, index: int) -> Doc:
        draw = self.random
        rule = {**self.promotion(f"S{index}"), "kind": "spend", "level": "basket"}
        if self.maybe(0.6):
            rule["of"] = self.selector()
        if self.maybe(0.4):
            rule |= {"repeat": True, "tiers": [{"spend": draw.choice([50, 100, 150]), "off": draw.choice([7, 30])}]}
        else:
            field = draw.choice(["off", "percent"])
            rule["tiers"] = [
                {"spend": spend, field: draw.choice([1, 10, 100] if field == "off" else PERCENTS)}
                for spend in draw.sample([0, 100, 200, 400], draw.randint(1, 3))
            ]
        rule["with_item_promotions"] = draw.choice([True, False, None])
        rule["group"] = draw.choice(["spend", "other", None])
        return rule

    def more_points(self, index: int) -> Doc:
        draw = self.random
        rule = {**self.promotion(f"X{index}"), "kind": "points", "level": "points"}
        if self.maybe(0.5):
            rule["of"] = self.selector()
        rule["min_spend"] = draw.choice([None, 0, 100])
        return rule | ({"multiplier": draw.choice([2, 0.5, 1.25])} if self.maybe(0.6) else {"bonus": 50})

    def template(self, index: int) -> Doc:
        draw = self.random
        kind = draw.choice(["cash", "percent", "exchange"])
        rule: Doc = {
            "id": f"T{index}",
            "kind": kind,
            "min_spend": draw.choice([None, 0, 100, 300]),
            **self.conditions(),
        }
        if self.maybe(0.5):
            rule["of"] = self.selector()
        rule["group"] = draw.choice(["coupon", None, "g2", "g3"])
        rule["with_promotions"] = draw.choice([True, True, False])
        if kind == "cash":
            rule["off"] = draw.choice([1, 30, 100, 1000])
        elif kind == "percent":
            rule |= {"percent": draw.choice(PERCENTS), "max_off": draw.choice([None, 20, 100])}
        else:
            rule["price"] = draw.choice([0, 1, 99])
        return rule

    def coupon(self, index: int) -> Doc:
        draw = self.random
        return {
            "id": f"C{index}",
            "template": f"T{min(3, draw.randint(0, 6) // 2)}",
            "valid_from": draw.choice([*[None] * 5, AT, "2026-06-19T00:00:00Z"]),
            "valid_to": draw.choice([*[None] * 5, AT, "2026-06-19T00:00:00Z"]),
        }


def random_document(seed: int, *, units: int = 6) -> str:
    """Draw a document and write it as one line of JSON; every second one is dense."""
    draw = Draw(seed, units=units)
    return json.dumps(draw.dense() if seed % 2 else draw.document(), ensure_ascii=False)
