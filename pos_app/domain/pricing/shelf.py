"""The shelf price: the lowest valid price wins (docs/pricing.md §2)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pos_app.domain.errors import Refusal
from pos_app.domain.instants import Instant
from pos_app.domain.money import Fen, half_up
from pos_app.domain.pricing.inputs import PricedLine, PriceRow, Rulebook
from pos_app.domain.pricing.situation import Situation
from pos_app.domain.quantity import ONE

_EARLIEST = Instant(-(1 << 62))


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


def shelf_price(line: PricedLine, rulebook: Rulebook, situation: Situation) -> ShelfPrice:
    """Price one unit of a line; raise ``Refusal("no_price")`` when the product has no base price in effect."""
    if line.manual_price is not None:
        return ShelfPrice(line.manual_price, None)
    row = best_row(rulebook.prices.get(line.sku, ()), situation, line.lot)
    if row is None:
        raise Refusal("no_price", sku=line.sku, line=line.line)
    return ShelfPrice(row.amount, row.id)


def gross_of(unit_price: int, quantity: int) -> Fen:
    """Multiply: exact for whole pieces, half up for loose goods (price per kg × thousandths / 1000)."""
    return Fen(half_up(unit_price * quantity, ONE))
