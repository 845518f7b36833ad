"""The worker behind the window: answers in order, failures to who asked, a limit on what may wait."""

from collections.abc import Iterator
from threading import Event, get_ident

import pytest
from pytestqt.qtbot import QtBot

from pos_app.domain.errors import Breakdown, GranaryError, Refusal
from pos_app.ui.runtime.bridge import Bridge
from pos_app.ui.runtime.tasks import QUEUE_LIMIT, Tasks


@pytest.fixture
def failures() -> list[GranaryError]:
    return []


@pytest.fixture
def tasks(qtbot: QtBot, failures: list[GranaryError]) -> Iterator[Tasks]:
    assert qtbot is not None
    made = Tasks("counter", Bridge(), failures.append)
    yield made
    made.stop()


def test_answers_come_in_the_order_of_asking_on_the_thread_that_asked(qtbot: QtBot, tasks: Tasks) -> None:
    answers: list[tuple[int, bool, bool]] = []
    here = get_ident()
    for number in range(100):
        tasks.run(
            lambda number=number: (number, get_ident()),  # type: ignore[misc]  # mypy infers no lambda with a default
            lambda said: answers.append((said[0], said[1] != here, get_ident() == here)),
        )

    qtbot.waitUntil(lambda: len(answers) == 100)
    assert answers == [(number, True, True) for number in range(100)]


def test_a_refusal_goes_to_who_asked_or_else_to_everyone(
    qtbot: QtBot, tasks: Tasks, failures: list[GranaryError]
) -> None:
    mine: list[GranaryError] = []

    def refuse() -> None:
        raise Refusal("basket_empty")

    tasks.run(refuse, lambda _: None)
    tasks.run(refuse, lambda _: None, mine.append)

    qtbot.waitUntil(lambda: bool(mine))
    assert [error.code for error in (*failures, *mine)] == ["basket_empty", "basket_empty"]


def test_a_bug_is_raised_on_the_gui_thread_and_the_worker_lives_on(qtbot: QtBot, tasks: Tasks) -> None:
    answers: list[str] = []
    with qtbot.captureExceptions() as escaped:
        tasks.run(lambda: 1 // 0, lambda _: None)
        tasks.run(lambda: "alive", answers.append)
        qtbot.waitUntil(lambda: bool(answers))

    assert [kind for kind, _, _ in escaped] == [ZeroDivisionError]


def test_too_much_waiting_is_refused_and_what_waits_is_kept(
    qtbot: QtBot, tasks: Tasks, failures: list[GranaryError]
) -> None:
    begun, hangs, answers = Event(), Event(), list[int]()

    def hang() -> None:
        begun.set()
        hangs.wait()

    tasks.run(hang, lambda _: None)
    assert begun.wait(5)
    for number in range(QUEUE_LIMIT + 1):
        tasks.run(lambda number=number: number, answers.append)  # type: ignore[misc]  # as above

    assert [error.code for error in failures] == ["counter_busy"]
    hangs.set()
    qtbot.waitUntil(lambda: len(answers) >= QUEUE_LIMIT - 1)


def test_what_follows_an_answer_is_done_behind_it_and_before_the_next(
    qtbot: QtBot, tasks: Tasks, failures: list[GranaryError]
) -> None:
    order: list[str] = []

    def follow() -> None:
        order.append("kept")
        raise Breakdown("disk_failing")

    tasks.afterwards = follow
    for name in ("first", "second"):
        tasks.run(lambda name=name: order.append(name), lambda _: None)  # type: ignore[misc]  # as above

    qtbot.waitUntil(lambda: len(failures) == 2)
    assert order == ["first", "kept", "second", "kept"]
    assert {failure.code for failure in failures} == {"disk_failing"}


def test_the_answer_is_shown_while_the_disk_still_works(qtbot: QtBot, tasks: Tasks) -> None:
    disk, answers = Event(), list[str]()
    tasks.afterwards = disk.wait
    tasks.run(lambda: "line", answers.append)

    qtbot.waitUntil(lambda: answers == ["line"])
    disk.set()


def test_stopping_finishes_what_was_asked(qtbot: QtBot) -> None:
    done: list[str] = []
    tasks = Tasks("counter", Bridge(), lambda _error: None)
    tasks.run(lambda: done.append("sold"), lambda _: None)

    tasks.stop()

    assert qtbot is not None
    assert done == ["sold"]
    assert tasks.stopped
