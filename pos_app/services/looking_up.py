"""Looking goods up: what they cost here and now, where that price comes from, and what is left of them.

Knows no window and no file format. Nothing here changes anything.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pos_app.domain.basket import Basket, BasketLine
from pos_app.domain.catalog import FoundProduct
from pos_app.domain.ids import BasketId, DeviceId, Sku
from pos_app.domain.ledger import stock_key
from pos_app.domain.members import Member
from pos_app.domain.money import Fen
from pos_app.domain.pricing.inputs import PriceKind, Rulebook
from pos_app.domain.pricing.quote import Quote
from pos_app.domain.pricing.shelf import base_row, best_row
from pos_app.domain.pricing.situation import Situation
from pos_app.domain.sale import Place
from pos_app.services.ports import Clock, Journal, Replica

SEARCH_LIMIT = 50


@dataclass(frozen=True, slots=True)
class PriceOrigin:
    """Why a unit costs what it costs. ``was`` is the base price, None where there is none or it is the price."""

    kind: PriceKind | Literal["manual"]
    was: Fen | None = None


@dataclass(frozen=True, slots=True)
class ShelfEntry:
    """One find: the goods, the price of one unit (None: cannot be sold) and what is left (None: never counted)."""

    found: FoundProduct
    unit_price: Fen | None
    origin: PriceOrigin
    on_hand: int | None


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

    def origins(self, basket: Basket, quote: Quote) -> Mapping[int, PriceOrigin]:
        """Tell for each line of a priced basket where its unit price comes from."""
        situation = self._situation(basket)
        rulebook = self.replica.rulebook()
        lines = {line.line: line for line in basket.lines}
        try:
            return {
                quoted.line: _origin(lines[quoted.line], quoted.price_id, rulebook, situation) for quoted in quote.lines
            }
        finally:
            self.replica.rest()

    def _situation(self, basket: Basket) -> Situation:
        return Situation.of(basket.to_price(self.clock.now(), self.place.store, self.place.zone))

    def _entry(self, found: FoundProduct, rulebook: Rulebook, situation: Situation) -> ShelfEntry:
        rows = rulebook.prices.get(found.product.sku, ())
        row = best_row(rows, situation)
        if row is None:
            return ShelfEntry(found, None, PriceOrigin("base"), self._on_hand(found.product.sku))
        base = base_row(rows, situation)
        was = None if base is None or base.id == row.id else base.amount
        return ShelfEntry(found, row.amount, PriceOrigin(row.kind, was), self._on_hand(found.product.sku))

    def _on_hand(self, sku: Sku) -> int | None:
        key = stock_key(sku)
        confirmed = self.replica.confirmed(key)
        return None if confirmed is None else confirmed.seen_by(self.device, self.journal.pending_of(key))


def _origin(line: BasketLine, price_id: str | None, rulebook: Rulebook, situation: Situation) -> PriceOrigin:
    rows = rulebook.prices.get(line.sku, ())
    base = base_row(rows, situation)
    was = None if base is None or base.id == price_id else base.amount
    if price_id is None:
        return PriceOrigin("manual", was)
    return PriceOrigin(next((row.kind for row in rows if row.id == price_id), "base"), was)
