"""Components that are decided by listing all that each deal could do (docs/pricing.md §3).

Most components are a deal or two over a few goods. A deal's *course* is all that it takes of them; where there are few,
every set of courses that goes by the units that are there is met, from those that gain most down, and what cannot reach
the best any more is left out. Exact; where there are too many courses or sets, `scan` searches.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from pos_app.domain.pricing.deals import Deal, Option, State, Taken
from pos_app.domain.pricing.scan import Found
from pos_app.domain.pricing.shared_prices import SharedPrices
from pos_app.domain.pricing.slot_deals import SharedPriceDeal

MAX_DEALS: Final = 5
MAX_COURSES: Final = 40
"""Of one deal."""
MAX_SETS: Final = 300
"""Sets of courses that are begun."""

_Key = tuple[State, tuple[int | tuple[int, ...], ...]]
"""A deal's state, and what it took of goods that others want too; where it shares its price, of all goods, by slot."""


class _Course(NamedTuple):
    """What a deal takes. ``gain`` is a bound from above where it shares its price."""

    gain: int
    used: Sequence[tuple[int, int]]
    """Units by good."""
    options: Sequence[tuple[int, Option]]


def best_of_few(deals: Sequence[Deal], units: Mapping[int, int]) -> Found | None:
    """Give the best set of courses; None where there are too many."""
    if len(deals) > MAX_DEALS:
        return None
    wanted = Counter([good for deal in deals for good in deal.places])
    listed = []
    for deal in deals:
        courses = _courses(deal, wanted)
        if courses is None:
            return None
        if courses:
            listed.append((deal, courses))
    # Whatever the order, the same set is the best: dearest first, it is met soon.
    listed.sort(key=lambda each: -each[1][0].gain)
    return _Sets(listed, units).best()


def _courses(deal: Deal, wanted: Mapping[int, int]) -> list[_Course] | None:
    """List what a deal could gain by, the greatest gain first; None where that is much.

    Of the courses that take as much of what other deals want, one that gains most is enough. ``wanted``: deals by good.
    """
    by_slot = isinstance(deal, SharedPriceDeal)
    ways: dict[_Key, tuple[int, tuple[Option, ...]]] = {(deal.start, ()): (0, ())}
    for place in deal.places.values():
        if deal.effort(place.good) > MAX_COURSES:
            return None
        matters = by_slot or wanted[place.good] > 1
        options: dict[State, list[Option]] = {}
        following: dict[_Key, tuple[int, tuple[Option, ...]]] = {}
        for (state, took), (gain, behind) in ways.items():
            if state not in options:
                options[state] = deal.options(place, state)
            for option in options[state]:
                used, after, more, _, _, taken = option
                key = after, (*took, taken if by_slot else used) if matters else took
                total = gain + more
                known = following.get(key)
                if known is None or total > known[0]:
                    following[key] = total, (*behind, option)
        if len(following) > MAX_COURSES:
            return None
        ways = following
    goods = list(deal.places)
    found = [_course(gain, goods, options) for gain, options in ways.values() if gain > 0]
    found.sort(key=_gain, reverse=True)
    return found


def _course(gain: int, goods: Sequence[int], options: Sequence[Option]) -> _Course:
    taken = [(good, option) for good, option in zip(goods, options, strict=True) if option.used]
    return _Course(gain, [(good, option.used) for good, option in taken], taken)


def _gain(course: _Course) -> int:
    return course.gain


class _Sets:
    """The search through the sets of courses, one of each deal at most."""

    def __init__(self, listed: Sequence[tuple[Deal, Sequence[_Course]]], units: Mapping[int, int]) -> None:
        self._listed = listed
        self._left = dict(units)
        self._ahead = [0]
        for _, courses in reversed(listed):
            self._ahead.append(self._ahead[-1] + courses[0].gain)
        self._ahead.reverse()
        self._prices = SharedPrices()
        self._are_shared = any(isinstance(deal, SharedPriceDeal) for deal, _ in listed)
        self._begun = 0
        self._best = Found([], {}, 0)

    def best(self) -> Found | None:
        """Search; None where it takes too long."""
        self._search(0, 0, ())
        if self._begun > MAX_SETS or not self._prices.is_settled:
            return None
        return Found(self._best.taken, self._best.shared, self._best.gain, is_optimal=True)

    def _search(self, index: int, gain: int, chosen: tuple[tuple[Deal, _Course], ...]) -> None:
        """Decide on a deal's course, or on none, and go on to the next deal."""
        self._begun += 1
        if index == len(self._listed):
            self._settle(gain, chosen)
            return
        deal, courses = self._listed[index]
        left, ahead = self._left, self._ahead[index + 1]
        for course in courses:
            if gain + course.gain + ahead <= self._best.gain or self._begun > MAX_SETS:
                break
            if all(left[good] >= used for good, used in course.used):
                for good, used in course.used:
                    left[good] -= used
                self._search(index + 1, gain + course.gain, (*chosen, (deal, course)))
                for good, used in course.used:
                    left[good] += used
        if gain + ahead > self._best.gain:
            self._search(index + 1, gain, chosen)

    def _settle(self, gain: int, chosen: Sequence[tuple[Deal, _Course]]) -> None:
        """Settle how shared prices lie, and keep the set if it is the best so far."""
        taken = [Taken(deal, good, option) for deal, course in chosen for good, option in course.options]
        correction, shared = self._prices.settle(taken) if self._are_shared else (0, {})
        if gain + correction > self._best.gain:
            self._best = Found(taken, shared, gain + correction)
