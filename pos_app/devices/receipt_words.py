"""The words of a receipt, read strictly from a template (``resources/receipts/<language>.toml``).

Knows nothing of sales and amounts: only which words a receipt needs and which places they have.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from pos_app.devices.template_reader import open_template

_WORDS = {
    "title": (),
    "title_return": (),
    "title_void": (),
    "copy": (),
    "number": (),
    "original": (),
    "no_original": (),
    "time": (),
    "operator": (),
    "member": (),
    "item": (),
    "amount": (),
    "line_base": ("kind", "was"),
    "count": ("count",),
    "points": ("points",),
    "points_short": (),
    "points_earned": (),
    "rounding": (),
    "payable": (),
    "change": (),
    "saved": ("amount",),
    "refund": (),
    "given_back": ("tender",),
    "points_taken": (),
    "points_given": (),
    "signature": (),
}
"""Each word and the places that must stand in it."""
_ROWS = ("header", "footer")
_TABLES = ("prices", "tenders", "sample")
_SAMPLE = ("title", "ready", "hanzi")


@dataclass(frozen=True, slots=True)
class ReceiptWords:
    """A template that was read: words with places, rows, and tables of words."""

    words: Mapping[str, str]
    header: tuple[str, ...]
    footer: tuple[str, ...]
    prices: Mapping[str, str]
    tenders: Mapping[str, str]
    sample: Mapping[str, str]

    def say(self, key: str, **places: str) -> str:
        """Give a word with its places filled."""
        text = self.words[key]
        for place, value in places.items():
            text = text.replace("{" + place + "}", value)
        return text

    def price(self, kind: str) -> str:
        """Name a kind of price; one that the template does not know goes by its code."""
        return self.prices.get(kind, kind)

    def tender(self, kind: str) -> str:
        """Name a way to pay; one that the template does not know goes by its code."""
        return self.tenders.get(kind, kind)


def read_words(path: Path) -> ReceiptWords:
    """Read a template.

    Raises:
        Refusal: ``receipt_template`` naming the file and the field, when one is missing, unknown, of another kind, or
            lacks a place; the field is empty when the file cannot be read as TOML at all.

    """
    reader = open_template(path)
    reader.expect(reader.document, {*_WORDS, *_ROWS, *_TABLES}, "")
    sample = reader.table("sample")
    reader.expect(sample, set(_SAMPLE), "sample.")
    return ReceiptWords(
        words=MappingProxyType({key: reader.word(key, places) for key, places in _WORDS.items()}),
        header=reader.rows("header"),
        footer=reader.rows("footer"),
        prices=MappingProxyType(reader.table("prices")),
        tenders=MappingProxyType(reader.table("tenders")),
        sample=MappingProxyType(sample),
    )
