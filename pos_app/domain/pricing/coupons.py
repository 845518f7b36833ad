"""Coupons: of those presented, the allowed subset that saves most (docs/pricing.md §5).

At most one a group; applied in the order exchange, percent, cash, then by id, each on what the earlier ones left.
A coupon saves no more beside others than alone, which bounds what is left to win. The work is bounded by a count; where
that ends the search, what it found is bettered: a coupon less, a coupon more, one in place of another.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pos_app.domain.money import percent_of
from pos_app.domain.pricing.goods import Good
from pos_app.domain.pricing.promotions import Cash, CouponTemplate, Exchange, PercentOff
from pos_app.domain.pricing.sharing import shares
from pos_app.domain.pricing.situation import Situation
from pos_app.domain.pricing.subjects import PresentedCoupon

MAX_STEPS = 10_000
"""Subsets looked at; beyond, the search is cut and says so."""
MAX_TRIED = 20_000
"""Coupons applied in bettering what a search that was cut had found."""
_TURNS = (Exchange, PercentOff, Cash)


@dataclass(frozen=True, slots=True)
class CouponAnswer:
    """What became of a presented coupon; ``reason`` is None where it was accepted."""

    id: str
    saving: int
    reason: str | None


@dataclass(frozen=True, slots=True)
class Usable:
    """A coupon that would save something by itself, and the goods it may work on."""

    coupon: PresentedCoupon
    template: CouponTemplate
    goods: tuple[int, ...]
    pieces: Mapping[int, int]
    """Of those goods, the number of pieces of each that is sold by the piece."""
    alone: int = 0

    @property
    def turn(self) -> tuple[int, str]:
        """Say when it applies."""
        return _TURNS.index(type(self.template.value)), self.coupon.id

    def savings(self, nets: Sequence[int]) -> list[tuple[int, int]]:
        """Say what it takes off which goods, given what is left of each."""
        value = self.template.value
        if isinstance(value, Exchange):
            return self._exchanged(value.price, nets)
        there = [nets[good] for good in self.goods]
        total = sum(there)
        if isinstance(value, Cash):
            saving = min(value.off, total)
        else:
            saving = percent_of(total, value.percent)
            saving = saving if value.max_off is None else min(saving, value.max_off)
        return list(zip(self.goods, shares(saving, there), strict=True)) if saving else []

    def _exchanged(self, price: int, nets: Sequence[int]) -> list[tuple[int, int]]:
        best: list[tuple[int, int]] = []
        for good, pieces in self.pieces.items():
            saving = nets[good] // pieces - price
            if saving > (best[0][1] if best else 0):
                best = [(good, saving)]
        return best


def refusal_of(
    coupon: PresentedCoupon, template: CouponTemplate | None, goods: Sequence[Good], situation: Situation
) -> str | Usable:
    """Give the first reason why a coupon cannot be used by itself, or what it can do."""
    if template is None:
        return "unknown_template"
    refused = _refusal_by_conditions(coupon, template, situation)
    if refused:
        return refused
    matching = [
        good
        for good in goods
        if (template.with_promotions or not good.discounted) and template.of.matches(good.product)
    ]
    if not matching:
        return "no_matching_goods"
    if sum(good.net for good in matching) < template.min_spend:
        return "min_spend"
    pieces = {good.order: good.units for good in matching if good.quantity is None}
    usable = Usable(coupon, template, tuple(good.order for good in matching), pieces)
    alone = sum(saving for _, saving in usable.savings([good.net for good in goods]))
    if alone <= 0:
        return "no_saving"
    return Usable(coupon, template, usable.goods, pieces, alone)


def _refusal_by_conditions(coupon: PresentedCoupon, template: CouponTemplate, situation: Situation) -> str | None:
    if not situation.is_within(coupon.valid_from, None):
        return "not_started"
    if not situation.is_within(None, coupon.valid_to):
        return "expired"
    return None if template.when.hold(situation) else "not_in_effect"


class _Choice:
    """The search for the best subset: in order of application, each coupon is in or out."""

    def __init__(self, usable: Sequence[Usable]) -> None:
        self._usable = usable
        self._ahead = _most_ahead(usable)
        self._largest = [max((each.alone for each in usable[index:]), default=0) for index in range(len(usable) + 1)]
        ids = [each.coupon.id for each in usable]
        self._first_is_smallest = ids == sorted(ids)
        """Coupons apply in the order of their ids: of equal lists, the smaller is met first."""
        self._best: tuple[int, int, list[str]] = (0, 0, [])
        self.chosen: tuple[Usable, ...] = ()
        self._steps = 0
        self.is_optimal = True

    def search(self, index: int, nets: list[int], saved: int, chosen: tuple[Usable, ...]) -> None:
        """Decide from one coupon on."""
        self._steps += 1
        if self._steps > MAX_STEPS:
            self.is_optimal = False
            return
        self._compare(saved, chosen)
        if index == len(self._usable) or not self._may_win(index, nets, saved, len(chosen)):
            return
        each = self._usable[index]
        if all(other.template.group != each.template.group for other in chosen):
            taken = each.savings(nets)
            if taken:
                left = nets.copy()
                for good, saving in taken:
                    left[good] -= saving
                self.search(index + 1, left, saved + sum(saving for _, saving in taken), (*chosen, each))
        self.search(index + 1, nets, saved, chosen)

    def _compare(self, saved: int, chosen: tuple[Usable, ...]) -> None:
        ids = sorted(each.coupon.id for each in chosen)
        most, fewest, best_ids = self._best
        if (saved, -len(ids)) > (most, -fewest) or ((saved, len(ids)) == (most, fewest) and ids < best_ids):
            self._best, self.chosen = (saved, len(ids), ids), chosen

    def _may_win(self, index: int, nets: Sequence[int], saved: int, count: int) -> bool:
        most, fewest, _ = self._best
        reach = saved + min(self._ahead[index], sum(nets))
        if reach != most or not self._largest[index]:
            return reach > most
        at_least = count + -(-(most - saved) // self._largest[index])
        return at_least < fewest or (at_least == fewest and not self._first_is_smallest)


class _Bettering:
    """Sets of coupons, by their places in order of application, and those beside them."""

    def __init__(self, usable: Sequence[Usable], nets: Sequence[int]) -> None:
        self._usable = usable
        self._nets = nets
        self._known: dict[frozenset[int], _Set] = {}
        self._tried = 0

    def best(self, found: Sequence[Usable]) -> tuple[Usable, ...]:
        """Better what the search found, the best coupon alone, and the coupons in order of what they save alone."""
        by_saving = sorted(range(len(self._usable)), key=lambda place: (-self._usable[place].alone, place))
        starts = [
            frozenset(self._usable.index(each) for each in found),
            frozenset(by_saving[:1]),
            self._one_a_group(by_saving),
        ]
        sets = sorted((self._set(start) for start in starts), key=lambda each: each.rank, reverse=True)
        best = max([self._bettered(each) for each in sets], key=lambda each: each.rank)
        return tuple(self._usable[place] for place in sorted(best.places))

    def _one_a_group(self, places: Iterable[int]) -> frozenset[int]:
        first: dict[str, int] = {}
        for place in places:
            first.setdefault(self._usable[place].template.group, place)
        return frozenset(first.values())

    def _bettered(self, best: "_Set") -> "_Set":
        goes_on = True
        while goes_on:
            goes_on = False
            for places in self._beside(best.places):
                if self._tried > MAX_TRIED:
                    return best
                tried = self._set(places)
                if tried.rank > best.rank:
                    best, goes_on = tried, True
                    break
        return best

    def _beside(self, places: frozenset[int]) -> Iterator[frozenset[int]]:
        """List the sets with a coupon less, with one more (in place of its group's), and with one for another."""
        more = [
            frozenset({place, *(each for each in places if not self._are_of_a_group(each, place))})
            for place in range(len(self._usable))
            if place not in places
        ]
        yield from (places - {place} for place in sorted(places))
        yield from more
        yield from (each - {place} for each in more for place in sorted(places & each))

    def _are_of_a_group(self, one: int, other: int) -> bool:
        return self._usable[one].template.group == self._usable[other].template.group

    def _set(self, places: frozenset[int]) -> "_Set":
        """Apply the coupons in turn; one that saves nothing is left out."""
        known = self._known.get(places)
        if known is None:
            nets, used = list(self._nets), set()
            saved = 0
            for place in sorted(places):
                for good, saving in self._usable[place].savings(nets):
                    nets[good] -= saving
                    saved += saving
                    used.add(place)
            self._tried += len(places)
            known = self._known[places] = _Set(frozenset(used), (saved, -len(used)))
        return known


class _Set(NamedTuple):
    """Coupons that all save something, with what they save and how few they are."""

    places: frozenset[int]
    rank: tuple[int, int]


def _most_ahead(usable: Sequence[Usable]) -> list[int]:
    """Bound what the coupons from each place on can save: the best alone of each group."""
    best: dict[str, int] = {}
    ahead = [0]
    for each in reversed(usable):
        best[each.template.group] = max(best.get(each.template.group, 0), each.alone)
        ahead.append(sum(best.values()))
    return ahead[::-1]


def use_coupons(
    presented: Sequence[PresentedCoupon],
    templates: Mapping[str, CouponTemplate],
    goods: Sequence[Good],
    situation: Situation,
) -> tuple[list[CouponAnswer], bool]:
    """Choose the coupons, take their savings off the goods, and answer every one by id.

    The second answer tells whether the choice is proven to be the best.
    """
    if not presented:
        return [], True
    verdicts = {each.id: refusal_of(each, templates.get(each.template), goods, situation) for each in presented}
    usable = sorted((each for each in verdicts.values() if isinstance(each, Usable)), key=lambda each: each.turn)
    choice = _Choice(usable)
    nets = [good.net for good in goods]
    choice.search(0, nets, 0, ())
    chosen = choice.chosen if choice.is_optimal else _Bettering(usable, nets).best(choice.chosen)
    savings = {}
    for each in chosen:
        taken = each.savings([good.net for good in goods])
        savings[each.coupon.id] = sum(saving for _, saving in taken)
        for good, saving in taken:
            goods[good].take(saving, f"coupon:{each.coupon.id}")
    groups = {each.template.group for each in chosen}
    answers = []
    for coupon_id, verdict in sorted(verdicts.items()):
        if coupon_id in savings:
            answers.append(CouponAnswer(coupon_id, savings[coupon_id], None))
        elif isinstance(verdict, str):
            answers.append(CouponAnswer(coupon_id, 0, verdict))
        else:
            reason = "group" if verdict.template.group in groups else "no_saving"
            answers.append(CouponAnswer(coupon_id, 0, reason))
    return answers, choice.is_optimal
