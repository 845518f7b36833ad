"""GS1 element strings and Digital Links: which texts are such, and what of them concerns a sale.

Taking one apart needs the whole list of application identifiers: a reader does that (`services.ports.ElementReader`).
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from pos_app.domain.quantity import Quantity

GROUP_SEPARATOR: Final = "\x1d"
_SYMBOLOGIES: Final = ("]C1", "]e0", "]d2", "]Q3", "]J1")
"""Symbology identifiers of GS1-128, DataBar, DataMatrix, QR and DotCode (GS1 General Specifications, 5.1.2)."""
_SPOKEN: Final = re.compile(r"\(0[12]\)\d{14}")
_BARE: Final = re.compile(r"0[12]\d{14}[\x1d\d].*", re.DOTALL)
_LINK: Final = re.compile(r"https?://[^\s?#]+/0?1/\d{8,14}(?:[/?#].*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Elements:
    """What an element string says of goods."""

    key: str
    """GTIN-14, as the catalog finds it."""
    lot: str | None = None
    until: date | None = None
    """The last day on which it may be sold: expiry, sell by or best before, whichever is first."""
    weight: Quantity | None = None
    """Net weight, thousandths of a kilogram."""
    count: int | None = None
    """Pieces in what was scanned."""


def looks_like_elements(text: str) -> bool:
    """Tell whether a scanned text is an element string or a Digital Link, well made or not.

    Without a symbology identifier it is one where a GTIN is marked as such and more follows it.
    """
    return (
        text.startswith(_SYMBOLOGIES)
        or GROUP_SEPARATOR in text
        or _SPOKEN.match(text) is not None
        or _BARE.fullmatch(text) is not None
        or _LINK.fullmatch(text) is not None
    )
