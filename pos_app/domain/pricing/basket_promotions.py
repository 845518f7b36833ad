"""Basket promotions: who spends so much pays less (docs/pricing.md §4).

One promotion a group, the one that saves most at the group's turn; groups take turns by the highest priority among
their promotions in effect, descending, then by name; each works on what the earlier ones left.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from pos_app.domain.money import percent_of
from pos_app.domain.pricing.compiled import Slice
from pos_app.domain.pricing.goods import Good, net_of, take_off
from pos_app.domain.pricing.promotions import Promotion, Spend, SpendTier
from pos_app.domain.pricing.situation import Situation


@dataclass(slots=True)
class SpendInEffect:
    """A spend promotion that is in effect, its bound, and the goods it counts."""

    promotion: Promotion
    spend: Spend
    bound: int | None
    goods: list[Good] = field(default_factory=list)
    amount: int = 0
    """What was left to pay for its goods when its group had its turn."""

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


def in_effect(goods: Sequence[Good], allowed: Slice, situation: Situation) -> list[SpendInEffect]:
    """List the spend promotions whose conditions all hold, by id, with the goods that each counts."""
    found: dict[int, SpendInEffect] = {}
    for entry in allowed.spends:
        holds, bound = entry.bound_in_effect(situation)
        if holds and isinstance(entry.promotion.deal, Spend):
            found[entry.place] = SpendInEffect(entry.promotion, entry.promotion.deal, bound)
    if found:
        for good in goods:
            for entry in allowed.about(good.product).baskets:
                each = found.get(entry.place)
                if each is not None and (each.spend.with_item_promotions or not good.promoted):
                    each.goods.append(good)
    return list(found.values())


def save_on_basket(candidates: Sequence[SpendInEffect]) -> list[SpendSaved]:
    """Let each group take its turn, and take the savings off the goods."""
    groups: dict[str, list[SpendInEffect]] = {}
    for each in candidates:
        groups.setdefault(each.spend.group, []).append(each)
    turns = sorted(groups.items(), key=lambda item: (-max(each.promotion.priority for each in item[1]), item[0]))
    taken = (_turn(group) for _, group in turns)
    return [saved for saved in taken if saved is not None]


def _turn(group: Sequence[SpendInEffect]) -> SpendSaved | None:
    best: tuple[tuple[int, int], SpendInEffect, int] | None = None
    for each in group:
        each.amount = net_of(each.goods)
        times, saving = each.saving_on(each.amount)
        rank = (saving, each.promotion.priority)
        if saving and (best is None or rank > best[0]):
            best = rank, each, times
    if best is None:
        return None
    (saving, _), chosen, times = best
    before = [good.net for good in chosen.goods]
    take_off(chosen.goods, saving, f"promotion:{chosen.promotion.id}")
    for good, net in zip(chosen.goods, before, strict=True):
        good.discounted |= good.net < net
    return SpendSaved(chosen.promotion, times, saving)
