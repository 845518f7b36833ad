"""What works now, told on the strip and in the sync room, and true while time passes with nobody telling anything."""

from dataclasses import replace
from datetime import timedelta

from pos_app.domain.readiness import Grade, Subject
from pos_app.ui.main_window import MIN_HEIGHT, MIN_WIDTH
from pos_app.ui.rooms.sync.room import SyncRoom
from pos_app.ui.widgets import painting
from tests.support.hands import Hands
from tests.support.till import OPENING, HandRegister


def line_goes_away(till: Hands, register: HandRegister, hours: int) -> None:
    register.clock.at = OPENING + timedelta(hours=hours)
    register.tell(replace(register.line, online=False, since=OPENING))
    till.rest()


def test_the_strip_says_in_a_word_that_all_is_well(till: Hands) -> None:
    assert till.window.strip.ready.words == till.application.desk.texts.tr("ready.all")


def test_three_hours_without_a_line_are_told_subject_by_subject(till: Hands, register: HandRegister) -> None:
    line_goes_away(till, register, 3)
    assert till.window.strip.ready.words == "价格就绪、会员 3 小时前、积分截至 10:41"

    till.application.desk.texts.switch("en")
    assert till.window.strip.ready.words == "Prices ready · Members 3 h old · Points as of 10:41"
    till.press("Alt+8")
    room = till.window.findChildren(SyncRoom)[0]
    assert room.overview.ready.lines == ("Prices ready", "Members 3 h old", "Points as of 10:41", "Stock 3 h old")


def test_after_days_without_a_line_every_subject_that_is_old_is_told(till: Hands, register: HandRegister) -> None:
    till.application.desk.texts.switch("en")
    line_goes_away(till, register, 50)
    till.press("Alt+8")

    lines = till.window.findChildren(SyncRoom)[0].overview.ready.lines
    dated = [each for each in till.application.desk.ready if each.grade is Grade.DATED]
    assert "Operators 2 days old" in lines
    assert len(lines) == len(dated) > 5


def test_all_of_them_are_seen_in_the_smallest_window(till: Hands, register: HandRegister) -> None:
    till.window.resize(MIN_WIDTH, MIN_HEIGHT)
    till.application.desk.texts.switch("en")
    line_goes_away(till, register, 50)
    till.press("Alt+8")

    ready = till.window.findChildren(SyncRoom)[0].overview.ready
    card = ready.parentWidget()
    assert card is not None
    till.until(lambda: ready.geometry().bottom() < card.height())
    assert ready.visibleRegion().boundingRect() == ready.rect()
    half = ready.width() // 2 - 8
    assert all(painting.width_of(each, till.application.desk.theme.font("body")) <= half for each in ready.lines)


def test_what_works_is_listed_in_full_with_its_last_news(till: Hands, register: HandRegister) -> None:
    till.application.desk.texts.switch("en")
    line_goes_away(till, register, 50)
    till.press("Alt+8")
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


def test_a_register_without_prices_does_not_promise_to_sell(till: Hands, register: HandRegister) -> None:
    tr = till.application.desk.texts.tr
    till.press("Alt+8")
    state = till.window.findChildren(SyncRoom)[0].overview.state
    register.tell(replace(register.line, online=False))
    till.rest()
    assert state.value == tr("sync.offline")

    register.replica.as_of = None
    register.prices_came()
    till.rest()
    assert state.value == tr("sync.offline_no_prices")
