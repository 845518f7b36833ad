"""Amounts: exact, and refused when they cannot be meant."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_app.domain.errors import Refusal
from pos_app.domain.money import MAX_FEN, half_up, parse_percent, parse_yuan, percent_of, yuan_text


@given(st.integers(-(10**15), 10**15), st.integers(1, 10**6))
def test_half_up_is_the_nearest_integer_with_halves_away_from_zero(numerator: int, denominator: int) -> None:
    exact = Fraction(numerator, denominator)
    rounded = half_up(numerator, denominator)
    assert abs(rounded - exact) <= Fraction(1, 2)
    if abs(rounded - exact) == Fraction(1, 2):
        assert abs(rounded) > abs(exact)


@given(st.integers(-MAX_FEN, MAX_FEN))
def test_what_is_written_is_read_back(amount: int) -> None:
    assert parse_yuan(yuan_text(amount)) == amount


@pytest.mark.parametrize(
    ("text", "fen"), [("12", 1200), ("12.5", 1250), (" 0.05 ", 5), ("-3.10", -310), ("１２", 1200)]
)
def test_what_a_person_types_is_understood(text: str, fen: int) -> None:
    assert parse_yuan(text) == fen


@pytest.mark.parametrize("text", ["", "1.234", "1,000", "12元", "1e3", ".5", "--1", "nan"])
def test_what_is_no_amount_is_refused_by_name(text: str) -> None:
    with pytest.raises(Refusal, match="money_format"):
        parse_yuan(text)


def test_more_than_any_till_takes_is_refused() -> None:
    with pytest.raises(Refusal, match="money_range"):
        parse_yuan("10000000000.01")


def test_an_eighth_off_is_rounded_half_up() -> None:
    assert percent_of(100, 1250) == 13  # 12.5 fen
    assert percent_of(-100, 1250) == -13


@pytest.mark.parametrize(
    ("text", "hundredths"), [("85", 8500), ("8.5", 850), ("0", 0), ("100", 10_000), ("99.99", 9999)]
)
def test_a_percentage_is_hundredths(text: str, hundredths: int) -> None:
    assert parse_percent(text) == hundredths


@pytest.mark.parametrize("text", ["", "100.01", "-1", "8.555", "八折"])
def test_what_is_no_percentage_is_refused(text: str) -> None:
    with pytest.raises(Refusal, match="percent_format"):
        parse_percent(text)
