"""The scan always lands: wherever the focus is, whatever is open, whatever else runs; and typing stays typing."""

from time import sleep

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pos_app.bootstrap.rooms import ROOMS
from pos_app.domain.codes import check_digit, lookup_key
from pos_app.ui.application import Application
from pos_app.ui.rooms.checkout.lines_view import under_text
from tests.support.hands import Hands
from tests.support.till import HandRegister

RICE_5KG, RICE_2KG, RICE_NORTH = "6999999000129", "6999999000112", "6999999000228"


def shown_codes(hands: Hands) -> list[str]:
    return [row.line.code for row in hands.window.checkout.basket.lines.rows_model.rows]


def forty_codes(register: HandRegister) -> list[str]:
    """Forty different goods, so that each scan is a line of its own."""
    codes = [product.barcodes[0].code for product in register.replica.products if product.barcodes]
    return codes[:40]


def test_a_scan_is_one_before_the_window_ever_had_the_focus(
    qtbot: QtBot, qapp: QApplication, register: HandRegister
) -> None:
    """So it is on a screen without a window manager: keys come, the focus never does."""
    application = Application(register, ROOMS)
    heard: list[str] = []
    application.scans._scanned = heard.append
    qtbot.addWidget(application.window)
    application.window.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
    application.window.show()
    qtbot.waitExposed(application.window)
    hands = Hands(qtbot, application)
    assert qapp.focusWindow() is None

    hands.scan(RICE_5KG)

    assert heard == [RICE_5KG]
    application.close()


@pytest.mark.parametrize("panel", ["none", "search", "quantity", "keys", "tender"])
def test_forty_codes_at_five_ms_a_key_are_forty_lines(till: Hands, register: HandRegister, panel: str) -> None:
    # Given a panel open, the focus in a field where there is one, and work going on elsewhere
    till.scan(RICE_5KG)
    till.press({"none": "↑", "search": "F2", "quantity": "*", "keys": "F1", "tender": "+"}[panel])
    codes = [code for code in forty_codes(register) if lookup_key(code) != lookup_key(RICE_5KG)]
    errands = till.application.desk.errands
    for _ in range(60):
        errands.run(lambda: sleep(0.01), lambda _: till.application.desk.hear(register.line))

    # When the scanner types them
    scanner = till.scan_many(codes)
    till.bot.waitUntil(lambda: len(shown_codes(till)) == len(codes) + 1, timeout=30_000)
    scanner.join()
    till.rest()

    # Then each is there once, in order, and not a digit of them in a field
    assert shown_codes(till) == [RICE_5KG, *codes]
    assert {row.quoted.quantity for row in till.window.checkout.basket.lines.rows_model.rows} == {1000}
    assert till.window.checkout.basket.search.text() == ""
    assert till.window.checkout.basket.panel.box.shown in {"", "1"}


def test_typing_by_hand_lands_in_the_search_box(till: Hands) -> None:
    till.type("wc5")

    assert till.window.checkout.basket.search.text() == "wc5"
    assert shown_codes(till) == []


def test_three_quick_keys_and_enter_are_no_scan(till: Hands) -> None:
    till.scan("zzz")

    assert till.window.checkout.basket.search.text() == "zzz"
    assert till.window.toast.message is not None
    assert "zzz" in till.window.toast.message.text


def test_a_scan_right_after_typing_takes_none_of_the_typed_letters(till: Hands) -> None:
    till.type("wc")
    till.scan(RICE_5KG)

    assert shown_codes(till) == [RICE_5KG]
    assert till.window.checkout.basket.search.text() == ""


def test_the_same_code_twice_is_one_line_of_two(till: Hands) -> None:
    till.scan(RICE_5KG)
    till.scan(RICE_5KG)

    (row,) = till.window.checkout.basket.lines.rows_model.rows
    assert row.quoted.quantity == 2000


def test_a_scanner_that_ends_with_tab_scans_too_and_the_focus_stays(till: Hands) -> None:
    before = QApplication.focusWidget()
    till.send(till.burst(RICE_5KG, end="Tab"))

    assert shown_codes(till) == [RICE_5KG]
    assert QApplication.focusWidget() is before


def repeated(events: list[QKeyEvent]) -> list[QKeyEvent]:
    """The same key presses, each marked as the repeat of a key that is held down."""
    marked = [QKeyEvent(each.type(), each.key(), each.modifiers(), each.text(), True) for each in events]
    for each, event in zip(events, marked, strict=True):
        event.setTimestamp(each.timestamp())
    return marked


