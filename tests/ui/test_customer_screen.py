"""The second screen, as a customer before the till sees it; the cashier and the scanner notice nothing of it."""

import json
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QWidget

from pos_app.ui.customer import facing, screen
from pos_app.ui.customer.screen import CustomerScreen
from pos_app.ui.runtime.preferences import PreferenceFile, Preferences
from tests.support.hands import Hands
from tests.support.promoted import GOLD_PHONE, RICE_2KG, RICE_5KG, promoted_register
from tests.support.till import HandRegister

LONG = 14


@pytest.fixture
def register() -> HandRegister:
    return promoted_register()


@pytest.fixture
def facing_customer(till: Hands) -> Hands:
    """The screen is always shown, as chosen in the settings, and the cashier is back at the checkout."""
    till.press("Alt+9")
    till.press("C")
    till.press("Alt+1")
    return till


def face_of(hands: Hands) -> CustomerScreen:
    face = hands.application.customer.face
    assert isinstance(face, CustomerScreen)
    return face


def seen(hands: Hands, page: str) -> CustomerScreen:
    """Wait until the customer sees a page."""
    face = face_of(hands)
    hands.bot.waitUntil(lambda: face.page == page)
    return face


def total_seen(hands: Hands, amount: str) -> CustomerScreen:
    face = face_of(hands)
    hands.bot.waitUntil(lambda: face.page == "basket" and face.total.value == amount)
    return face


def test_with_one_monitor_there_is_none_until_somebody_wants_it(till: Hands) -> None:
    assert till.application.customer.face is None

    till.press("Alt+9")
    till.press("C")
    assert face_of(till).isVisible()

    till.press("C")
    assert till.application.customer.face is None


def test_between_customers_the_stores_offers_are_shown(facing_customer: Hands) -> None:
    face = seen(facing_customer, "welcome")

    facing_customer.bot.waitUntil(lambda: len(face.welcome.campaigns) > 0)
    names = [each.name for each in face.welcome.campaigns]
    assert "第二件半价" in names
    assert len(names) == len(set(names))


def test_lines_saving_and_total_are_those_of_the_counter(facing_customer: Hands) -> None:
    facing_customer.scan(RICE_5KG)
    facing_customer.scan(RICE_2KG)

    basket = facing_customer.window.checkout.basket
    face = total_seen(facing_customer, basket.total.value)
    assert [face.lines._rows[index].line.name for index in face.lines.shown] == [
        row.line.name for row in basket.lines.rows_model.rows
    ]
    assert face.count.words == basket.count.words


def test_a_scan_behind_it_lands_in_the_basket(facing_customer: Hands) -> None:
    assert not face_of(facing_customer).isActiveWindow()

    for _ in range(3):
        facing_customer.scan(RICE_5KG)

    assert facing_customer.window.checkout.basket.lines.rows_model.rows[0].pieces == 3


def test_who_stands_behind_reads_no_more_of_a_member_than_the_first_character(facing_customer: Hands) -> None:
    facing_customer.scan(GOLD_PHONE)

    face = seen(facing_customer, "basket")
    assert face.member.words == "会员 周**"
    words = [getattr(each, "words", "") + getattr(each, "value", "") for each in face.findChildren(QWidget)]
    assert not [each for each in words if "周海燕" in each or GOLD_PHONE[-4:] in each]


def test_of_a_long_basket_the_newest_line_is_seen_and_how_many_are_above(
    facing_customer: Hands, register: HandRegister
) -> None:
    codes = [product.barcodes[0].code for product in register.replica.products if product.barcodes][:LONG]
    for code in codes:
        facing_customer.scan(code)
    rows = facing_customer.window.checkout.basket.lines.rows_model.rows
    face = face_of(facing_customer)
    facing_customer.bot.waitUntil(lambda: len(face.lines._rows) == len(rows))

    assert face.lines.shown[-1] == len(rows) - 1
    assert 0 < len(face.lines.shown) < len(rows)

    facing_customer.scan(codes[0])
    facing_customer.bot.waitUntil(lambda: face.lines._newest == 0)
    assert 0 in face.lines.shown


def test_the_change_stays_to_be_read_until_the_next_scan(facing_customer: Hands) -> None:
    facing_customer.scan(RICE_5KG)
    facing_customer.press("+")
    facing_customer.type("100")
    facing_customer.press("Enter")

    face = seen(facing_customer, "paid")
    done = facing_customer.window.checkout.done
    assert (face.change.value, face.paid.value) == (done.change.value, done.due.value)
    assert done.number.words in face.number.words
    facing_customer.press("Enter")
    assert face.page == "paid"

    facing_customer.scan(RICE_5KG)
    seen(facing_customer, "basket")


def test_when_nobody_scans_the_offers_come_back(facing_customer: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    face_of(facing_customer)._thanks.setInterval(50)
    facing_customer.scan(RICE_5KG)
    facing_customer.press("+")
    facing_customer.type("100")
    facing_customer.press("Enter")

    seen(facing_customer, "paid")
    seen(facing_customer, "welcome")


def test_it_fills_the_second_monitor_as_long_as_one_is_there(till: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    monitors: list[QScreen] = [QGuiApplication.primaryScreen()]
    monkeypatch.setattr(facing, "_other_than", lambda _own: monitors[0] if monitors else None)
    customer = till.application.customer

    customer.look()
    assert face_of(till).isFullScreen()

    monitors.clear()
    customer.look()
    assert customer.face is None


def test_a_chosen_screen_moves_into_a_window_when_its_monitor_goes(
    facing_customer: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monitors: list[QScreen] = [QGuiApplication.primaryScreen()]
    monkeypatch.setattr(facing, "_other_than", lambda _own: monitors[0] if monitors else None)
    customer, face = facing_customer.application.customer, face_of(facing_customer)
    customer.look()
    assert face.isFullScreen()

    monitors.clear()
    customer.look()
    assert face.isVisible()
    assert (face.width(), face.height()) == (screen.WIDTH, screen.HEIGHT)
    assert not face.isFullScreen()


def test_the_choice_is_kept_and_an_unknown_one_is_the_usual(tmp_path: Path) -> None:
    file = PreferenceFile(tmp_path / "preferences.json")
    file.keep(Preferences(customer_screen="off"))
    assert file.read().customer_screen == "off"

    assert file.path is not None
    file.path.write_text(json.dumps({"customer_screen": ["on"]}), encoding="utf-8")
    assert file.read().customer_screen == "auto"
