"""Baskets that are too much for the exact search: bounded work, and a good answer all the same."""

import sys
from random import Random
from types import FrameType

import pytest

from pos_app.domain.pricing.quote import Quote
from pos_app.proving.bench.pricing.campaigns import defying
from pos_app.proving.bench.pricing.measure import WORST
from tests.unit.pricing.shop import ALL, Doc, quote

MAX_CALLS = 2_000_000
"""Calls of functions in one quote; the same count on every machine."""
MAX_CALLS_OF_THE_WORST = 600_000
"""In the basket that the bench has to price within 100 ms, and in others of many deals."""


def shop_of(prices: list[int], pieces: list[int], rules: list[Doc]) -> Doc:
    """Sell goods that are each at a price of their own, so many pieces of each."""
    return {
        "basket": {
            "at": "2026-06-18T10:00:00+08:00",
            "store": "S",
            "lines": [{"line": place, "sku": f"S{place}", "quantity": 1000 * n} for place, n in enumerate(pieces, 1)],
        },
        "rulebook": {
            "products": [{"sku": f"S{place}"} for place, _ in enumerate(prices, 1)],
            "prices": [
                {"id": f"P{place}", "sku": f"S{place}", "kind": "base", "amount": amount}
                for place, amount in enumerate(prices, 1)
            ],
            "promotions": rules,
        },
    }


def calls_of(doc: Doc) -> tuple[int, Quote]:
    """Price a document, counting every call of a function: the same on every machine."""
    calls = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    sys.setprofile(count)
    try:
        told = quote(doc)
    finally:
        sys.setprofile(None)
    return calls, told


@pytest.mark.parametrize(
    ("size", "goods", "pieces"),
    [(2, 150, 1), (3, 60, 2), (4, 60, 1), (5, 40, 1), (6, 40, 1), (6, 60, 1), (8, 24, 1), (8, 100, 3), (50, 100, 2)],
)
def test_any_of_many_goods_for_a_price_takes_bounded_work(size: int, goods: int, pieces: int) -> None:
    draw = Random(size * 1000 + goods)
    prices = [draw.randint(800, 2000) for _ in range(goods)]
    rule = {"id": "M", "kind": "multibuy", "of": ALL, "size": size, "price": 800 * size}
    calls, told = calls_of(shop_of(prices, [pieces] * goods, [rule]))
    assert calls < MAX_CALLS
    assert told.saving == most_for_a_price(prices * pieces, size, 800 * size)
    assert sum(each.net for each in told.lines) == told.payable


