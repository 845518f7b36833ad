"""How the saving of `multibuy` and of `bundle` with a price lies on goods (docs/pricing.md §3, last tie; §6).

Which pieces a deal takes is settled; which of them stand together is not, and does not change the total. Chosen is the
grouping with the greater saving at the first difference, through goods in order: the first piece in order is given
every possible company, the best first, and what cannot reach the best found any more is left out.

There may be millions of companies: they are counted before any is listed. Where too many would be looked at, the
first piece in order gets the dearest company that is left, again and again, and nothing is claimed for that.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, product
from typing import Final

from pos_app.domain.pricing.sharing import shares

MAX_STEPS: Final = 200_000
"""Groups listed times stands looked at for each, in a component; beyond, the search is cut and says so."""
MAX_GROUPS: Final = 200
"""Applications that are grouped exactly; of more, the search would go too deep."""


@dataclass(frozen=True, slots=True)
class Stand:
    """A good in one slot of a deal. ``weight`` values a fen's lying on the good, ``at_most`` bounds a piece's share."""

    good: int
    slot: int
    unit: int
    weight: int
    at_most: int


Counts = tuple[int, ...]
"""Pieces, by stand."""


@dataclass(slots=True)
class Budget:
    """The steps that are left to all deals of a component together."""

    steps: int = MAX_STEPS

    @property
    def is_spent(self) -> bool:
        """Tell that there are none."""
        return self.steps < 0


class Grouping:
    """The search for the pieces of one deal, whichever are taken. ``stands`` are by good, then slot."""

    def __init__(self, stands: Sequence[Stand], quantities: Sequence[int], price: int, budget: Budget) -> None:
        """Take where pieces can stand."""
        self._stands = stands
        self._weights = {stand.good: stand.weight for stand in stands}
        self._quantities = quantities
        self._price = price
        self._at_least = [0 for _ in stands]
        self._of_slot = [
            [index for index, stand in enumerate(stands) if stand.slot == slot] for slot in range(len(quantities))
        ]
        self._cheapest_first = [
            (sorted(((index, stands[index].unit) for index in there), key=lambda each: each[1]), quantity)
            for there, quantity in zip(self._of_slot, quantities, strict=True)
        ]
        self._values: dict[Counts, int] = {}
        self._known: dict[Counts, tuple[int, Counts]] = {}
        self._budget = budget
        self.is_settled = True

    def savings(self, counts: Counts) -> dict[int, int]:
        """Give what lies on each good, of pieces that fill whole applications."""
        if sum(counts) == sum(self._quantities):
            return dict(self._shared(counts))
        self._at_least = self._least(counts)
        self.is_settled &= not self._budget.is_spent and sum(counts) // sum(self._quantities) <= MAX_GROUPS
        total: dict[int, int] = {}
        while any(counts):
            group, times = (self._best(counts)[1], 1) if self.is_settled else self._plainest(counts)
            for good, share in self._shared(group):
                total[good] = total.get(good, 0) + times * share
            counts = tuple([held - times * used for held, used in zip(counts, group, strict=True)])
        return total

    def _best(self, counts: Counts) -> tuple[int, Counts]:
        """Find the value of the best grouping of these pieces, and the group of the first of them."""
        known = self._known.get(counts)
        if known is not None:
            return known
        self._budget.steps -= self._ways(counts) * sum(map(bool, counts))
        if not self.is_settled or self._budget.is_spent:
            self.is_settled = False
            return 0, self._plainest(counts)[0]
        best: tuple[int, Counts] | None = None
        for bound, value, group, rest in sorted(self._candidates(counts), reverse=True):
            if best is not None and (bound <= best[0] or not self.is_settled):
                break
            whole = value + (self._best(rest)[0] if any(rest) else 0)
            if best is None or whole > best[0]:
                best = whole, group
        if best is None:
            raise AssertionError("pieces that fill no whole applications")
        if self.is_settled:
            self._known[counts] = best
        return best

    def _ways(self, counts: Counts) -> int:
        """Count the applications that take the first piece, without listing them; or enough to be cut."""
        _, left, wanted = self._beside_first(counts)
        ways = 1
        for stands, pieces in zip(self._of_slot, wanted, strict=True):
            if pieces > MAX_STEPS:
                return MAX_STEPS + 1
            fillings = [1] + [0] * pieces
            for index in stands:
                if left[index]:
                    self._budget.steps -= pieces
                    summed = list(accumulate(fillings, initial=0))
                    fillings = [summed[to + 1] - summed[max(0, to - left[index])] for to in range(pieces + 1)]
            ways *= fillings[pieces]
        return ways

    def _plainest(self, counts: Counts) -> tuple[Counts, int]:
        """Put the first piece beside the dearest that are left; and say how often there are pieces for that."""
        first, left, wanted = self._beside_first(counts)
        group = [0] * len(counts)
        group[first] = 1
        for (by_price, _), pieces in zip(self._cheapest_first, wanted, strict=True):
            open_yet = pieces
            for index, _ in reversed(by_price):
                used = min(open_yet, left[index])
                group[index] += used
                open_yet -= used
        return tuple(group), min([held // used for held, used in zip(counts, group, strict=True) if used])

    def _beside_first(self, counts: Counts) -> tuple[int, list[int], list[int]]:
        """Give the first piece's stand, what is there beside it, and what each slot still wants."""
        first = next(index for index, pieces in enumerate(counts) if pieces)
        left = list(counts)
        left[first] -= 1
        wanted = list(self._quantities)
        wanted[self._stands[first].slot] -= 1
        return first, left, wanted

    def _candidates(self, counts: Counts) -> Iterator[tuple[int, int, Counts, Counts]]:
        """List the applications that take the first piece: what they may lead to, their value, and what is left."""
        for group in self._groups(counts):
            value, rest = self._value(group), _less(counts, group)
            yield value + self._bound(rest), value, group, rest

    def _groups(self, counts: Counts) -> Iterator[Counts]:
        """List the applications that take the first piece."""
        first, left, wanted = self._beside_first(counts)
        fillings = [self._fillings(left, stands, pieces) for stands, pieces in zip(self._of_slot, wanted, strict=True)]
        for parts in product(*fillings):
            group = [0] * len(counts)
            group[first] = 1
            for part in parts:
                for index, used in part:
                    group[index] += used
            yield tuple(group)

    def _fillings(self, left: Sequence[int], stands: Sequence[int], pieces: int) -> list[list[tuple[int, int]]]:
        """List the ways to take so many pieces for one slot: what of which stand."""
        there = [(index, left[index]) for index in stands if left[index]]
        room = sum(count for _, count in there)
        found: list[tuple[list[tuple[int, int]], int]] = [([], pieces)]
        for index, count in there:
            room -= count
            found = [
                ([*taken, (index, used)] if used else taken, wanted - used)
                for taken, wanted in found
                for used in range(max(0, wanted - room), min(count, wanted) + 1)
            ]
        return [taken for taken, wanted in found if wanted == 0]

    def _shared(self, group: Counts) -> list[tuple[int, int]]:
        """Share one application's saving over its goods in proportion to what was taken of each."""
        taken: dict[int, int] = {}
        for stand, pieces in zip(self._stands, group, strict=True):
            if pieces:
                taken[stand.good] = taken.get(stand.good, 0) + pieces * stand.unit
        sums = list(taken.values())
        return list(zip(taken, shares(max(0, sum(sums) - self._price), sums), strict=True))

    def _value(self, group: Counts) -> int:
        value = self._values.get(group)
        if value is None:
            value = self._values[group] = sum(share * self._weights[good] for good, share in self._shared(group))
        return value

    def bound(self, counts: Counts) -> int:
        """Bound the value of any grouping of these pieces."""
        self._at_least = self._least(counts)
        return self._bound(counts)

    def _least(self, counts: Counts) -> list[int]:
        """Bound each piece's share from below: it is least beside the cheapest others that are taken."""
        cheapest = 0
        for by_price, wanted in self._cheapest_first:
            left = wanted
            for index, unit in by_price:
                pieces = counts[index]
                if pieces:
                    used = min(left, pieces)
                    cheapest += used * unit
                    left -= used
                    if not left:
                        break
        if cheapest <= self._price:
            return [0 for _ in self._stands]
        return [stand.unit * (cheapest - self._price) // cheapest for stand in self._stands]

    def _bound(self, counts: Counts) -> int:
        """Bound the value of any grouping: what is saved in all is known, and the first goods get most of it."""
        pieces = sum(counts)
        if not pieces:
            return 0
        spare = -(pieces // sum(self._quantities)) * self._price
        there = [
            (count, stand, least)
            for count, stand, least in zip(counts, self._stands, self._at_least, strict=True)
            if count
        ]
        for count, stand, least in there:
            spare += count * (stand.unit - least)
        total = 0
        for count, stand, least in there:
            more = min(spare, count * (stand.at_most - least))
            spare -= more
            total += (count * least + more) * stand.weight
        return total


def _less(counts: Sequence[int], group: Sequence[int]) -> Counts:
    return tuple(map(int.__sub__, counts, group))
