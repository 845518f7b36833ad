"""What is typed into a pad and does not fit: it is said, and what is left is not taken unseen."""

import pytest

from tests.support.hands import Hands
from tests.support.till import HandRegister

RICE_5KG = "6999999000129"


def message(hands: Hands) -> str:
    said = hands.window.toast.message
    return "" if said is None else said.text


def test_digits_that_do_not_fit_are_said(till: Hands) -> None:
    till.scan(RICE_5KG)
    till.press("*")
    till.type("12345")

    assert till.window.checkout.basket.panel.box.shown == "1234"
    assert message(till) == till.application.desk.texts.tr("error.entry_quantity")


@pytest.mark.parametrize(("typed", "stands"), [("99999", 9_999_000), ("10000", 1_000_000)])
def test_a_quantity_that_lost_a_digit_is_not_taken_at_the_first_enter(till: Hands, typed: str, stands: int) -> None:
    till.scan(RICE_5KG)
    till.press("*")
    till.type(typed)

    till.press("Enter")
    panel = till.window.checkout.basket.panel
    assert panel.isVisible()
    assert message(till) == till.application.desk.texts.tr("error.entry_dropped")
    assert till.window.checkout.basket.lines.rows_model.rows[0].quoted.quantity == 1000

    till.press("Enter")
    assert not panel.isVisible()
    assert till.window.checkout.basket.lines.rows_model.rows[0].quoted.quantity == stands


def test_a_digit_that_fits_or_one_taken_back_makes_an_answer_of_it_again(till: Hands) -> None:
    till.scan(RICE_5KG)
    till.press("*")
    till.type("12345")
    till.press("⌫")
    till.press("Enter")
    assert till.window.checkout.basket.lines.rows_model.rows[0].quoted.quantity == 123_000

    till.press("*")
    till.type("12345.")
    till.press("Enter")
    assert till.window.checkout.basket.lines.rows_model.rows[0].quoted.quantity == 1_234_000


def test_cash_that_lost_a_digit_is_not_taken_at_the_first_enter(till: Hands, register: HandRegister) -> None:
    till.scan(RICE_5KG)
    till.press("+")
    till.type("100.123")

    till.press("Enter")
    assert register.tray.receipts == []
    assert message(till) == till.application.desk.texts.tr("error.entry_dropped")

    till.press("Enter")
    assert len(register.tray.receipts) == 1
