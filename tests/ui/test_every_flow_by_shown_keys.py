"""A cashier who knows no key finishes every flow with the keys that stand on the screen, in both languages."""

import pytest

from tests.support.hands import Hands
from tests.support.promoted import SESAME_OIL, promoted_register
from tests.support.till import CASHIER, PIN, HandRegister
from tests.ui.conftest import OpenWindow

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
    cashier.press(cashier.window.checkout.basket.search.key)
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


@pytest.fixture
def promoted(open_window: OpenWindow) -> tuple[Hands, HandRegister]:
    register = promoted_register()
    return open_window(register), register


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_why_a_discount_and_the_usual_price_again(promoted: tuple[Hands, HandRegister], language: str) -> None:
    hands, register = promoted
    hands.application.desk.texts.switch(language)
    sign_in(hands)
    hands.scan(RICE_5KG)
    follow(hands, "action.checkout.explain", "action.checkout.price")
    hands.type("60")
    follow(hands, "action.panel.confirm", "reason.damaged")
    assert hands.window.checkout.basket.total.value == "¥60.00"
    follow(hands, "action.checkout.explain", "action.line.restore")
    assert hands.window.checkout.basket.total.value == "¥65.90"

    follow(hands, "action.checkout.discount")
    hands.type("90")
    follow(hands, "action.discount.turn", "action.discount.turn")
    hands.type("90")
    follow(hands, "action.panel.confirm", "reason.near_expiry")
    follow(hands, "action.checkout.settle", "rounding.none", "action.panel.confirm")
    assert [receipt.payable for receipt in register.tray.receipts] == [5930]


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_member_gift_coupons_and_points(promoted: tuple[Hands, HandRegister], language: str) -> None:
    hands, register = promoted
    hands.application.desk.texts.switch(language)
    sign_in(hands)
    for code in (RICE_5KG, SESAME_OIL):
        hands.scan(code)
    foot = hands.window.checkout.basket.foot
    hands.until(foot.offer.isVisible)
    hands.press_shown(foot.offer.text())
    hands.press_shown("辣椒油 100ml")
    follow(hands, "action.checkout.member")
    hands.type("13800002233")
    follow(hands, "action.panel.confirm", "action.checkout.benefits")
    panel = hands.window.checkout.benefits
    hands.press_shown(panel.best.text())
    follow(hands, "action.benefits.most_points", "action.benefits.points")
    hands.type("500")
    follow(hands, "action.panel.confirm", "action.benefits.code")
    hands.type("C-ANY")
    follow(hands, "action.panel.confirm", "action.panel.back", "action.checkout.settle", "action.panel.confirm")

    (receipt,) = register.tray.receipts
    # 62.90 and 31.50, 10 % off by the coupon, 5.00 in points
    assert (receipt.payable, receipt.points_used, receipt.saving) == (9440 - 944 - 500, 500, 690 + 944)


def test_a_customer_forgets_the_purse_and_the_next_one_is_served_meanwhile(
    cashier: Hands, register: HandRegister
) -> None:
    sign_in(cashier)
    cashier.scan(RICE_2KG)
    follow(cashier, "action.checkout.suspend")
    cashier.scan(RICE_2KG)
    cashier.scan(RICE_2KG)
    follow(cashier, "action.checkout.settle", "action.panel.confirm")
    follow(cashier, "action.done.next", "action.checkout.suspend", "suspended.recall")
    follow(cashier, "action.checkout.settle", "action.panel.confirm")

    first, second = register.tray.receipts
    assert (first.payable, second.payable) == (2 * 3490, 3490)


def test_the_other_rooms_and_back(cashier: Hands, register: HandRegister) -> None:
    sign_in(cashier)
    rail = cashier.window.rail
    cashier.press(rail.rooms["sync"].key)
    follow(cashier, "action.sync.pull", "action.sync.readiness", "action.sync.fetch", "action.panel.back")
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
