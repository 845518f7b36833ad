"""As many points as may be spent: held against pricing's own word on every number of points."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from pos_app.domain.errors import Refusal
from pos_app.domain.pricing.inputs import PricedBasket, Rulebook
from pos_app.domain.pricing.price import price
from pos_app.domain.pricing.promotions import PointsRules
from pos_app.domain.pricing.redeeming import most_points
from tests.unit.pricing.shop import document, inputs, line

rules = st.builds(
    PointsRules,
    worth_points=st.none() | st.integers(1, 50),
    worth_fen=st.integers(0, 50),
    max_percent=st.integers(0, 10_000),
    step=st.integers(1, 30),
)


def paid(basket: PricedBasket, rulebook: Rulebook, points: int) -> int | None:
    """What so many points pay; None where they are refused."""
    try:
        return price(replace(basket, redeem_points=points), rulebook).points_amount
    except Refusal:
        return None


@settings(deadline=None)
@given(asked=rules, balance=st.integers(0, 120), due=st.integers(0, 200))
def test_nothing_pays_more_and_nothing_less_pays_as_much(asked: PointsRules, balance: int, due: int) -> None:
    doc = document([line(1, "面", manual_price=due)], member={"id": "M1", "points": balance})
    basket, rulebook = inputs(doc)
    rulebook = replace(rulebook, points=asked)
    worth = {points: fen for points in range(balance + 1) if (fen := paid(basket, rulebook, points)) is not None}
    best = max(worth.values())

    assert most_points(asked, balance, due) == min(points for points, fen in worth.items() if fen == best)


def test_half_of_a_hundred_yuan_in_steps_of_a_hundred() -> None:
    asked = PointsRules(worth_points=100, worth_fen=100, max_percent=5000, step=100)

    assert most_points(asked, 12_345, 10_050) == 5000
    assert most_points(asked, 2217, 10_050) == 2200
    assert most_points(asked, 99, 10_050) == 0