def most_for_a_price(units: list[int], size: int, price: int) -> int:
    """Any grouping that keeps the dearest together saves most: as many of the dearest as pay."""
    dear = sorted(units, reverse=True)
    return max(sum(dear[: size * times]) - times * price for times in range(len(dear) // size + 1))


def test_two_goods_of_very_many_pieces_are_grouped_without_going_deep() -> None:
    rule = {"id": "M", "kind": "multibuy", "of": ALL, "size": 2, "price": 100}
    calls, told = calls_of(shop_of([1000, 900], [1501, 1501], [rule]))
    assert told.saving == 1501 * 1900 - 1501 * 100
    assert calls < MAX_CALLS


def test_several_deals_over_many_goods_share_one_budget() -> None:
    draw = Random(7)
    prices = [draw.randint(800, 2000) for _ in range(60)]
    rules: list[Doc] = [
        {"id": f"M{size}", "kind": "multibuy", "of": ALL, "size": size, "price": 790 * size, "limit": 2}
        for size in range(3, 9)
    ]
    calls, told = calls_of(shop_of(prices, [1] * 60, rules))
    assert calls < MAX_CALLS
    assert told.saving > 0


@pytest.mark.parametrize(("lines", "promotions"), [WORST, (60, 90), (100, 100)])
def test_the_worst_basket_of_the_bench_takes_bounded_work(lines: int, promotions: int) -> None:
    calls, told = calls_of(defying(lines, promotions))
    assert not told.optimal
    assert calls < MAX_CALLS_OF_THE_WORST


@pytest.mark.parametrize("seed", range(3))
def test_many_deals_that_are_searched_in_vain_take_bounded_work(seed: int) -> None:
    draw = Random(seed)
    skus = [f"S{place}" for place in range(1, 31)]

    def slot() -> Doc:
        return {"of": {"skus": draw.sample(skus, 8)}, "quantity": 1}

    rules: list[Doc] = [
        {"id": f"B{place:02}", "kind": "bundle", "slots": [slot(), slot()], "price": draw.randint(2000, 9000)}
        if place % 2
        else {"id": f"B{place:02}", "kind": "multibuy", "of": slot()["of"], "size": 3, "price": 4000}
        for place in range(50)
    ]
    calls, told = calls_of(shop_of([draw.randint(300, 9000) for _ in skus], [2] * 30, rules))
    assert not told.optimal
    assert calls < MAX_CALLS_OF_THE_WORST


TIERS = {"id": "T", "kind": "tiers", "of": ALL, "tiers": [{"count": 3, "percent": 30}]}
ONE_OF_ALL = {"of": ALL, "quantity": 1}


def addon(promotion_id: str, buys: int, price: int) -> Doc:
    return {
        "id": promotion_id,
        "kind": "addon",
        "buy": [ONE_OF_ALL] * buys,
        "get": {**ONE_OF_ALL, "price": price},
    }


def test_two_equal_slots_are_searched_as_one() -> None:
    # five times 990 for three pieces, and 30 % of the five that are left; 6000 if tiers took all
    told = quote(shop_of([1000], [20], [TIERS, addon("B", 2, 10)]))
    assert (told.saving, told.optimal) == (6450, True)
    assert [(each.id, each.applications) for each in told.promotions] == [("B", 5), ("T", 1)]


def test_a_promotion_more_does_not_hide_the_best() -> None:
    # nine times 999 for two pieces; the nineteenth is too little for tiers
    told = quote(shop_of([1000], [19], [TIERS, addon("B", 2, 10), addon("B1", 1, 1)]))
    assert told.saving == 8991


def test_tiers_over_everything_do_not_take_what_others_make_more_of() -> None:
    told = quote(shop_of([1000] * 3, [12] * 3, [TIERS, addon("B1", 1, 1)]))
    assert told.saving == 18 * 999


def drawn(seed: int) -> tuple[list[int], list[int], list[Doc]]:
    """Draw a basket on which several promotions take everything: prices, pieces, rules."""
    draw = Random(seed)
    goods = draw.randint(1, 12)
    prices = [draw.randint(3, 30) * 100 + draw.choice([0, 0, 50, 99]) for _ in range(goods)]
    pieces = [draw.randint(4, 15) for _ in range(goods)]
    return prices, pieces, [_rule(draw, f"P{place}") for place in range(draw.randint(3, 7))]


def _rule(draw: Random, promotion_id: str) -> Doc:
    def slot(most: int) -> Doc:
        return {"of": ALL, "quantity": draw.randint(1, most)}

    size = draw.randint(2, 5)
    tiers = [{"count": draw.randint(2, 5), "percent": draw.randint(5, 30)}, {"count": 7, "percent": 33}]
    rule: Doc = draw.choice(
        [
            {"kind": "tiers", "of": ALL, "tiers": tiers},
            {"kind": "addon", "buy": [slot(2)], "get": {**slot(2), "price": draw.randint(1, 900)}},
            {"kind": "addon", "buy": [slot(1), slot(1)], "get": {**slot(1), "price": draw.randint(1, 900)}},
            {"kind": "multibuy", "of": ALL, "size": size, "price": size * draw.randint(500, 1500)},
            {"kind": "nth", "of": ALL, "size": size, "discounted": 1, "percent": draw.randint(20, 100)},
            {"kind": "bundle", "slots": [slot(1), slot(2)], "price": 3 * draw.randint(500, 1500)},
            {"kind": "bundle", "slots": [slot(2), slot(1)], "percent": draw.randint(5, 40)},
            {"kind": "percent", "of": ALL, "percent": draw.randint(1, 10), "limit": draw.randint(1, 6)},
        ]
    )
    return {"id": promotion_id, **rule, **({"limit": draw.randint(1, 4)} if draw.random() < 0.3 else {})}


CUT = [seed for seed in range(40) if not quote(shop_of(*drawn(seed))).optimal]


def test_enough_of_what_is_drawn_is_cut() -> None:
    assert len(CUT) > 8


@pytest.mark.parametrize("seed", CUT)
def test_a_cut_quote_saves_at_least_what_each_promotion_saves_alone(seed: int) -> None:
    prices, pieces, rules = drawn(seed)
    told = quote(shop_of(prices, pieces, rules))
    assert told.saving >= max(quote(shop_of(prices, pieces, [rule])).saving for rule in rules)


@pytest.mark.parametrize("seed", CUT)
def test_a_cut_quote_takes_bounded_work_and_is_the_same_in_any_order(seed: int) -> None:
    prices, pieces, rules = drawn(seed)
    doc = shop_of(prices, pieces, rules)
    calls, told = calls_of(doc)
    Random(seed).shuffle(doc["basket"]["lines"])
    Random(seed).shuffle(doc["rulebook"]["promotions"])
    other = quote(doc)
    assert calls < MAX_CALLS
    assert other.promotions == told.promotions
    assert sorted(other.lines, key=lambda each: each.line) == sorted(told.lines, key=lambda each: each.line)


@pytest.mark.parametrize("seed", CUT)
def test_a_promotion_more_does_not_lower_the_saving_of_a_cut_basket(seed: int) -> None:
    prices, pieces, rules = drawn(seed)
    told = quote(shop_of(prices, pieces, rules))
    for place in range(len(rules)):
        fewer = [*rules[:place], *rules[place + 1 :]]
        assert quote(shop_of(prices, pieces, fewer)).saving <= told.saving


def coupons_drawn(seed: int) -> Doc:
    """Draw a basket with many coupons, each in a group of its own."""
    draw = Random(seed)
    count, goods = draw.randint(14, 26), draw.randint(2, 8)
    doc = shop_of([draw.randint(300, 5000) for _ in range(goods)], [draw.randint(1, 3) for _ in range(goods)], [])
    templates = []
    for place in range(count):
        of = {"skus": sorted(draw.sample([f"S{good}" for good in range(1, goods + 1)], draw.randint(1, goods)))}
        value: Doc = draw.choice(
            [
                {"kind": "cash", "off": draw.randint(50, 1500)},
                {"kind": "percent", "percent": draw.randint(3, 40)},
                {"kind": "exchange", "price": draw.randint(1, 1500)},
            ]
        )
        templates.append({"id": f"T{place}", "group": f"G{place}", "of": of, **value})
    doc["rulebook"]["coupon_templates"] = templates
    doc["basket"]["coupons"] = [{"id": f"C{place:02}", "template": f"T{place}"} for place in range(count)]
    return doc


def presenting(doc: Doc, coupons: list[Doc]) -> Quote:
    return quote({**doc, "basket": {**doc["basket"], "coupons": coupons}})


@pytest.mark.parametrize("seed", [76, 116])
def test_no_coupon_of_a_cut_search_is_better_left_out_or_used_alone(seed: int) -> None:
    doc = coupons_drawn(seed)
    calls, told = calls_of(doc)
    coupons = doc["basket"]["coupons"]
    fewer = [[*coupons[:place], *coupons[place + 1 :]] for place in range(len(coupons))]
    assert not told.optimal
    assert told.payable <= min(presenting(doc, some).payable for some in [*fewer, *([each] for each in coupons)])
    assert presenting(doc, coupons[::-1]) == told
    assert calls < MAX_CALLS


@pytest.mark.parametrize("seed", range(6))
def test_a_coupon_search_that_ends_early_is_bettered(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    doc = coupons_drawn(seed)
    coupons = doc["basket"]["coupons"]
    alone = [presenting(doc, [each]).payable for each in coupons]
    whole = presenting(doc, coupons)
    monkeypatch.setattr("pos_app.domain.pricing.coupons.MAX_STEPS", 3)
    told = presenting(doc, coupons)
    assert not told.optimal
    assert told.payable <= min(alone)
    assert told.payable <= whole.payable + whole.gross // 100
