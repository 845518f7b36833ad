"""What a dry run finds, added up basket by basket: per store, per new promotion, per promotion that is beaten.

Exact integers. Pure: knows no database and no prices.
"""

from collections import Counter
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

from pos_app.domain.pricing.quote import Quote, QuotedPromotion


@dataclass(slots=True)
class Tally:
    """Baskets looked at and touched, what customers paid and would have paid (fen), and points they would get more."""

    baskets: int = 0
    touched: int = 0
    paid: int = 0
    would_pay: int = 0
    points: int = 0

    def add(self, before: Quote, after: Quote, *, touched: bool) -> None:
        """Add a basket."""
        self.baskets += 1
        self.touched += touched
        self.paid += before.payable
        self.would_pay += after.payable
        self.points += after.points_earned - before.points_earned

    def document(self) -> dict[str, int]:
        """Write it; ``cost`` is what the customers would have kept."""
        return {
            "baskets": self.baskets,
            "touched": self.touched,
            "paid": self.paid,
            "would_pay": self.would_pay,
            "cost": self.paid - self.would_pay,
            "points": self.points,
        }


@dataclass(slots=True)
class Findings:
    """All that is found."""

    fresh: AbstractSet[str]
    """Ids of the promotions that are tried."""
    total: Tally = field(default_factory=Tally)
    stores: dict[str, Tally] = field(default_factory=dict)
    used: dict[str, Counter[str]] = field(default_factory=dict)
    beaten: dict[str, Counter[str]] = field(default_factory=dict)
    left_out: Counter[str] = field(default_factory=Counter)
    """Baskets that could not be priced, by the code of why."""

    def add(self, store: str, before: Quote, after: Quote) -> None:
        """Add a basket as it was priced, and as it would have been."""
        applied = [each for each in after.promotions if each.id in self.fresh]
        changed = bool(applied) or before.promotions != after.promotions
        for tally in (self.total, self.stores.setdefault(store, Tally())):
            tally.add(before, after, touched=changed)
        if not changed:
            return
        for each in applied:
            found = self.used.setdefault(each.id, Counter())
            found.update(baskets=1, applications=each.applications, saving=each.saving)
        stands = {each.id: each for each in after.promotions}
        for each in before.promotions:
            self._hold(each, stands.get(each.id), before.payable - after.payable)

    def _hold(self, before: QuotedPromotion, after: QuotedPromotion | None, cost: int) -> None:
        """Note a promotion that did more before."""
        saves, applies = (after.saving, after.applications) if after is not None else (0, 0)
        if before.id in self.fresh or (saves >= before.saving and applies >= before.applications):
            return
        found = self.beaten.setdefault(before.id, Counter())
        found.update(baskets=1, less_saving=before.saving - saves, cost=cost)

    def document(self) -> dict[str, Any]:
        """Write it."""
        return {
            "total": self.total.document(),
            "stores": [{"store": name} | self.stores[name].document() for name in sorted(self.stores)],
            "promotions": [{"id": own} | _counts(self.used.get(own), _USED) for own in sorted(self.fresh)],
            "beaten": [{"id": own} | _counts(found, _BEATEN) for own, found in sorted(self.beaten.items())],
            "left_out": dict(sorted(self.left_out.items())),
        }


_USED = ("baskets", "applications", "saving")
_BEATEN = ("baskets", "less_saving", "cost")


def _counts(found: Counter[str] | None, names: tuple[str, ...]) -> dict[str, int]:
    return {name: 0 if found is None else found[name] for name in names}
