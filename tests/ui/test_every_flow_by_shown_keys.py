"""A cashier who knows no key finishes every flow with the keys that stand on the screen, in both languages."""

import pytest

from tests.support.hands import Hands
from tests.support.till import CASHIER, PIN, HandRegister

RICE_5KG, RICE_2KG = "6999999000129", "6999999000112"


@pytest.fixture(params=["zh_CN", "en"])
def cashier(request: pytest.FixtureRequest, locked: Hands) -> Hands:
    locked.application.desk.texts.switch(request.param)
    return locked


def words(hands: Hands, key: str) -> str:
    return hands.application.desk.texts.tr(key)


def follow(hands: Hands, *actions: str) -> None:
    """Press, one after the other, the keys on the buttons of these actions."""
    for action in actions:
        hands.press_shown(words(hands, action))


def sign_in(hands: Hands) -> None:
    hands.type(CASHIER)
    follow(hands, "action.next")
    hands.type(PIN)
    follow(hands, "action.sign_in")


def test_from_sign_in_to_the_second_customer(cashier: Hands, register: HandRegister) -> None:
    sign_in(cashier)
    cashier.scan(RICE_5KG)
    cashier.scan(RICE_2KG)
    follow(cashier, "action.checkout.quantity")
    cashier.type("3")
    follow(cashier, "action.panel.confirm", "action.checkout.remove")
    follow(cashier, "action.checkout.settle", "action.panel.back", "action.checkout.settle")
    follow(cashier, "action.tender.exact", "action.panel.confirm")
    assert [receipt.payable for receipt in register.tray.receipts] == [6590]

    follow(cashier, "action.receipt.print", "action.receipt.picture", "action.done.next")
    assert [receipt.copy for receipt in register.tray.receipts] == [False, True]
    cashier.scan(RICE_2KG)
    assert cashier.window.checkout.basket.total.value == "¥34.90"


def test_member_search_clear_and_receipts(cashier: Hands, register: HandRegister) -> None:
    sign_in(cashier)
    follow(cashier, "action.checkout.search")
    cashier.type("RICE-WC-5")
    cashier.press("Enter")
    follow(cashier, "action.checkout.member")
    cashier.type("13800002233")
    follow(cashier, "action.panel.confirm")
    assert cashier.window.checkout.basket.member.words
    follow(cashier, "action.checkout.clear", "action.panel.back", "action.checkout.clear")
    follow(cashier, "action.checkout.clear")
    assert cashier.window.checkout.basket.lines.rows_model.rows == []

    cashier.scan(RICE_5KG)
    follow(cashier, "action.checkout.settle", "action.panel.confirm", "action.done.next", "action.checkout.receipts")
    follow(cashier, "action.receipt.print", "action.panel.back")
    assert len(register.tray.receipts) == 2


def test_the_other_rooms_and_back(cashier: Hands, register: HandRegister) -> None:
    sign_in(cashier)
    rail = cashier.window.rail
    cashier.press(rail.rooms["sync"].key)
    follow(cashier, "action.sync.pull", "action.sync.fetch")
    assert register.asked[-2:] == ["pull_now", "fetch_again"]
    cashier.press(rail.rooms["settings"].key)
    follow(cashier, "action.settings.print_test")
    assert register.asked[-1] == "print_test"
    follow(cashier, "action.window.keys")
    assert cashier.window.sheet.isVisible()
    cashier.press("Esc")
    cashier.press(rail.rooms["checkout"].key)
    assert cashier.window.checkout.isVisible()
    cashier.press(rail.lock.key)
    assert cashier.window.locked


def test_the_key_sheet_lists_what_works_here_and_nothing_else(cashier: Hands) -> None:
    sign_in(cashier)
    cashier.press("F1")

    listed = cashier.window.sheet.listed
    assert {"checkout.settle", "checkout.quantity", "room.sync", "window.lock"} <= set(listed)
    assert "sync.pull" not in listed
    assert "tender.exact" not in listed
