"""Basket promotions: who spends so much pays less (docs/pricing.md §4).

One promotion a group, the one that saves most at the group's turn; groups take turns by the highest priority among
their promotions in effect, descending, then by name; each works on what the earlier ones left.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pos_app.domain.money import percent_of
from pos_app.domain.pricing.goods import Good, net_of, take_off
from pos_app.domain.pricing.item_promotions import bound_in_effect
from pos_app.domain.pricing.promotions import Promotion, Spend, SpendTier
from pos_app.domain.pricing.situation import Situation


@dataclass(frozen=True, slots=True)
class SpendInEffect:
    """A spend promotion that is in effect, and its bound."""

    promotion: Promotion
    spend: Spend
    bound: int | None

    def covers(self, goods: Sequence[Good]) -> list[Good]:
        """List the goods it counts."""
        spend = self.spend
        return [
            good
            for good in goods
            if (spend.with_item_promotions or not good.promoted) and spend.of.matches(good.product)
        ]

    def tier_reached(self, amount: int) -> SpendTier | None:
        """Find the highest tier that an amount reaches."""
        reached = [tier for tier in self.spend.tiers if tier.spend <= amount]
        return reached[-1] if reached else None

    def saving_on(self, amount: int) -> tuple[int, int]:
        """Say how often it applies to an amount, and what that saves, at most the amount."""
        tier = self.tier_reached(amount)
        if tier is None:
            return 0, 0
        if tier.off is None:
            return 1, percent_of(amount, tier.percent)
        times = amount // tier.spend if self.spend.repeat else 1
        if self.bound is not None:
            times = min(times, self.bound)
        return times, min(amount, times * tier.off)


@dataclass(frozen=True, slots=True)
class SpendSaved:
    """What a basket promotion did."""

    promotion: Promotion
    applications: int
    saving: int


def in_effect(allowed: Sequence[Promotion], situation: Situation) -> list[SpendInEffect]:
    """List the spend promotions whose conditions all hold, of those that dates, scope and channel allow."""
    found = []
    for promotion in allowed:
        holds, bound = bound_in_effect(promotion, situation)
        if holds and isinstance(promotion.deal, Spend):
            found.append(SpendInEffect(promotion, promotion.deal, bound))
    return found


def save_on_basket(goods: Sequence[Good], candidates: Sequence[SpendInEffect]) -> list[SpendSaved]:
    """Let each group take its turn, and take the savings off the goods."""
    groups: dict[str, list[SpendInEffect]] = {}
    for each in candidates:
        groups.setdefault(each.spend.group, []).append(each)
    turns = sorted(groups.items(), key=lambda item: (-max(each.promotion.priority for each in item[1]), item[0]))
    taken = (_turn(goods, group) for _, group in turns)
    return [saved for saved in taken if saved is not None]


def _turn(goods: Sequence[Good], group: Sequence[SpendInEffect]) -> SpendSaved | None:
    best: tuple[tuple[int, int], SpendSaved, list[Good]] | None = None
    for each in sorted(group, key=lambda each: each.promotion.id):
        covered = each.covers(goods)
        times, saving = each.saving_on(net_of(covered))
        rank = (saving, each.promotion.priority)
        if saving and (best is None or rank > best[0]):
            best = rank, SpendSaved(each.promotion, times, saving), covered
    if best is None:
        return None
    _, saved, covered = best
    before = [good.net for good in covered]
    take_off(covered, saved.saving, f"promotion:{saved.promotion.id}")
    for good, net in zip(covered, before, strict=True):
        good.discounted |= good.net < net
    return saved
