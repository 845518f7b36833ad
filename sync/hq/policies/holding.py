"""What zones and stores may set themselves, held at import: prices within a float range, promotions by an authority.

Rows of the whole chain are headquarters' own and free. A price is measured by the chain's base price that is in effect
when it begins (now, where that is past); where there is none, nothing measures it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pos_app.domain.errors import Refusal
from pos_app.domain.ids import Sku
from pos_app.domain.instants import Instant, parse_instant
from pos_app.domain.money import yuan_text
from pos_app.domain.pricing.depth import deepest
from pos_app.domain.pricing.inputs import Channel, RowChannel
from pos_app.domain.pricing.inputs import PriceRow as BaseRow
from pos_app.domain.pricing.policy import FloatRange, Place, PromotionAuthority, authority_for, range_for
from pos_app.domain.pricing.promotions import Promotion
from pos_app.domain.pricing.selectors import Selector
from pos_app.domain.pricing.shelf import base_row
from pos_app.domain.pricing.situation import Situation
from sync.hq.importing.mistakes import Mistakes, ReadRow
from sync.hq.importing.rules import RuleRow
from sync.hq.prices.importing import PriceRow
from sync.hq.promotions.assortment import Assortment


@dataclass(frozen=True, slots=True)
class Policy:
    """What is in force, and what it measures by."""

    ranges: Sequence[FloatRange]
    authorities: Sequence[PromotionAuthority]
    assortment: Assortment
    bases: Mapping[Sku, Sequence[BaseRow]]
    """The chain's base rows."""
    zone_of: Mapping[str, str]
    now: Instant

    def check_price(self, row: ReadRow[PriceRow], mistakes: Mistakes) -> None:
        """Check a price row that could be read."""
        value = row.value
        place = self._place(value.scope)
        product = self.assortment.find(value.sku)
        if place is None or product is None or not value.kind:
            return
        amount = value.fen()
        for channel in _channels(value.channel):
            base = self._base(Sku(value.sku), _begins(value.starts), channel)
            binding = range_for(self.ranges, product, place, channel=channel, kind=value.kind)
            if base is None or binding is None:
                continue
            lowest, highest = binding.span(base)
            if not lowest <= amount <= highest:
                span = f"{yuan_text(lowest)} to {yuan_text(highest)}"
                mistakes.add(row, "amount", f"is outside of float range {binding.id}: {span}", yuan_text(amount))
                return

    def check_promotion(self, row: ReadRow[RuleRow[Promotion]], mistakes: Mistakes) -> None:
        """Check a promotion that could be read. Where there are no authorities at all, everybody is free."""
        promotion = row.value.rule
        place = None if promotion is None else self._place(promotion.when.scope)
        if promotion is None or place is None or not self.authorities:
            return
        authority = authority_for(self.authorities, place)
        kind = str(row.value.document["kind"])
        column_of = row.value.column_of
        if authority is None:
            mistakes.add(row, column_of("scope"), f"has no promotion authority: no {place.level} here may start one")
            return
        if kind not in authority.kinds:
            may = ", ".join(sorted(authority.kinds)) or "none"
            mistakes.add(row, column_of("kind"), f"promotion authority {authority.id} allows other kinds: {may}", kind)
            return
        depth = deepest(promotion.deal, lambda of: self._bases_of(of, promotion))
        if depth > authority.deepest:
            most = f"takes up to {_percent(depth)} off, promotion authority {authority.id} allows"
            mistakes.add(row, column_of("kind"), f"{most} {_percent(authority.deepest)}", kind)

    def _place(self, scope: str) -> Place | None:
        """Tell whose a scope is; nobody's but headquarters' own where it is the chain's."""
        kind, _, name = scope.partition(":")
        if kind == "store":
            return Place(self.zone_of.get(name, ""), name)
        return Place(name) if kind == "zone" else None

    def _base(self, sku: Sku, at: Instant | None, channel: Channel) -> int | None:
        moment = self.now if at is None else max(at, self.now)
        row = base_row(self.bases.get(sku, ()), Situation(moment, 1, 0, "", "", channel, None))
        return None if row is None else row.amount

    def _bases_of(self, of: Selector, promotion: Promotion) -> list[int]:
        found = {
            self._base(product.sku, promotion.when.starts, channel)
            for product in self.assortment.meant(of)
            for channel in _channels(promotion.when.channel)
        }
        return [amount for amount in found if amount is not None]


def _channels(channel: RowChannel) -> tuple[Channel, ...]:
    return ("store", "online") if channel == "all" else (channel,)


def _begins(text: str | None) -> Instant | None:
    """Read when a row begins; what is no instant is named elsewhere."""
    try:
        return None if text is None else parse_instant(text)
    except Refusal:
        return None


def _percent(share: int) -> str:
    return f"{share // 100}.{share % 100:02d} %"
