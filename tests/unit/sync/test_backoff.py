"""Waits after failures: doubling, bounded, different for each store, and never sooner than headquarters asked."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from sync.client.backoff import ASKED_CAP_S, BASE_S, CAP_S, Backoff


@given(seed=st.integers(), failures=st.integers(1, 3000))
def test_however_long_the_line_is_down_a_wait_is_bounded(seed: int, failures: int) -> None:
    backoff = Backoff(Random(seed))

    waits = [backoff.failed_s() for _ in range(failures)]

    assert BASE_S / 2 <= waits[0] <= BASE_S
    assert all(0 < wait <= CAP_S for wait in waits)
    assert all(wait >= CAP_S / 2 for wait in waits[5:])


@given(seed=st.integers(), asked_s=st.floats(0, 1e9))
def test_headquarters_wish_is_honoured_within_reason(seed: int, asked_s: float) -> None:
    wait = Backoff(Random(seed)).failed_s(asked_s)

    assert min(asked_s, ASKED_CAP_S) <= wait <= max(CAP_S, ASKED_CAP_S * 1.1)


def test_stores_do_not_come_back_all_at_once() -> None:
    third_waits = set()
    for seed in range(50):
        backoff = Backoff(Random(seed))
        third_waits.add([backoff.failed_s() for _ in range(3)][-1])

    assert len(third_waits) == 50


def test_the_same_seed_waits_the_same() -> None:
    first, second = Backoff(Random(7)), Backoff(Random(7))

    assert [first.failed_s() for _ in range(9)] == [second.failed_s() for _ in range(9)]


def test_after_a_success_it_is_patient_again() -> None:
    backoff = Backoff(Random(1))
    for _ in range(9):
        backoff.failed_s()

    backoff.went_well()

    assert backoff.failed_s() <= BASE_S
