"""What the deals of a component could gain at best, were each alone with the goods (decisions/0007).

Each unit of a good has a *price*, at first 0. A deal by itself, paying these prices, has a best course, found state by
state from its last good back; all the deals' best courses and the prices of all units together bound what any common
course can gain (Lagrange's relaxation of "each unit once"). Deals that compete for a unit bid its price up, which
brings the bound down. An option's *loss* is what it falls short of its deal's best course: the sum of losses is how far
a set of applications stays below the bound, and none that stays below what is already found needs to be looked at.

Exact whatever the prices are; they only decide how much can be left out. All values are integers of one `Scale`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pos_app.domain.pricing.deals import DONE, Deal, Option, State

MAX_OPTIONS = 8_000
"""Options listed for all deals of a component; beyond, it is too large to search."""
FEW_UNITS = 8
"""Of so many units the options are listed without a thought for their number."""
MAX_BIDS = 80_000
"""Options weighed in bidding."""


class Edge(NamedTuple):
    """An option with what it loses against the deal's best course at the prices."""

    loss: int
    used: int
    after: State
    option: Option


@dataclass(slots=True)
class _Course:
    """One deal's states: at each of its goods, the options from every state that it can be in."""

    goods: list[int]
    options: list[dict[State, list[Option]]]
    size: int
    """How many options are listed."""
    best: list[dict[State, int]]


class Outlook:
    """The bound for the deals of a component, at prices that can be bettered."""

    def __init__(self, courses: list[_Course], units: dict[int, int]) -> None:
        """Take the deals' courses, and how many units there are of each good."""
        self._units = units
        self._courses = courses
        self._size = max(1, sum(course.size for course in courses))
        self.prices = dict.fromkeys(units, 0)
        self.bound = self._bid()

    @classmethod
    def over(cls, deals: Sequence[Deal], units: dict[int, int]) -> "Outlook | None":
        """List all that the deals could do; None where that is too much."""
        courses, left = [], MAX_OPTIONS
        for deal in deals:
            course = _course(deal, left)
            if course is None:
                return None
            courses.append(course)
            left -= course.size
        return cls(courses, units)

    def _bid(self) -> int:
        """Find every deal's best course at the prices, and the bound they give together."""
        bound = sum(self.prices[good] * units for good, units in self._units.items())
        for course in self._courses:
            _follow_back(course, self.prices)
            (start,) = course.best[0].values()
            bound += start
        return bound

    def better(self, reached: int, rounds: int) -> None:
        """Bid prices up where units are wanted more often than they are there, and down where they are left.

        ``reached`` is what some set of applications gains: steps are sized by the distance to it. The prices of the
        lowest bound are kept.
        """
        lowest, kept, damping = self.bound, dict(self.prices), 2
        stale = 0
        for _ in range(min(rounds, MAX_BIDS // self._size)):
            wanted = self._wanted()
            over = {good: count - self._units[good] for good, count in wanted.items()}
            over = {good: by for good, by in over.items() if by > 0 or (by < 0 and self.prices[good])}
            norm = sum(by * by for by in over.values())
            if not norm or lowest <= reached:
                break
            stride = (self.bound - reached) * 2
            for good, by in over.items():
                self.prices[good] = max(0, self.prices[good] + stride * by // (norm * damping))
            self.bound = self._bid()
            if self.bound < lowest:
                lowest, kept, stale = self.bound, dict(self.prices), 0
            else:
                stale += 1
                if stale == 3:
                    damping, stale = damping * 2, 0
        if self.prices != kept:
            self.prices = kept
            self.bound = self._bid()

    def best_courses(self) -> list[list[tuple[int, Option]]]:
        """Give each deal's best course at the prices, as if it were alone: goods and what it takes of them."""
        return [self._best_course(course) for course in self._courses]

    def _best_course(self, course: _Course) -> list[tuple[int, Option]]:
        (state,) = course.options[0]
        taken = []
        for index, good in enumerate(course.goods):
            price, ahead = self.prices[good], course.best[index + 1]
            best = course.best[index][state]
            for option in course.options[index][state]:
                there = ahead.get(option.state)
                if there is not None and option.gain - option.used * price + there == best:
                    taken.append((good, option))
                    state = option.state
                    break
        return taken

    def _wanted(self) -> dict[int, int]:
        """Count the units that the deals' best courses take of each good."""
        wanted = dict.fromkeys(self._units, 0)
        for course in self._courses:
            for good, option in self._best_course(course):
                wanted[good] += option.used
        return wanted

    def is_within_reach(self, taken: Sequence[tuple[int, Option]]) -> bool:
        """Tell whether there are units enough for all of it."""
        left = dict(self._units)
        for good, option in taken:
            left[good] -= option.used
        return min(left.values()) >= 0

    def edges(self) -> list[dict[int, dict[State, list[Edge]]]]:
        """Give each deal's options by good and state, the least loss first."""
        return [self._edges(course) for course in self._courses]

    def _edges(self, course: _Course) -> dict[int, dict[State, list[Edge]]]:
        found = {}
        for index, good in enumerate(course.goods):
            price, here, ahead = self.prices[good], course.best[index], course.best[index + 1]
            by_state = {}
            for state, options in course.options[index].items():
                best = here.get(state)
                if best is None:
                    continue
                edges = [
                    Edge(best - option.gain + option.used * price - there, option.used, option.state, option)
                    for option in options
                    if (there := ahead.get(option.state)) is not None
                ]
                edges.sort(key=_loss)
                by_state[state] = edges
            found[good] = by_state
        return found


def _loss(edge: Edge) -> int:
    return edge.loss


def has_too_many_options(deals: Iterable[Deal]) -> bool:
    """Tell that there are more than are listed."""
    left = MAX_OPTIONS
    for deal in deals:
        course = _course(deal, left)
        if course is None:
            return True
        left -= course.size
    return False


def _course(deal: Deal, most: int) -> _Course | None:
    """List the states that a deal can be in before each of its goods, and its options there; None if too many."""
    options: list[dict[State, list[Option]]] = []
    states: Iterable[State] = (deal.start,)
    count = 0
    for good, place in deal.places.items():
        if place.units > FEW_UNITS and deal.effort(good) > most:
            return None
        here: dict[State, list[Option]] = {}
        following: dict[State, None] = {}
        for state in states:
            listed = here[state] = deal.options(place, state)
            count += len(listed)
            if count > most:
                return None
            for option in listed:
                following[option.state] = None
        options.append(here)
        states = following
    return _Course(list(deal.places), options, count, [])


def _follow_back(course: _Course, prices: dict[int, int]) -> None:
    """From the last good back, find the best that each state leads to; one that leads nowhere has none."""
    best: list[dict[State, int]] = [{DONE: 0}]
    for good, by_state in zip(reversed(course.goods), reversed(course.options), strict=True):
        price, ahead = prices[good], best[-1]
        here = {}
        for state, options in by_state.items():
            most = None
            for option in options:
                there = ahead.get(option.state)
                if there is not None:
                    value = option.gain - option.used * price + there
                    if most is None or value > most:
                        most = value
            if most is not None:
                here[state] = most
        best.append(here)
    best.reverse()
    course.best = best
