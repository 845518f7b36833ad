"""The day at the drawer by keys and by touch: open, move cash, count blind, close, hand over, close the day."""

from datetime import timedelta
from typing import Any

import pytest

from pos_app.ui.rooms.shift.room import ShiftRoom
from tests.support.hands import Hands
from tests.support.till import CASHIER, HandRegister

RICE_2KG, RICE_FEN = "6999999000112", 3490


def room(till: Hands) -> ShiftRoom:
    (found,) = till.window.findChildren(ShiftRoom)
    return found


def last(register: HandRegister) -> dict[str, Any]:
    return dict(register.journal.facts[-1].body)


def kinds(register: HandRegister) -> list[str]:
    return [fact.kind for fact in register.journal.facts if fact.kind != "signed_in"]


def open_shift(till: Hands, float_yuan: str = "500") -> None:
    till.press("Alt+6")
    till.press("O")
    till.type(float_yuan)
    till.press("Enter")


def sell(till: Hands) -> None:
    till.press("Alt+1")
    till.scan(RICE_2KG)
    till.press("+")
    till.press("Q")
    till.press("Enter")
    till.press("Enter")


def count(till: Hands, *pieces: str) -> None:
    """Type pieces from the largest note on, and go through to the end."""
    for each in (*pieces, *[""] * (8 - len(pieces))):
        till.type(each)
        till.press("Enter")


def consent(till: Hands, number: str, pin: str) -> None:
    for each in (number, pin):
        till.type(each)
        till.press("Enter")


def test_a_whole_shift_by_keys(till: Hands, register: HandRegister) -> None:
    open_shift(till)
    sell(till)
    till.press("Alt+6")
    till.press("Z")
    assert room(till).counting.isVisible()
    # 500.00 + 34.90: the note of 20, the coins, and one yuan too little
    count(till, "5", "", "1", "1", "", "3", "1", "4")
    asking = room(till).asking
    assert (asking.expected.value, asking.counted.value, asking.difference.value) == ("¥534.90", "¥533.90", "-¥1.00")
    till.press("1")

    (report,) = register.tray.reports
    assert (report.kind, report.number, report.difference, report.reason) == ("z", 1, -100, "wrong_change")
    assert kinds(register) == ["shift_opened", "sale", "cash_counted", "shift_closed"]
    assert register.journal.facts[-3].body["shift"] == last(register)["shift"]
    lines = room(till).papers.paper.sheet.lines
    assert any("找零找错" in line for line in lines)


def test_what_there_should_be_is_nowhere_on_the_screen_before_it_was_counted(till: Hands) -> None:
    open_shift(till)
    sell(till)
    till.press("Alt+6")
    overview = room(till).overview
    shown = [each.words for each in (overview.float, overview.sales, overview.cash_in, overview.counted)]
    assert shown == ["¥500.00", "1", "¥0.00", "–"]

    till.press("X")
    assert room(till).asking.pad.isVisible()


def test_a_manager_agrees_to_cash_out_and_a_wrong_pin_does_nothing(till: Hands, register: HandRegister) -> None:
    operators = {each.id: each for each in register.replica.operators}
    manager = next(each for each in operators.values() if each.role == "manager")
    open_shift(till)
    till.press("U")
    till.type("300")
    till.press("Enter")
    till.press("1")
    consent(till, manager.id, "0")
    assert "工号或密码" in room(till).asking.pad.said.words
    assert kinds(register) == ["shift_opened"]

    till.type(manager.pin_hash)
    till.press("Enter")

    assert kinds(register) == ["shift_opened", "cash_moved"]
    body = last(register)
    assert (body["direction"], body["amount"], body["reason"], body["approved_by"]) == (
        "out",
        30_000,
        "bank",
        manager.id,
    )
    assert register.tray.drawer_opened == 1
    assert room(till).overview.cash_out.words == "-¥300.00"


def test_the_drawer_opens_from_the_checkout_by_its_key(till: Hands, register: HandRegister) -> None:
    manager = next(each for each in register.replica.operators if each.role == "manager")
    till.scan(RICE_2KG)
    till.press("F5")
    till.press("1")
    consent(till, manager.id, manager.pin_hash)

    assert kinds(register) == ["drawer_opened"]
    till.press("Alt+1")
    assert till.window.checkout.basket.total.value == "¥34.90"


def test_the_next_one_takes_over_and_the_basket_is_not_lost(till: Hands, register: HandRegister) -> None:
    other = next(each for each in register.replica.operators if each.role == "cashier" and each.id != CASHIER)
    open_shift(till)
    till.press("Alt+1")
    till.scan(RICE_2KG)
    till.press("Alt+6")
    till.press("H")
    count(till, "5")
    consent(till, other.id, other.pin_hash)

    assert till.application.desk.operator == other
    assert kinds(register)[-2:] == ["shift_closed", "shift_opened"]
    assert till.window.checkout.basket.total.value == "¥34.90"
    holder = till.application.desk.holder
    assert holder is not None
    assert holder.name == other.name
    assert other.name in till.window.strip.shift.words


