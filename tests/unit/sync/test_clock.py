"""Headquarters' time: measured with its round trip, kept by the steady counter, and jumps are noticed."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_app.domain.errors import LineTalksRubbish
from sync.client.clock import HqClock

NOON = datetime(2026, 6, 18, 12, tzinfo=UTC)


@dataclass(slots=True)
class HandTicks:
    """A machine's clocks, turned by hand; ``slow_s`` is how far its wall clock is behind headquarters'."""

    steady: float = 1000.0
    slow_s: float = 0.0

    def wall(self) -> datetime:
        return self.at_hq() - timedelta(seconds=self.slow_s)

    def at_hq(self) -> datetime:
        return NOON + timedelta(seconds=self.steady - 1000.0)

    def steady_s(self) -> float:
        return self.steady


def hear(clock: HqClock, ticks: HandTicks, *, out_s: float = 0.0, held_s: float = 0.0, back_s: float = 0.0) -> None:
    """Ask, let headquarters hold the question, and hear the answer."""
    asked_s = ticks.steady
    ticks.steady += out_s + held_s
    written = ticks.at_hq().isoformat()
    ticks.steady += back_s
    clock.heard(written, asked_s=asked_s, answered_s=ticks.steady)


def test_until_headquarters_was_heard_it_is_the_machines_own_time() -> None:
    ticks = HandTicks(slow_s=90)

    clock = HqClock(ticks)

    assert (clock.now(), clock.offset_ms, clock.measured) == (ticks.wall(), 0, False)


@given(
    slow_s=st.floats(-1e6, 1e6),
    out_s=st.floats(0, 30),
    back_s=st.floats(0, 30),
)
def test_a_measurement_is_wrong_by_at_most_half_the_round_trip(slow_s: float, out_s: float, back_s: float) -> None:
    ticks = HandTicks(slow_s=slow_s)
    clock = HqClock(ticks)

    hear(clock, ticks, out_s=out_s, back_s=back_s)

    assert abs((clock.now() - ticks.at_hq()).total_seconds()) <= (out_s + back_s) / 2 + 0.001
    assert clock.offset_ms == pytest.approx(slow_s * 1000, abs=(out_s + back_s) * 500 + 1)


def test_a_long_held_answer_does_not_spoil_a_sharp_measurement() -> None:
    ticks = HandTicks(slow_s=90)
    clock = HqClock(ticks)
    hear(clock, ticks, out_s=0.02, back_s=0.02)

    for _ in range(200):
        hear(clock, ticks, out_s=0.02, held_s=25, back_s=0.02)

    assert clock.offset_ms == pytest.approx(90_000, abs=25)
    assert clock.take_jump_ms() is None


def test_who_sets_the_clock_of_the_register_does_not_move_corrected_time() -> None:
    ticks = HandTicks(slow_s=5)
    clock = HqClock(ticks)
    hear(clock, ticks)

    ticks.slow_s = 3600

    assert clock.now() == ticks.at_hq()
    assert clock.offset_ms == 3_600_000
    assert clock.take_jump_ms() == -3_595_000
    assert clock.take_jump_ms() is None


def test_a_jump_at_headquarters_is_noticed_and_followed() -> None:
    ticks = HandTicks()
    clock = HqClock(ticks)
    hear(clock, ticks)

    ahead = ticks.at_hq() + timedelta(minutes=10)
    clock.heard(ahead.isoformat(), asked_s=ticks.steady, answered_s=ticks.steady)

    assert clock.take_jump_ms() == 600_000
    assert clock.now() == ahead


def test_a_little_drift_is_followed_and_no_jump() -> None:
    ticks = HandTicks()
    clock = HqClock(ticks)
    hear(clock, ticks)

    later = ticks.at_hq() + timedelta(seconds=1)
    clock.heard(later.isoformat(), asked_s=ticks.steady, answered_s=ticks.steady)

    assert clock.take_jump_ms() is None
    assert clock.now() == later


@pytest.mark.parametrize("text", ["", "noon", "2026-06-18T12:00:00"])
def test_a_time_that_is_none_is_rubbish(text: str) -> None:
    with pytest.raises(LineTalksRubbish):
        HqClock(HandTicks()).heard(text, asked_s=0, answered_s=1)
