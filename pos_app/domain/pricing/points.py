"""Points: spent like a discount, earned on what is paid in money (docs/pricing.md §5)."""

from collections.abc import Sequence
from dataclasses import dataclass

from pos_app.domain.errors import Refusal
from pos_app.domain.pricing.basket_promotions import Covered
from pos_app.domain.pricing.goods import Good, net_of, take_off
from pos_app.domain.pricing.promotions import MorePoints, PointsRules, Promotion
from pos_app.domain.pricing.situation import Situation
from pos_app.domain.pricing.subjects import PricedMember

SOURCE = "points"
_ONE = 100
_HUNDRED_PERCENT = 10_000


def spend_points(points: int, rules: PointsRules, member: PricedMember | None, goods: Sequence[Good]) -> int:
    """Pay with points: give their worth in fen, taken off all goods.

    Raises:
        Refusal: ``points_step``, ``points_balance`` or ``points_max``, the first that holds.

    """
    if points == 0:
        return 0
    if points % rules.step:
        raise Refusal("points_step", points=points, step=rules.step)
    balance = 0 if member is None else member.points
    if points > balance:
        raise Refusal("points_balance", points=points, balance=balance)
    due = net_of(goods)
    if rules.worth_points is None:
        raise Refusal("points_max", points=points, most_fen=0)
    worth = points * rules.worth_fen // rules.worth_points
    if worth * _HUNDRED_PERCENT > due * rules.max_percent:
        raise Refusal("points_max", points=points, most_fen=due * rules.max_percent // _HUNDRED_PERCENT)
    take_off(goods, worth, SOURCE)
    return worth


@dataclass(frozen=True, slots=True)
class Counted:
    """A points promotion that counts, and the goods it covers."""

    promotion: Promotion
    deal: MorePoints
    goods: Sequence[Good]


def counting(covered: Covered, situation: Situation) -> list[Counted]:
    """List the points promotions that count, by id: a member, and enough paid for the goods they cover."""
    if situation.member is None:
        return []
    found = []
    for entry, goods in covered.items():
        deal = entry.promotion.deal
        if isinstance(deal, MorePoints) and entry.bound_in_effect(situation)[0]:
            net = net_of(goods)
            if net > 0 and net >= deal.min_spend:
                found.append(Counted(entry.promotion, deal, goods))
    return sorted(found, key=lambda each: each.promotion.id)


def points_earned(
    rules: PointsRules, counted: Sequence[Counted], goods: Sequence[Good], member: PricedMember | None
) -> int:
    """Count the points that what is left to pay earns; a sale without member earns none."""
    if member is None:
        return 0
    bonus = sum(each.deal.bonus for each in counted)
    if rules.earn_per is None:
        return bonus
    greatest: dict[int, int] = {}
    for each in counted:
        if each.deal.multiplier is not None:
            for good in each.goods:
                greatest[good.order] = max(each.deal.multiplier, greatest.get(good.order, 0))
    weighted = sum(good.net * greatest.get(good.order, _ONE) for good in goods)
    tier = _ONE if member.tier is None else rules.tier_multiplier.get(member.tier, _ONE)
    return weighted * tier // (rules.earn_per * _ONE * _ONE) + bonus
