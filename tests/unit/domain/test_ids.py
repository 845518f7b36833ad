"""Identities and receipt numbers."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_app.domain.errors import Refusal
from pos_app.domain.ids import DeviceId, ReceiptNumber, StoreId, device_id, uuid7


@given(st.integers(0, 2**48 - 1), st.binary(min_size=10, max_size=10))
def test_a_uuid7_says_its_version_variant_and_time(at_ms: int, random: bytes) -> None:
    made = uuid7(at_ms, random)
    assert made.version == 7
    assert made.variant == "specified in RFC 4122"
    assert made.int >> 80 == at_ms


def test_later_identities_sort_after_earlier_ones() -> None:
    assert str(uuid7(1, b"\xff" * 10)) < str(uuid7(2, b"\x00" * 10))


def test_a_receipt_number_reads_as_it_is_printed() -> None:
    number = ReceiptNumber(DeviceId("S001-R1"), date(2026, 6, 18), 42)
    assert str(number) == "S001-R1-20260618-0042"
    assert ReceiptNumber.parse(" s001-r1-20260618-0042 ") == number


@pytest.mark.parametrize("text", ["", "S001-20260618-0042", "S001-R1-20261318-0042", "S001-R1-20260618-42"])
def test_what_is_no_receipt_number_is_refused(text: str) -> None:
    with pytest.raises(Refusal, match="receipt_format"):
        ReceiptNumber.parse(text)


def test_a_device_is_named_after_its_store() -> None:
    assert device_id(StoreId("S001"), 2) == "S001-R2"
