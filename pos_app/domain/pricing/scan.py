"""The exact search for the best set of applications (docs/pricing.md §3; why it is exact: decisions/0007).

Goods are met one after the other, from the dearest unit down; at each, every deal in its reach may take units. What
has happened so far matters to the rest only by the deals' states, so of all ways into the same states the best is
enough. `outlook` bounds what any way can gain: a few promising ways first (a beam) give a set that is good, then every
way is followed that could still beat it.

A deal that shares its price over goods is valued by a bound first; then the ways through the states are followed from
the best down, settling how the prices lie, until none that is left can beat what was found.

The work is bounded by a count of steps, never by time; a search that was cut says so and gives the best it has seen.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pos_app.domain.pricing.deals import DONE, Deal, Option, State, Taken
from pos_app.domain.pricing.outlook import Edge, Outlook
from pos_app.domain.pricing.shared_prices import SharedPrices
from pos_app.domain.pricing.slot_deals import SharedPriceDeal


class Effort(NamedTuple):
    """How hard to look: rounds of bidding, ways kept in looking for a good set first, options weighed at most."""

    rounds: int
    width: int
    steps: int


EFFORTS = (Effort(0, 1, 400), Effort(10, 12, 3_000), Effort(20, 48, 40_000))
"""Most components are settled by the first; what the last does not settle is not proven to be the best."""
FEW_DEALS = 8
"""Of more deals in a component each step takes longer, and so many fewer are made."""
MAX_GLANCES = 6_000
FEW = 6
"""In looking for a good set: ways times steps, and options considered from each state."""
MAX_WAYS = 2_000
MAX_LINKS = 100_000
"""Ways followed to settle how shared prices lie on goods, and steps looked at on them."""

Key = tuple[int, tuple[State, ...]]
"""Free units of the good at hand, and the state of each deal."""


@dataclass(slots=True)
class _Node:
    """The least loss of the ways into a key, and the last steps of those ways: from where, by what, losing what."""

    loss: int
    ways: list[tuple[Key, Option, int]]


_Layers = list[dict[Key, _Node]]


_Course = tuple[Deal, list[tuple[int, Option]]]
"""A deal's best course, were it alone with the goods."""


class _Step(NamedTuple):
    """One deal before one good. ``fresh``: the first deal before it; ``over``: the last."""

    deal: int
    good: int
    units: int
    fresh: bool
    over: bool


@dataclass(frozen=True, slots=True)
class Found:
    """A set of applications, what shared prices save on each good, by deal, and what all gains over the units alone."""

    taken: list[Taken]
    shared: dict[str, dict[int, int]]
    gain: int
    is_optimal: bool = False
    others: Sequence["Found"] = ()
    """Where the search was cut: sets that begin with each deal's best course alone."""


class _Chain(NamedTuple):
    """The end of a way: what was taken, from here on."""

    taken: Taken
    rest: "_Chain | None"


