"""Basket promotions: who spends so much pays less (docs/pricing.md §4).

One promotion a group, the one that saves most at the group's turn; groups take turns by the highest priority among
their promotions in effect, descending, then by name; each works on what the earlier ones left.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pos_app.domain.money import percent_of
from pos_app.domain.pricing.compiled import Slice
from pos_app.domain.pricing.entries import Entry
from pos_app.domain.pricing.goods import Good, net_of, take_off
from pos_app.domain.pricing.promotions import Promotion, Spend, SpendTier
from pos_app.domain.pricing.situation import Situation


@dataclass(slots=True)
class SpendInEffect:
    """A spend promotion that is in effect, its bound, and the goods it counts."""

    promotion: Promotion
    spend: Spend
    bound: int | None
    goods: Sequence[Good]
    amount: int = 0
    """What was left to pay for its goods when its group had its turn."""

    def tier_reached(self, amount: int) -> SpendTier | None:
        """Find the highest tier that an amount reaches."""
        reached = None
        for tier in self.spend.tiers:
            if tier.spend > amount:
                break
            reached = tier
        return reached

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


Covered = Mapping[Entry, Sequence[Good]]
"""The goods that each spend or points promotion speaks of."""


def covering(goods: Sequence[Good], allowed: Slice) -> Covered:
    """Gather the goods by what speaks of them, as far as dates, scope and channel allow it."""
    found: dict[Entry, list[Good]] = {}
    for good in goods:
        for entry in allowed.about(good.product).baskets:
            covers = found.get(entry)
            if covers is None:
                found[entry] = [good]
            else:
                covers.append(good)
    return found


def in_effect(covered: Covered, situation: Situation) -> list[SpendInEffect]:
    """List the spend promotions whose conditions all hold, by id, with the goods that each counts."""
    found = []
    for entry in sorted(covered, key=lambda entry: entry.id):
        spend = entry.promotion.deal
        if isinstance(spend, Spend):
            holds, bound = entry.bound_in_effect(situation)
            if holds:
                goods = [good for good in covered[entry] if spend.with_item_promotions or not good.promoted]
                found.append(SpendInEffect(entry.promotion, spend, bound, goods))
    return found


def save_on_basket(candidates: Sequence[SpendInEffect], allowed: Slice, situation: Situation) -> list[SpendSaved]:
    """Let each group take its turn, and take the savings off the goods."""
    groups: dict[str, list[SpendInEffect]] = {}
    for each in candidates:
        groups.setdefault(each.spend.group, []).append(each)
    turns = sorted(groups, key=lambda group: (-_priority(allowed.rivals[group], situation), group))
    taken = (_turn(groups[group]) for group in turns)
    return [saved for saved in taken if saved is not None]


def _priority(rivals: Sequence[Entry], situation: Situation) -> int:
    """Give the highest priority of those in effect, whether they cover goods or not."""
    return next(entry.promotion.priority for entry in rivals if entry.bound_in_effect(situation)[0])


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
