"""Samples and what they say: the median and the 99th percentile, by whole nanoseconds (or bytes).

No float: a percentile is a sample that was taken (nearest rank), not a blend of two.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter_ns, process_time_ns
from typing import Self


@dataclass(frozen=True, slots=True)
class Spread:
    """Where samples lie."""

    median: int
    p99: int
    most: int
    count: int

    @classmethod
    def of(cls, samples: Sequence[int]) -> Self:
        """Sum up samples; raise ``ValueError`` when there are none."""
        if not samples:
            raise ValueError("no samples were taken")
        ordered = sorted(samples)
        return cls(at_rank(ordered, 50), at_rank(ordered, 99), ordered[-1], len(ordered))


def at_rank(ordered: Sequence[int], percent: int) -> int:
    """Give the sample that so many percent of all are not above (nearest rank)."""
    rank = -(-percent * len(ordered) // 100)
    return ordered[max(rank, 1) - 1]


def timed_ns(call: Callable[[], object]) -> int:
    """Time one call."""
    begun = perf_counter_ns()
    call()
    return perf_counter_ns() - begun


@dataclass(frozen=True, slots=True)
class Stint:
    """What something took: by the clock, and of the processors by all threads of this process."""

    wall_ns: int
    cpu_ns: int


class Stopwatch:
    """Begins when it is made."""

    def __init__(self) -> None:
        self._cpu_ns = process_time_ns()
        self._wall_ns = perf_counter_ns()

    def read(self) -> Stint:
        """Tell what has passed."""
        return Stint(perf_counter_ns() - self._wall_ns, process_time_ns() - self._cpu_ns)


@dataclass(frozen=True, slots=True)
class Pair:
    """Samples of ours and of the floor, taken in turns."""

    ours: list[int]
    floor: list[int]


def in_turns(ours: Callable[[int], int], floor: Callable[[int], int], *, runs: int, warm_up: int) -> Pair:
    """Sample both in turns, so that whatever else the machine does falls on both; the first ones do not count.

    Each takes the number of the round and gives its sample.
    """
    pair = Pair([], [])
    for turn in range(warm_up + runs):
        # each goes first in every second round: who comes second finds warmer caches
        if turn % 2:
            second, first = floor(turn), ours(turn)
        else:
            first, second = ours(turn), floor(turn)
        if turn >= warm_up:
            pair.ours.append(first)
            pair.floor.append(second)
    return pair
