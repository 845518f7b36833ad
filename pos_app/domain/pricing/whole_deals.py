"""What a deal saves by whole applications, read off the pieces that it takes of each good (docs/pricing.md §3).

Only for deals whose goods each stand in one slot: then the pieces say how many applications they are, and what those
save. Fen only; how equal sets are told apart is not known here.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from pos_app.domain.money import percent_of
from pos_app.domain.pricing.goods import Good
from pos_app.domain.pricing.grouping import Budget, Grouping, Stand
from pos_app.domain.pricing.promotions import Addon, Bundle, Multibuy, Nth, Tiers
from pos_app.domain.pricing.sharing import shares
from pos_app.domain.pricing.worth import Reached

Used = tuple[int, ...]
"""Pieces by good."""


class WholeDeal(ABC):
    """A deal, and the goods that it may take pieces of."""

    def __init__(self, reached: Reached, goods: Sequence[Good]) -> None:
        """Take what is in its reach; ``goods`` in the order in which pieces are told by good."""
        self.promotion = reached.promotion
        self.most = reached.most
        self.goods = goods

    @abstractmethod
    def times(self, used: Used) -> int:
        """Say how many applications the pieces are; 0 where they are no whole ones."""

    @abstractmethod
    def saving(self, used: Used, times: int) -> int:
        """Say what so many applications save at best."""

    @abstractmethod
    def lies(self, used: Used, times: int) -> Sequence[int] | None:
        """Say how the saving lies on the goods; None where fen do not decide it."""


class _WholeNth(WholeDeal):
    """``nth``: of every ``size`` pieces, from the dearest down, the last are discounted. Goods: dearest first.

    No grouping saves more: the j-th discounted piece has at least so many dearer ones before it.
    """

    def __init__(self, deal: Nth, reached: Reached) -> None:
        super().__init__(reached, sorted([good for good, _ in reached.goods], key=_dearest_first))
        self._size, self._ahead = deal.size, deal.size - deal.discounted
        self._each = [percent_of(good.unit, deal.percent) for good in self.goods]

    def times(self, used: Used) -> int:
        """Any ``size`` of them are one."""
        times, over = divmod(sum(used), self._size)
        return 0 if over else times

    def saving(self, used: Used, times: int) -> int:
        """Sum what each discounted piece saves."""
        del times
        return sum(map(int.__mul__, self._discounted(used), self._each))

    def lies(self, used: Used, times: int) -> Sequence[int] | None:
        """Each discounted piece saves its own; where pieces of two goods save the same, either may be the one."""
        del times
        savings = [saving for saving, pieces in zip(self._each, used, strict=True) if pieces]
        if len(set(savings)) < len(savings):
            return None
        return list(map(int.__mul__, self._discounted(used), self._each))

    def _discounted(self, used: Used) -> list[int]:
        size, ahead = self._size, self._ahead
        found, held, before = [], 0, 0
        for pieces in used:
            held += pieces
            groups, over = divmod(held, size)
            after = groups * (size - ahead) + max(0, over - ahead)
            found.append(after - before)
            before = after
        return found


def _dearest_first(good: Good) -> int:
    return -good.unit


class _WholeTiers(WholeDeal):
    """``tiers``: once, at the highest tier that the pieces reach."""

    def __init__(self, deal: Tiers, reached: Reached) -> None:
        super().__init__(reached, [good for good, _ in reached.goods])
        self._counts = [tier.count for tier in deal.tiers]
        self._each = [[percent_of(good.unit, tier.percent) for good in self.goods] for tier in deal.tiers]

    def times(self, used: Used) -> int:
        """Any number from the lowest tier on is one."""
        return 1 if sum(used) >= self._counts[0] else 0

    def saving(self, used: Used, times: int) -> int:
        """Sum what each piece saves at the tier."""
        del times
        return sum(map(int.__mul__, used, self._reached(used)))

    def lies(self, used: Used, times: int) -> Sequence[int]:
        """Each piece saves its own."""
        del times
        return list(map(int.__mul__, used, self._reached(used)))

    def _reached(self, used: Used) -> Sequence[int]:
        pieces = sum(used)
        return self._each[sum([count <= pieces for count in self._counts]) - 1]


class _WholeSlots(WholeDeal):
    """Deals with slots; each good stands in one."""

    def __init__(self, reached: Reached, quantities: Sequence[int]) -> None:
        super().__init__(reached, [good for good, _ in reached.goods])
        self._quantities = quantities
        self._size = sum(quantities)
        self._slots = [slots[0] for _, slots in reached.goods]

    def times(self, used: Used) -> int:
        """As many as fill every slot to the last piece."""
        times, over = divmod(sum(used), self._size)
        if over or not times:
            return 0
        if len(self._quantities) > 1 and self._standing(used) != [times * each for each in self._quantities]:
            return 0
        return times

    def _standing(self, used: Used) -> list[int]:
        """Count the pieces in each slot."""
        standing = [0] * len(self._quantities)
        for slot, pieces in zip(self._slots, used, strict=True):
            standing[slot] += pieces
        return standing


class _WholeEach(_WholeSlots):
    """``bundle`` with a percentage: each piece saves its own, ``each`` by good."""

    def __init__(self, reached: Reached, quantities: Sequence[int], each: Sequence[int]) -> None:
        super().__init__(reached, quantities)
        self._each = each

    def saving(self, used: Used, times: int) -> int:
        """Sum what each piece saves."""
        del times
        return sum(map(int.__mul__, used, self._each))

    def lies(self, used: Used, times: int) -> Sequence[int]:
        """Each piece saves its own."""
        del times
        return list(map(int.__mul__, used, self._each))


class _WholePrice(_WholeSlots):
    """``multibuy``, or ``bundle`` with a price."""

    def __init__(self, quantities: Sequence[int], price: int, reached: Reached) -> None:
        super().__init__(reached, quantities)
        self._price = price
        self._units = [good.unit for good in self.goods]

    def saving(self, used: Used, times: int) -> int:
        """Take the price of each from what the pieces cost."""
        return sum(map(int.__mul__, used, self._units)) - times * self._price

    def lies(self, used: Used, times: int) -> Sequence[int] | None:
        """By what the pieces cost; where several stand together, by those of each application."""
        if times == 1 or sum(map(bool, used)) == 1:
            return shares(self.saving(used, times), list(map(int.__mul__, used, self._units)))
        return self._grouped(used)

    def _grouped(self, used: Used) -> Sequence[int] | None:
        """Group the pieces so that the first good in order has the most, then the next; None where that is cut."""
        width = sum(map(int.__mul__, used, self._units)).bit_length() + 1
        last = len(used) - 1
        stands = [
            Stand(place, slot, unit, 1 << width * (last - place), unit)
            for place, (slot, unit) in enumerate(zip(self._slots, self._units, strict=True))
        ]
        grouping = Grouping(stands, self._quantities, self._price, Budget())
        savings = grouping.savings(used)
        return [savings.get(place, 0) for place in range(len(used))] if grouping.is_settled else None


class _WholeAddon(_WholeEach):
    """``addon``: the last slot is what one gets, 1 to so many an application."""

    def __init__(self, deal: Addon, reached: Reached) -> None:
        get, price = len(deal.buy), deal.price
        each = [max(0, good.unit - price) if slots[0] == get else 0 for good, slots in reached.goods]
        super().__init__(reached, [*(slot.quantity for slot in deal.buy), 1], each)
        self._most_got = deal.get.quantity

    def times(self, used: Used) -> int:
        """As many as the bought pieces are, where what one gets goes by it."""
        *bought, got = self._standing(used)
        times = bought[0] // self._quantities[0]
        if bought != [times * each for each in self._quantities[:-1]] or not times <= got <= times * self._most_got:
            return 0
        return times


def whole_deal(reached: Reached) -> WholeDeal | None:
    """Take a deal so; None where its goods may stand in several slots, or it takes single units."""
    deal = reached.promotion.deal
    if isinstance(deal, Nth):
        return _WholeNth(deal, reached)
    if isinstance(deal, Multibuy):
        return _WholePrice((deal.size,), deal.price, reached)
    if isinstance(deal, Tiers):
        return _WholeTiers(deal, reached)
    if isinstance(deal, Bundle | Addon) and all(len(slots) == 1 for _, slots in reached.goods):
        return _WholeAddon(deal, reached) if isinstance(deal, Addon) else _whole_bundle(deal, reached)
    return None


def _whole_bundle(deal: Bundle, reached: Reached) -> WholeDeal:
    quantities = [slot.quantity for slot in deal.slots]
    if deal.price is not None:
        return _WholePrice(quantities, deal.price, reached)
    return _WholeEach(reached, quantities, [percent_of(good.unit, deal.percent) for good, _ in reached.goods])
