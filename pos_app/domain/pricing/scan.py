"""The exact search for the best set of applications (docs/pricing.md §3; why it is exact: decisions/0010).

Goods are met one after the other, from the dearest unit down; at each, every deal in its reach may take units. What
has happened so far matters to the rest only by the deals' states, so of all ways into the same states the best is
enough. A deal that shares its price over goods is valued by a bound first; then the ways through the states are
followed from the best down until none that is left can beat what was found.

The work is bounded by a count of steps, never by time; a search that was cut says so.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pos_app.domain.pricing.deals import DONE, Deal, Option, State
from pos_app.domain.pricing.grouping import Grouping, Stand
from pos_app.domain.pricing.slot_deals import SharedPriceDeal

MAX_STEPS = 40_000
"""Options weighed before the search keeps only the most promising states."""
WIDEST = 3_000
NARROW = 40
"""States kept after each good: while there are steps left, and afterwards."""
MAX_WAYS = 2_000
"""Ways followed to settle how shared prices lie on goods."""

Key = tuple[int, tuple[State, ...]]
"""Free units of the good at hand, and the state of each deal."""


class Taken(NamedTuple):
    """What one deal takes of one good."""

    deal: Deal
    good: int
    option: Option


@dataclass(slots=True)
class _Node:
    """The best value of the ways into a key, and the last steps of those ways."""

    value: int
    ways: list[tuple[Key, Option]]


@dataclass(frozen=True, slots=True)
class _Step:
    """One deal before one good. ``fresh``: the first deal before it; ``over``: the last."""

    deal: int
    good: int
    units: int
    fresh: bool
    over: bool


@dataclass(frozen=True, slots=True)
class Found:
    """The set that was chosen, and what shared prices save on each good, by deal."""

    taken: list[Taken]
    shared: dict[str, dict[int, int]]
    is_optimal: bool


class _Chain(NamedTuple):
    """The end of a way: what was taken, from here on."""

    taken: Taken
    rest: "_Chain | None"


class Scan:
    """A search over the goods of one component."""

    def __init__(self, deals: Sequence[Deal], goods: Sequence[tuple[int, int]]) -> None:
        """Take the deals, and the goods (order and units) from the dearest unit down."""
        self._deals = deals
        self._steps: list[_Step] = []
        for good, units in goods:
            here = [index for index, deal in enumerate(deals) if good in deal.places]
            for index in here:
                self._steps.append(_Step(index, good, units, index == here[0], index == here[-1]))
        self._shared = [deal for deal in deals if isinstance(deal, SharedPriceDeal) and len(deal.places) > 1]
        self._layers: list[dict[Key, _Node]] = []
        self._weighed = 0
        self._is_optimal = True

    def best(self) -> Found:
        """Search."""
        layer = {(0, tuple(deal.start for deal in self._deals)): _Node(0, [])}
        for step in self._steps:
            self._layers.append(layer)
            layer = self._narrowed(self._after(layer, step))
        self._layers.append(layer)
        end: Key = (0, tuple(DONE for _ in self._deals))
        return self._settled(end) if self._shared else self._followed(end)

    def _after(self, layer: dict[Key, _Node], step: _Step) -> dict[Key, _Node]:
        deal, keep_all = self._deals[step.deal], bool(self._shared)
        following: dict[Key, _Node] = {}
        for key, node in layer.items():
            states = key[1]
            free = step.units if step.fresh else key[0]
            before, after = states[: step.deal], states[step.deal + 1 :]
            options = deal.options(step.good, states[step.deal])
            self._weighed += len(options)
            for option in options:
                if option.used > free:
                    continue
                left = 0 if step.over else free - option.used
                reached: Key = (left, (*before, option.state, *after))
                value = node.value + option.gain
                known = following.get(reached)
                if known is None:
                    following[reached] = _Node(value, [(key, option)])
                    continue
                if keep_all:
                    known.ways.append((key, option))
                    known.value = max(known.value, value)
                elif value > known.value:
                    known.value = value
                    known.ways = [(key, option)]
        return following

    def _narrowed(self, layer: dict[Key, _Node]) -> dict[Key, _Node]:
        width = WIDEST if self._weighed < MAX_STEPS else NARROW
        if len(layer) <= width:
            return layer
        self._is_optimal = False
        # The first way into each layer takes nothing at all: with it, every search has an end.
        idle, *others = layer.items()
        return dict([idle, *sorted(others, key=lambda item: -item[1].value)[:width]])

    def _followed(self, end: Key) -> Found:
        """Walk back the one best way."""
        taken: list[Taken] = []
        key = end
        for index in range(len(self._steps) - 1, -1, -1):
            step = self._steps[index]
            key, option = self._layers[index + 1][key].ways[0]
            taken.append(Taken(self._deals[step.deal], step.good, option))
        return Found(taken, self._all_lie(taken)[1], self._is_optimal)

    def _settled(self, end: Key) -> Found:
        """Follow the ways back from the best down, settle shared prices on each, and keep the best."""
        best: tuple[int, list[Taken], dict[str, dict[int, int]]] | None = None
        ends = 0
        for bound, chain in self._ways(end):
            if best is not None and bound <= best[0]:
                continue
            taken = list(_links(chain))
            correction, shared = self._all_lie(taken)
            if best is None or bound + correction > best[0]:
                best = bound + correction, taken, shared
            self._least = best[0]
            ends += 1
            if ends >= MAX_WAYS:
                self._is_optimal = False
                break
        if best is None:
            raise AssertionError("taking nothing is always a way")
        return Found(best[1], best[2], self._is_optimal)

    _least: int | None = None
    """What a way must beat to be followed on."""

    def _ways(self, end: Key) -> Iterator[tuple[int, _Chain | None]]:
        """Walk back every way that may still beat ``_least``, the best first, with its value."""
        stack: list[tuple[int, Key, int, _Chain | None]] = [(len(self._steps), end, 0, None)]
        while stack:
            index, key, behind, chain = stack.pop()
            if self._least is not None and self._layers[index][key].value + behind <= self._least:
                continue
            if index == 0:
                yield behind, chain
                continue
            step, ahead = self._steps[index - 1], self._layers[index - 1]
            ways = sorted(self._layers[index][key].ways, key=lambda way: ahead[way[0]].value + way[1].gain)
            for came_from, option in ways:
                link = _Chain(Taken(self._deals[step.deal], step.good, option), chain)
                stack.append((index - 1, came_from, behind + option.gain, link))

    def _all_lie(self, taken: Sequence[Taken]) -> tuple[int, dict[str, dict[int, int]]]:
        """Say how every shared price lies on goods, and by how much that corrects the bound it was valued by."""
        correction = 0
        shared: dict[str, dict[int, int]] = {}
        for deal in self._deals:
            if not isinstance(deal, SharedPriceDeal):
                continue
            stands = _stands(deal, [each for each in taken if each.deal is deal])
            if not stands:
                continue
            grouping = Grouping(stands, deal.quantities, deal.price)
            lies = grouping.savings()
            self._is_optimal &= grouping.is_settled
            shared[deal.promotion.id] = lies
            correction += sum(saving * deal.places[good].share for good, saving in lies.items())
            correction -= sum(stand.pieces * stand.at_most * stand.weight for stand in stands)
        return correction, shared


def _links(chain: _Chain | None) -> Iterator[Taken]:
    while chain is not None:
        yield chain.taken
        chain = chain.rest


def _stands(deal: SharedPriceDeal, taken: Sequence[Taken]) -> list[Stand]:
    found = []
    for each in taken:
        place = deal.places[each.good]
        for slot, pieces in zip(place.slots, each.option.taken, strict=True):
            if pieces:
                found.append(Stand(each.good, slot, pieces, place.unit, place.share, deal.at_most(place.unit)))
    return sorted(found, key=lambda stand: (stand.good, stand.slot))
