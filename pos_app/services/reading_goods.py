"""Goods by what is scanned of them: a plain code, a scale's label with weight or amount, an element string with lot,
expiry and weight. Knows no basket and no window.
"""

from dataclasses import dataclass, replace
from typing import Final

from pos_app.domain.basket import Basket
from pos_app.domain.catalog import FoundProduct
from pos_app.domain.codes import MisreadCode, ScannedCode
from pos_app.domain.element_strings import Elements, looks_like_elements
from pos_app.domain.errors import Refusal
from pos_app.domain.ids import BasketId
from pos_app.domain.money import Fen
from pos_app.domain.pricing.shelf import best_row, gross_of
from pos_app.domain.pricing.situation import Situation
from pos_app.domain.quantity import ONE, Quantity
from pos_app.domain.sale import Place
from pos_app.domain.scale_labels import USUAL, ScaleLabel, read_label
from pos_app.services.ports import Clock, ElementReader, Replica

ROUNDED_OTHERWISE: Final = 1
"""Fen by which a scale's amount may differ from ours: some round down."""


@dataclass(frozen=True, slots=True)
class ReadingGoods:
    """Finds goods. Used from the counter's one worker thread only."""

    replica: Replica
    clock: Clock
    place: Place
    elements: ElementReader

    def find(self, code: ScannedCode) -> FoundProduct | None:
        """Find what a code stands for, with how much of it; None where it is no code of goods.

        Raises:
            Refusal: ``label_plu``, ``label_not_weighed``, ``label_no_price``, ``label_swapped`` for a scale's label;
                ``goods_expired``, ``elements_weight``, and what `ElementReader` refuses.

        """
        text = code.text
        if looks_like_elements(text):
            return self._of_elements(text, self.elements.read(text))
        plain = None if isinstance(code, MisreadCode) else self.replica.by_code(code.key)
        if plain is not None:
            return replace(plain, code=text)
        label = read_label(text, self.replica.label_layouts() or USUAL)
        return None if label is None else self._of_label(label)

    def is_label(self, text: str) -> bool:
        """Tell whether a code is the label of goods that are sold here: some of them look like a payment code."""
        label = read_label(text, self.replica.label_layouts() or USUAL)
        return label is not None and self.replica.by_code(label.plu) is not None

    def _of_label(self, label: ScaleLabel) -> FoundProduct:
        found = self.replica.by_code(label.plu)
        if found is None:
            raise Refusal("label_plu", text=label.text, plu=label.plu)
        product = found.product
        if not product.weighed:
            raise Refusal("label_not_weighed", name=product.name, text=label.text)
        unit = self._shelf_price(found)
        if label.weight is None:
            return FoundProduct(product, _weight_of(label.amount or Fen(0), unit), label.text)
        if label.amount is not None:
            amount = gross_of(unit, label.weight)
            if abs(amount - label.amount) > ROUNDED_OTHERWISE:
                raise Refusal("label_swapped", name=product.name, told=label.amount, payable=amount)
        return FoundProduct(product, label.weight, label.text)

    def _shelf_price(self, found: FoundProduct) -> Fen:
        """Give what a kilogram costs whoever comes in: that is what a scale knows."""
        asked = Basket(BasketId("")).to_price(self.clock.now(), self.place.store, self.place.zone)
        rows = self.replica.rulebook().prices.get(found.product.sku, ())
        self.replica.rest()
        row = best_row(rows, Situation.of(asked))
        if row is None or not row.amount:
            raise Refusal("label_no_price", name=found.product.name)
        return row.amount

    def _of_elements(self, text: str, said: Elements) -> FoundProduct | None:
        plain = self.replica.by_code(said.key)
        if plain is None:
            return None
        product = plain.product
        if said.until is not None and said.until < self.clock.now().date():
            raise Refusal("goods_expired", name=product.name, until=said.until.isoformat(), lot=said.lot or "")
        quantity = plain.quantity
        if product.weighed and said.weight is not None:
            if not said.weight:
                raise Refusal("elements_weight", name=product.name, text=text)
            quantity = said.weight
        elif said.count is not None and not product.weighed:
            quantity = Quantity(quantity * said.count)
        return FoundProduct(product, quantity, text, said.lot)


def _weight_of(amount: Fen, unit: Fen) -> Quantity:
    """Give the weight that an amount was for, to the gram; never more than the label's amount is charged for it."""
    weight = Quantity((2 * amount * ONE + unit) // (2 * unit))
    return weight if gross_of(unit, weight) <= amount else Quantity(weight - 1)
