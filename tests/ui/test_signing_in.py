"""Who is at the register: number and PIN by keys and by touch, a wrong PIN slows down, the lock keeps the basket."""

from datetime import timedelta

from tests.support.hands import Hands
from tests.support.till import CASHIER, PIN, STORE_NAME, HandRegister

RICE = "6999999000129"
MANAGER, MANAGER_PIN = "1009", "9876"


def sign_in(hands: Hands, number: str, pin: str) -> None:
    hands.type(number)
    hands.press("Enter")
    hands.type(pin)
    hands.press("Enter")


def test_number_and_pin_by_keys_open_the_checkout(locked: Hands, register: HandRegister) -> None:
    sign_in(locked, CASHIER, PIN)

    assert not locked.window.locked
    assert locked.window.checkout.isVisible()
    assert locked.window.strip.operator.words == "林晓雯"
    assert [fact.kind for fact in register.journal.facts] == ["signed_in"]


def test_number_and_pin_by_touch_open_the_checkout(locked: Hands) -> None:
    form = locked.window.sign_in
    for digit in CASHIER:
        locked.click(form.pad.key(digit))
    locked.click(form.pin)
    for digit in PIN:
        locked.click(form.pad.key(digit))
    locked.click(form.confirm)

    assert not locked.window.locked


def test_the_pin_is_never_shown(locked: Hands) -> None:
    locked.type(CASHIER)
    locked.press("Enter")
    locked.type(PIN)

    assert locked.window.sign_in.pin.shown == "●●●●"


def test_a_wrong_pin_says_so_and_keeps_the_number(locked: Hands) -> None:
    sign_in(locked, CASHIER, "9999")

    form = locked.window.sign_in
    assert locked.window.locked
    assert form.said.words == locked.application.desk.texts.tr("error.sign_in_wrong")
    assert (form.number.shown, form.pin.shown) == (CASHIER, "")


def test_wrong_pins_slow_down_and_the_seconds_are_shown(locked: Hands, register: HandRegister) -> None:
    sign_in(locked, CASHIER, "9999")
    for _ in range(3):
        locked.type("9999")
        locked.press("Enter")
    form = locked.window.sign_in
    assert "2" in form.said.words
    assert not form.confirm.isEnabled()

    # the right PIN does not help before the time is over
    locked.type(PIN)
    locked.press("Enter")
    assert locked.window.locked

    form.on_tick()
    form.on_tick()
    register.clock.turn(timedelta(seconds=2))
    locked.press("Enter")
    assert not locked.window.locked


def test_another_operator_takes_over_the_basket(till: Hands) -> None:
    till.scan(RICE)

    till.press("F12")
    assert till.window.locked
    assert till.window.sign_in.number.shown == CASHIER
    till.click(till.window.sign_in.number)
    sign_in(till, MANAGER, MANAGER_PIN)

    assert till.window.strip.operator.words == "周立群"
    assert [row.line.code for row in till.window.checkout.basket.lines.rows_model.rows] == [RICE]


def test_another_operator_takes_over_by_the_keys_that_are_shown(till: Hands) -> None:
    till.scan(RICE)
    till.press("F12")
    assert till.window.sign_in.back.isVisible()

    till.press("Esc")
    sign_in(till, MANAGER, MANAGER_PIN)

    assert till.window.strip.operator.words == "周立群"
    assert len(till.window.checkout.basket.lines.rows_model.rows) == 1


def test_who_steps_back_by_mistake_is_still_suggested(till: Hands) -> None:
    till.press("F12")
    till.press("Esc")
    assert till.window.sign_in.number.shown == CASHIER

    till.press("Enter")
    till.type(PIN)
    till.press("Enter")

    assert not till.window.locked


def test_behind_the_lock_no_key_reaches_the_checkout(till: Hands) -> None:
    till.scan(RICE)
    till.press("F12")

    for key in ("-", "+", "F3", "Alt+2", "Alt+8", "Esc"):
        till.press(key)

    assert till.window.locked
    assert len(till.window.checkout.basket.lines.rows_model.rows) == 1


def test_the_lock_says_where_one_is(locked: Hands) -> None:
    assert locked.application.desk.register.identity.store_name == STORE_NAME
    assert locked.window.isVisible()
    assert locked.window.sign_in.isVisible()
