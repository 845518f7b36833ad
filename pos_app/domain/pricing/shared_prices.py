"""How shared prices lie on goods, for a whole set of applications (docs/pricing.md §3, last tie; §6)."""

from collections.abc import Sequence

from pos_app.domain.pricing.deals import Deal, Taken
from pos_app.domain.pricing.grouping import Grouping, Stand
from pos_app.domain.pricing.slot_deals import SharedPriceDeal


class SharedPrices:
    """The pieces taken for every deal that shares its price. Values correct the bounds that the search took."""

    def __init__(self, deals: Sequence[Deal], taken: Sequence[Taken]) -> None:
        """Put together, deal by deal, what is taken."""
        self._groupings: list[tuple[SharedPriceDeal, Grouping]] = []
        self._assumed = 0
        self.is_settled = True
        for deal in deals:
            if isinstance(deal, SharedPriceDeal):
                stands = _stands(deal, [each for each in taken if each.deal is deal])
                if stands:
                    self._groupings.append((deal, Grouping(stands, deal.quantities, deal.price)))
                    self._assumed += sum(stand.pieces * stand.at_most * stand.weight for stand in stands)

    def most(self) -> int:
        """Bound the correction from above, at a glance."""
        return sum(grouping.bound() for _, grouping in self._groupings) - self._assumed

    def settle(self) -> tuple[int, dict[str, dict[int, int]]]:
        """Find the best groupings: the correction, and what each deal saves on each good."""
        shared: dict[str, dict[int, int]] = {}
        value = 0
        for deal, grouping in self._groupings:
            lies = shared[deal.promotion.id] = grouping.savings()
            self.is_settled &= grouping.is_settled
            value += sum(saving * deal.places[good].share for good, saving in lies.items())
        return value - self._assumed, shared


def _stands(deal: SharedPriceDeal, taken: Sequence[Taken]) -> list[Stand]:
    found = []
    for each in taken:
        place = deal.places[each.good]
        for slot, pieces in zip(place.slots, each.option.taken, strict=True):
            if pieces:
                found.append(Stand(each.good, slot, pieces, place.unit, place.share, deal.at_most(place.unit)))
    return sorted(found, key=lambda stand: (stand.good, stand.slot))
