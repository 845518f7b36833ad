"""What a register says that it can do: by what it holds, how old that is, and whether the line is there."""

from datetime import UTC, datetime, timedelta

import pytest

from pos_app.domain.readiness import Grade, Holding, Holdings, Ready, Subject, readiness

AS_OF = datetime(2026, 6, 18, 10, 0, tzinfo=UTC)
EVERYTHING = Holdings(AS_OF, dict.fromkeys(Subject, Holding(present=True, news_at=AS_OF)))
ALL = set(Subject)


def graded(after: timedelta, *, online: bool = False, holdings: Holdings = EVERYTHING) -> dict[Subject, Ready]:
    return {each.subject: each for each in readiness(holdings, AS_OF + after, online=online)}


def subjects(found: dict[Subject, Ready], grade: Grade) -> set[Subject]:
    return {subject for subject, each in found.items() if each.grade is grade}


def test_with_the_line_up_all_that_is_held_is_ready() -> None:
    found = graded(timedelta(seconds=20), online=True)

    assert subjects(found, Grade.READY) == ALL


def test_with_the_line_away_for_a_moment_only_rights_that_others_spend_too_are_dated() -> None:
    found = graded(timedelta(minutes=5))

    assert subjects(found, Grade.DATED) == {Subject.POINTS, Subject.COUPONS}
    assert found[Subject.POINTS].as_of == AS_OF


def test_after_hours_prices_are_ready_and_members_are_old() -> None:
    found = graded(timedelta(hours=3))

    assert subjects(found, Grade.READY) == {Subject.PRICES, Subject.PROMOTIONS, Subject.OPERATORS}
    assert found[Subject.MEMBERS] == Ready(Subject.MEMBERS, Grade.DATED, AS_OF, timedelta(hours=3), AS_OF)


def test_after_days_nothing_is_called_ready() -> None:
    assert subjects(graded(timedelta(days=2)), Grade.DATED) == ALL


@pytest.mark.parametrize(
    "holdings",
    [Holdings(), Holdings(AS_OF), Holdings(None, EVERYTHING.subjects)],
    ids=["nothing came", "nothing of any subject", "never caught up"],
)
def test_what_is_not_held_is_missing_however_fresh(holdings: Holdings) -> None:
    assert subjects(graded(timedelta(0), online=True, holdings=holdings), Grade.MISSING) == ALL


def test_a_clock_that_was_put_back_makes_nothing_younger_than_new() -> None:
    assert graded(-timedelta(hours=5))[Subject.PRICES].age == timedelta(0)
