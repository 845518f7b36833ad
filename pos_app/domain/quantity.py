"""Quantities: integer counts of thousandths. 1000 is one piece, or one kilogram of loose goods."""

import re
from typing import NewType

from pos_app.domain.errors import Refusal

Quantity = NewType("Quantity", int)
"""Thousandths of a piece or of a kilogram."""

ONE = Quantity(1000)
MAX_QUANTITY = Quantity(9_999_999)
"""The most that one line takes: 9,999 pieces or kilograms and a bit; beyond it is a slip of the hand."""

_PLAIN = re.compile(r"(\d{1,6})(?:\.(\d{1,3}))?")


def parse_quantity(text: str) -> Quantity:
    """Read ``3`` or ``0.755`` as thousandths.

    Raises:
        Refusal: ``quantity_format`` when it is not a number with at most three decimals,
            ``quantity_range`` when it is zero or too large for a line.

    """
    match = _PLAIN.fullmatch(text.strip())
    if match is None:
        raise Refusal("quantity_format", text=text)
    whole, fraction = match.groups()
    return checked_quantity(int(whole) * 1000 + int((fraction or "").ljust(3, "0")))


def checked_quantity(thousandths: int) -> Quantity:
    """Accept a quantity that a line may have (above zero, at most ``MAX_QUANTITY``), else refuse it."""
    if not 0 < thousandths <= MAX_QUANTITY:
        raise Refusal("quantity_range", text=quantity_text(thousandths))
    return Quantity(thousandths)


def is_whole(quantity: int) -> bool:
    """Tell whether it is whole pieces."""
    return quantity % ONE == 0


def quantity_text(quantity: int) -> str:
    """Write thousandths as a number without trailing zeros: ``3``, ``0.755``."""
    whole, rest = divmod(abs(quantity), 1000)
    text = f"{whole}.{rest:03d}".rstrip("0").rstrip(".")
    return f"-{text}" if quantity < 0 else text
