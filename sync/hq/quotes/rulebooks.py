"""Rulebooks by revision, kept while they are asked for. What a basket does not name is not read.

Prices are made in a thread of their own, one after the other: the service goes on answering, and what pricing works out
of a rulebook is never worked out twice at once.
"""

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final, TypeVar

from pos_app.domain.ids import Sku
from pos_app.domain.pricing.compiled import follow
from pos_app.domain.pricing.inputs import Rulebook
from sync.hq.db.database import Reader
from sync.hq.quotes.versions import Cursor, Goods, Terms, read_goods, read_terms, settled
from sync.protocol.topics import COUPON_TEMPLATE, POINTS, PROMOTION

MOST_KEPT: Final = 64
"""Rulebooks: of so many stores, or of so many revisions of one."""

T = TypeVar("T")

_Key = tuple[tuple[str, int], ...]


@dataclass(slots=True)
class Book:
    """A rulebook at a revision; its goods are read as they are asked for."""

    cursor: Cursor
    terms: Terms
    rulebook: Rulebook
    goods: Goods
    asked: set[Sku] = field(default_factory=set)

    @classmethod
    def of(cls, cursor: Cursor, terms: Terms) -> "Book":
        """Begin with no goods."""
        goods = Goods()
        book = Rulebook(goods.products, goods.prices, terms.promotions, terms.templates, terms.points)
        return cls(cursor, terms, book, goods)

    async def fetch(self, reader: Reader, skus: Iterable[Sku]) -> None:
        """Read the goods that were not asked for yet."""
        new = set(skus) - self.asked
        if new:
            found = await read_goods(reader, self.cursor, new)
            self.goods.products.update(found.products)
            self.goods.prices.update(found.prices)
            self.asked |= new


class Rulebooks:
    """All of them."""

    def __init__(self) -> None:
        """Begin with none."""
        self._books: dict[_Key, Book] = {}
        self._terms: dict[_Key, Terms] = {}
        self._pricing = ThreadPoolExecutor(1, thread_name_prefix="pricing")

    def close(self) -> None:
        """Let the thread go."""
        self._pricing.shutdown()

    async def at(self, reader: Reader, cursor: Cursor, skus: Iterable[Sku]) -> Rulebook:
        """Give the rulebook at a cursor, with the goods that a basket needs."""
        stands = await settled(reader, cursor)
        key = _key(stands)
        book = _find(self._books, key)
        if book is None:
            book = Book.of(stands, await self._terms_at(reader, stands))
            self._go_on_from_before(book)
            _keep(self._books, key, book)
        await book.fetch(reader, skus)
        return book.rulebook

    def _go_on_from_before(self, book: Book) -> None:
        """Take over what was worked out of the same rules: where a price changed, they are not compiled again."""
        before = next((each for each in reversed(self._books.values()) if each.terms is book.terms), None)
        if before is not None:
            follow(book.rulebook, before.rulebook)

    async def _terms_at(self, reader: Reader, cursor: Cursor) -> Terms:
        stands = await settled(reader, cursor, (PROMOTION, COUPON_TEMPLATE, POINTS))
        terms = _find(self._terms, _key(stands))
        if terms is None:
            terms = await read_terms(reader, stands)
            _keep(self._terms, _key(stands), terms)
        return terms

    async def work(self, price: Callable[[], T]) -> T:
        """Make prices, off the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self._pricing, price)


def _key(cursor: Cursor) -> _Key:
    return tuple(sorted(cursor.items()))


def _find(kept: dict[_Key, T], key: _Key) -> T | None:
    """Find one; it becomes the one asked for last."""
    found = kept.pop(key, None)
    if found is not None:
        kept[key] = found
    return found


def _keep(kept: dict[_Key, T], key: _Key, value: T) -> None:
    """Keep one; that which nobody asked for the longest goes when there are too many."""
    while len(kept) >= MOST_KEPT:
        del kept[next(iter(kept))]
    kept[key] = value
