"""Whether a selector means any product that there is. A word of it that no product has is most often a slip."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from pos_app.domain.pricing.promotion_documents import read_selector
from pos_app.domain.pricing.reading import Document
from pos_app.domain.pricing.selectors import Selector
from pos_app.domain.pricing.subjects import PricedProduct
from sync.hq.importing.mistakes import Mistakes, ReadRow

LISTS: Final[Mapping[str, str]] = {
    "skus": "no product has this SKU",
    "categories": "no product is in this category",
    "brands": "no product is of this brand",
    "tags": "no product has this tag",
}


class Assortment:
    """All products, by each word that a selector may list."""

    def __init__(self, products: Iterable[PricedProduct]) -> None:
        """Index them."""
        self._products = list(products)
        self._by_word: dict[tuple[str, str], list[PricedProduct]] = {}
        for product in self._products:
            for word in _words(product):
                self._by_word.setdefault(word, []).append(product)

    def warn(
        self,
        row: ReadRow[object],
        document: Document,
        mistakes: Mistakes,
        column_of: Callable[[str], str] = str,
    ) -> None:
        """Warn of every word of a document's selectors that no product has, and of a selector that means nothing."""
        for path, selector in selectors_of(document):
            before = mistakes.warning_count
            for place, word in _listed(selector, path):
                if word not in self._by_word:
                    mistakes.warn(row, column_of(place), LISTS[word[0]], word[1])
            if mistakes.warning_count == before and next(self.meant(read_selector(selector)), None) is None:
                mistakes.warn(row, column_of(path), "matches no product")

    def meant(self, selector: Selector) -> Iterator[PricedProduct]:
        """List the products that a selector means; one that is meant by several of its words may come again."""
        near: Iterable[PricedProduct] = self._products
        if not selector.every:
            near = (product for word in _words_of(selector) for product in self._by_word.get(word, ()))
        return (product for product in near if selector.matches(product))

    def find(self, sku: str) -> PricedProduct | None:
        """Find a product."""
        return next(iter(self._by_word.get(("skus", sku), ())), None)


def _words_of(selector: Selector) -> Iterator[tuple[str, str]]:
    for name in LISTS:
        yield from ((name, word) for word in sorted(getattr(selector, name)))


def _words(product: PricedProduct) -> Iterator[tuple[str, str]]:
    yield "skus", product.sku
    yield from (("categories", each) for each in product.categories)
    if product.brand is not None:
        yield "brands", product.brand
    yield from (("tags", each) for each in product.tags)


def _listed(selector: Document, path: str) -> Iterator[tuple[str, tuple[str, str]]]:
    """List the words of a selector with their paths, those of its exceptions after its own."""
    for name in LISTS:
        for index, word in enumerate(selector.get(name) or ()):
            yield f"{path}.{name}[{index}]", (name, word)
    if selector.get("except") is not None:
        yield from _listed(selector["except"], f"{path}.except")


def selectors_of(document: Document) -> Iterator[tuple[str, Document]]:
    """List the selectors of a promotion or a template that was read, with their paths."""
    if document.get("of") is not None:
        yield "of", document["of"]
    for name in ("slots", "buy"):
        for index, slot in enumerate(document.get(name) or ()):
            yield f"{name}[{index}].of", slot["of"]
    if document.get("kind") == "addon":
        yield "get.of", document["get"]["of"]
