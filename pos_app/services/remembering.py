"""Remembering what a member bought: one timeline over all channels and own unconfirmed facts, and with one key what
they usually buy into the basket. Used from the counter's one worker thread only. Knows no window.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from pos_app.domain.catalog import FoundProduct
from pos_app.domain.errors import Refusal
from pos_app.domain.members import Member
from pos_app.domain.purchases import Purchase, Usual, own_purchase, timeline, usuals
from pos_app.domain.quantity import Quantity
from pos_app.services.basket_pricing import BasketView, Notice
from pos_app.services.ports import Journal, Replica
from pos_app.services.selling import Selling

MOST_PURCHASES: Final = 50
MOST_USUAL: Final = 5


@dataclass(frozen=True, slots=True)
class Remembered:
    """What a member bought, the newest first, and what of it is usual."""

    purchases: Sequence[Purchase]
    usual: Sequence[Usual]


@dataclass(frozen=True, slots=True)
class Remembering:
    """Questions about what members bought."""

    journal: Journal
    replica: Replica
    selling: Selling

    def of(self, member: Member) -> Remembered:
        """List what a member bought, as far as is known here."""
        told = self.replica.purchases_of(member.ids, MOST_PURCHASES)
        behind = self.replica.acknowledged()
        facts = {fact.position: fact for own in member.ids for fact in self.journal.facts_naming(f'"{own}"', behind)}
        own = [found for fact in facts.values() if (found := own_purchase(fact, member.ids)) is not None]
        whole = timeline(told, [self._with_categories(each) for each in own])
        return Remembered(whole[:MOST_PURCHASES], usuals(whole)[:MOST_USUAL])

    def into_basket(self, member: Member) -> BasketView:
        """Put the member and what they usually buy into the basket; goods that cannot be sold are told and left out.

        Raises ``Refusal("usual_none")`` where nothing is usual, or none of it can be sold.
        """
        view = self.selling.set_member(member.id)
        left = []
        usual = self.of(member).usual
        for each in usual:
            added = self._added(each)
            view = added or view
            left += [] if added else [each.name]
        if len(left) == len(usual):
            raise Refusal("usual_none", name=member.name or member.id)
        return replace(view, notice=Notice("usual_left", {"names": "、".join(left)})) if left else view

    def _added(self, usual: Usual) -> BasketView | None:
        found = self.replica.by_code(usual.sku)
        try:
            return None if found is None else self.selling.add(FoundProduct(found.product, Quantity(usual.quantity)))
        except Refusal:
            return None

    def _with_categories(self, purchase: Purchase) -> Purchase:
        """Say of own facts' lines what kind of goods they are, as headquarters' have it."""
        lines = []
        for line in purchase.lines:
            found = self.replica.by_code(line.sku)
            kinds = () if found is None else found.product.categories
            lines.append(replace(line, category=next(iter(kinds), "")))
        return replace(purchase, lines=tuple(lines))
