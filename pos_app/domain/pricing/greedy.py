"""A good set of applications where the exact search is too large or was cut: the best application, again and again.

What is best depends on what comes after: gain by unit or in all, tiers first or last, each promotion first once. The
best of these is bettered by holding a promotion back where others make more of its pieces. No claim is made for it:
the quote that uses it says ``"optimal": false`` (docs/pricing.md §3). Its work grows with the goods and the
applications, never with how many pieces there are of a good or how many an application takes; how many ways are tried
to begin, and to better, is bounded by one count of goods looked at, never by time.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import heappop, heappush
from typing import Final, NamedTuple

from pos_app.domain.money import percent_of
from pos_app.domain.pricing.entries import Alone, unit_saving
from pos_app.domain.pricing.promotions import UNIT_DEALS, Addon, Bundle, Multibuy, Nth, Promotion, Tiers
from pos_app.domain.pricing.sharing import shares
from pos_app.domain.pricing.worth import Reached

MAX_LOOKS: Final = 80_000
"""Goods looked at; beyond, nothing is bettered any more."""
MAX_BEGUN: Final = 50_000
"""Of them, in filling up what a search found, and in beginning; what is left is for bettering, which gives more."""
MAX_BETTERED: Final = 4
"""Starts that are bettered."""
WINDOWS: Final = 6
"""Of neighbours in price that ``nth`` looks at."""
Counts = dict[int, int]
"""Units, or fen, by good."""


class Application(NamedTuple):
    """An application, ``times`` over: units and savings by good and gain over the units alone (fen) of each."""

    promotion: Promotion
    units: Counts
    savings: Counts
    gain: int
    times: int = 1

    def rank(self, *, by_unit: bool) -> int:
        """Give the gain, or the gain of each unit."""
        return (self.gain << 20) // sum(self.units.values()) if by_unit else self.gain


class Start(NamedTuple):
    """How to begin: the promotion that goes first, whether gain is weighed by unit, and whether tiers come last."""

    first: int | None
    by_unit: bool
    tiers_last: bool

    def turn(self, place: int, offer: "_Offer", application: Application) -> tuple[int, int, int]:
        """Say when an offer's best application has its turn: the least goes first."""
        phase = 0 if place == self.first else 2 if self.tiers_last and offer.is_of_tiers else 1
        return phase, -application.rank(by_unit=self.by_unit), place


_FILLING: Final = Start(None, by_unit=True, tiers_last=True)


