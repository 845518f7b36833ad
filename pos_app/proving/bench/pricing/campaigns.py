"""The promotions of the bench: campaigns on neighbouring goods that overlap as a chain's flyers do.

The same numbers give the same documents (docs/pricing.md §1), byte for byte. Every good of the pool is in 2 to 6 of
the item promotions in effect (a few in one or two more); nine in ten promotions are over, still to come, or another
store's. Knows no engine.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from pos_app.proving.bench.goods import MOST, STORE_ID, ZONE, Good, Goods, prices_of, product_of

Document = dict[str, Any]

AT: Final = "2026-06-18T10:00:00+08:00"
GOODS_TO_A_PROMOTION_TENTHS: Final = 14
"""So many tenths of a good in the pool for each promotion in effect: then each is in 2 to 6."""
FEWEST_OFFERS: Final = 2
MOST_OFFERS: Final = 6
_PERIODS: Final[Sequence[Document]] = (
    {"active": {"from": "2026-05-01T00:00:00+08:00", "to": "2026-06-01T00:00:00+08:00"}},
    {"active": {"from": "2026-07-01T00:00:00+08:00", "to": "2026-08-01T00:00:00+08:00"}},
    {"scope": "store:S999"},
)
"""Why a promotion is not in effect: over, still to come, elsewhere."""
IN_EFFECT: Final[Document] = {"active": {"from": "2026-06-01T00:00:00+08:00", "to": "2026-07-01T00:00:00+08:00"}}
_KINDS: Final = ("percent", "percent", "percent", "price", "price", "amount", "nth", "nth", "multibuy", "multibuy")
_RARER: Final = ("bundle", "addon", "tiers")
_RARELY: Final = 4
"""Of so many item promotions one is of a rarer kind."""
_SPEND_EVERY: Final = 33
_POINTS_EVERY: Final = 100


@dataclass(frozen=True, slots=True)
class Campaigns:
    """A rulebook and the goods that its promotions are about."""

    rulebook: Document
    pool: Sequence[Good]

    def basket(self, lines: int, turn: int = 0) -> Document:
        """Fill a basket from the pool, each time another one."""
        random = Random(f"{turn}")
        chosen = random.sample(self.pool, lines)
        return {
            "at": AT,
            "store": STORE_ID,
            "zone": ZONE,
            "lines": [
                {"line": number, "sku": good.sku, "quantity": 1000 * random.choice((1, 1, 1, 2, 2, 3))}
                for number, good in enumerate(chosen, start=1)
            ],
        }


def pool_of(promotions: int) -> int:
    """Say how many goods the promotions are about."""
    return promotions // 10 * GOODS_TO_A_PROMOTION_TENTHS // 10


def campaigns(promotions: int, products: int, prices: int = 0) -> Campaigns:
    """Make so many promotions, a tenth of them in effect, and the goods with their prices, so many if that is said."""
    random, goods = Random(promotions), Goods()
    in_effect = promotions // 10
    pool = [goods.good(at) for at in sorted(random.sample(range(products), pool_of(promotions)))]
    pool.sort(key=lambda good: (good.category, good.at))
    now = [_promotion(random, pool, at) for at in range(in_effect)]
    _level(random, pool, now)
    rest = [_promotion(random, pool, at) | random.choice(_PERIODS) for at in range(in_effect, promotions)]
    mixed = [each | IN_EFFECT for each in now] + rest
    random.shuffle(mixed)
    every = [goods.good(at) for at in range(products)]
    rows = [body for good in every for _, _, body in prices_of(good)]
    if prices:
        rows.sort(key=lambda row: row["kind"] != "base")
        rows = rows[:prices]
    return Campaigns(
        {
            "products": [product_of(good)[2] for good in every],
            "prices": rows,
            "promotions": mixed,
            "points": {"earn_per": 100, "worth": {"points": 100, "amount": 100}},
        },
        pool,
    )


def small_documents(count: int) -> Iterator[Document]:
    """Make whole documents of three lines, some promotions and a coupon, each another."""
    goods = Goods()
    for turn in range(count):
        random = Random(f"small {turn}")
        some = [goods.good(at) for at in random.sample(range(MOST), 4)]
        kinds = random.sample(("percent", "amount", "nth", "multibuy", "bundle", "addon", "tiers"), 3)
        spend: Document = {"id": "S", "kind": "spend", "tiers": [{"spend": 10_000, "off": 1000}]}
        rules = [{"id": f"P{at}", "kind": kind} | _item(random, some, kind) for at, kind in enumerate(kinds)]
        yield {
            "basket": {
                "at": AT,
                "store": STORE_ID,
                "lines": [
                    {"line": at, "sku": good.sku, "quantity": 1000 * random.randint(1, 3)}
                    for at, good in enumerate(some[:3], start=1)
                ],
                "coupons": [{"id": "C1", "template": "T1"}],
            },
            "rulebook": {
                "products": [{"sku": good.sku, "categories": [good.category]} for good in some],
                "prices": [body for good in some for _, _, body in prices_of(good)],
                "promotions": [*rules, spend],
                "coupon_templates": [{"id": "T1", "kind": "cash", "off": 500, "min_spend": 5000}],
            },
        }


def defying(lines: int, promotions: int) -> Document:
    """Make the worst document: every promotion takes groups of pieces, and every one wants a third of the goods."""
    random = Random(promotions)
    skus = [f"S{at:03d}" for at in range(lines)]
    return {
        "basket": {
            "at": AT,
            "store": STORE_ID,
            "lines": [
                {"line": at, "sku": sku, "quantity": 1000 * random.randint(1, 3)}
                for at, sku in enumerate(skus, start=1)
            ],
        },
        "rulebook": {
            "products": [{"sku": sku} for sku in skus],
            "prices": [{"id": sku, "sku": sku, "kind": "base", "amount": random.randint(300, 9000)} for sku in skus],
            "promotions": [_group(random, skus, at) for at in range(promotions)],
        },
    }


def _group(random: Random, skus: Sequence[str], at: int) -> Document:
    def of() -> Document:
        return {"skus": random.sample(skus, max(1, len(skus) // 3))}

    fields: Document
    match at % 4:
        case 0:
            fields = {"kind": "nth", "of": of(), "size": random.randint(2, 4), "discounted": 1, "percent": 50}
        case 1:
            size = random.randint(2, 5)
            fields = {"kind": "multibuy", "of": of(), "size": size, "price": size * random.randint(500, 3000)}
        case 2:
            slots = [{"of": of(), "quantity": random.randint(1, 2)} for _ in range(2)]
            fields = {"kind": "bundle", "slots": slots, "price": random.randint(2000, 9000)}
        case _:
            fields = {
                "kind": "addon",
                "buy": [{"of": of(), "quantity": 1}],
                "get": {"of": of(), "quantity": 2, "price": random.choice((0, 100, 500))},
            }
    return {"id": f"P{at:02d}"} | fields


def _promotion(random: Random, pool: Sequence[Good], at: int) -> Document:
    own = f"P{at:06d}"
    common = {"id": own, "name": f"促销{at}", "priority": random.choice((0, 0, 0, 1, 2))}
    if at % _POINTS_EVERY == 0:
        return common | {"kind": "points", "of": _of(_near(random, pool, 20)), "multiplier": 2}
    if at % _SPEND_EVERY == 0:
        category = random.choice(pool).category
        tiers = [{"spend": 20_000, "off": 1500}, {"spend": 40_000, "off": 4000}]
        return common | {"kind": "spend", "of": {"categories": [category]}, "tiers": tiers, "group": category}
    kind = random.choice(_RARER if random.randrange(_RARELY) == 0 else _KINDS)
    return common | {"kind": kind} | _item(random, pool, kind)


def _item(random: Random, pool: Sequence[Good], kind: str) -> Document:
    near = _near(random, pool, random.randint(2, 8))
    cheapest = min(prices_of(good)[0][2]["amount"] for good in near)
    half = max(1, len(near) // 2)
    size, percent = random.choice(((2, 50), (3, 100), (2, 30)))
    every: Mapping[str, Document] = {
        "percent": {"of": _of(near), "percent": random.choice((5, 8, 10, 12.5, 15, 20))},
        "price": {"of": _of(near), "price": cheapest * 9 // 10},
        "amount": {"of": _of(near), "amount": max(10, cheapest // random.choice((8, 10, 20)))},
        "nth": {"of": _of(near), "size": size, "discounted": 1, "percent": percent},
        "multibuy": {"of": _of(near), "size": size, "price": size * cheapest * 9 // 10},
        "bundle": {"slots": [_slot(near[:half]), _slot(near[half:] or near[:half])], "percent": 15},
        "addon": {"buy": [_slot(near[1:] or near)], "get": {**_slot(near[:1]), "price": cheapest // 2}},
        "tiers": {"of": _of(near), "tiers": [{"count": 2, "percent": 5}, {"count": 4, "percent": 12}]},
    }
    return every[kind]


def _near(random: Random, pool: Sequence[Good], count: int) -> Sequence[Good]:
    first = random.randrange(len(pool))
    return pool[first : first + count] or pool[-count:]


def _of(goods: Sequence[Good]) -> Document:
    return {"skus": [good.sku for good in goods]}


def _slot(goods: Sequence[Good]) -> Document:
    return {"of": _of(goods), "quantity": 1}


def _level(random: Random, pool: Sequence[Good], promotions: Sequence[Document]) -> None:
    """Put goods into more promotions, or take them out, until each is in 2 to 6."""
    listed = [each["of"]["skus"] for each in promotions if "skus" in each.get("of", ()) and each["kind"] != "points"]
    slots = [slot["of"]["skus"] for each in promotions for slot in (*each.get("slots", ()), *each.get("buy", ()))]
    slots += [each["get"]["of"]["skus"] for each in promotions if "get" in each]
    for good in pool:
        there = [skus for skus in (*listed, *slots) if good.sku in skus]
        for skus in there[MOST_OFFERS:]:
            if len(skus) > 1:
                skus.remove(good.sku)
        while len(there) < FEWEST_OFFERS:
            skus = random.choice(listed)
            if good.sku not in skus:
                skus.append(good.sku)
                there.append(skus)
