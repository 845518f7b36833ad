"""Headquarters is asked for a right while the window stays alive: said after a moment, taken away by the answer."""

from dataclasses import dataclass, field
from threading import Event

import pytest
from PySide6.QtCore import QTimer

from pos_app.domain.errors import GranaryError, Refusal
from pos_app.domain.holds import Hold
from pos_app.domain.ids import BasketId
from pos_app.ui.rooms.checkout.room import CheckoutRoom
from tests.support.hands import Hands
from tests.support.promoted import GOLD_PHONE, RICE_5KG, promoted_register
from tests.support.till import HandRegister, healthy_line


@dataclass(slots=True)
class SlowHeadquarters:
    """Answers when the test says so; ``fails`` is what it answers then."""

    answers: Event = field(default_factory=Event)
    fails: GranaryError | None = None
    asked: list[Hold] = field(default_factory=list)

    def ask_hold(self, hold: Hold, basket: BasketId, limit_ms: int) -> None:
        del basket, limit_ms
        self.asked.append(hold)
        assert self.answers.wait(60)
        if self.fails is not None:
            raise self.fails


@pytest.fixture
def hq() -> SlowHeadquarters:
    return SlowHeadquarters()


@pytest.fixture
def register(hq: SlowHeadquarters) -> HandRegister:
    register = promoted_register()
    register.line = healthy_line()
    register.holding = hq
    return register


def checkout(hands: Hands) -> CheckoutRoom:
    return hands.window.checkout


def said(hands: Hands) -> str:
    toast = hands.window.toast
    return toast.message.tone if toast.message is not None and toast.isVisible() else ""


def ask(till: Hands, hq: SlowHeadquarters) -> None:
    """Ask for a coupon, and stand there until it is said that this takes a while."""
    till.scan(RICE_5KG)
    till.scan(GOLD_PHONE)
    checkout(till).presenter.scan("C-ANY")
    till.until(lambda: said(till) == "wait")
    ticked: list[int] = []
    QTimer.singleShot(0, lambda: ticked.append(1))
    till.until(lambda: bool(ticked))
    assert [hold.key for hold in hq.asked] == ["C-ANY"]


def test_a_question_that_takes_a_while_is_said_and_its_answer_takes_that_away(
    till: Hands, hq: SlowHeadquarters
) -> None:
    ask(till, hq)

    hq.answers.set()
    till.rest()

    assert said(till) != "wait"
    view = checkout(till).presenter.rung.view
    assert view is not None
    assert [hold.is_granted for hold in view.basket.holds] == [True]


def test_a_refusal_of_headquarters_is_said_in_words(till: Hands, hq: SlowHeadquarters) -> None:
    hq.fails = Refusal("coupon_held", store="S002", text="C-ANY")
    ask(till, hq)

    hq.answers.set()
    till.rest()

    assert said(till) == "refusal"
    assert till.window.toast.message is not None
    assert "S002" in till.window.toast.message.text


def test_a_quick_answer_is_not_spoken_of(till: Hands, hq: SlowHeadquarters) -> None:
    hq.answers.set()
    till.scan(RICE_5KG)
    till.scan(GOLD_PHONE)
    till.scan("C-ANY")

    assert said(till) == "note"
    assert len(hq.asked) == 1