def test_who_signs_in_at_anothers_shift_is_told(till: Hands, register: HandRegister) -> None:
    other = next(each for each in register.replica.operators if each.role == "cashier" and each.id != CASHIER)
    mine = next(each for each in register.replica.operators if each.id == CASHIER)
    open_shift(till)
    till.press("F12")
    till.press("Esc")
    till.press("⌫")
    till.type(other.id)
    till.press("Enter")
    till.type(other.pin_hash)
    till.press("Enter")

    assert till.window.toast.message is not None
    assert mine.name in till.window.toast.message.text
    assert mine.name in till.window.strip.shift.words


def test_a_count_stands_after_esc_and_until_cash_moves(till: Hands, register: HandRegister) -> None:
    open_shift(till)
    till.press("C")
    count(till, "5")
    till.press("Enter")
    assert room(till).overview.isVisible()
    till.press("Z")
    assert room(till).asking.isVisible()
    till.press("Esc")

    sell(till)
    till.press("Alt+6")
    till.press("Z")
    assert room(till).counting.isVisible()
    assert kinds(register) == ["shift_opened", "cash_counted", "sale"]


def test_enter_that_bounces_counts_once(till: Hands, register: HandRegister) -> None:
    open_shift(till)
    till.press("C")
    for _ in range(7):
        till.press("Enter")
    counting = room(till).counting
    counting.answer()
    counting.answer()
    till.rest()

    assert kinds(register) == ["shift_opened", "cash_counted"]


def test_too_many_pieces_and_letters_do_not_get_in(till: Hands, register: HandRegister) -> None:
    open_shift(till)
    till.press("C")
    till.type("123456")
    assert till.window.toast.message is not None
    assert "5" in till.window.toast.message.text
    assert room(till).counting.boxes[10_000].shown == "12345"
    till.press("Enter")
    assert room(till).counting.boxes[10_000].active, "a figure that lost a digit is not gone on from at once"
    till.type("-x")
    assert room(till).counting.boxes[10_000].shown == "12345"
    assert kinds(register) == ["shift_opened"]


def test_a_full_disk_keeps_the_shift_open_and_says_so(till: Hands, register: HandRegister) -> None:
    open_shift(till)
    till.press("Z")
    register.journal.full = True
    count(till, "5")
    assert till.window.toast.message is not None
    assert till.window.toast.message.tone == "trouble"
    assert kinds(register) == ["shift_opened"]

    register.journal.full = False
    till.press("Enter")
    assert kinds(register) == ["shift_opened", "cash_counted"]


def test_after_the_close_of_day_a_sale_says_that_it_is_for_the_next(till: Hands, register: HandRegister) -> None:
    open_shift(till)
    till.press("Z")
    count(till, "5")
    till.press("Enter")
    till.press("Esc")
    till.press("D")
    till.press("Enter")
    assert kinds(register)[-2:] == ["shift_closed", "day_closed"]
    assert "06-19" in till.window.strip.shift.words

    sell(till)
    assert register.tray.receipts[-1].number.startswith("S001-R1-20260619-")


def test_a_shift_of_yesterday_is_told_in_red(till: Hands, register: HandRegister) -> None:
    open_shift(till)
    register.clock.turn(timedelta(days=2))
    till.press("Alt+1")
    till.application.shift.look()
    till.rest()
    assert "未结" in till.window.strip.shift.words


def test_all_of_it_by_touch(till: Hands, register: HandRegister) -> None:
    till.click(till.window.rail.rooms["shift"])
    here = room(till)
    till.click(here.overview.buttons["shift.open"])
    till.click(here.amount.by_count)
    till.click(here.counting.pad.key("5"))
    till.click(here.counting.boxes[10])
    till.click(here.counting.confirm)
    assert last(register)["count"] == {"10000": 5}
    till.click(here.overview.buttons["shift.close"])
    till.click(here.counting.pad.key("5"))
    till.click(here.counting.boxes[10])
    till.click(here.counting.confirm)
    till.click(here.asking.confirm)
    till.click(here.papers.print)

    assert [report.copy for report in register.tray.reports] == [False, True]
    till.click(here.papers.back)
    till.click(here.overview.buttons["shift.day"])
    till.click(here.asking.confirm)
    assert kinds(register) == ["shift_opened", "cash_counted", "shift_closed", "day_closed"]


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_every_word_is_said_in_both_languages(till: Hands, language: str) -> None:
    till.application.desk.texts.switch(language)
    open_shift(till)
    for key, back in (("I", "Esc"), ("C", "Esc"), ("R", "Esc"), ("F5", "Esc")):
        till.press(key)
        till.press(back)
    assert room(till).overview.isVisible()
