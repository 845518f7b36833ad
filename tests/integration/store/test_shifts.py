"""The day at the drawer over a real journal: opening, moving, counting, closing, handing over, closing the day."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from pos_app.domain.errors import Refusal
from pos_app.domain.facts import START, Happening
from pos_app.domain.ids import BasketId, TenderId
from pos_app.domain.money import MAX_FEN, Fen
from pos_app.domain.taken_tenders import TakenTender
from pos_app.services.approvals import Consent
from pos_app.store.journal.opening import Beginning
from tests.support.drawer import AGREES, LIQUN, WENQING, XIAOMAN, Drawer, counted, fen
from tests.support.small_shop import DAY, DEVICE, RICE_FEN, new_journal, stocked_replica


@pytest.fixture
def drawer(replica_store: object, tmp_path: Path) -> Iterator[Drawer]:
    assert replica_store
    opened = Drawer(tmp_path)
    yield opened
    opened.close()


def refused(code: str) -> pytest.RaisesExc[Refusal]:
    return pytest.raises(Refusal, check=lambda refusal: refusal.code == code)


def test_a_sale_names_the_shift_that_is_open_and_none_where_nobody_opened_one(drawer: Drawer) -> None:
    drawer.sell()
    shift = drawer.shifts.open(XIAOMAN, fen(500))
    drawer.sell()

    newest, before = drawer.counter.journal.recent_sales(2)
    assert newest.body["shift"] == shift.id
    assert "shift" not in before.body


def test_a_shift_that_is_opened_late_takes_over_what_was_sold_before(drawer: Drawer) -> None:
    drawer.sell()
    assert drawer.shifts.state().sales == 1
    drawer.shifts.open(XIAOMAN, fen(500))
    drawer.sell(2)

    report = drawer.shifts.report(WENQING)
    assert (report.figures.sales, report.figures.before) == (2, 1)
    assert report.expected == 50_000 + 3 * RICE_FEN


def test_what_the_drawer_should_hold_is_told_only_once_it_was_counted(drawer: Drawer) -> None:
    drawer.shifts.open(XIAOMAN, fen(500))
    drawer.sell()
    assert drawer.shifts.state().outcome is None
    with refused("approval_needed"):
        drawer.shifts.report(XIAOMAN)

    outcome = drawer.shifts.count(XIAOMAN, counted(50_000))

    assert (outcome.expected, outcome.difference) == (50_000 + RICE_FEN, -RICE_FEN)
    assert drawer.shifts.state().outcome == outcome


def test_who_let_a_cashier_know_what_the_drawer_should_hold_is_written_down(drawer: Drawer) -> None:
    shift = drawer.shifts.open(XIAOMAN, fen(500))
    drawer.shifts.report(WENQING)
    assert len(drawer.counter.journal.facts_behind(START, 100)) == 1

    report = drawer.shifts.report(XIAOMAN, AGREES)

    *_, approval = drawer.counter.journal.facts_behind(START, 100)
    assert (approval.kind, approval.operator) == ("approval", XIAOMAN.id)
    assert (approval.body["right"], approval.body["approved_by"]) == ("drawer_sum", WENQING.id)
    assert approval.body["shift"] == shift.id
    assert report.expected == 50_000


def test_a_difference_is_kept_with_its_reason_and_the_report_is_printed(drawer: Drawer) -> None:
    drawer.shifts.open(XIAOMAN, fen(500))
    drawer.sell()
    drawer.shifts.count(XIAOMAN, counted(50_000 + RICE_FEN - 100))
    with refused("reason_needed"):
        drawer.shifts.close(XIAOMAN, "   ")

    report = drawer.shifts.close(XIAOMAN, "找零多付")

    assert (report.kind, report.number, report.difference, report.reason) == ("z", 1, -100, "找零多付")
    assert drawer.counter.tray.reports == [report]
    assert drawer.shifts.state().shift is None
    assert drawer.shifts.reports()[0].difference == -100


def test_cash_that_moves_behind_a_count_makes_another_count_needed(drawer: Drawer) -> None:
    drawer.shifts.open(XIAOMAN, fen(500))
    drawer.shifts.count(XIAOMAN, counted(50_000))
    drawer.sell()
    with refused("count_needed"):
        drawer.shifts.close(XIAOMAN)

    drawer.shifts.count(XIAOMAN, counted(50_000 + RICE_FEN))
    assert drawer.shifts.close(XIAOMAN).figures.counts == 2


def test_a_drawer_with_cash_of_a_basket_that_is_partly_paid_is_neither_counted_nor_closed(drawer: Drawer) -> None:
    drawer.shifts.open(XIAOMAN, fen(500))
    drawer.shifts.count(XIAOMAN, counted(50_000))
    card = TakenTender(TenderId("t-1"), BasketId("b-1"), "card", fen(30), "paid", "2026-06-18T10:00:00Z", XIAOMAN.id)
    cash = replace(card, id=TenderId("t-2"), kind="cash", amount=fen(20))
    for each in (card, cash):
        drawer.counter.journal.keep_tender(each)

    for reckons in (
        lambda: drawer.shifts.count(XIAOMAN, counted(52_000)),
        lambda: drawer.shifts.close(XIAOMAN),
        lambda: drawer.shifts.hand_over(XIAOMAN, "", Consent("1002", "2345")),
    ):
        with refused("tenders_taken") as refusal:
            reckons()
        assert refusal.value.details == {"paid": 2_000}

    drawer.counter.journal.drop_tender(cash.id)
    assert drawer.shifts.close(XIAOMAN).difference == 0


def test_z_numbers_have_no_gap_and_one_shift_is_open_at_a_time(drawer: Drawer) -> None:
    numbers = []
    for _ in range(3):
        drawer.shifts.open(XIAOMAN, fen(0))
        with refused("shift_is_open"):
            drawer.shifts.open(LIQUN, fen(0))
        drawer.shifts.count(XIAOMAN, counted(0))
        numbers.append(drawer.shifts.close(XIAOMAN).number)

    assert numbers == [1, 2, 3]


def test_the_file_itself_refuses_a_shift_out_of_turn(drawer: Drawer) -> None:
    body = {"number": 7, "business_date": "2026-06-18", "since": {"epoch": 1, "seq": 0}}

    with pytest.raises(AssertionError):
        drawer.counter.journal.append(Happening("shift_opened", 1, "2026-06-18T10:00:00+00:00", XIAOMAN.id, body))
    assert drawer.counter.journal.head().position.seq == 0


def test_a_cashier_needs_a_manager_to_take_cash_out_and_to_open_the_drawer(drawer: Drawer) -> None:
    drawer.shifts.open(XIAOMAN, fen(500))
    drawer.shifts.move(XIAOMAN, "in", fen(100), reason="补备用金")
    with refused("approval_needed"):
        drawer.shifts.move(XIAOMAN, "out", fen(300), reason="解款")
    with refused("approval_needs_manager"):
        drawer.shifts.open_drawer(XIAOMAN, "兑零", Consent("1002", "2345"))
    with refused("approval_same_person"):
        drawer.shifts.open_drawer(XIAOMAN, "兑零", Consent("1001", "1234"))
    with refused("sign_in_wrong"):
        drawer.shifts.open_drawer(XIAOMAN, "兑零", Consent("2001", "0000"))

    drawer.shifts.move(XIAOMAN, "out", fen(300), reason="解款", consent=AGREES)
    drawer.shifts.open_drawer(XIAOMAN, "兑零", AGREES)

    assert drawer.counter.tray.drawer_opened == 3
    state = drawer.shifts.state()
    assert (state.cash_in, state.cash_out, state.drawer) == (10_000, 30_000, 1)
    *_, moved, opened = drawer.counter.journal.facts_behind(START, 100)
    assert (moved.body["approved_by"], opened.body["approved_by"]) == ("2001", "2001")


@pytest.mark.parametrize("amount", [0, -1, MAX_FEN + 1])
def test_an_amount_that_cannot_be_meant_is_refused_by_its_field(drawer: Drawer, amount: int) -> None:
    drawer.shifts.open(XIAOMAN, fen(500))

    with pytest.raises(Refusal) as refusal:
        drawer.shifts.move(WENQING, "in", Fen(amount), reason="补备用金")
    assert (refusal.value.code, refusal.value.details["field"]) == ("cash_amount", "amount")
    assert drawer.shifts.state().cash_in == 0


def test_a_negative_float_is_refused_and_no_shift_is_opened(drawer: Drawer) -> None:
    with pytest.raises(Refusal) as refusal:
        drawer.shifts.open(XIAOMAN, Fen(-1))

    assert refusal.value.details["field"] == "float"
    assert drawer.shifts.state().shift is None


def test_a_shift_is_handed_over_with_what_was_counted_and_the_basket_stays(drawer: Drawer) -> None:
    drawer.shifts.open(XIAOMAN, fen(500))
    drawer.sell()
    drawer.counter.selling.scan("6901234567892")
    drawer.shifts.count(XIAOMAN, counted(50_000))
    with refused("hand_over_same_person"):
        drawer.shifts.hand_over(XIAOMAN, "少收", Consent("1001", "1234"))

    taker = drawer.shifts.hand_over(XIAOMAN, "少收", Consent("1002", "2345"))

    assert taker == LIQUN
    shift = drawer.shifts.state().shift
    assert shift is not None
    assert (shift.number, shift.operator, shift.float_fen) == (2, "1002", 50_000)
    assert drawer.shifts.state().sales == 0
    assert [line.quantity for line in drawer.counter.selling.view().basket.lines] == [1000]
    (printed,) = drawer.counter.tray.reports
    assert (printed.number, printed.to, printed.difference) == (1, "1002", -RICE_FEN)


def test_what_comes_after_the_close_of_day_belongs_to_the_next(drawer: Drawer) -> None:
    drawer.shifts.open(XIAOMAN, fen(500))
    drawer.sell()
    with refused("shift_is_open"):
        drawer.shifts.close_day(XIAOMAN)
    drawer.shifts.count(XIAOMAN, counted(50_000 + RICE_FEN))
    drawer.shifts.close(XIAOMAN, "零头")
    (day,) = drawer.shifts.close_day(WENQING)
    assert (day.kind, day.shifts, day.figures.sales, day.business_date) == ("day", (1,), 1, DAY.isoformat())

    late = drawer.sell()

    assert late.startswith(f"S001-R1-{DAY + timedelta(days=1):%Y%m%d}-0001")
    at = drawer.shifts.holder()
    assert (at.late, at.business_date) == (True, DAY + timedelta(days=1))
    with refused("day_unclaimed"):
        drawer.shifts.close_day(WENQING)
    assert drawer.shifts.open(LIQUN, fen(0)).business_date == DAY + timedelta(days=1)


def test_what_was_given_back_with_no_shift_open_keeps_the_day_open_until_a_shift_took_it_over(drawer: Drawer) -> None:
    drawer.shifts.open(XIAOMAN, fen(500))
    sold = drawer.sell()
    drawer.shifts.count(XIAOMAN, counted(50_000))
    drawer.shifts.close(XIAOMAN, "少收")

    drawer.give_back(sold)

    state = drawer.shifts.state()
    assert (state.sales, state.given_back, state.unclaimed) == (0, 1, True)
    with refused("day_unclaimed") as refusal:
        drawer.shifts.close_day(WENQING)
    assert refusal.value.details == {"sales": 0, "given_back": 1}
    drawer.shifts.open(XIAOMAN, fen(500))
    drawer.shifts.count(XIAOMAN, counted(50_000))
    report = drawer.shifts.close(XIAOMAN, "零头")
    assert (report.figures.returns.count, report.expected) == (1, 50_000 - RICE_FEN)
    assert drawer.shifts.close_day(WENQING)


def test_a_shift_past_midnight_stays_with_its_day_until_six(drawer: Drawer) -> None:
    drawer.counter.clock.at = drawer.counter.clock.at.replace(hour=20)
    drawer.shifts.open(XIAOMAN, fen(500))
    drawer.counter.clock.turn(timedelta(hours=5))
    assert drawer.sell().startswith(f"S001-R1-{DAY:%Y%m%d}-")
    assert not drawer.shifts.holder().overdue

    drawer.counter.clock.turn(timedelta(hours=6))

    assert drawer.sell().startswith(f"S001-R1-{DAY + timedelta(days=1):%Y%m%d}-")
    assert drawer.shifts.holder().overdue


def test_nothing_is_closed_where_nothing_was_opened(drawer: Drawer) -> None:
    with refused("day_nothing"):
        drawer.shifts.close_day(WENQING)
    with refused("shift_none"):
        drawer.shifts.count(XIAOMAN, counted(0))
    with refused("shift_none"):
        drawer.shifts.close(XIAOMAN)


def test_the_running_sum_is_the_same_after_a_restart_and_in_small_steps(drawer: Drawer) -> None:
    drawer.shifts.open(XIAOMAN, fen(500))
    for _ in range(130):
        drawer.sell()
        drawer.shifts.step()
    running = drawer.shifts.report(WENQING).figures

    drawer.restart()

    assert drawer.shifts.step()
    again = drawer.shifts.report(WENQING).figures
    assert again == running
    assert (again.sales, again.net, again.cash) == (130, 130 * RICE_FEN, 130 * RICE_FEN)


def test_what_was_sold_days_ago_outside_a_shift_is_not_taken_over(drawer: Drawer) -> None:
    drawer.sell()
    drawer.counter.clock.turn(timedelta(days=3))
    drawer.sell()

    assert drawer.shifts.state().sales == 1


def test_a_register_that_was_enrolled_anew_numbers_its_shifts_on_and_keeps_its_closed_day(tmp_path: Path) -> None:
    beginning = Beginning(DEVICE, epoch=2, shift=41, closed_day=DAY)
    new_journal(tmp_path / "journal.db", beginning).close()

    stocked_replica(tmp_path).close()
    drawer = Drawer(tmp_path)
    late = drawer.sell()
    shift = drawer.shifts.open(XIAOMAN, fen(0))
    sales = drawer.shifts.state().sales
    drawer.close()

    assert late.startswith(f"S001-R1-{DAY + timedelta(days=1):%Y%m%d}-0001")
    assert (shift.number, shift.business_date, sales) == (42, DAY + timedelta(days=1), 1)
