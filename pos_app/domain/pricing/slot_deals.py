"""Deals whose pieces stand in slots: ``multibuy``, ``bundle``, ``addon`` (docs/pricing.md §3); see `deals`."""

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pos_app.domain.money import percent_of
from pos_app.domain.pricing.deals import DONE, Deal, Option, Place, State
from pos_app.domain.pricing.promotions import Addon, Bundle, Multibuy, Promotion


class _Way(NamedTuple):
    """How units of a good may stand: in each of its slots, and in each slot of the deal; what that is worth."""

    taken: tuple[int, ...]
    pieces: tuple[int, ...]
    used: int
    value: int
    saving: int


class SlotsDeal(Deal):
    """What ``multibuy``, ``bundle`` and ``addon`` have in common: state (pieces in each slot).

    Where nothing bounds it, whole applications are taken out of the state: only what is open matters.
    """

    def __init__(
        self,
        promotion: Promotion,
        places: Sequence[Place],
        quantities: tuple[int, ...],
        *,
        most: int,
        bounded: bool,
        each: int,
    ) -> None:
        super().__init__(promotion, places, most=most, bounded=bounded, each=each)
        self.quantities = quantities
        self.start = (0,) * len(quantities)
        self._ways: dict[int, list[_Way]] = {}

    def effort(self, good: int) -> int:
        """The ways to put units into slots."""
        place = self.places[good]
        ways = 1
        for slot in place.slots:
            ways *= 1 + min(place.units, self.most * self.quantities[slot])
        return ways

    def options(self, place: Place, state: State) -> list[Option]:
        """List the ways to put pieces into the good's slots."""
        if len(self.quantities) == 1:
            return self._of_one_slot(place, state[0])
        ways = self._ways.get(place.good)
        if ways is None:
            ways = self._ways[place.good] = self._ways_to_stand(place)
        first = self.quantities[0]
        begun = state[0] // first
        found: list[Option] = []
        for way in ways:
            after = list(map(int.__add__, state, way.pieces))
            if not self._can_close(after, place):
                continue
            whole = after[0] // first - begun
            following = DONE if place.is_last else self._after(after)
            found.append(
                Option(way.used, following, whole * self.each + way.value, whole, way.saving, way.taken),
            )
        return found

    def _ways_to_stand(self, place: Place) -> "list[_Way]":
        """List how units of a good may be put into its slots, whatever stands there."""
        savings = [self._saving(place, slot) for slot in place.slots]
        values = [self._value(place, slot) - place.alone for slot in place.slots]
        found = []
        for taken in _allocations(place.units, [self.most * self.quantities[slot] for slot in place.slots]):
            pieces = [0] * len(self.quantities)
            for slot, count in zip(place.slots, taken, strict=True):
                pieces[slot] = count
            value, saving = sum(map(int.__mul__, taken, values)), sum(map(int.__mul__, taken, savings))
            found.append(_Way(taken, tuple(pieces), sum(taken), value, saving))
        return found

    def _of_one_slot(self, place: Place, held: int) -> list[Option]:
        size, left, begun = self.quantities[0], place.left_in_all, held // self.quantities[0]
        saving, value = self._saving(place, 0), self._value(place, 0) - place.alone
        found: list[Option] = []
        for used in range(min(place.units, self.most * size - held) + 1):
            after = held + used
            if -after % size > left:
                continue
            whole = after // size - begun
            following = DONE if place.is_last else (after,) if self.bounded else (after % size,)
            found.append(Option(used, following, whole * self.each + used * value, whole, used * saving, (used,)))
        return found

    @abstractmethod
    def _saving(self, place: Place, slot: int) -> int:
        """Say what a piece saves that stands in a slot, as far as it is known now."""

    def _value(self, place: Place, slot: int) -> int:
        return self._saving(place, slot) * (place.saving + place.share)

    def _can_close(self, held: Sequence[int], place: Place) -> bool:
        begun = self._begun(held)
        if begun > self.most:
            return False
        in_all = 0
        for pieces, each, left in zip(held, self.quantities, place.left, strict=True):
            missing = begun * each - pieces
            if missing > left:
                return False
            in_all += missing
        return in_all <= place.left_in_all

    def _begun(self, held: Sequence[int]) -> int:
        """Count the applications that are begun."""
        begun = 0
        for pieces, each in zip(held, self.quantities, strict=True):
            if pieces > begun * each:
                begun = -(-pieces // each)
        return begun

    def _after(self, held: Sequence[int]) -> State:
        if self.bounded:
            return tuple(held)
        whole = min(map(int.__floordiv__, held, self.quantities))
        return tuple([pieces - whole * each for pieces, each in zip(held, self.quantities, strict=True)])


class PercentBundleDeal(SlotsDeal):
    """``bundle`` with a percentage: each piece saves its own."""

    def __init__(
        self, deal: Bundle, promotion: Promotion, places: Sequence[Place], *, most: int, bounded: bool, each: int
    ) -> None:
        quantities = tuple(slot.quantity for slot in deal.slots)
        super().__init__(promotion, places, quantities, most=most, bounded=bounded, each=each)
        self._percent = deal.percent

    def _saving(self, place: Place, slot: int) -> int:
        del slot
        return percent_of(place.unit, self._percent)


class SharedPriceDeal(SlotsDeal):
    """``multibuy``, ``bundle`` with a price: an application's saving is shared over its goods (§6).

    Its total is Σu − price of each application, which adds up; how it lies on goods depends on which pieces stand
    together. Here it is valued by ``at_most``, a bound on a piece's share; `grouping` settles it afterwards.
    """

    def __init__(
        self,
        deal: Multibuy | Bundle,
        promotion: Promotion,
        places: Sequence[Place],
        *,
        most: int,
        bounded: bool,
        each: int,
    ) -> None:
        quantities = (deal.size,) if isinstance(deal, Multibuy) else tuple(slot.quantity for slot in deal.slots)
        price = deal.price or 0
        whole_price = price * places[0].saving
        super().__init__(promotion, places, quantities, most=most, bounded=bounded, each=each - whole_price)
        self.price = price
        self.dearest = _dearest(places, quantities)

    def at_most(self, unit: int) -> int:
        """Bound a piece's share: it is greatest beside the dearest others."""
        if self.dearest <= self.price:
            return 0
        return min(unit, unit * (self.dearest - self.price) // self.dearest + 1)

    def _saving(self, place: Place, slot: int) -> int:
        del place, slot
        return 0

    def _value(self, place: Place, slot: int) -> int:
        del slot
        return place.unit * place.saving + self.at_most(place.unit) * place.share


def _dearest(places: Sequence[Place], quantities: Sequence[int]) -> int:
    """Sum the dearest pieces that can stand together."""
    total = 0
    for slot, quantity in enumerate(quantities):
        wanted = quantity
        for place in places:
            if slot in place.slots and wanted:
                used = min(wanted, place.units)
                total += used * place.unit
                wanted -= used
    return total


class AddonDeal(SlotsDeal):
    """``addon``: the buy slots' pieces, and in the last slot 1 to ``quantity`` get pieces an application."""

    def __init__(self, deal: Addon, promotion: Promotion, places: Sequence[Place], *, most: int, each: int) -> None:
        quantities = (*(slot.quantity for slot in deal.buy), deal.get.quantity)
        super().__init__(promotion, places, quantities, most=most, bounded=True, each=each)
        self._price = deal.price
        self._get = len(deal.buy)

    def _saving(self, place: Place, slot: int) -> int:
        return max(0, place.unit - self._price) if slot == self._get else 0

    def _can_close(self, held: Sequence[int], place: Place) -> bool:
        begun = self._begun(held)
        if begun > self.most:
            return False
        *buy, got = held
        missing = [begun * each - pieces for pieces, each in zip(buy, self.quantities[:-1], strict=True)]
        missing.append(max(0, begun - got))
        return sum(missing) <= place.left_in_all and all(map(int.__le__, missing, place.left))


def _allocations(units: int, room: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """List the ways to put at most so many units into slots with so much room."""
    if len(room) == 1:
        for used in range(min(units, room[0]) + 1):
            yield (used,)
        return
    for first in range(min(units, room[0]) + 1):
        for rest in _allocations(units - first, room[1:]):
            yield (first, *rest)