class Scan:
    """A search over the goods of one component."""

    def __init__(self, deals: Sequence[Deal], goods: Sequence[tuple[int, int]], outlook: Outlook) -> None:
        """Take the deals, the goods (order and units) from the dearest unit down, and the outlook over both."""
        self._deals = deals
        self._goods = goods
        self._shared = any(isinstance(deal, SharedPriceDeal) and len(deal.places) > 1 for deal in deals)
        self._prices = SharedPrices()
        self._outlook = outlook
        self._steps: list[_Step] = []
        self._edges: list[dict[int, dict[State, list[Edge]]]] = []
        self._weighed = self._most = 0
        self._is_optimal = True

    def best(self) -> Found:
        """Search: see whether the deals agree; else follow every way that could win, and bid where those are many."""
        courses = list(zip(self._deals, self._outlook.best_courses(), strict=True))
        found = self._agreed()
        if found is not None and found.gain == self._outlook.bound:
            return Found(found.taken, found.shared, found.gain, is_optimal=self._prices.is_settled)
        self._steps = list(self._all_steps())
        self._edges = self._outlook.edges()
        if found is None:
            found = self._yielded(courses)
        size = max(FEW_DEALS, len(self._deals))
        for effort in EFFORTS:
            if effort.rounds and len(self._deals) > 1:
                self._outlook.better(found.gain, effort.rounds)
                self._edges = self._outlook.edges()
                found = max(found, self._promising(effort.width), key=lambda each: each.gain)
            if found.gain >= self._outlook.bound:
                break
            self._weighed, self._most = 0, effort.steps * FEW_DEALS // size
            layers = self._ways_through(None, self._outlook.bound - found.gain)
            if layers is not None:
                found = self._settled(layers, found)
                break
        else:
            self._is_optimal = False
        is_optimal = self._is_optimal and self._prices.is_settled
        others = () if is_optimal else self._begun_by_each(courses)
        return Found(found.taken, found.shared, found.gain, is_optimal, others)

    def _begun_by_each(self, courses: Sequence[_Course]) -> list[Found]:
        """Give what each deal leads to if it goes first; how prices lie on goods is not searched for so many sets."""
        self._prices = SharedPrices.plain()
        return [self._yielded(courses, first) for first in self._deals]

    def _yielded(self, courses: Sequence[_Course], first: Deal | None = None) -> Found:
        """Give the best courses of the first deal and of those that gain most, where there are units enough."""
        taken: list[tuple[int, Option]] = []
        kept: list[Taken] = []
        for deal, course in sorted(courses, key=lambda each: (each[0] is not first, -_gain(each[1]))):
            if self._outlook.is_within_reach([*taken, *course]):
                taken += course
                kept += [Taken(deal, good, option) for good, option in course]
        correction, shared = self._prices.settle(kept)
        return Found(kept, shared, sum(option.gain for _, option in taken) + correction)

    def _agreed(self) -> Found | None:
        """Give the deals' best courses together, if there are units enough for them all: nothing gains more."""
        courses = self._outlook.best_courses()
        if not self._outlook.is_within_reach([each for course in courses for each in course]):
            return None
        taken = [
            Taken(deal, good, option)
            for deal, course in zip(self._deals, courses, strict=True)
            for good, option in course
        ]
        correction, shared = self._prices.settle(taken)
        return Found(taken, shared, self._outlook.bound + correction)

    def _all_steps(self) -> Iterator[_Step]:
        for good, units in self._goods:
            here = [index for index, deal in enumerate(self._deals) if good in deal.places]
            for index in here:
                yield _Step(index, good, units, index == here[0], index == here[-1])

    def _promising(self, width: int) -> Found:
        """Find a good set: follow only so many ways, those that have lost least."""
        glances = MAX_GLANCES * FEW_DEALS // max(FEW_DEALS, len(self._deals))
        layers = self._ways_through(max(1, min(width, glances // len(self._steps))), None)
        if layers is None:
            raise AssertionError("taking nothing is always a way")
        taken: list[Taken] = []
        key = self._end
        for index in range(len(self._steps) - 1, -1, -1):
            step = self._steps[index]
            key, option, _ = min(layers[index + 1][key].ways, key=lambda way: layers[index][way[0]].loss + way[2])
            taken.append(Taken(self._deals[step.deal], step.good, option))
        correction, shared = self._prices.settle(taken)
        return Found(taken, shared, self._outlook.bound - layers[-1][self._end].loss + correction)

    @property
    def _end(self) -> Key:
        return 0, tuple(DONE for _ in self._deals)

    def _ways_through(self, width: int | None, budget: int | None) -> _Layers | None:
        """Follow the ways from good to good: so many, or all that lose no more than a budget; None if cut."""
        idle: Key = (0, tuple(deal.start for deal in self._deals))
        layer: dict[Key, _Node] = {idle: _Node(0, [])}
        layers = [layer]
        for step in self._steps:
            layer = self._after(layer, step, budget)
            if budget is not None and self._weighed > self._most:
                return None
            if width is not None:
                idle = self._idle_after(step, idle)
                if len(layer) > width:
                    nothing_taken = layer[idle]
                    layer = dict(sorted(layer.items(), key=lambda item: item[1].loss)[:width])
                    # With the way that takes nothing, every search has an end.
                    layer[idle] = nothing_taken
            layers.append(layer)
        return layers

    def _idle_after(self, step: _Step, idle: Key) -> Key:
        """Say where a way stands that takes nothing."""
        deal = self._deals[step.deal]
        state = DONE if deal.places[step.good].is_last else deal.start
        free = step.units if step.fresh else idle[0]
        return (0 if step.over else free), (*idle[1][: step.deal], state, *idle[1][step.deal + 1 :])

    def _after(self, layer: dict[Key, _Node], step: _Step, budget: int | None) -> dict[Key, _Node]:
        edges, index, price = self._edges[step.deal][step.good], step.deal, self._outlook.prices[step.good]
        keep_all = self._shared and budget is not None
        following: dict[Key, _Node] = {}
        for key, node in layer.items():
            states = key[1]
            free = step.units if step.fresh else key[0]
            before, after = states[:index], states[index + 1 :]
            ahead = edges.get(states[index], ())
            for loss, used, state, option in ahead if budget is not None else _few(ahead):
                self._weighed += 1
                if budget is not None and node.loss + loss > budget:
                    break
                if used > free:
                    continue
                left = free - used
                lost = loss
                if step.over:
                    lost += left * price
                    left = 0
                total = node.loss + lost
                if budget is not None and total > budget:
                    continue
                reached: Key = (left, (*before, state, *after))
                known = following.get(reached)
                if known is None:
                    following[reached] = _Node(total, [(key, option, lost)])
                elif keep_all:
                    known.ways.append((key, option, lost))
                    known.loss = min(known.loss, total)
                elif total < known.loss:
                    known.loss = total
                    known.ways = [(key, option, lost)]
        return following

    def _settled(self, layers: _Layers, found: Found) -> Found:
        """Follow the ways back from the best down, settle shared prices on each, and keep the best."""
        best, ends, links = found, 0, 0
        stack: list[tuple[int, Key, int, _Chain | None]] = [(len(self._steps), self._end, 0, None)]
        while stack:
            links += 1
            if ends >= MAX_WAYS or links > MAX_LINKS or not self._prices.is_settled:
                self._is_optimal = False
                break
            index, key, behind, chain = stack.pop()
            if self._outlook.bound - layers[index][key].loss - behind <= best.gain:
                continue
            if index:
                stack.extend(self._back(layers, index, key, (behind, chain)))
                continue
            links += len(self._steps)
            taken = list(_links(chain))
            value = self._outlook.bound - behind
            if value + self._prices.most(taken) <= best.gain:
                continue
            correction, shared = self._prices.settle(taken)
            value += correction
            if value > best.gain:
                best = Found(taken, shared, value)
            ends += 1
        return best

    def _back(
        self, layers: _Layers, index: int, key: Key, rest: tuple[int, _Chain | None]
    ) -> Iterator[tuple[int, Key, int, _Chain | None]]:
        """List the steps that led into a key, the best last."""
        step, ahead = self._steps[index - 1], layers[index - 1]
        behind, chain = rest
        for came_from, option, lost in sorted(layers[index][key].ways, key=lambda way: -ahead[way[0]].loss - way[2]):
            link = _Chain(Taken(self._deals[step.deal], step.good, option), chain)
            yield index - 1, came_from, behind + lost, link


def _gain(course: Sequence[tuple[int, Option]]) -> int:
    return sum(option.gain for _, option in course)


def _few(edges: Sequence[Edge]) -> Iterator[Edge]:
    """Give the edges of least loss, and those that take nothing."""
    for place, edge in enumerate(edges):
        if place < FEW or not edge.used:
            yield edge


def _links(chain: _Chain | None) -> Iterator[Taken]:
    while chain is not None:
        yield chain.taken
        chain = chain.rest
