"""What works now, told on the strip and in the sync room, and true while time passes with nobody telling anything."""

from dataclasses import replace
from datetime import timedelta

from pos_app.domain.readiness import Subject
from pos_app.ui.rooms.sync.room import SyncRoom
from tests.support.hands import Hands
from tests.support.till import OPENING, HandRegister


def line_goes_away(till: Hands, register: HandRegister, hours: int) -> None:
    register.clock.at = OPENING + timedelta(hours=hours)
    register.tell(replace(register.line, online=False, since=OPENING))
    till.rest()


def test_the_strip_says_in_a_word_that_all_is_well(till: Hands) -> None:
    assert till.window.strip.ready.words == till.application.desk.texts.tr("ready.all")


def test_three_hours_without_a_line_are_told_subject_by_subject(till: Hands, register: HandRegister) -> None:
    till.application.desk.texts.switch("en")
    line_goes_away(till, register, 3)

    assert till.window.strip.ready.words == "Prices ready · Members 3 h old · Points as of 10:41"
    till.press("Alt+2")
    room = till.window.findChildren(SyncRoom)[0]
    assert room.overview.ready.lines == ("Prices ready", "Members 3 h old", "Points as of 10:41", "Stock 3 h old")


def test_what_works_is_listed_in_full_with_its_last_news(till: Hands, register: HandRegister) -> None:
    till.application.desk.texts.switch("en")
    line_goes_away(till, register, 50)
    till.press("Alt+2")
    till.press_shown("What works now")

    model = till.window.findChildren(SyncRoom)[0].readiness.rows.rows_model
    told = [[model.index(row, column).data() for column in range(3)] for row in range(len(Subject))]
    assert told[0] == ["Prices", "2 days old", "Last change 06-18 10:41"]
    assert told[4] == ["Coupons", "none", "Headquarters has sent none"]


def test_a_register_grows_old_with_nobody_telling_anything(till: Hands, register: HandRegister) -> None:
    register.clock.at = OPENING + timedelta(hours=30)

    till.application.readiness.look()
    till.rest()

    assert "ready" not in till.window.strip.ready.words.lower()
    assert till.application.desk.texts.tr("ready.hours", count=30) in till.window.strip.ready.words


def test_a_register_without_prices_says_so_first(till: Hands, register: HandRegister) -> None:
    register.replica.as_of = None
    register.prices_came()
    till.rest()

    assert till.window.strip.ready.words == till.application.desk.texts.tr("ready.no_prices")
