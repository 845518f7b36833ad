"""Sync, settings and enrolment, and the strip that is honest about the line."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from pos_app.domain.errors import FileTooNew, LineDown, PrinterDown, Refusal
from pos_app.ui.main_window import MIN_HEIGHT, MIN_WIDTH
from pos_app.ui.ports import Identity, LineStatus, PrinterStatus, Trouble
from pos_app.ui.rooms.settings.room import SettingsRoom
from pos_app.ui.rooms.sync.overview import Overview
from pos_app.ui.rooms.sync.room import SyncRoom
from pos_app.ui.runtime.preferences import PreferenceFile, Preferences
from pos_app.ui.widgets import painting
from tests.support.hands import Hands
from tests.support.till import CASHIER, OPENING, PIN, STORE_NAME, HandRegister
from tests.ui.conftest import OpenWindow


def tell(hands: Hands, register: HandRegister, line: LineStatus) -> None:
    register.tell(line)
    hands.rest()


def sync_room(hands: Hands) -> SyncRoom:
    return hands.window.findChildren(SyncRoom)[0]


def overview(hands: Hands) -> Overview:
    return sync_room(hands).overview


def settings_room(hands: Hands) -> SettingsRoom:
    return hands.window.findChildren(SettingsRoom)[0]


def test_going_offline_is_said_calmly_with_since_when_and_what_waits(till: Hands, register: HandRegister) -> None:
    tell(till, register, replace(register.line, online=False, since=OPENING, waiting=3))

    strip = till.window.strip
    assert "10:42" in strip.line.words
    assert "3" in strip.waiting.words
    assert strip.line._ink == "ink_soft"


def test_coming_back_online_is_said(till: Hands, register: HandRegister) -> None:
    tell(till, register, replace(register.line, online=False))
    tell(till, register, register.line)

    assert till.window.strip.line.words == till.application.desk.texts.tr("strip.online", since="09:02")


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_number_of_the_register_is_read_on_the_fullest_strip(
    till: Hands, register: HandRegister, language: str
) -> None:
    till.window.resize(MIN_WIDTH, MIN_HEIGHT)
    till.application.desk.texts.switch(language)
    place, small = till.window.strip.place, till.application.desk.theme.font("small")
    assert place.shown == place.words == f"S001-R1 · {STORE_NAME}"

    register.clock.at = OPENING + timedelta(hours=50)
    register.tell(PrinterStatus("down", 3, "printer_down"))
    tell(till, register, replace(register.line, online=False, since=OPENING, waiting=1700))

    assert place.shown.startswith("S001-R1")
    till.until(lambda: painting.width_of("S001-R1", small) <= place.width() < painting.width_of(place.words, small))
    assert place.visibleRegion().boundingRect() == place.rect()


def test_a_printer_that_is_down_is_red_because_it_needs_a_hand(till: Hands, register: HandRegister) -> None:
    register.tell(PrinterStatus("down", 3, "printer_down"))
    till.rest()

    assert "3" in till.window.strip.printer.words
    assert till.window.strip.printer._ink == "trouble"


def test_the_sync_room_shows_what_waits_what_came_and_what_went_wrong(till: Hands, register: HandRegister) -> None:
    till.press("Alt+8")
    trouble = Trouble("answer_portal", OPENING, {"title": "Free WiFi"})
    tell(till, register, replace(register.line, waiting=17, offset_ms=-4200, trouble=trouble))

    room = overview(till)
    assert room.waiting.value == "17"
    assert "-4.2" in room.offset.words
    assert "Free WiFi" in room.trouble.words
    assert room.trouble_at.words == till.application.desk.texts.tr("sync.trouble_at", at="10:42")


def test_a_line_that_was_never_heard_is_a_row_of_dashes(till: Hands, register: HandRegister) -> None:
    till.press("Alt+8")
    tell(till, register, LineStatus())

    room = overview(till)
    assert {room.since.words, room.heard.words, room.offset.words, room.pulled.words} == {"–"}


def test_a_pull_that_cannot_be_asked_for_is_told(till: Hands, register: HandRegister) -> None:
    register.fails["pull_now"] = LineDown("line_down")
    till.press("Alt+8")
    till.press("P")

    assert till.window.toast.message is not None
    assert till.window.toast.message.text == till.application.desk.texts.tr("error.line_down")


def test_the_replica_is_compared_at_a_key_and_what_came_of_it_is_read(till: Hands, register: HandRegister) -> None:
    tr = till.application.desk.texts.tr
    till.press("Alt+8")
    till.press_shown(tr("action.sync.readiness"))
    till.press_shown(tr("action.sync.compare"))
    assert register.asked[-1] == "compare"

    page = sync_room(till).readiness
    assert page.revisions.lines == ("chain  1,284", "store:S001  902", "zone:east  37")
    tell(till, register, replace(register.line, compared_at=OPENING))
    assert page.compared.words == tr("sync.compared_same", at="10:42")
    tell(till, register, replace(register.line, compared_at=OPENING, mended=3))
    assert page.compared.words == tr("sync.compared_mended", at="10:42", count=3)


def test_the_settings_name_this_register(till: Hands) -> None:
    till.press("Alt+9")

    room = settings_room(till)
    assert room.device.words == "S001-R1"
    assert room.fingerprint.words == "5e:1b:90:44:c2:7d:aa:13"
    assert room.version.words == "0.1.0"


def test_a_test_page_that_fails_says_what_becomes_of_the_receipts(till: Hands, register: HandRegister) -> None:
    register.fails["print_test"] = PrinterDown("printer_down")
    till.press("Alt+9")
    till.press("P")

    assert till.window.toast.message is not None
    assert till.window.toast.message.tone == "trouble"


def test_without_a_printer_there_is_nothing_to_test(till: Hands, register: HandRegister) -> None:
    register.tell(PrinterStatus())
    till.press("Alt+9")

    assert not settings_room(till).print_test.isEnabled()


def test_a_new_machine_is_enrolled_and_opens(open_window: OpenWindow, register: HandRegister) -> None:
    register.identity = Identity("0.1.0")
    hands = open_window(register)
    assert hands.window.enrolment is not None
    form = hands.window.enrolment.form
    assert form.isVisible()
    assert form.address.hasFocus()

    hands.type("http://localhost:8080")
    hands.click(form.code)
    hands.type("ABCD-1234")
    hands.press("Enter")

    assert register.asked[-2:] == ["enrol http://localhost:8080 ABCD-1234", "open"]
    assert hands.window.sign_in.isVisible()
    hands.type(CASHIER)
    hands.press("Enter")
    hands.type(PIN)
    hands.press("Enter")
    assert hands.window.checkout.isVisible()


def test_the_code_may_be_scanned_and_the_button_shows_the_key_that_works(
    open_window: OpenWindow, register: HandRegister
) -> None:
    register.identity = Identity("0.1.0")
    hands = open_window(register)
    assert hands.window.enrolment is not None
    form = hands.window.enrolment.form
    assert form.button.key == "Enter"

    hands.scan("WXYZ-2345-ABCD")
    assert (form.address.text(), form.code.text()) == ("", "WXYZ-2345-ABCD")
    assert form.address.hasFocus()

    hands.type("http://localhost:8080")
    hands.press("Enter")
    assert register.asked[-2:] == ["enrol http://localhost:8080 WXYZ-2345-ABCD", "open"]
    hands.scan("WXYZ-2345-ABCD")
    assert form.code.text() == ""


def test_in_the_settings_the_letter_is_shown_until_the_cursor_stands_in_a_field(till: Hands) -> None:
    till.press("Alt+9")
    form = settings_room(till).form
    assert form.button.key == "E"

    till.press("E")
    assert form.code.hasFocus()
    assert form.button.key == "Enter"

    till.press("Esc")
    assert form.button.key == "E"


def test_a_wrong_code_is_told_beside_the_field_and_both_stay(open_window: OpenWindow, register: HandRegister) -> None:
    register.identity = Identity("0.1.0")
    register.fails["enrol"] = Refusal("enrol_code_unknown")
    hands = open_window(register)
    assert hands.window.enrolment is not None
    form = hands.window.enrolment.form
    form.address.setText("http://localhost:8080")
    form.code.setText("WRONG")

    hands.click(form.button)

    assert form.said.words == hands.application.desk.texts.tr("error.enrol_code_unknown")
    assert (form.address.text(), form.code.text()) == ("http://localhost:8080", "WRONG")
    assert form.button.isEnabled()


def test_an_empty_field_is_where_the_cursor_goes(open_window: OpenWindow, register: HandRegister) -> None:
    register.identity = Identity("0.1.0")
    hands = open_window(register)
    assert hands.window.enrolment is not None
    form = hands.window.enrolment.form
    form.address.setText("http://localhost:8080")

    hands.click(form.button)

    assert form.code.hasFocus()
    assert not any(each.startswith("enrol") for each in register.asked)


def test_files_that_cannot_be_opened_are_told_for_as_long_as_it_is_so(
    open_window: OpenWindow, register: HandRegister
) -> None:
    register.fails["open"] = FileTooNew("file_too_new", file="journal.db", version=9, known=1)

    hands = open_window(register)

    assert "journal.db" in hands.window.sign_in.said.words
    assert not hands.window.sign_in.confirm.isEnabled()


def test_choices_are_kept_for_the_next_start(open_window: OpenWindow, tmp_path: Path) -> None:
    file = PreferenceFile(tmp_path / "till/preferences.json")
    hands = open_window(HandRegister(), file)
    hands.window.welcome(HandRegister().replica.operators[0])
    hands.press("Alt+9")
    hands.press("L")
    hands.press("T")

    assert file.read() == Preferences("en", "dark")
    again = open_window(HandRegister(), file)
    assert again.application.desk.texts.language == "en"
    assert again.application.desk.theme.name == "dark"


def test_a_damaged_preference_file_gives_the_defaults(tmp_path: Path) -> None:
    path = tmp_path / "preferences.json"
    for damage in ("{", "[]", '{"language": 3, "theme": "pink"}', "\x00"):
        path.write_text(damage, encoding="utf-8")

        assert PreferenceFile(path).read() == Preferences()


def test_a_store_changes_one_key_and_the_button_shows_it(open_window: OpenWindow, tmp_path: Path) -> None:
    (tmp_path / "keymap.json").write_text('{"checkout.settle": "F10"}', encoding="utf-8")
    register = HandRegister()
    hands = open_window(register, PreferenceFile(tmp_path / "preferences.json"))
    hands.window.welcome(register.replica.operators[0])
    hands.scan("6999999000129")

    assert hands.window.checkout.basket.settle.key == "F10"
    hands.press("F10")
    assert hands.window.checkout.tender.isVisible()


def test_a_key_file_with_a_slip_is_named_and_the_standard_keys_hold(open_window: OpenWindow, tmp_path: Path) -> None:
    (tmp_path / "keymap.json").write_text('{"checkout.setle": "F10"}', encoding="utf-8")

    hands = open_window(HandRegister(), PreferenceFile(tmp_path / "preferences.json"))

    assert hands.window.toast.message is not None
    assert "checkout.setle" in hands.window.toast.message.text
    assert hands.application.desk.actions.keymap.chord("checkout.settle") == "+"
