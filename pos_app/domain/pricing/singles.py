"""What a promotion makes of one product's pieces, where nothing else of the basket is in reach (docs/pricing.md §3).

Most promotions in reach of a basket reach one good of it. What can come of that follows from the promotion, the unit
price, the number of pieces and what they save alone; so it is worked out once and kept (`compiled`).
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from pos_app.domain.money import percent_of
from pos_app.domain.pricing.entries import Alone, Entry
from pos_app.domain.pricing.promotions import Multibuy, Nth, Tiers

ADD_PIECES = "add_pieces"
_FINE = 1_000_000


class Prospect(NamedTuple):
    """Something nearly earned; they are ordered by what is saved for each fen it takes, then by what is saved."""

    minus_gain_each: int
    minus_gain: int
    promotion: str
    text_key: str
    missing: int

    @classmethod
    def of(cls, promotion: str, text_key: str, missing: int, *, gain: int, cost: int) -> "Prospect":
        """Take what is saved, and what it costs to get there."""
        return cls(-(gain * _FINE // max(1, cost)), -gain, promotion, text_key, missing)


def pieces_missing(entry: Entry, units: int) -> int:
    """Count the pieces to another application of so many each, where half of it is there; else 0."""
    over = units % entry.least
    missing = entry.least - over
    return missing if over and missing * 2 <= entry.least else 0


class Single(NamedTuple):
    """What can come of a promotion and one good."""

    most: int
    """Applications there can be at most; 0 where none could beat what the pieces save alone."""
    is_bounded: bool
    """The promotion's own bound allows fewer than there are pieces for."""
    prospect: Prospect | None


class Item(NamedTuple):
    """A promotion that concerns a product, and the slots in which its units may stand."""

    entry: Entry
    slots: tuple[int, ...]
    single: Single | None = None
    """What comes of so many pieces alone; None: more than they decides it."""


class Stance(NamedTuple):
    """How promotions stand to so many units of a product at a price."""

    alone: Alone
    """What a unit saves by itself under the promotions that are open to it."""
    items: Sequence[Item]


NOTHING_COMES: Final = Single(0, is_bounded=False, prospect=None)
"""The promotion does nothing and nothing is nearly earned, whatever more the pieces may save alone."""


def single_of(item: Item, unit: int, units: int, alone: Alone) -> Single | None:
    """Work it out, where the promotion takes several pieces, and nobody but ``limit`` bounds it; else give None."""
    entry = item.entry
    if entry.is_of_units or not entry.is_plain:
        return None
    least, promotion = entry.least, entry.promotion
    bound = promotion.limit
    if len(item.slots) < len(entry.selectors) or 2 * units < least or (bound is not None and bound < 1):
        return NOTHING_COMES
    deal = promotion.deal
    if isinstance(deal, Tiers):
        there, gain = 1 if units >= least else 0, _best_tier(deal, unit, units, alone)
    elif isinstance(deal, Nth):
        there, gain = units // least, deal.discounted * percent_of(unit, deal.percent) - least * alone.saving
    elif isinstance(deal, Multibuy):
        there, gain = units // least, least * (unit - alone.saving) - deal.price
    else:
        return None
    if gain < 0 or (gain == 0 and not alone.saving):
        return NOTHING_COMES
    is_bounded = bound is not None and bound < there
    missing = pieces_missing(entry, units) if entry.is_by_size and gain and not is_bounded else 0
    prospect = Prospect.of(entry.id, ADD_PIECES, missing, gain=gain, cost=missing * unit) if missing else None
    return Single(there if bound is None else min(bound, there), is_bounded, prospect)


def _best_tier(deal: Tiers, unit: int, units: int, alone: Alone) -> int:
    """Say what the best tier gains at most; -1 where none is reached."""
    best = -1
    for tier in deal.tiers:
        if tier.count <= units:
            each = percent_of(unit, tier.percent) - alone.saving
            best = max(best, each * (units if each > 0 else tier.count))
    return best
