"""Looking goods up: what they cost here and now, where that price comes from, and what is left of them.

Knows no window and no file format. Nothing here changes anything.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pos_app.domain.basket import Basket
from pos_app.domain.catalog import FoundProduct
from pos_app.domain.ids import BasketId, DeviceId, Sku
from pos_app.domain.instants import moment_of
from pos_app.domain.ledger import stock_key
from pos_app.domain.members import Member
from pos_app.domain.money import Fen
from pos_app.domain.pricing.compiled import compiled
from pos_app.domain.pricing.explanation import ShelfStory
from pos_app.domain.pricing.inputs import Rulebook
from pos_app.domain.pricing.promotions import Promotion
from pos_app.domain.pricing.shelf import base_row, best_row
from pos_app.domain.pricing.situation import Situation
from pos_app.domain.sale import Place
from pos_app.services.ports import Clock, Journal, Replica

SEARCH_LIMIT = 50
MOST_CAMPAIGNS = 12


@dataclass(frozen=True, slots=True)
class Campaign:
    """A promotion that anybody may have here now, by the name that headquarters gave it, and until when."""

    name: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class ShelfEntry:
    """One find: the goods, where its price comes from (None: cannot be sold), what is left (None: never counted)."""

    found: FoundProduct
    shelf: ShelfStory | None
    on_hand: int | None

    @property
    def unit_price(self) -> Fen | None:
        """What one unit costs here and now."""
        return None if self.shelf is None else self.shelf.unit_price


@dataclass(frozen=True, slots=True)
class LookingUp:
    """Questions about goods. Used from the counter's one worker thread only."""

    journal: Journal
    replica: Replica
    clock: Clock
    place: Place
    device: DeviceId

    def search(self, text: str, member: Member | None = None) -> Sequence[ShelfEntry]:
        """Find goods by part of the name, pinyin initials, SKU or the last digits of a code; best first."""
        situation = self._situation(Basket(BasketId(""), member=member))
        rulebook = self.replica.rulebook()
        return [self._entry(found, rulebook, situation) for found in self.replica.search(text, SEARCH_LIMIT)]

    def campaigns(self) -> Sequence[Campaign]:
        """List what is on offer here and now for whoever comes in; the most important first, then what ends first."""
        situation = self._situation(Basket(BasketId("")))
        now = self.clock.now()
        found: dict[str, Promotion] = {}
        for entry in compiled(self.replica.rulebook()).slice(situation).entries:
            if entry.promotion.name and entry.bound_in_effect(situation)[0]:
                found.setdefault(entry.promotion.name, entry.promotion)
        return [
            Campaign(each.name, None if each.when.ends is None else moment_of(each.when.ends).astimezone(now.tzinfo))
            for each in sorted(found.values(), key=_by_weight)[:MOST_CAMPAIGNS]
        ]

    def _situation(self, basket: Basket) -> Situation:
        return Situation.of(basket.to_price(self.clock.now(), self.place.store, self.place.zone))

    def _entry(self, found: FoundProduct, rulebook: Rulebook, situation: Situation) -> ShelfEntry:
        rows = rulebook.prices.get(found.product.sku, ())
        row, on_hand = best_row(rows, situation), self._on_hand(found.product.sku)
        if row is None:
            return ShelfEntry(found, None, on_hand)
        return ShelfEntry(found, ShelfStory.of(row.amount, row, base_row(rows, situation)), on_hand)

    def _on_hand(self, sku: Sku) -> int | None:
        key = stock_key(sku)
        confirmed = self.replica.confirmed(key)
        return None if confirmed is None else confirmed.seen_by(self.device, self.journal.pending_of(key))


def _by_weight(promotion: Promotion) -> tuple[int, bool, int, str]:
    ends = promotion.when.ends
    return -promotion.priority, ends is None, ends or 0, promotion.id
