"""Bad weather is drawn from a seed, and covers its share of the time."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_app.proving.replay.baskets import Source, SourceBasket
from pos_app.proving.replay.weather import Spell, Weather, forecast

FIRST = datetime(2017, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def _source(days: int, baskets: int = 30) -> Source:
    rung = tuple(SourceBasket(number, "C1", "H1", FIRST + number * timedelta(hours=1), ()) for number in range(baskets))
    return Source({"C1": rung}, {}, 0, FIRST, days)


@given(st.integers(0, 90), st.integers(0, 1000), st.integers(1, 60))
def test_the_line_is_down_for_its_share_of_the_time_to_the_second(percent: int, seed: int, days: int) -> None:
    spells = forecast(_source(days), percent, seed)["C1"].spells
    down = sum((spell.ends - spell.starts for spell in spells), timedelta())
    assert down == timedelta(seconds=days * 86_400 * percent // 100)
    assert all(one.ends <= other.starts for one, other in itertools.pairwise(spells))
    assert all(FIRST <= spell.starts < spell.ends <= FIRST + days * DAY for spell in spells)


def test_the_same_seed_draws_the_same_weather_and_another_one_another() -> None:
    assert forecast(_source(28), 30, 1) == forecast(_source(28), 30, 1)
    assert forecast(_source(28), 30, 1) != forecast(_source(28), 30, 2)


def test_kills_fall_between_baskets_that_are_there() -> None:
    kills = forecast(_source(28), 30, 1)["C1"].kills
    assert len(kills) == 2
    assert all(1 <= kill < 30 for kill in kills)
    assert forecast(_source(28, baskets=1), 30, 1)["C1"].kills == ()


@pytest.mark.parametrize(
    ("earlier", "later", "was_up"), [(0, 1, True), (1, 2, False), (1, 3, True), (2, 2, False), (1, 1, False)]
)
def test_the_line_was_up_if_any_moment_is_outside_the_spells(earlier: int, later: int, was_up: bool) -> None:  # noqa: FBT001 — a case of the table
    weather = Weather((Spell(FIRST + DAY, FIRST + 2 * DAY),), ())
    assert weather.was_up_between(FIRST + earlier * DAY, FIRST + later * DAY) is was_up
    assert weather.is_down(FIRST + DAY)
    assert not weather.is_down(FIRST + 2 * DAY)
