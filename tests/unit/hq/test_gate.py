"""Back-pressure: so much at a time, and those turned away come back spread."""

import pytest

from sync.hq import gate
from sync.hq.gate import LONGEST_S, Gate, HqFull


def turned_away(door: Gate) -> int:
    with pytest.raises(HqFull) as full:
        door.enter()
    wait_s = full.value.details["retry_after_s"]
    assert isinstance(wait_s, int)
    return wait_s


def test_so_many_are_let_in_and_the_next_when_one_has_left() -> None:
    door = Gate("facts", 2)
    with door.admitted(), door.admitted():
        assert turned_away(door) >= 1
    with door.admitted():
        pass


def test_one_that_fails_inside_has_left_too() -> None:
    door = Gate("facts", 1)
    with pytest.raises(ZeroDivisionError), door.admitted():
        raise ZeroDivisionError
    with door.admitted():
        pass


def test_a_flood_is_spread_over_the_time_that_it_takes_to_serve_it() -> None:
    door = Gate("facts", 10)
    for _ in range(300):
        with door.admitted():
            pass
    for _ in range(10):
        door.enter()

    waits = [turned_away(door) for _ in range(900)]

    assert max(waits[:50]) <= 5
    assert len(set(waits[-200:])) > 50
    assert 60 < max(waits) <= LONGEST_S
    early, late = sum(waits[:100]) / 100, sum(waits[-100:]) / 100
    assert late > 2 * early


def test_a_quick_headquarters_spreads_less(monkeypatch: pytest.MonkeyPatch) -> None:
    now_s = [1000.0]
    monkeypatch.setattr(gate, "monotonic", lambda: now_s[0])
    quick, slow = Gate("facts", 1), Gate("facts", 1)
    for _ in range(300):
        with quick.admitted():
            now_s[0] += 0.01
    for door in (quick, slow):
        door.enter()

    quick_waits, slow_waits = ([turned_away(door) for _ in range(200)] for door in (quick, slow))

    assert max(quick_waits) < 25
    assert max(slow_waits) > 60


def test_what_was_long_ago_counts_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    now_s = [1000.0]
    monkeypatch.setattr(gate, "monotonic", lambda: now_s[0])
    door = Gate("facts", 1)
    door.enter()
    for _ in range(500):
        turned_away(door)
    now_s[0] += gate.LOOK_BACK_S + 1

    assert turned_away(door) <= gate.LOOK_BACK_S
