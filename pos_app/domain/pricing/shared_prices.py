"""How shared prices lie on goods, for a whole set of applications (docs/pricing.md §3, last tie; §6)."""

from collections.abc import Sequence

from pos_app.domain.pricing.deals import Taken
from pos_app.domain.pricing.grouping import Budget, Counts, Grouping, Stand
from pos_app.domain.pricing.sharing import shares
from pos_app.domain.pricing.slot_deals import SharedPriceDeal


class _Lying:
    """A deal that shares its price, and where its pieces can stand."""

    def __init__(self, deal: SharedPriceDeal, budget: Budget) -> None:
        self.deal = deal
        self._stands = [
            Stand(place.good, slot, place.unit, place.share, deal.at_most(place.unit))
            for place in sorted(deal.places.values(), key=lambda place: place.good)
            for slot in sorted(place.slots)
        ]
        self._at = {(stand.good, stand.slot): index for index, stand in enumerate(self._stands)}
        self.grouping = Grouping(self._stands, deal.quantities, deal.price, budget)

    def counts(self, taken: Sequence[Taken]) -> Counts:
        """Count what is taken, by stand."""
        counts = [0] * len(self._stands)
        for deal, good, option in taken:
            for slot, pieces in zip(deal.places[good].slots, option.taken, strict=True):
                counts[self._at[good, slot]] = pieces
        return tuple(counts)


class SharedPrices:
    """How the prices of a component's deals lie on goods; what was worked out for one set serves the next."""

    def __init__(self, budget: Budget | None = None) -> None:
        """Take the steps that there are for it."""
        self._known: dict[SharedPriceDeal, _Lying] = {}
        self._budget = Budget() if budget is None else budget

    @classmethod
    def plain(cls) -> "SharedPrices":
        """Give one that searches nothing: the first goods stand beside the dearest."""
        return cls(Budget(-1))

    @property
    def is_settled(self) -> bool:
        """Tell that no search for a grouping was cut."""
        return all(each.grouping.is_settled for each in self._known.values())

    def most(self, taken: Sequence[Taken]) -> int:
        """Bound the correction for a set of applications from above, at a glance."""
        bound = 0
        for deal, own in _by_deal(taken).items():
            lying = self._lying(deal)
            bound += lying.grouping.bound(lying.counts(own)) - _assumed(deal, own)
        return bound

    def settle(self, taken: Sequence[Taken]) -> tuple[int, dict[str, dict[int, int]]]:
        """Find the best groupings for a set of applications.

        Gives what corrects the bounds that the search valued shares by, and what each deal saves on each good.
        """
        shared: dict[str, dict[int, int]] = {}
        correction = 0
        for deal, own in _by_deal(taken).items():
            lies = shared[deal.promotion.id] = self._lies(deal, own)
            correction += sum(saving * deal.places[good].share for good, saving in lies.items())
            correction -= _assumed(deal, own)
        return correction, shared

    def _lies(self, deal: SharedPriceDeal, taken: Sequence[Taken]) -> dict[int, int]:
        size = sum(deal.quantities)
        if len(taken) == 1:
            _, good, option = taken[0]
            return {good: option.used * deal.places[good].unit - option.used // size * deal.price}
        if sum([each.option.used for each in taken]) == size:
            # One application: nothing to group.
            sums = {each.good: each.option.used * deal.places[each.good].unit for each in sorted(taken, key=_good)}
            return dict(zip(sums, shares(max(0, sum(sums.values()) - deal.price), list(sums.values())), strict=True))
        lying = self._lying(deal)
        return lying.grouping.savings(lying.counts(taken))

    def _lying(self, deal: SharedPriceDeal) -> _Lying:
        known = self._known.get(deal)
        if known is None:
            known = self._known[deal] = _Lying(deal, self._budget)
        return known


def _good(taken: Taken) -> int:
    return taken.good


def _by_deal(taken: Sequence[Taken]) -> dict[SharedPriceDeal, list[Taken]]:
    """Put together what each deal that shares its price takes."""
    found: dict[SharedPriceDeal, list[Taken]] = {}
    for each in taken:
        if each.option.used and isinstance(each.deal, SharedPriceDeal):
            found.setdefault(each.deal, []).append(each)
    return found


def _assumed(deal: SharedPriceDeal, taken: Sequence[Taken]) -> int:
    """Say what the search valued the lying at: a bound on each piece's share."""
    total = 0
    for each in taken:
        place = deal.places[each.good]
        total += each.option.used * deal.at_most(place.unit) * place.share
    return total
