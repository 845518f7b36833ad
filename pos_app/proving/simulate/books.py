"""What really happened, written down beside the programs: what cashiers were told, what journals hold.

The invariants hold the programs to these books. Nothing here is read by them.
"""

from dataclasses import dataclass, field
from typing import Final

from pos_app.domain.basket import Basket
from pos_app.domain.branches import ADOPTED_FACT_KIND, COMPACTED_FACT_KIND, OPENED_FACT_KIND
from pos_app.domain.facts import START, Fact, Position, read_fact
from pos_app.domain.sale import FACT_KIND, FACT_VERSION, sale_line_quantities
from sync.protocol.stream import Standing, StoredFact

READ_BY_HQ: Final = {
    FACT_KIND: FACT_VERSION,
    **dict.fromkeys(("signed_in", "price_overridden", OPENED_FACT_KIND, COMPACTED_FACT_KIND, ADOPTED_FACT_KIND), 1),
}
"""The newest version of each kind that headquarters of this release can read; it cannot read others."""


@dataclass(frozen=True, slots=True)
class ToldSale:
    """A sale that a cashier was told to be completed."""

    id: str
    receipt: str
    payable: int


Version = tuple[str, int, str, str, str | None]
"""Scope, rev, topic, key, body; no body: gone."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """What a life of headquarters' database had published of prices, when a backup took its place."""

    incarnation: str
    versions: tuple[Version, ...]


@dataclass(slots=True)
class Book:
    """A register's book."""

    store: str
    facts: list[StoredFact] = field(default_factory=list)
    moved: dict[Position, dict[str, int]] = field(default_factory=dict)
    """What left the stock by each fact, in thousandths."""
    sales_at: dict[str, Position] = field(default_factory=dict)
    """Where each sale stands in the chain."""
    baskets: set[str] = field(default_factory=set)
    """Baskets that were sold."""
    told: list[ToldSale] = field(default_factory=list)
    basket: Basket | None = None
    """What the cashier saw in the basket last; None: nothing."""
    seen: Standing | None = None
    """Where the replica stood that was shown last; None: it may be anything."""
    busy: str = ""
    """What the cashier was doing."""
    unreadable: set[Position] = field(default_factory=set)
    """Facts of a release that headquarters does not know yet."""

    @property
    def end(self) -> Position:
        """Tell how far the book goes."""
        return self.facts[-1].position if self.facts else START

    def write(self, stored: StoredFact) -> Fact:
        """Write down a fact of the journal."""
        fact = read_fact(stored.canonical)
        self.facts.append(stored)
        if fact.kind == FACT_KIND:
            self.moved[stored.position] = sale_line_quantities(fact.body)
            self.sales_at[fact.body["sale"]] = stored.position
            self.baskets.add(fact.body["basket"])
        if fact.version > READ_BY_HQ.get(fact.kind, 0):
            self.unreadable.add(stored.position)
        return fact

    def sold(self, sku: str, through: Position | None = None, missing: frozenset[Position] = frozenset()) -> int:
        """Sum what left the stock of a product: all of it, or up to a fact and without some."""
        return sum(
            moved.get(sku, 0)
            for at, moved in self.moved.items()
            if (through is None or at <= through) and at not in missing
        )

    def sales(self) -> list[Fact]:
        """List the sales that headquarters can read."""
        return [
            fact
            for stored in self.facts
            if stored.position in self.moved and stored.position not in self.unreadable
            for fact in [read_fact(stored.canonical)]
        ]
