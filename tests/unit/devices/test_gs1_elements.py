"""Element strings and Digital Links, as a till hears them from a scanner."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_app.devices.gs1_elements import read_elements
from pos_app.domain.codes import check_digit
from pos_app.domain.element_strings import Elements, looks_like_elements
from pos_app.domain.errors import Refusal
from pos_app.domain.quantity import Quantity

GTIN = "06901234567892"
LAST_DAY = date(2026, 12, 31)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"]C101{GTIN}10LOT42\x1d17261231", Elements(GTIN, "LOT42", LAST_DAY)),
        (f"]d201{GTIN}172612313103001250", Elements(GTIN, None, LAST_DAY, Quantity(1250))),
        (f"01{GTIN}17261231310200012510LOT42", Elements(GTIN, "LOT42", LAST_DAY, Quantity(1250))),
        (f"(01){GTIN}(17)261231(10)LOT42", Elements(GTIN, "LOT42", LAST_DAY)),
        (f"https://id.gs1.org/01/{GTIN}/10/ABC?17=261231", Elements(GTIN, "ABC", LAST_DAY)),
        (f"]C102{GTIN}3712", Elements(GTIN, count=12)),
        (f"]C101{GTIN}15261130\x1d17261231", Elements(GTIN, None, date(2026, 11, 30))),
        (f"]C101{GTIN}17260200", Elements(GTIN, None, date(2026, 2, 28))),
    ],
    ids=["lot", "weight", "no symbology", "spoken", "link", "pieces", "the first of two days", "day 00 is the last"],
)
def test_what_concerns_a_sale_is_read(text: str, said: Elements) -> None:
    assert looks_like_elements(text)
    assert read_elements(text) == said


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (f"]C101{GTIN[:-1]}317261231", "code_misread"),
        (f"]C101{GTIN}17260230", "elements_unreadable"),
        (f"]C101{GTIN}310300125", "elements_unreadable"),
        (f"(01){GTIN}(17)26123", "elements_unreadable"),
        ("]C110LOT42", "elements_no_goods"),
        ("https://id.gs1.org/01/abc", "elements_unreadable"),
    ],
    ids=["check digit", "30 February", "short weight", "short day", "no goods", "a link to nothing"],
)
def test_what_cannot_be_read_is_refused_with_a_reason(text: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_elements(text)
    assert refused.value.code == code


@pytest.mark.parametrize("text", ["6901234567892", "16901234567899", "13800008000", "S001-R1-20260618-0001", "01234"])
def test_plain_codes_are_none(text: str) -> None:
    assert not looks_like_elements(text)


@given(st.text(st.characters(codec="ascii"), max_size=60))
def test_rubbish_is_refused_and_breaks_nothing(rest: str) -> None:
    with suppress(Refusal):
        assert read_elements(f"]C101{GTIN}{rest}").key == GTIN


@given(st.integers(0, 10**13 - 1))
def test_any_right_gtin_is_found_under_its_key(number: int) -> None:
    digits = f"{number:013d}"
    assert read_elements(f"]C101{digits}{check_digit(digits)}17261231").key == f"{digits}{check_digit(digits)}"