class Greedy:
    """The goods of a component and what its deals offer on them."""

    def __init__(self, together: Sequence[Reached], alone: Sequence[Alone]) -> None:
        """Take the deals and what units save alone."""
        self._offers = [_Offer(reached, alone) for reached in together]
        self._units = {good.order: good.units for reached in together for good, _ in reached.goods}
        self.looks = 0

    def best(self) -> list[Application]:
        """Begin in several ways, better the best of them, and give the set that gains most.

        Whatever that takes, each promotion is looked at alone, and all of them once. What else is tried has looks
        left: to go on beside each promotion, first those that gain most alone, and then to better.
        """
        there = [offer.most for offer in self._offers]
        alone, tried = self._each_alone(there), [self._tried(_FILLING, there)]
        orders = (True, False) if any(offer.is_of_tiers for offer in self._offers) else (True,)
        starts = [Start(None, by_unit, tiers_last) for by_unit in (True, False) for tiers_last in orders]
        for start in [*starts[1:], *(each.start for each in alone)]:
            if self.has_begun_enough:
                break
            tried.append(self._tried(start, there))
        tried.sort(key=lambda each: -each.gain)
        bettered = [self._bettered(each) for each in _unlike(tried)[:MAX_BETTERED]]
        return max([*bettered, *alone], key=lambda each: each.gain).applications

    @property
    def has_begun_enough(self) -> bool:
        """Tell that no other set is to be begun."""
        return self.looks > MAX_BEGUN

    def _tried(self, start: Start, most: Sequence[int]) -> "_Tried":
        return _Tried(self._run(start, most, self._units), start, most)

    def _each_alone(self, there: Sequence[int]) -> list["_Tried"]:
        """Apply each promotion as if there were no other; those that gain most come first."""
        alone = []
        for place, most in enumerate(there):
            held = [0] * len(there)
            held[place] = most
            alone.append(self._tried(Start(place, by_unit=True, tiers_last=True), held))
        return sorted(alone, key=lambda each: -each.gain)

    def _bettered(self, best: "_Tried") -> "_Tried":
        """Hold one promotion back, by one application, by half or wholly, as long as the others make more of it."""
        before = -1
        while best.gain > before:
            before, current = best.gain, best
            for place, applied in enumerate(self._applied(current)):
                for most in sorted({applied - 1, applied // 2, 0}, reverse=True) if applied else ():
                    if self.looks > MAX_LOOKS:
                        return best
                    tried = self._tried(current.start, [*current.most[:place], most, *current.most[place + 1 :]])
                    best = max(best, tried, key=lambda each: each.gain)
        return best

    def _applied(self, tried: "_Tried") -> list[int]:
        times = dict.fromkeys((offer.promotion.id for offer in self._offers), 0)
        for each in tried.applications:
            times[each.promotion.id] += each.times
        return list(times.values())

    def beside(self, used: Counts, applied: Mapping[str, int]) -> list[Application]:
        """Fill up what a set of applications has left, of goods and of each promotion."""
        most = [offer.most - applied.get(offer.promotion.id, 0) for offer in self._offers]
        return self._run(_FILLING, most, {good: units - used[good] for good, units in self._units.items()})

    def _run(self, start: Start, most: Sequence[int], there: Counts) -> list[Application]:
        """Take the application whose turn it is, as often as it goes, until none gains.

        What a deal offers only becomes less as pieces go: it is looked at again when its turn comes.
        """
        left, times = dict(there), list(most)
        taken: list[Application] = []
        turns: list[tuple[tuple[int, int, int], Application]] = []

        def offer_again(place: int) -> None:
            if times[place] <= 0:
                return
            offer = self._offers[place]
            self.looks += offer.looks
            best = offer.best(left, by_unit=start.by_unit)
            if best is not None:
                heappush(turns, (start.turn(place, offer, best), best))

        for place in range(len(self._offers)):
            offer_again(place)
        while turns:
            (_, _, place), best = heappop(turns)
            often = min([times[place], *(left[good] // units for good, units in best.units.items())])
            if often:
                taken.append(best._replace(times=often))
                times[place] -= often
                for good, units in best.units.items():
                    left[good] -= often * units
            offer_again(place)
        return taken


class _Tried:
    """What came of a start with so many applications of each promotion at most."""

    def __init__(self, applications: list[Application], start: Start, most: Sequence[int]) -> None:
        self.applications = applications
        self.start = start
        self.most = most
        self.gain = sum(each.gain * each.times for each in applications)


def _unlike(tried: Sequence[_Tried]) -> list[_Tried]:
    """Keep one of those that gain the same: they are most likely the same."""
    return list({each.gain: each for each in reversed(tried)}.values())[::-1]


class _Offer:
    """One deal, its goods in order, and how often it may apply."""

    def __init__(self, reached: Reached, alone: Sequence[Alone]) -> None:
        self.promotion = reached.promotion
        self.most = reached.most
        self.is_of_tiers = isinstance(reached.promotion.deal, Tiers)
        self.looks = 1 + len(reached.goods)
        goods = [good for good, _ in reached.goods]
        self._unit = {good.order: good.unit for good in goods}
        self._goods = {good.order: good for good in goods}
        self._alone = {good.order: alone[good.order].saving for good in goods}
        slots = range(1 + max(slot for _, slots in reached.goods for slot in slots))
        dear = sorted(goods, key=lambda good: (self._alone[good.order] - good.unit, good.order))
        cheap = sorted(goods, key=lambda good: (self._alone[good.order], good.unit, good.order))
        standing = {good.order: own for good, own in reached.goods}
        self._dear = [[good.order for good in dear if slot in standing[good.order]] for slot in slots]
        """By slot, the goods that are dearest over what they save alone first …"""
        self._plain = [[good.order for good in cheap if slot in standing[good.order]] for slot in slots]
        """… and those that save least alone, the cheapest of them first."""
        self._by_price = [good.order for good in sorted(goods, key=lambda good: (-good.unit, -good.order))]

    def best(self, left: Counts, *, by_unit: bool) -> Application | None:
        """Give the best application that is seen of what is left, if it gains."""
        best: Application | None = None
        alone = self._alone
        for units, savings in self._ways(left):
            gain = sum(savings.values()) - sum([count * alone[good] for good, count in units.items()])
            if gain > 0:
                seen = Application(self.promotion, units, savings, gain)
                if best is None or seen.rank(by_unit=by_unit) > best.rank(by_unit=by_unit):
                    best = seen
        return best

    def _ways(self, left: Counts) -> Iterable[tuple[Counts, Counts]]:
        """List promising applications: units and savings by good."""
        deal = self.promotion.deal
        if isinstance(deal, UNIT_DEALS):
            there = (self._goods[good] for good in self._unit if left[good])
            return [({good.order: 1}, {good.order: unit_saving(deal, good.unit, good.quantity)}) for good in there]
        if isinstance(deal, Nth):
            return self._nth(deal, left)
        if isinstance(deal, Tiers):
            return self._tiers(deal, left)
        if isinstance(deal, Multibuy):
            return self._for_a_price(_filled({}, [(self._dear[0], deal.size)], left), deal.price)
        if isinstance(deal, Bundle):
            return self._bundle(deal, left)
        return self._addon(deal, left) if isinstance(deal, Addon) else []

    def _for_a_price(self, units: Counts | None, price: int) -> list[tuple[Counts, Counts]]:
        if units is None:
            return []
        sums = {good: count * self._unit[good] for good, count in sorted(units.items())}
        saving = sum(sums.values()) - price
        return [(units, dict(zip(sums, shares(saving, list(sums.values())), strict=True)))] if saving > 0 else []

    def _bundle(self, deal: Bundle, left: Counts) -> list[tuple[Counts, Counts]]:
        wanted = [(goods, slot.quantity) for goods, slot in zip(self._dear, deal.slots, strict=True)]
        units = _filled({}, wanted, left)
        if deal.price is not None or units is None:
            return self._for_a_price(units, deal.price or 0)
        return [(units, self._percent(units, deal.percent))]

    def _addon(self, deal: Addon, left: Counts) -> Iterator[tuple[Counts, Counts]]:
        *buys, _ = self._plain
        bought = _filled({}, [(goods, slot.quantity) for goods, slot in zip(buys, deal.buy, strict=True)], left)
        if bought is None:
            return
        got_from = self._dear[-1]
        for quantity in sorted({1, _most(got_from, deal.get.quantity, bought, left)} - {0}):
            units = _filled(bought, [(got_from, quantity)], left)
            if units is not None:
                yield (
                    units,
                    {
                        good: got * max(0, self._unit[good] - deal.price)
                        for good, count in units.items()
                        if (got := count - bought.get(good, 0))
                    },
                )

    def _nth(self, deal: Nth, left: Counts) -> Iterator[tuple[Counts, Counts]]:
        """Look at neighbours in price, from the dearest goods down."""
        there = [good for good in self._by_price if left[good]]
        for first in range(min(WINDOWS, len(there))):
            units = _filled({}, [(there[first:], deal.size)], left)
            if units is None:
                return
            cheap = _filled({}, [(list(reversed(units)), deal.discounted)], units)
            yield units, self._percent(cheap or {}, deal.percent)

    def _tiers(self, deal: Tiers, left: Counts) -> Iterator[tuple[Counts, Counts]]:
        """Look at each tier with all units that gain, and as many others as it needs."""
        for index, tier in enumerate(deal.tiers):
            most = deal.tiers[index + 1].count - 1 if index + 1 < len(deal.tiers) else None
            losses = sorted(
                (self._alone[good] - percent_of(unit, tier.percent), good) for good, unit in self._unit.items()
            )
            units: Counts = {}
            held = 0
            for loss, good in losses:
                room = left[good] if most is None else min(left[good], most - held)
                used = room if loss < 0 else min(room, max(0, tier.count - held))
                if used:
                    units[good] = used
                    held += used
            if held >= tier.count:
                yield units, self._percent(units, tier.percent)

    def _percent(self, units: Counts, percent: int) -> Counts:
        return {good: count * percent_of(self._unit[good], percent) for good, count in units.items()}


def _filled(taken: Counts, wanted: Sequence[tuple[Sequence[int], int]], left: Counts) -> Counts | None:
    """Fill slots one after the other, each from its goods in their order, beside what is taken; None if one is open."""
    units = dict(taken)
    for goods, quantity in wanted:
        open_yet = quantity
        for good in goods:
            there = left[good]
            if not there:
                continue
            held = units.get(good, 0)
            if there - held >= open_yet:
                units[good] = held + open_yet
                open_yet = 0
                break
            if there > held:
                units[good] = there
                open_yet -= there - held
        if open_yet:
            return None
    return units


def _most(goods: Sequence[int], wanted: int, taken: Counts, left: Counts) -> int:
    """Count the pieces that are there beside what is taken, as far as they are wanted."""
    there = 0
    for good in goods:
        there += left[good] - taken.get(good, 0)
        if there >= wanted:
            return wanted
    return there
