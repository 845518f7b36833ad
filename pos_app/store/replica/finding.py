"""Finding goods by what a person types: part of the name, pinyin initials, SKU, or the last digits of a code.

Each way is an index look-up; they are asked from the surest to the loosest until enough was found. The texts are
folded by `sync.protocol.search_text` on both ends.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from pos_app.domain.catalog import FoundProduct
from pos_app.domain.codes import lookup_key
from pos_app.domain.quantity import Quantity
from pos_app.store.replica import documents
from pos_app.store.replica.current_file import CurrentFile, Row
from sync.protocol.search_text import phrase, words

FEWEST_DIGITS: Final = 3
"""Last digits of a code that say something; fewer are taken for a part of the name."""

_BY_SKU = "SELECT body, 1000, '' FROM document WHERE topic = 'product' AND key = ?"
_BY_CODE = (
    "SELECT body, quantity, code FROM barcode CROSS JOIN document"
    " ON topic = 'product' AND key = barcode.sku AND document.scope = barcode.scope"
    " WHERE lookup_key = ? ORDER BY barcode.sku"
)
_BY_LAST_DIGITS = (
    "SELECT body, quantity, code FROM barcode CROSS JOIN document"
    " ON topic = 'product' AND key = barcode.sku AND document.scope = barcode.scope"
    " WHERE reversed_code >= ? AND reversed_code < ? ORDER BY reversed_code LIMIT ?"
)
# CROSS JOIN: SQLite keeps the order, which is from the few that match to their documents
_BY_TEXT = (
    "SELECT body, 1000, '' FROM product_text"
    " CROSS JOIN product ON product.number = product_text.rowid"
    " CROSS JOIN document ON topic = 'product' AND key = product.sku AND document.scope = product.scope"
    " WHERE product_text MATCH ? LIMIT ?"
)
_BY_BEGINNING = tuple(
    "SELECT body, 1000, '' FROM product"  # noqa: S608 — the columns are ours
    " CROSS JOIN document ON topic = 'product' AND key = product.sku AND document.scope = product.scope"
    f" WHERE {column} >= ? AND {column} < ? ORDER BY {column} LIMIT ?"
    for column in ("folded_name", "folded_initials", "folded_sku")
)
_LAST_LETTER: Final = "\U0010ffff"
"""Sorts behind every letter: the end of what begins in the same way."""


def by_code(file: CurrentFile, key: str) -> FoundProduct | None:
    """Find goods by a code's lookup key; an SKU typed in the place of a code will do."""
    for statement in (_BY_CODE, _BY_SKU):
        for row in file.rows(statement, _storable(key)):
            if (found := _found(row)) is not None:
                return found
    return None


def search(file: CurrentFile, text: str, limit: int) -> list[FoundProduct]:
    """Find goods by what was typed, best first: exact, then beginnings, then parts; shorter names before longer."""
    text = _storable(text.strip())
    wanted = words(text)
    found: dict[str, FoundProduct] = {}
    for rows in _tiers(file, text, wanted, limit) if wanted else ():
        tier = [each for each in map(_found, rows) if each is not None]
        for each in sorted(tier, key=lambda each: (len(each.product.name), each.product.name)):
            found.setdefault(each.product.sku, each)
        if len(found) >= limit:
            break
    return list(found.values())[:limit]


def _tiers(file: CurrentFile, text: str, wanted: list[str], limit: int) -> Iterator[Sequence[Row]]:
    """Ask from the surest way to the loosest."""
    yield (*file.rows(_BY_SKU, text), *file.rows(_BY_CODE, lookup_key(text)))
    if len(wanted) == 1 and wanted[0].isdecimal() and len(wanted[0]) >= FEWEST_DIGITS:
        ending = wanted[0][::-1]
        yield file.rows(_BY_LAST_DIGITS, ending, ending + _LAST_LETTER, limit)
    if len(wanted) == 1:
        (word,) = wanted
        yield [row for each in _BY_BEGINNING for row in file.rows(each, word, word + _LAST_LETTER, limit)]
        if len(word) == 1 and word.isascii():
            return  # half of all names have a 5 somewhere: that is no search
    yield file.rows(_BY_TEXT, " AND ".join(map(phrase, wanted)), limit)


def _storable(text: str) -> str:
    """Leave out half characters, as a broken input method sends them: no database takes them."""
    return text.encode(errors="ignore").decode()


def _found(row: Row) -> FoundProduct | None:
    body, quantity, code = row
    product = documents.product(body)
    return None if product is None else FoundProduct(product, Quantity(quantity), code)
