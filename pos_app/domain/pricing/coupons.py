"""Coupons: of those presented, the allowed subset that saves most (docs/pricing.md §5).

At most one a group; applied in the order exchange, percent, cash, then by id, each on what the earlier ones left.
A coupon saves no more beside others than alone, which bounds what is left to win. The work is bounded by a count.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pos_app.domain.money import percent_of
from pos_app.domain.pricing.goods import Good
from pos_app.domain.pricing.promotions import Cash, CouponTemplate, Exchange, PercentOff
from pos_app.domain.pricing.sharing import shares
from pos_app.domain.pricing.situation import Situation
from pos_app.domain.pricing.subjects import PresentedCoupon

MAX_STEPS = 10_000
"""Subsets looked at; beyond, the search is cut and says so."""
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
    verdicts = {each.id: refusal_of(each, templates.get(each.template), goods, situation) for each in presented}
    usable = sorted((each for each in verdicts.values() if isinstance(each, Usable)), key=lambda each: each.turn)
    choice = _Choice(usable)
    choice.search(0, [good.net for good in goods], 0, ())
    savings = {}
    for each in choice.chosen:
        taken = each.savings([good.net for good in goods])
        savings[each.coupon.id] = sum(saving for _, saving in taken)
        for good, saving in taken:
            goods[good].take(saving, f"coupon:{each.coupon.id}")
    groups = {each.template.group for each in choice.chosen}
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
