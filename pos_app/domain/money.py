"""Amounts of money: integer counts of minor units (fen), exact at every step.

Knows nothing of currencies' signs or locales: how an amount looks is the screen's business.
"""

import re
from typing import NewType

from pos_app.domain.errors import Refusal

Fen = NewType("Fen", int)
"""An amount in minor units: 1 yuan = 100 fen. Signed."""

ZERO = Fen(0)
MAX_FEN = Fen(10**12)
"""The largest amount that a person may type: ten thousand million yuan."""

_PLAIN = re.compile(r"([+-]?)(\d{1,15})(?:\.(\d{1,2}))?")
_PERCENT = re.compile(r"(\d{1,3})(?:\.(\d{1,2}))?")
_WHOLE_PERCENT = 10_000


def half_up(numerator: int, denominator: int) -> int:
    """Divide and round to the nearest integer, halves away from zero (docs/pricing.md, opening)."""
    if denominator <= 0:
        raise AssertionError("half_up divides by a positive number")
    magnitude = (2 * abs(numerator) + denominator) // (2 * denominator)
    return magnitude if numerator >= 0 else -magnitude


def percent_of(amount_fen: int, percent_hundredths: int) -> Fen:
    """A percentage of an amount, rounded half up; 12.5 % is 1250 hundredths."""
    product = amount_fen * percent_hundredths
    # As half_up does, in a third of its time: pricing asks this most often of all.
    return Fen((product + 5_000) // 10_000 if product >= 0 else -((5_000 - product) // 10_000))


def parse_yuan(text: str) -> Fen:
    """Read what a person types, such as ``12``, ``12.5`` or ``-0.05``, as fen.

    Raises:
        Refusal: ``money_format`` when it is not an amount with at most two decimals,
            ``money_range`` when it is beyond ten thousand million yuan.

    """
    match = _PLAIN.fullmatch(text.strip())
    if match is None:
        raise Refusal("money_format", text=text)
    sign, whole, fraction = match.groups()
    amount = int(whole) * 100 + int((fraction or "").ljust(2, "0"))
    if amount > MAX_FEN:
        raise Refusal("money_range", text=text)
    return Fen(-amount if sign == "-" else amount)


def parse_percent(text: str) -> int:
    """Read a percentage from 0 to 100 as hundredths: ``85`` is 8500; else raise ``Refusal("percent_format")``."""
    match = _PERCENT.fullmatch(text.strip())
    hundredths = -1 if match is None else int(match[1]) * 100 + int((match[2] or "").ljust(2, "0"))
    if not 0 <= hundredths <= _WHOLE_PERCENT:
        raise Refusal("percent_format", text=text)
    return hundredths


def yuan_text(amount: int) -> str:
    """Write fen as plain yuan with two decimals and no grouping: ``-1234.50``."""
    whole, fen = divmod(abs(amount), 100)
    return f"{'-' if amount < 0 else ''}{whole}.{fen:02d}"
