"""The prices that headquarters publishes for the replay: per store and week, the unit price seen most.

The shelf amount makes the base row, what was paid makes the member row. A price that changed within the week is
published for the days that it held.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from pos_app.proving.replay.baskets import Source, SourceBasket

WEEK_DAYS = 7


@dataclass(frozen=True, slots=True)
class Part:
    """Pieces of one line at one unit price; an amount that does not divide makes two parts."""

    pieces: int
    unit_price: int


def parts_of(amount: int, pieces: int) -> tuple[Part, ...]:
    """Split an amount over pieces exactly, by at most two unit prices one cent apart."""
    low, dearer = divmod(amount, pieces)
    parts = (Part(pieces - dearer, low), Part(dearer, low + 1))
    return tuple(part for part in parts if part.pieces)


@dataclass(slots=True)
class _Seen:
    """How often each unit price was seen for a product, in all and by day of the week."""

    shelf: Counter[int]
    paid: dict[int, Counter[int]]


def week_of(source: Source, at: datetime) -> int:
    """Number the weeks of the replay from 0."""
    return (at - source.first_day).days // WEEK_DAYS


def price_rows(source: Source, week: int) -> list[dict[str, Any]]:
    """List the rows of docs/pricing.md §1 for one week of all stores."""
    starts = source.first_day + timedelta(days=week * WEEK_DAYS)
    rows: list[dict[str, Any]] = []
    for store, baskets in source.baskets.items():
        seen = _seen(starts, (basket for basket in baskets if week_of(source, basket.at) == week))
        for sku, counts in sorted(seen.items()):
            rows.extend(_rows(f"{store}-{week}-{sku}", {"sku": sku, "scope": f"store:{store}"}, starts, counts))
    return rows


def _seen(starts: datetime, baskets: Iterable[SourceBasket]) -> dict[str, _Seen]:
    seen: dict[str, _Seen] = {}
    for basket in baskets:
        day = (basket.at - starts).days
        for line in basket.lines:
            counts = seen.setdefault(line.sku, _Seen(Counter(), {}))
            counts.shelf.update(part.unit_price for part in parts_of(line.shelf, line.pieces))
            counts.paid.setdefault(day, Counter()).update(part.unit_price for part in parts_of(line.paid, line.pieces))
    return seen


def _rows(name: str, common: dict[str, Any], starts: datetime, seen: _Seen) -> Iterator[dict[str, Any]]:
    shelf = _most(seen.shelf)
    usual = _most(sum(seen.paid.values(), Counter()))
    by_day = [_most(seen.paid[day]) if day in seen.paid else usual for day in range(WEEK_DAYS)]
    for unit_price, days in groupby(range(WEEK_DAYS), key=by_day.__getitem__):
        run = list(days)
        valid = {
            "from": (starts + timedelta(days=run[0])).isoformat(),
            "to": (starts + timedelta(days=run[-1] + 1)).isoformat(),
        }
        base = max(shelf, unit_price)
        yield common | valid | {"id": f"{name}-B{run[0]}", "kind": "base", "amount": base}
        if unit_price < base:
            yield common | valid | {"id": f"{name}-M{run[0]}", "kind": "member", "amount": unit_price}


def _most(counts: Counter[int]) -> int:
    return max(counts.items(), key=lambda item: (item[1], -item[0]))[0]
