"""The shelf price: the lowest valid price wins (docs/pricing.md §2)."""

from collections.abc import Iterable
from dataclasses import dataclass

from pos_app.domain.errors import Refusal
from pos_app.domain.instants import Instant, instant_of
from pos_app.domain.money import Fen, half_up
from pos_app.domain.pricing.inputs import PricedBasket, PricedLine, PricedMember, PriceRow, Rulebook
from pos_app.domain.quantity import ONE

_EARLIEST = Instant(-(1 << 62))


@dataclass(frozen=True, slots=True)
class ShelfPrice:
    """A unit price and the row that set it; no row when it was typed by hand."""

    unit_price: Fen
    price_id: str | None


@dataclass(frozen=True, slots=True)
class Situation:
    """When, where, through which channel and for whom prices are asked."""

    at: Instant
    store_scope: str
    zone_scope: str
    channel: str
    member: PricedMember | None

    @classmethod
    def of(cls, basket: PricedBasket) -> "Situation":
        """Take it from a basket."""
        return cls(
            instant_of(basket.at), f"store:{basket.store}", f"zone:{basket.zone}", basket.channel, basket.member
        )

    def covers(self, row: PriceRow) -> bool:
        """Tell whether a row is in effect here and now."""
        return (
            (row.starts is None or row.starts <= self.at)
            and (row.ends is None or self.at < row.ends)
            and row.channel in {"all", self.channel}
            and row.scope in {"chain", self.store_scope, self.zone_scope}
        )

    def _rank(self, row: PriceRow) -> tuple[int, bool, int, str]:
        specific = 2 if row.scope == self.store_scope else 1 if row.scope == self.zone_scope else 0
        return specific, row.channel != "all", _EARLIEST if row.starts is None else row.starts, row.id

    def base(self, rows: Iterable[PriceRow]) -> PriceRow | None:
        """Choose the base row: most specific scope, own channel, latest start, greatest id."""
        return max((row for row in rows if row.kind == "base" and self.covers(row)), key=self._rank, default=None)

    def _may_undercut(self, row: PriceRow, lot: str | None) -> bool:
        if row.kind == "campaign":
            return True
        if row.kind == "member":
            return self.member is not None and (not row.tiers or self.member.tier in row.tiers)
        return row.kind == "lot" and lot is not None and row.lot == lot

    def best(self, rows: Iterable[PriceRow], lot: str | None) -> PriceRow | None:
        """Choose the row that sets the price; None when there is no base price, so that it cannot be sold."""
        rows = tuple(rows)
        base = self.base(rows)
        if base is None:
            return None
        candidates = (row for row in rows if self._may_undercut(row, lot) and self.covers(row))
        lowest = min(candidates, key=lambda row: (row.amount, row.id), default=base)
        return lowest if lowest.amount < base.amount else base


def shelf_price(line: PricedLine, rulebook: Rulebook, situation: Situation) -> ShelfPrice:
    """Price one unit of a line; raise ``Refusal("no_price")`` when the product has no base price in effect."""
    if line.manual_price is not None:
        return ShelfPrice(line.manual_price, None)
    row = situation.best(rulebook.prices.get(line.sku, ()), line.lot)
    if row is None:
        raise Refusal("no_price", sku=line.sku)
    return ShelfPrice(row.amount, row.id)


def gross_of(unit_price: int, quantity: int) -> Fen:
    """Multiply: exact for whole pieces, half up for loose goods (price per kg × thousandths / 1000)."""
    return Fen(half_up(unit_price * quantity, ONE))
