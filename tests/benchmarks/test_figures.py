"""The bench's arithmetic: percentiles that were really measured, goals that can be missed."""

from itertools import pairwise

import pytest

from pos_app.proving.bench.figures import Figure, Goal, Unit
from pos_app.proving.bench.one_sale import commits_in
from pos_app.proving.bench.spread import Spread, in_turns
from pos_app.proving.bench.syncs import count_syncs

MS = 1_000_000


def spread(median: int, p99: int | None = None) -> Spread:
    return Spread(median, p99 or median, p99 or median, 100)


def test_median_and_p99_are_samples_that_were_taken() -> None:
    samples = list(range(1, 201))

    found = Spread.of(samples[::-1])

    assert (found.median, found.p99, found.most, found.count) == (100, 198, 200, 200)


def test_a_single_sample_is_its_own_median_and_p99() -> None:
    assert Spread.of([7]) == Spread(7, 7, 7, 1)


def test_one_slow_sample_in_ten_is_the_p99_but_not_the_median() -> None:
    found = Spread.of([1] * 9 + [1000])

    assert (found.median, found.p99) == (1, 1000)


def test_no_samples_are_refused() -> None:
    with pytest.raises(ValueError, match="no samples"):
        Spread.of([])


def test_ours_and_the_floor_take_turns_and_each_goes_first_every_second_time() -> None:
    order: list[str] = []

    def sample(name: str, turn: int) -> int:
        order.append(name)
        return turn

    pair = in_turns(lambda turn: sample("ours", turn), lambda turn: sample("floor", turn), runs=4, warm_up=2)

    assert pair.ours == pair.floor == [2, 3, 4, 5], "warming up does not count"
    assert order == ["ours", "floor", "floor", "ours"] * 3
    assert all(one != other or at % 2 for at, (one, other) in enumerate(pairwise(order)))


@pytest.mark.parametrize(
    ("goal", "ours", "met"),
    [
        (Goal("median", 3 * MS), spread(3 * MS), True),
        (Goal("median", 3 * MS), spread(3 * MS + 1), False),
        (Goal("p99", 8 * MS), spread(MS, 8 * MS + 1), False),
        (Goal("median", 130, of="floor"), spread(26 * MS), True),
        (Goal("median", 130, of="floor"), spread(26 * MS + 1), False),
        (Goal("p99", 250, of="median"), spread(4, 10), True),
        (Goal("p99", 250, of="median"), spread(4, 11), False),
        (Goal("median", 20, of="faster"), spread(MS), True),
        (Goal("median", 20, of="faster"), spread(MS + 1), False),
        (Goal("median", 1, exactly=True), spread(1), True),
        (Goal("median", 1, exactly=True), spread(0), False),
    ],
)
def test_a_goal_is_met_up_to_its_bound_and_missed_past_it(goal: Goal, ours: Spread, *, met: bool) -> None:
    assert goal.met(ours, spread(20 * MS)) is met


def test_a_goal_beside_a_floor_that_was_not_measured_is_neither_met_nor_missed() -> None:
    assert Goal("median", 130, of="floor").met(spread(1), None) is None
    assert Goal("median", 20, of="faster").met(spread(1), None) is None


@pytest.mark.parametrize(
    ("unit", "sample", "text"),
    [
        (Unit.MILLISECONDS, 2_345_000, "2.35"),
        (Unit.MILLISECONDS, 23_450_000, "23.4"),
        (Unit.MILLISECONDS, 612_000_000, "612"),
        (Unit.MICROSECONDS, 16_040, "16.0"),
        (Unit.MEGABYTES, 128_004_096, "128"),
        (Unit.TIMES, 1, "1"),
    ],
)
def test_figures_are_written_with_the_digits_that_say_something(unit: Unit, sample: int, text: str) -> None:
    assert unit.text(sample) == text


def test_a_ratio_counts_hundredths() -> None:
    assert Figure("lookup", "by code", Unit.MICROSECONDS, spread(250), spread(200)).ratio_hundredths == 125
    assert Figure("lookup", "by code", Unit.MICROSECONDS, spread(250)).ratio_hundredths is None


def test_a_ratio_below_a_hundredth_is_written_the_other_way_round() -> None:
    texts = [Figure("pricing", "ours", Unit.MILLISECONDS, spread(1), spread(floor)).ratio_text for floor in (2, 4321)]
    assert texts == ["0.50", "1/4,321"]


def test_only_syncs_between_the_marks_of_a_trace_are_counted() -> None:
    trace = """\
11 fdatasync(4) = 0
11 write(9, "granary: the sale begins", 24) = 24
12 fdatasync(5) = 0
11 fsync(6) = 0
11 write(9, "fsync(1)", 8) = 8
11 write(9, "granary: the sale is complete", 29) = 29
11 fsync(4) = 0
"""

    assert count_syncs(trace) == 2


def test_commits_are_the_frames_of_this_salt_that_name_the_size_of_the_file() -> None:
    salt, stale = b"saltsalt", b"lastlast"
    header = bytes(8) + (512).to_bytes(4) + bytes(4) + salt + bytes(8)

    def frame(size: int, its_salt: bytes) -> bytes:
        return (1).to_bytes(4) + size.to_bytes(4) + its_salt + bytes(8) + bytes(512)

    wal = header + frame(0, salt) + frame(9, salt) + frame(9, salt) + frame(9, stale)

    assert commits_in(wal) == 2
    assert commits_in(b"") == 0
