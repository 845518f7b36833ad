"""How the saving of `multibuy` and of `bundle` with a price lies on goods (docs/pricing.md §3, last tie; §6).

Which pieces a deal takes is settled; which of them stand together is not, and does not change the total. Chosen is the
grouping with the greater saving at the first difference, through goods in order: the first piece in order is given
every possible company, the best first, and what cannot reach the best found any more is left out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from pos_app.domain.pricing.sharing import shares

MAX_STEPS = 20_000
"""Groups looked at; beyond, the search is cut and says so."""


@dataclass(frozen=True, slots=True)
class Stand:
    """Pieces of one good in one slot of a deal. ``weight`` values a fen's lying on the good, ``at_most`` bounds it."""

    good: int
    slot: int
    pieces: int
    unit: int
    weight: int
    at_most: int


class Grouping:
    """The search for one deal's pieces. ``stands`` are by good, then slot."""

    def __init__(self, stands: Sequence[Stand], quantities: Sequence[int], price: int) -> None:
        """Take the pieces; they fill whole applications."""
        self._stands = stands
        self._quantities = quantities
        self._price = price
        cheapest = _cheapest(stands, quantities)
        self._at_least = [stand.unit * (cheapest - price) // cheapest if cheapest > price else 0 for stand in stands]
        """Of a piece's share: it is least beside the cheapest others."""
        self._known: dict[tuple[int, ...], tuple[int, tuple[int, ...]]] = {}
        self._steps = 0
        self.is_settled = True

    def savings(self) -> dict[int, int]:
        """Give what lies on each good."""
        counts = tuple(stand.pieces for stand in self._stands)
        if len({stand.good for stand in self._stands}) == 1:
            times = sum(counts) // sum(self._quantities)
            stand = self._stands[0]
            return {stand.good: sum(counts) * stand.unit - times * self._price}
        if sum(counts) == sum(self._quantities):
            return dict(self._shared(counts))
        total: dict[int, int] = {}
        while any(counts):
            group = self._best(counts)[1]
            for good, share in self._shared(group):
                total[good] = total.get(good, 0) + share
            counts = _less(counts, group)
        return total

    def _best(self, counts: tuple[int, ...]) -> tuple[int, tuple[int, ...]]:
        """Find the value of the best grouping of these pieces, and the group of the first of them."""
        known = self._known.get(counts)
        if known is not None:
            return known
        best: tuple[int, tuple[int, ...]] | None = None
        for bound, value, group, rest in sorted(self._candidates(counts), reverse=True):
            self._steps += 1
            if best is not None:
                if bound <= best[0]:
                    break
                if self._steps > MAX_STEPS:
                    self.is_settled = False
                    break
            whole = value + (self._best(rest)[0] if any(rest) else 0)
            if best is None or whole > best[0]:
                best = whole, group
        if best is None:
            raise AssertionError("pieces that fill no whole applications")
        self._known[counts] = best
        return best

    def _candidates(self, counts: tuple[int, ...]) -> Iterator[tuple[int, int, tuple[int, ...], tuple[int, ...]]]:
        """List the applications that take the first piece: what they may lead to, their value, and what is left."""
        for group in self._groups(counts):
            value, rest = self._value(group), _less(counts, group)
            yield value + self._bound(rest), value, group, rest

    def _groups(self, counts: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        """List the applications that take the first piece."""
        first = next(index for index, pieces in enumerate(counts) if pieces)
        left = list(counts)
        left[first] -= 1
        wanted = list(self._quantities)
        wanted[self._stands[first].slot] -= 1
        fillings = [self._fillings(left, slot, pieces) for slot, pieces in enumerate(wanted)]
        for parts in product(*fillings):
            group = [sum(column) for column in zip(*parts, strict=True)]
            group[first] += 1
            yield tuple(group)

    def _fillings(self, left: Sequence[int], slot: int, pieces: int) -> list[tuple[int, ...]]:
        """List the ways to take so many pieces for one slot."""
        found: list[tuple[list[int], int]] = [([], pieces)]
        for stand, there in zip(self._stands, left, strict=True):
            room = there if stand.slot == slot else 0
            found = [
                ([*taken, used], wanted - used) for taken, wanted in found for used in range(min(room, wanted) + 1)
            ]
        return [tuple(taken) for taken, wanted in found if wanted == 0]

    def _shared(self, group: Sequence[int]) -> list[tuple[int, int]]:
        """Share one application's saving over its goods in proportion to what was taken of each."""
        taken: dict[int, int] = {}
        for stand, pieces in zip(self._stands, group, strict=True):
            if pieces:
                taken[stand.good] = taken.get(stand.good, 0) + pieces * stand.unit
        saving = max(0, sum(taken.values()) - self._price)
        return list(zip(taken, shares(saving, list(taken.values())), strict=True))

    def _value(self, group: Sequence[int]) -> int:
        weights = {stand.good: stand.weight for stand in self._stands}
        return sum(share * weights[good] for good, share in self._shared(group))

    def bound(self) -> int:
        """Bound the value of any grouping of all the pieces."""
        return self._bound([stand.pieces for stand in self._stands])

    def _bound(self, counts: Sequence[int]) -> int:
        """Bound the value of any grouping: what is saved in all is known, and the first goods get most of it."""
        pieces = sum(counts)
        if not pieces:
            return 0
        spare = -(pieces // sum(self._quantities)) * self._price
        total = 0
        for count, stand, least in zip(counts, self._stands, self._at_least, strict=True):
            spare += count * (stand.unit - least)
        for count, stand, least in zip(counts, self._stands, self._at_least, strict=True):
            if count:
                more = min(spare, count * (stand.at_most - least))
                spare -= more
                total += (count * least + more) * stand.weight
        return total


def _cheapest(stands: Sequence[Stand], quantities: Sequence[int]) -> int:
    """Sum the cheapest pieces that can stand together."""
    total = 0
    for slot, quantity in enumerate(quantities):
        wanted = quantity
        for stand in sorted(stands, key=lambda stand: stand.unit):
            if stand.slot == slot:
                used = min(wanted, stand.pieces)
                total += used * stand.unit
                wanted -= used
    return total


def _less(counts: Sequence[int], group: Sequence[int]) -> tuple[int, ...]:
    return tuple(map(int.__sub__, counts, group))
