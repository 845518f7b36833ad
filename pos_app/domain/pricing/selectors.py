"""Selectors: which products a rule speaks of (docs/pricing.md §1). Knows no prices and no basket."""

from dataclasses import dataclass
from typing import Self

from pos_app.domain.pricing.subjects import PricedProduct

_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Selector:
    """A product matches if any listed key equals one of its own (or ``every``), and ``unless`` does not match it.

    One that lists nothing matches nothing.
    """

    skus: frozenset[str] = _NONE
    categories: frozenset[str] = _NONE
    brands: frozenset[str] = _NONE
    tags: frozenset[str] = _NONE
    every: bool = False
    unless: Self | None = None

    def matches(self, product: PricedProduct) -> bool:
        """Tell whether the product is meant."""
        listed = (
            self.every
            or product.sku in self.skus
            or not self.categories.isdisjoint(product.categories)
            or product.brand in self.brands
            or not self.tags.isdisjoint(product.tags)
        )
        return listed and (self.unless is None or not self.unless.matches(product))


EVERYTHING = Selector(every=True)
