"""The price policy of a chain: how far from base a store or channel may go, and which promotions it may start itself.

Shares are in hundredths of a percent: 10 % is 1000. Headquarters checks what is imported by it, the counter a price
that is typed by hand. Knows no clock: who asks says what the base price is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from pos_app.domain.money import Fen
from pos_app.domain.pricing.selectors import EVERYTHING, Selector
from pos_app.domain.pricing.subjects import Channel, PricedProduct, RowChannel

WHOLE: Final = 10_000
"""100 %."""

BoundKind = Literal["base", "campaign", "member", "lot", "manual"]
Level = Literal["zone", "store"]


@dataclass(frozen=True, slots=True)
class Place:
    """Whose price or promotion it is: a store in its zone, or a zone (then there is no store)."""

    zone: str
    store: str = ""

    @property
    def level(self) -> Level:
        """Tell which of the two it is."""
        return "store" if self.store else "zone"

    def lies_in(self, scope: str) -> bool:
        """Tell whether a scope reaches it."""
        return scope in ("chain", f"zone:{self.zone}", f"store:{self.store}")


@dataclass(frozen=True, slots=True)
class FloatRange:
    """How far below and above base a price may be, of which goods, where, in which channel, for which kinds of prices
    (none named: for all).
    """

    id: str
    below: int
    above: int
    of: Selector = EVERYTHING
    scope: str = "chain"
    channel: RowChannel = "all"
    kinds: frozenset[str] = frozenset()

    def span(self, base: int) -> tuple[Fen, Fen]:
        """Give the lowest and the highest price that is within."""
        lowest = -(-base * (WHOLE - self.below) // WHOLE)
        return Fen(lowest), Fen(base * (WHOLE + self.above) // WHOLE)

    def rank(self, product: PricedProduct) -> tuple[int, int, bool, bool, str]:
        """Order ranges that bind the same price: what is said more closely comes before what is said of more."""
        goods = 2 if product.sku in self.of.skus else 0 if self.of.every else 1
        return goods, _closeness(self.scope), self.channel != "all", bool(self.kinds), self.id


@dataclass(frozen=True, slots=True)
class PromotionAuthority:
    """Which kinds of promotions zones or stores may start themselves, and how deep."""

    id: str
    kinds: frozenset[str]
    deepest: int
    scope: str = "chain"
    levels: frozenset[str] = frozenset({"zone", "store"})


def range_for(
    ranges: Iterable[FloatRange], product: PricedProduct, place: Place, *, channel: Channel, kind: BoundKind
) -> FloatRange | None:
    """Choose the range that binds a price; None: nothing does."""
    binding = [
        each
        for each in ranges
        if place.lies_in(each.scope)
        and each.channel in ("all", channel)
        and (not each.kinds or kind in each.kinds)
        and each.of.matches(product)
    ]
    return max(binding, key=lambda each: each.rank(product), default=None)


def authority_for(authorities: Iterable[PromotionAuthority], place: Place) -> PromotionAuthority | None:
    """Choose the authority of a zone or a store; None: it has none."""
    own = [each for each in authorities if place.lies_in(each.scope) and place.level in each.levels]
    return max(own, key=lambda each: (_closeness(each.scope), each.id), default=None)


def _closeness(scope: str) -> int:
    return 0 if scope == "chain" else 1 if scope.startswith("zone:") else 2