def presses(till: Hands, code: str) -> list[QKeyEvent]:
    return [event for event in till.burst(code) if event.type() == QEvent.Type.KeyPress]


def test_equal_digits_in_one_millisecond_are_a_scans_though_qt_calls_them_repeats(till: Hands) -> None:
    """So X11 names them when a busy machine reads several of a scanner's keys at once."""
    first, *others = presses(till, RICE_5KG)
    before = first
    events = [first]
    for event in others:
        events += repeated([event]) if event.text() == before.text() else [event]
        before = event
    till.send(events)

    assert sum(event.isAutoRepeat() for event in events) == 7
    assert shown_codes(till) == [RICE_5KG]
    assert till.window.checkout.basket.search.text() == ""


def test_a_key_held_down_types_on_and_is_no_scan(till: Hands) -> None:
    first, *others, enter = presses(till, "zzzzzz")
    till.send([first])
    till.send([*repeated(others), enter])

    assert till.window.checkout.basket.search.text() == "z" * 6
    assert till.window.toast.message is not None
    assert "zzzzzz" in till.window.toast.message.text


def test_a_stutter_in_the_middle_of_a_scan_does_not_tear_it(till: Hands) -> None:
    events = till.burst(RICE_5KG)
    for event in events[12:]:
        event.setTimestamp(event.timestamp() + 80)

    till.send(events)

    assert shown_codes(till) == [RICE_5KG]


def test_a_gs1_string_with_its_separator_comes_whole(till: Hands) -> None:
    heard: list[str] = []
    till.application.scans._scanned = heard.append

    till.scan("]C101069999990001291725123110LOT7\x1d3103001250")

    assert heard == ["]C101069999990001291725123110LOT7\x1d3103001250"]


def test_a_scan_at_the_lock_is_refused_and_types_no_pin(locked: Hands) -> None:
    locked.scan(RICE_5KG)

    assert locked.window.locked
    assert locked.window.sign_in.number.shown == ""
    assert "6999999000129" not in locked.window.sign_in.pin.shown
    assert locked.window.toast.message is not None
    assert locked.window.toast.message.tone == "refusal"


def test_a_scan_in_another_room_comes_to_the_basket(till: Hands) -> None:
    till.press("Alt+9")

    till.scan(RICE_NORTH)

    assert shown_codes(till) == [RICE_NORTH]
    assert till.window.checkout.isVisible()


def test_an_unknown_code_is_told_and_the_ways_on_are_shown(till: Hands) -> None:
    sounds: list[str] = []
    till.application.desk.messages.sound = sounds.append

    till.scan("6900000000007")

    assert till.window.toast.message is not None
    assert "6900000000007" in till.window.toast.message.text
    assert "F2" in till.window.toast.message.text
    assert sounds == ["refused"]
    assert shown_codes(till) == []


def test_a_misread_code_is_not_taken_for_another(till: Hands) -> None:
    till.scan(RICE_5KG[:-1] + "0")

    assert shown_codes(till) == []
    assert till.window.toast.message is not None


def test_a_lot_that_a_scanner_reads_stands_under_the_goods_name(till: Hands) -> None:
    till.scan(f"]C1010{RICE_5KG}10LOT7\x1d17491231")

    (row,) = till.window.checkout.basket.lines.rows_model.rows
    assert under_text(row.line, till.application.desk.texts) == "批次 LOT7"


def test_a_label_of_the_scale_is_rung_with_its_weight(till: Hands, register: HandRegister) -> None:
    loose = next(product for product in register.replica.products if product.weighed and product.plu)

    till.scan(with_check_digit(f"21{loose.plu}00755"))

    (row,) = till.window.checkout.basket.lines.rows_model.rows
    assert (row.line.sku, row.quoted.quantity) == (loose.sku, 755)


def test_an_expired_lot_is_refused_in_words_that_say_what_to_do(till: Hands) -> None:
    till.scan(f"]C1010{RICE_5KG}10LOT7\x1d17200101")

    said = till.window.toast.message
    assert said is not None
    assert "2020-01-01" in said.text
    assert not till.window.checkout.basket.lines.rows_model.rows


def with_check_digit(digits: str) -> str:
    return f"{digits}{check_digit(digits)}"
