"""Refunds in steps (docs/pricing.md §6), each with its arithmetic."""

from typing import Any

import pytest

from pos_app.domain.errors import Refusal
from pos_app.domain.pricing.refunds import Refundable
from tests.unit.pricing.shop import ALL, document, line, quote

SPEND = {"id": "P1", "kind": "spend", "of": ALL, "tiers": [{"spend": 100, "off": 100}]}
POINTS: dict[str, Any] = {"points": {"earn_per": 10, "worth": {"points": 100, "amount": 100}, "step": 1}}


def test_a_third_of_a_line_goes_back_floored_and_the_last_third_brings_the_rest() -> None:
    sale = Refundable.of(quote(document([line(1, "面", 3)], [SPEND])))  # 30.00 − 1.00 = 29.00
    amounts = []
    for _ in range(3):
        refund, sale = sale.refund({1: 1000})
        amounts.append(refund.amount)
    assert amounts == [966, 967, 967]  # floor 966.67, 1933.33 − 966, 2900 − 1933


def test_the_rounding_comes_off_last() -> None:
    sold = quote(document([line(1, "豆", 755), line(2, "盐")], rounding="yuan"))  # 9.06 + 3.00 = 12.06 → 12.00
    first, sale = Refundable.of(sold).refund({1: 755})
    second, sale = sale.refund({2: 1000})
    assert (first.amount, second.amount) == (906, 294)
    assert sale.refunded == sold.payable == 1200


def test_the_line_that_is_returned_takes_its_share_of_the_spend_discount_with_it() -> None:
    rule = {**SPEND, "tiers": [{"spend": 10000, "off": 1000}], "repeat": True}
    sale = Refundable.of(quote(document([line(1, "米", 2), line(2, "油")], [rule])))
    refund, _ = sale.refund({2: 1000})  # 237.00 − 20.00; oil 99.00 − 8.35
    assert refund.amount == 9065


def test_points_go_back_both_ways() -> None:
    member = {"id": "M1", "points": 1000}
    sold = quote(document([line(1, "面", 3)], rules=POINTS, member=member, redeem_points=1000))
    assert (sold.payable, sold.points_earned) == (2000, 200)
    sale = Refundable.of(sold)
    steps = []
    for _ in range(3):
        refund, sale = sale.refund({1: 1000})
        steps.append((refund.amount, refund.points_taken, refund.points_given))
    assert steps == [(666, 66, 333), (667, 67, 333), (667, 67, 334)]


def test_points_that_are_worth_less_than_a_fen_go_back_too() -> None:
    rules = {"points": {**POINTS["points"], "worth": {"points": 1000, "amount": 1}}}
    sold = quote(document([line(1, "面")], rules=rules, member={"id": "M1", "points": 5}, redeem_points=5))
    refund, _ = Refundable.of(sold).refund({1: 1000})
    assert (refund.amount, refund.points_given) == (1000, 5)


@pytest.mark.parametrize(
    ("asked", "code"), [({2: 1000}, "no_such_line"), ({1: 4000}, "refund_quantity"), ({1: 0}, "refund_quantity")]
)
def test_more_than_was_sold_is_refused(asked: dict[int, int], code: str) -> None:
    sale = Refundable.of(quote(document([line(1, "面", 3)])))
    with pytest.raises(Refusal, match=code):
        sale.refund(asked)


def test_what_was_returned_cannot_be_returned_again() -> None:
    _, sale = Refundable.of(quote(document([line(1, "面", 3)]))).refund({1: 2000})
    with pytest.raises(Refusal, match="refund_quantity"):
        sale.refund({1: 2000})
