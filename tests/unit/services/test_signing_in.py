"""Signing in: a wrong PIN slows the next try down, and says nothing of who exists."""

from datetime import timedelta

import pytest

from pos_app.domain.errors import Refusal
from pos_app.domain.ids import OperatorId
from pos_app.domain.operators import Operator
from pos_app.services.signing_in import FREE_TRIES, LONGEST_WAIT, SigningIn
from tests.support.memory_replica import MemoryReplica
from tests.support.plain_pins import PlainPins
from tests.support.ports import HandClock, MemoryJournal, Tray


def _at_the_door() -> tuple[SigningIn, HandClock, MemoryJournal]:
    clock, journal = HandClock(), MemoryJournal()
    replica = MemoryReplica(operators=[Operator(OperatorId("1001"), "李娜", "cashier", "1234")])
    return SigningIn(journal, replica, clock, PlainPins(), Tray()), clock, journal


def test_the_right_pin_lets_in_and_is_noted() -> None:
    door, _, journal = _at_the_door()
    assert door.sign_in(" 1001 ", "1234").name == "李娜"
    assert [(fact.kind, fact.operator) for fact in journal.facts] == [("signed_in", "1001")]


@pytest.mark.parametrize(("number", "pin"), [("1001", "9999"), ("7777", "1234")])
def test_a_stranger_and_a_wrong_pin_get_the_same_answer(number: str, pin: str) -> None:
    door, _, journal = _at_the_door()
    with pytest.raises(Refusal, match="sign_in_wrong"):
        door.sign_in(number, pin)
    assert journal.facts == []


def test_each_further_wrong_pin_doubles_the_wait_and_the_right_one_must_wait_too() -> None:
    door, clock, _ = _at_the_door()
    waits: list[int] = []
    for tries in range(1, 7):
        with pytest.raises(Refusal, match="sign_in_wrong"):
            door.sign_in("1001", "0000")
        if tries > FREE_TRIES:
            with pytest.raises(Refusal, match="sign_in_wait") as refused:
                door.sign_in("1001", "1234")
            waits.append(int(str(refused.value.details["wait_s"])))
            clock.turn(timedelta(seconds=waits[-1]))
    assert waits == [2, 4, 8, 16]


def test_the_wait_ends() -> None:
    door, clock, _ = _at_the_door()
    for _ in range(20):
        clock.turn(LONGEST_WAIT)
        with pytest.raises(Refusal, match="sign_in_wrong"):
            door.sign_in("1001", "0000")
    with pytest.raises(Refusal) as refused:
        door.sign_in("1001", "1234")
    assert refused.value.details["wait_s"] == LONGEST_WAIT.total_seconds()
    clock.turn(LONGEST_WAIT)
    assert door.sign_in("1001", "1234").id == "1001"
