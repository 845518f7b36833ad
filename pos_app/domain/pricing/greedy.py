"""A good set of applications where the exact search is too large or was cut: the best application, again and again.

No claim is made for it: the quote that uses it says ``"optimal": false`` (docs/pricing.md §3).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from pos_app.domain.money import percent_of
from pos_app.domain.pricing.goods import Good
from pos_app.domain.pricing.promotions import UNIT_DEALS, Addon, Bundle, Multibuy, Nth, Promotion, Tiers
from pos_app.domain.pricing.sharing import shares
from pos_app.domain.pricing.worth import Alone, Reached, unit_saving


@dataclass(frozen=True, slots=True)
class Application:
    """An application, ``times`` over: units and savings by good and gain over the units alone (fen) of each."""

    promotion: Promotion
    units: dict[int, int]
    savings: dict[int, int]
    gain: int
    times: int = 1


class Greedy:
    """The goods of a component and what is left of them."""

    def __init__(self, together: Sequence[Reached], alone: Sequence[Alone]) -> None:
        """Take the deals and what units save alone."""
        self._reached = together
        self._goods = {good.order: good for reached in together for good, _ in reached.goods}
        self._left = {order: good.units for order, good in self._goods.items()}
        self._alone = {order: alone[order].saving for order in self._goods}

    def applications(self) -> Iterator[Application]:
        """Take the application that gains most, as often as it goes, until none gains."""
        times = {reached.promotion.id: reached.most for reached in self._reached}
        offers = {reached.promotion.id: self._best(reached) for reached in self._reached}
        while True:
            best = max((each for each in offers.values() if each is not None), key=_gain, default=None)
            if best is None:
                return
            often = min(self._left[good] // units for good, units in best.units.items())
            often = min(often, times[best.promotion.id])
            yield replace(best, times=often)
            times[best.promotion.id] -= often
            for good, units in best.units.items():
                self._left[good] -= often * units
            for reached in self._reached:
                own = reached.promotion.id
                offer = offers[own]
                if offer is not None and not times[own]:
                    offers[own] = None
                elif offer is not None and any(self._left[good] < units for good, units in offer.units.items()):
                    offers[own] = self._best(reached)

    def _best(self, reached: Reached) -> Application | None:
        ways = self._ways(reached)
        best = max((self._application(reached.promotion, *way) for way in ways), key=_gain, default=None)
        return best if best is not None and best.gain > 0 else None

    def _ways(self, reached: Reached) -> Iterable[tuple[dict[int, int], dict[int, int]]]:
        """List promising applications of a deal: units and savings by good."""
        deal = reached.promotion.deal
        if isinstance(deal, UNIT_DEALS):
            savings = {good.order: unit_saving(deal, good) for good, _ in reached.goods}
            return [({good: 1}, {good: saving}) for good, saving in savings.items() if self._left[good]]
        if isinstance(deal, Nth):
            return self._nth(deal, reached)
        if isinstance(deal, Tiers):
            return self._tiers(deal, reached)
        if isinstance(deal, Multibuy):
            return self._for_a_price(self._fill(reached, [(0, deal.size)]), deal.price)
        if isinstance(deal, Bundle):
            return self._bundle(deal, reached)
        return self._addon(deal, reached) if isinstance(deal, Addon) else []

    def _application(self, promotion: Promotion, units: dict[int, int], savings: dict[int, int]) -> Application:
        alone = sum(count * self._alone[good] for good, count in units.items())
        return Application(promotion, units, savings, sum(savings.values()) - alone)

    def _fill(
        self,
        reached: Reached,
        slots: Sequence[tuple[int, int]],
        taken: dict[int, int] | None = None,
        *,
        dear: bool = True,
    ) -> dict[int, int] | None:
        """Fill slots one after the other with the pieces dearest over what they save alone; None if one stays open."""
        units = dict(taken or {})
        for slot, quantity in slots:
            there = [
                good for good, own in reached.goods if slot in own and self._left[good.order] > units.get(good.order, 0)
            ]
            wanted = quantity
            for good in sorted(there, key=lambda good: (self._alone[good.order] - good.unit * dear, good.order)):
                used = min(wanted, self._left[good.order] - units.get(good.order, 0))
                if used:
                    units[good.order] = units.get(good.order, 0) + used
                    wanted -= used
            if wanted:
                return None
        return units

    def _for_a_price(self, units: dict[int, int] | None, price: int) -> list[tuple[dict[int, int], dict[int, int]]]:
        if units is None:
            return []
        sums = [count * self._goods[good].unit for good, count in sorted(units.items())]
        saving = sum(sums) - price
        return [(units, dict(zip(sorted(units), shares(saving, sums), strict=True)))] if saving > 0 else []

    def _bundle(self, deal: Bundle, reached: Reached) -> list[tuple[dict[int, int], dict[int, int]]]:
        units = self._fill(reached, [(slot, each.quantity) for slot, each in enumerate(deal.slots)])
        if deal.price is not None or units is None:
            return self._for_a_price(units, deal.price or 0)
        return [(units, self._percent(units, deal.percent))]

    def _addon(self, deal: Addon, reached: Reached) -> list[tuple[dict[int, int], dict[int, int]]]:
        bought = self._fill(reached, [(slot, each.quantity) for slot, each in enumerate(deal.buy)], dear=False)
        found = []
        for quantity in range(1, deal.get.quantity + 1):
            units = None if bought is None else self._fill(reached, [(len(deal.buy), quantity)], bought)
            if bought is None or units is None:
                break
            got = {good: count - bought.get(good, 0) for good, count in units.items()}
            savings = {
                good: count * max(0, self._goods[good].unit - deal.price) for good, count in got.items() if count
            }
            found.append((units, savings))
        return found

    def _nth(self, deal: Nth, reached: Reached) -> Iterator[tuple[dict[int, int], dict[int, int]]]:
        """Look at neighbours in price, from each good down."""
        dearest_first = sorted((good for good, _ in reached.goods), key=lambda good: (-good.unit, -good.order))
        for first in range(len(dearest_first)):
            pieces: list[Good] = []
            for good in dearest_first[first:]:
                pieces += [good] * min(self._left[good.order], deal.size - len(pieces))
            if len(pieces) < deal.size:
                return
            cheap = _counted(pieces[deal.size - deal.discounted :])
            yield _counted(pieces), self._percent(cheap, deal.percent)

    def _tiers(self, deal: Tiers, reached: Reached) -> Iterator[tuple[dict[int, int], dict[int, int]]]:
        """Look at each tier with all units that gain, and as many others as it needs."""
        for index, tier in enumerate(deal.tiers):
            most = deal.tiers[index + 1].count - 1 if index + 1 < len(deal.tiers) else None
            gains = sorted(
                (self._alone[good.order] - percent_of(good.unit, tier.percent), good.order) for good, _ in reached.goods
            )
            units: dict[int, int] = {}
            held = 0
            for loss, good in gains:
                room = self._left[good] if most is None else min(self._left[good], most - held)
                used = room if loss < 0 else min(room, max(0, tier.count - held))
                if used:
                    units[good] = used
                    held += used
            if held >= tier.count:
                yield units, self._percent(units, tier.percent)

    def _percent(self, units: dict[int, int], percent: int) -> dict[int, int]:
        return {good: count * percent_of(self._goods[good].unit, percent) for good, count in units.items()}


def _counted(pieces: Sequence[Good]) -> dict[int, int]:
    counts: dict[int, int] = {}
    for good in pieces:
        counts[good.order] = counts.get(good.order, 0) + 1
    return counts


def _gain(application: Application) -> int:
    return application.gain
