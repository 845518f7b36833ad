"""What may be offered at the counter: a gift (赠品) or a good at an add-on's price (换购) that the basket has earned.

An add-on is offered where its bought pieces are there and one more piece of what one gets would be had at its price:
found by pricing the basket with that piece in it, so that an offer keeps what it promises. Only goods that the
promotion lists by SKU can be offered; "any of this category" is a thing to say, not a thing to put in.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from pos_app.domain.errors import Refusal
from pos_app.domain.ids import Sku
from pos_app.domain.money import Fen
from pos_app.domain.pricing.compiled import compiled
from pos_app.domain.pricing.entries import Entry
from pos_app.domain.pricing.inputs import PricedBasket, PricedLine, Rulebook
from pos_app.domain.pricing.price import price
from pos_app.domain.pricing.promotions import Addon, Promotion
from pos_app.domain.pricing.quote import Quote
from pos_app.domain.pricing.situation import Situation
from pos_app.domain.quantity import ONE

MOST_TRIED = 8
"""Promotions, and goods of one, that are priced for; a counter shows one offer at a time."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A promotion and the goods of which one more piece may be had at ``price`` each; 0 is a gift."""

    promotion: str
    name: str
    price: Fen
    skus: tuple[Sku, ...]


def offers_for(basket: PricedBasket, rulebook: Rulebook, quote: Quote) -> tuple[Offer, ...]:
    """Find what may be offered, best first: gifts before goods for money, then by price and id."""
    asked = _Asked(replace(basket, redeem_points=0, rounding="none"), rulebook, quote)
    found = [asked.offer(promotion, deal) for promotion, deal in islice(asked.earned(), MOST_TRIED)]
    return tuple(sorted((each for each in found if each.skus), key=lambda each: (each.price, each.promotion)))


@dataclass(frozen=True, slots=True)
class _Asked:
    """The basket that offers are sought for; points and rounding left out, since they come after."""

    basket: PricedBasket
    rulebook: Rulebook
    quote: Quote

    def earned(self) -> Iterator[tuple[Promotion, Addon]]:
        """List the add-ons in effect for whose bought part there are pieces enough."""
        situation, products = Situation.of(self.basket), self.rulebook.products
        allowed = compiled(self.rulebook).slice(situation)
        pieces = self._pieces()
        seen: set[Entry] = set()
        for sku in sorted(pieces):
            for entry, _ in allowed.about(products[sku]).items:
                deal = entry.promotion.deal
                if entry in seen or not isinstance(deal, Addon):
                    continue
                seen.add(entry)
                enough = all(
                    sum(count for own, count in pieces.items() if slot.of.matches(products[own])) >= slot.quantity
                    for slot in deal.buy
                )
                if enough and entry.bound_in_effect(situation)[0]:
                    yield entry.promotion, deal

    def offer(self, promotion: Promotion, deal: Addon) -> Offer:
        """List the goods of which one more piece would be had at the promotion's price."""
        before = _saving(promotion, self.quote)
        most = self.quote.gross - self.quote.saving + deal.price
        skus = []
        for sku in map(Sku, sorted(deal.get.of.skus)[:MOST_TRIED]):
            tried = self._with_one_more(sku, deal)
            if tried is not None and _saving(promotion, tried) > before and tried.gross - tried.saving <= most:
                skus.append(sku)
        return Offer(promotion.id, promotion.name, Fen(deal.price), tuple(skus))

    def _pieces(self) -> dict[Sku, int]:
        """Count the pieces that item promotions may take."""
        pieces: dict[Sku, int] = {}
        for line in self.basket.lines:
            if line.manual_price is None and not self.rulebook.products[line.sku].weighed:
                pieces[line.sku] = pieces.get(line.sku, 0) + line.quantity // ONE
        return pieces

    def _with_one_more(self, sku: Sku, deal: Addon) -> Quote | None:
        """Price the basket with one more piece in it; None where that good cannot be sold so."""
        product = self.rulebook.products.get(sku)
        if product is None or product.weighed or not deal.get.of.matches(product):
            return None
        number = max(line.line for line in self.basket.lines) + 1
        lines = [*self.basket.lines, PricedLine(number, sku, ONE)]
        try:
            return price(replace(self.basket, lines=lines), self.rulebook)
        except Refusal:
            return None


def _saving(promotion: Promotion, quote: Quote) -> int:
    return next((each.saving for each in quote.promotions if each.id == promotion.id), 0)
