"""Baskets that are too much for the exact search: bounded work, and a good answer all the same."""

import sys
from random import Random
from types import FrameType

import pytest

from pos_app.domain.pricing.quote import Quote
from tests.unit.pricing.shop import ALL, Doc, quote

MAX_CALLS = 2_000_000
"""Calls of functions in one quote; the same count on every machine."""


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
