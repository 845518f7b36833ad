"""The shelf price: the lowest valid price wins (docs/pricing.md §2)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from pos_app.domain.errors import Refusal
from pos_app.domain.ids import Sku
from pos_app.domain.instants import Instant
from pos_app.domain.money import Fen, half_up
from pos_app.domain.pricing.inputs import PricedLine, PriceRow, Rulebook
from pos_app.domain.pricing.situation import Situation
from pos_app.domain.quantity import ONE

MAX_KEPT: Final = 20_000
"""Prices kept of one shelf."""
MAX_SHELVES: Final = 64
_EARLIEST: Final = Instant(-(1 << 62))
_LATEST: Final = Instant(1 << 62)
_SHELVES: Final = "shelves"


@dataclass(frozen=True, slots=True)
class ShelfPrice:
    """A unit price and the row that set it; no row when it was typed by hand."""

    unit_price: Fen
    price_id: str | None


def base_row(rows: Iterable[PriceRow], situation: Situation) -> PriceRow | None:
    """Choose the base row: most specific scope, own channel, latest start, greatest id."""
    base = None
    for row in rows:
        if (
            row.kind == "base"
            and _covers(row, situation)
            and (base is None or _rank(row, situation) > _rank(base, situation))
        ):
            base = row
    return base


def best_row(rows: Sequence[PriceRow], situation: Situation, lot: str | None = None) -> PriceRow | None:
    """Choose the row that sets the price; None when there is no base price, so that it cannot be sold."""
    best = base_row(rows, situation)
    if best is None:
        return None
    for row in rows:
        if row.amount > best.amount or row.kind == "base" or (best.kind == "base" and row.amount == best.amount):
            continue
        lower = row.amount < best.amount or row.id < best.id
        if lower and _is_for(row, situation, lot) and _covers(row, situation):
            best = row
    return best


def _covers(row: PriceRow, situation: Situation) -> bool:
    return situation.is_reached_by(row.scope, row.channel) and situation.is_within(row.starts, row.ends)


def _rank(row: PriceRow, situation: Situation) -> tuple[int, bool, int, str]:
    specific = 2 if row.scope == situation.store_scope else 1 if row.scope == situation.zone_scope else 0
    return specific, row.channel != "all", _EARLIEST if row.starts is None else row.starts, row.id


def _is_for(row: PriceRow, situation: Situation, lot: str | None) -> bool:
    if row.kind == "campaign":
        return True
    if row.kind == "member":
        return situation.member is not None and (not row.tiers or situation.member.tier in row.tiers)
    return lot is not None and row.lot == lot


class Shelf:
    """The prices found at one place for one kind of customer, each kept for the stretch of time in which it holds.

    A price is asked for again when its product's rows are another object: no answer depends on what is kept.
    """

    def __init__(self) -> None:
        self._kept: dict[tuple[Sku, str | None], _Kept] = {}

    def price(self, line: PricedLine, rulebook: Rulebook, situation: Situation) -> ShelfPrice:
        """Price one unit of a line; raise ``Refusal("no_price")`` when the product has no base price in effect."""
        _, sku, _, lot, manual_price = line
        if manual_price is not None:
            return ShelfPrice(manual_price, None)
        rows, own = rulebook.prices.get(sku, ()), (sku, lot)
        known = self._kept.get(own)
        if known is not None:
            found_among, starts, ends, price = known
            if found_among is rows and starts <= situation.at < ends:
                return price
        row = best_row(rows, situation, line.lot)
        if row is None:
            raise Refusal("no_price", sku=line.sku, line=line.line)
        price = ShelfPrice(row.amount, row.id)
        if len(self._kept) >= MAX_KEPT:
            self._kept.clear()
        self._kept[own] = _Kept(rows, *_stretch(rows, situation.at), price)
        return price


class _Kept(NamedTuple):
    """A price, the rows that it was found among, and ``starts <= at < ends`` in which none of them begins or ends."""

    rows: Sequence[PriceRow]
    starts: int
    ends: int
    price: ShelfPrice


def _stretch(rows: Sequence[PriceRow], at: Instant) -> tuple[int, int]:
    starts, ends = _EARLIEST, _LATEST
    for row in rows:
        for turn in (row.starts, row.ends):
            if turn is None:
                continue
            if turn <= at:
                starts = max(starts, turn)
            else:
                ends = min(ends, turn)
    return starts, ends


def shelf_for(rulebook: Rulebook, situation: Situation) -> Shelf:
    """Give the shelf of a place, a channel and a member's tier."""
    member = situation.member
    shelves = rulebook.kept.setdefault(_SHELVES, {})
    assert isinstance(shelves, dict), "nobody else keeps anything there"
    customer = None if member is None else (member.tier,)
    key = (situation.store_scope, situation.zone_scope, situation.channel, customer)
    shelf = shelves.get(key)
    if not isinstance(shelf, Shelf):
        if len(shelves) >= MAX_SHELVES:
            shelves.clear()
        shelf = shelves[key] = Shelf()
    return shelf


def gross_of(unit_price: int, quantity: int) -> Fen:
    """Multiply: exact for whole pieces, half up for loose goods (price per kg × thousandths / 1000)."""
    return Fen(half_up(unit_price * quantity, ONE))
