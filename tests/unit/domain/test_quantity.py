"""Quantities: thousandths in, thousandths out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_app.domain.errors import Refusal
from pos_app.domain.quantity import MAX_QUANTITY, is_whole, parse_quantity, quantity_text


@given(st.integers(1, MAX_QUANTITY))
def test_what_is_written_is_read_back(thousandths: int) -> None:
    assert parse_quantity(quantity_text(thousandths)) == thousandths


@pytest.mark.parametrize(("text", "thousandths"), [("3", 3000), ("0.755", 755), ("1.50", 1500)])
def test_pieces_and_kilograms_are_understood(text: str, thousandths: int) -> None:
    assert parse_quantity(text) == thousandths


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "quantity_format"),
        ("1.2345", "quantity_format"),
        ("-1", "quantity_format"),
        ("1000000", "quantity_format"),
        ("0", "quantity_range"),
        ("10000", "quantity_range"),
    ],
)
def test_what_no_line_can_have_is_refused(text: str, code: str) -> None:
    with pytest.raises(Refusal, match=code):
        parse_quantity(text)


def test_only_whole_thousands_are_pieces() -> None:
    assert is_whole(2000)
    assert not is_whole(2500)
