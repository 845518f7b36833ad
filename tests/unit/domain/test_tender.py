"""Cash: change, and what a customer is likely to hand over."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_app.domain.errors import Refusal
from pos_app.domain.money import Fen
from pos_app.domain.tender import MAX_QUICK_AMOUNTS, is_doubtful, pay_cash, quick_amounts


@given(st.integers(0, 10**8), st.integers(0, 10**8))
def test_received_is_what_was_due_and_the_change(payable: int, more: int) -> None:
    tender = pay_cash(Fen(payable), Fen(payable + more))
    assert tender.amount == payable
    assert tender.received == tender.amount + tender.change


def test_too_little_cash_says_how_much_is_missing() -> None:
    with pytest.raises(Refusal) as refused:
        pay_cash(Fen(1250), Fen(1000))
    assert (refused.value.code, refused.value.details["missing"]) == ("cash_short", 250)


@given(st.integers(1, 10**7))
def test_every_suggested_amount_is_enough_and_the_exact_one_is_first(payable: int) -> None:
    amounts = quick_amounts(Fen(payable))
    assert amounts[0] == payable
    assert list(amounts) == sorted(set(amounts))
    assert len(amounts) <= MAX_QUICK_AMOUNTS


def test_the_amounts_are_those_that_notes_make() -> None:
    assert quick_amounts(Fen(6790)) == (6790, 6800, 7000, 8000, 10_000)
    assert quick_amounts(Fen(33_310)) == (33_310, 34_000, 35_000, 40_000, 50_000)


@pytest.mark.parametrize(("payable", "received"), [(6590, 10_000), (6590, 26_590), (10, 20_010), (15_000, 50_000)])
def test_change_of_a_note_or_two_or_a_likely_amount_is_not_doubted(payable: int, received: int) -> None:
    assert not is_doubtful(Fen(payable), Fen(received))


@pytest.mark.parametrize(("payable", "received"), [(6590, 26_591), (6590, 65_900), (1250, 9_999_999_999_900)])
def test_a_slip_of_the_hand_is_doubted(payable: int, received: int) -> None:
    assert is_doubtful(Fen(payable), Fen(received))
