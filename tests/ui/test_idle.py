"""A register that is left alone locks itself, keeps its basket, and begins anew with every hand."""

import json
from pathlib import Path

import pytest

from pos_app.ui.runtime.idle import MINUTE_MS
from pos_app.ui.runtime.preferences import PreferenceFile, Preferences
from tests.support.hands import Hands
from tests.support.till import CASHIER, PIN, HandRegister
from tests.ui.conftest import OpenWindow

RICE_5KG = "6999999000129"


def test_left_alone_it_locks_itself_and_keeps_the_basket(till: Hands) -> None:
    till.scan(RICE_5KG)
    idle = till.window.idle
    assert idle.timer.interval() == 10 * MINUTE_MS
    assert idle.timer.isActive()

    idle.timer.setInterval(1)
    till.until(lambda: till.window.locked)
    till.window.lock_after(10)

    till.type(PIN)
    till.press("Enter")
    assert not till.window.locked
    assert [row.line.code for row in till.window.checkout.basket.lines.rows_model.rows] == [RICE_5KG]


@pytest.mark.parametrize("hand", ["a key", "a scan", "a tap"])
def test_every_hand_begins_the_minutes_anew(till: Hands, hand: str) -> None:
    timer = till.window.idle.timer
    timer.stop()

    if hand == "a key":
        till.press("↑")
    elif hand == "a scan":
        till.scan(RICE_5KG)
    else:
        till.tap_window()

    assert timer.isActive()


def test_what_comes_from_elsewhere_is_no_hand(till: Hands, register: HandRegister) -> None:
    timer = till.window.idle.timer
    timer.stop()

    register.prices_came()
    till.application.desk.hear(register.line)
    till.window.repaint()
    till.rest()

    assert not timer.isActive()


def test_a_locked_register_stays_as_it_is(locked: Hands) -> None:
    locked.type(CASHIER)
    locked.window.idle.timer.timeout.emit()

    assert locked.window.sign_in.number.shown == CASHIER


def test_the_settings_say_when_and_it_is_kept(open_window: OpenWindow, tmp_path: Path) -> None:
    file = PreferenceFile(tmp_path / "preferences.json")
    hands = open_window(HandRegister(), file)
    hands.type(CASHIER)
    hands.press("Enter")
    hands.type(PIN)
    hands.press("Enter")
    hands.press("Alt+9")
    timer = hands.window.idle.timer

    hands.press("K")
    assert (timer.interval(), timer.isActive()) == (30 * MINUTE_MS, True)
    hands.press("K")
    assert not timer.isActive()
    hands.press("↑")
    assert not timer.isActive()

    assert file.read().lock_minutes == 0


@pytest.mark.parametrize(
    ("written", "read"), [(0, 0), (45, 45), (-1, 10), (10_000, 10), ("5", 10), (True, 10), (None, 10), (2.5, 10)]
)
def test_a_number_that_cannot_be_meant_is_the_usual_one(tmp_path: Path, written: object, read: int) -> None:
    path = tmp_path / "preferences.json"
    path.write_text(json.dumps({"lock_minutes": written}), encoding="utf-8")

    assert PreferenceFile(path).read() == Preferences(lock_minutes=read)


def test_minutes_of_the_files_own_are_kept_until_another_is_chosen(open_window: OpenWindow, tmp_path: Path) -> None:
    file = PreferenceFile(tmp_path / "preferences.json")
    file.keep(Preferences(lock_minutes=45))
    hands = open_window(HandRegister(), file)
    assert hands.window.idle.timer.interval() == 45 * MINUTE_MS

    hands.type(CASHIER)
    hands.press("Enter")
    hands.type(PIN)
    hands.press("Enter")
    hands.press("Alt+9")
    hands.press("T")
    assert file.read().lock_minutes == 45
    hands.press("K")
    assert file.read().lock_minutes == 0


def test_a_closed_register_locks_no_more(till: Hands) -> None:
    assert till.window.idle.timer.isActive()

    till.application.close()

    assert not till.window.idle.timer.isActive()
