"""How amounts, quantities and times look. Exact: integers in, text out; held against babel by a test.

babel itself is not loaded at the counter's start: its locale data costs more than the window.
"""

from datetime import datetime

from pos_app.domain.quantity import quantity_text

MINUS = "-"


def amount_text(fen: int) -> str:
    """Write fen as ``¥1,234.50``."""
    whole, rest = divmod(abs(fen), 100)
    return f"{MINUS if fen < 0 else ''}¥{whole:,}.{rest:02d}"


def counted_text(thousandths: int, unit: str) -> str:
    """Write a quantity with its unit: ``2 袋``, ``0.755 公斤``."""
    return f"{quantity_text(thousandths)} {unit}".rstrip()


def time_text(moment: datetime | None, today: datetime | None = None) -> str:
    """Write a moment: the time alone when it is today's, else with month and day; a dash for None."""
    if moment is None:
        return "–"
    if today is not None and moment.date() == today.astimezone(moment.tzinfo).date():
        return f"{moment:%H:%M}"
    return f"{moment:%m-%d %H:%M}"
