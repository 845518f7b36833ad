"""What one promotion asks of the goods, met one after the other from the dearest unit down (docs/pricing.md §3).

A deal's *state* is all that its past means for its future: how many pieces of an open application it holds, and, where
it is bounded, how many it has used. `scan` carries the states of all deals along; here each kind says which units it
may take of the next good, what state follows and what is gained over the best that those units could do alone.

Cheapest first or dearest first makes no difference to most kinds. For ``nth`` it is the point: met from the dearest
down (ties: the later good first), a piece may be one of the discounted exactly if enough dearer ones were taken before
it: the j-th batch of ``discounted`` pieces needs j batches of full-price ones ahead. Then some grouping makes it so.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import NamedTuple

from pos_app.domain.money import percent_of
from pos_app.domain.pricing.promotions import Nth, Promotion, Tiers

State = tuple[int, ...]
DONE: State = ()
"""The state behind a deal's last good."""


class Place(NamedTuple):
    """A good as one deal meets it. Values are of one `Scale`."""

    good: int
    unit: int
    units: int
    slots: tuple[int, ...]
    """Where in the deal its units may stand."""
    left: tuple[int, ...]
    """How many units come after this good, for each slot."""
    left_in_all: int
    alone: int
    """What one unit is worth outside the deal."""
    saving: int
    """The value of a fen saved."""
    share: int
    """The value of a fen's lying on this good."""
    is_last: bool
    """The deal meets no good after this one."""


class Option(NamedTuple):
    """Units taken of a good: how many in each of its slots, what follows, and what it gains."""

    used: int
    state: State
    gain: int
    applications: int
    saved: int
    """Fen saved on this good; of a deal that shares its price, counted when all of it is known."""
    taken: tuple[int, ...]


class Deal(ABC):
    """A promotion before the goods of a component."""

    start: State = (0,)

    def __init__(self, promotion: Promotion, places: Sequence[Place], *, most: int, bounded: bool, each: int) -> None:
        """Take the places in the order of the scan; ``most`` applications at most; ``each`` is an application's value.

        ``bounded`` says that ``most`` is a bound of the promotion and not only of what there is to take.
        """
        self.promotion = promotion
        self.places = {place.good: place for place in places}
        self.most = most
        self.bounded = bounded
        self.each = each

    @abstractmethod
    def options(self, place: Place, state: State) -> list[Option]:
        """List what can be taken of a good; always also nothing, if the deal can still be closed without."""

    def effort(self, good: int) -> int:
        """Bound the number of options at a good."""
        return self.places[good].units + 1


class Taken(NamedTuple):
    """What one deal takes of one good."""

    deal: Deal
    good: int
    option: Option


class BoundedUnits(Deal):
    """``price``, ``percent`` or ``amount`` with a bound: state (used)."""

    def __init__(
        self, promotion: Promotion, places: Sequence[Place], *, most: int, each: int, savings: dict[int, int]
    ) -> None:
        super().__init__(promotion, places, most=most, bounded=True, each=each)
        self._savings = savings

    def options(self, place: Place, state: State) -> list[Option]:
        """List the units that may be taken, as long as they gain."""
        saving = self._savings[place.good]
        gain = saving * (place.saving + place.share) + self.each - place.alone
        most = min(place.units, self.most - state[0]) if gain > 0 else 0
        return [
            Option(
                used,
                DONE if place.is_last else (state[0] + used,),
                used * gain,
                used,
                used * saving,
                (used,),
            )
            for used in range(most + 1)
        ]


class NthDeal(Deal):
    """``nth``: state (full-price pieces, discounted pieces) of what is open, or of all where it is bounded."""

    start = (0, 0)

    def __init__(
        self, deal: Nth, promotion: Promotion, places: Sequence[Place], *, most: int, bounded: bool, each: int
    ) -> None:
        super().__init__(promotion, places, most=most, bounded=bounded, each=each)
        self._batch = deal.discounted
        self._ahead = deal.size - deal.discounted
        self._savings = {place.good: percent_of(place.unit, deal.percent) for place in places}

    def effort(self, good: int) -> int:
        """Full-price pieces by discounted ones."""
        return (self.places[good].units + 1) * (self.places[good].units + 2) // 2

    def options(self, place: Place, state: State) -> list[Option]:
        """List the full-price and the discounted pieces that may be taken."""
        found: list[Option] = []
        full, cheap = state
        batch, ahead = self._batch, self._ahead
        saving = self._savings[place.good]
        gain = saving * (place.saving + place.share)
        for more_full in range(place.units + 1 if ahead else 1):
            held = full + more_full
            batches = -(-held // ahead) if ahead else 0
            least = max(0, batches * batch - cheap - place.left_in_all)
            free = place.units - more_full
            if batches > self.most or least > free:
                break
            for more_cheap in range(least, free + 1):
                now = cheap + more_cheap
                begun = -(-now // batch)
                if begun * ahead > held or begun > self.most:
                    break
                open_after = max(batches, begun) * (batch + ahead) - held - now
                if open_after > place.left_in_all:
                    continue
                closed = now // batch - cheap // batch
                used = more_full + more_cheap
                value = more_cheap * gain + closed * self.each - used * place.alone
                after = DONE if place.is_last else self._after(held, now)
                found.append(Option(used, after, value, closed, more_cheap * saving, (used,)))
        return found

    def _after(self, full: int, cheap: int) -> State:
        if self.bounded:
            return full, cheap
        whole = cheap // self._batch
        if self._ahead:
            whole = min(whole, full // self._ahead)
        return full - whole * self._ahead, cheap - whole * self._batch


class TiersDeal(Deal):
    """``tiers``: state (tier + 1, pieces), (0, 0) before the first piece; of the top tier, no more than its count."""

    start = (0, 0)

    def __init__(self, deal: Tiers, promotion: Promotion, places: Sequence[Place], *, each: int) -> None:
        super().__init__(promotion, places, most=1, bounded=True, each=each)
        self._tiers = deal.tiers

    def options(self, place: Place, state: State) -> list[Option]:
        """List the pieces that may be taken, and for which tier."""
        found: list[Option] = []
        chosen, pieces = state
        if not chosen:
            found.append(Option(0, DONE if place.is_last else state, 0, 0, 0, (0,)))
        for index, tier in enumerate(self._tiers, start=1):
            if chosen not in {0, index}:
                continue
            is_top = index == len(self._tiers)
            saving = percent_of(place.unit, tier.percent)
            gain = saving * (place.saving + place.share) - place.alone
            room = place.units if is_top else min(place.units, self._tiers[index].count - 1 - pieces)
            for used in range(0 if chosen else 1, room + 1):
                held = min(pieces + used, tier.count) if is_top else pieces + used
                if tier.count - held > place.left_in_all:
                    continue
                opened = 0 if chosen else 1
                after = DONE if place.is_last else (index, held)
                found.append(Option(used, after, used * gain + opened * self.each, opened, used * saving, (used,)))
        return found
