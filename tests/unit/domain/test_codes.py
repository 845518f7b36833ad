"""What a scanned code means."""

import pytest
from biip import ParseError
from biip.gtin import Gtin
from hypothesis import given
from hypothesis import strategies as st

from pos_app.domain.codes import (
    GoodsCode,
    InStoreCode,
    MisreadCode,
    OtherCode,
    PaymentCode,
    SignedCode,
    decode,
    lookup_key,
)
from pos_app.domain.scale_labels import USUAL


@pytest.mark.parametrize("code", ["6901234567892", "96385074", "036000291452", "16901234567899"])
def test_goods_codes_of_every_length_have_one_key_of_fourteen_digits(code: str) -> None:
    scanned = decode(code)
    assert isinstance(scanned, GoodsCode)
    assert scanned.key == code.rjust(14, "0")


def test_a_upc_is_found_by_its_thirteen_digits_too() -> None:
    assert lookup_key("036000291452") == lookup_key("0036000291452")


def test_a_wrong_check_digit_is_a_misread() -> None:
    assert decode("6901234567890") == MisreadCode("6901234567890")


def test_the_chains_own_numbers_are_told_from_goods() -> None:
    assert isinstance(decode("2012345678903"), InStoreCode)


@pytest.mark.parametrize("code", ["GR1:VSMJ 0K", "gr1:vsmj 0k", "Gr1:vsMJ 0k"])
def test_a_signed_code_is_one_in_either_case_for_caps_lock_turns_a_scanners_letters(code: str) -> None:
    assert decode(code) == SignedCode("GR1:VSMJ 0K", "GR1:VSMJ 0K")


@pytest.mark.parametrize("code", ["", "RICE5", "SHC000000017", "１２３４５６７８", "12345"])
def test_anything_else_is_looked_up_as_it_is(code: str) -> None:
    assert decode(code) == OtherCode(code, code)


@pytest.mark.parametrize(
    ("code", "provider"),
    [
        *((f"{prefix}4567890123456789", "wechat") for prefix in range(10, 16)),
        *((f"{prefix}45678901234567", "alipay") for prefix in range(25, 31)),
        ("287654321098765432109876", "alipay"),
    ],
)
def test_a_customers_payment_code_says_whose_it_is(code: str, provider: str) -> None:
    scanned = decode(code)
    assert isinstance(scanned, PaymentCode)
    assert (scanned.text, scanned.provider) == (code, provider)


@pytest.mark.parametrize(
    "code",
    [
        *("094567890123456789", "164567890123456789", "13456789012345678", "1345678901234567890"),
        *("2445678901234567", "3145678901234567", "287654321098765", "2876543210987654321098765", "13456789012345678x"),
    ],
)
def test_what_only_looks_like_a_payment_code_is_none(code: str) -> None:
    assert not isinstance(decode(code), PaymentCode)


def test_no_usual_scale_label_is_a_payment_code() -> None:
    labels = ["".join(each if each.isdigit() else "7" for each in layout.mask) for layout in USUAL]
    assert not any(isinstance(decode(label), PaymentCode) for label in labels)


@given(st.text(max_size=60))
def test_no_text_is_too_strange(text: str) -> None:
    assert decode(text) == decode(text)
    assert isinstance(lookup_key(text), str)


DIGITS = st.sampled_from((8, 12, 13, 14)).flatmap(
    lambda length: st.integers(0, 14).flatmap(
        lambda zeros: st.text("0123456789", min_size=length, max_size=length).map(
            lambda digits: digits[zeros:].rjust(length, "0")
        )
    )
)


def with_right_check_digit(digits: str) -> str:
    return next(f"{digits[:-1]}{last}" for last in range(10) if _is_gtin(f"{digits[:-1]}{last}"))


def _is_gtin(code: str) -> bool:
    try:
        Gtin.parse(code)
    except ParseError:
        return False
    return True


@given(DIGITS)
def test_a_code_is_misread_where_biip_says_so(code: str) -> None:
    assert isinstance(decode(code), MisreadCode) != _is_gtin(code)


@given(DIGITS.map(with_right_check_digit))
def test_key_and_format_are_those_of_biip(code: str) -> None:
    gtin, scanned = Gtin.parse(code), decode(code)

    assert isinstance(scanned, GoodsCode | InStoreCode)
    assert scanned.key == gtin.as_gtin_14()
    if isinstance(scanned, GoodsCode):
        assert scanned.format == str(gtin.format)
