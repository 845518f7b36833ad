"""What really happened, written down beside the programs: what cashiers were told, what journals hold.

The invariants hold the programs to these books. Nothing here is read by them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from pos_app.domain.basket import Basket
from pos_app.domain.branches import ADOPTED_FACT_KIND, COMPACTED_FACT_KIND, OPENED_FACT_KIND, meaning
from pos_app.domain.facts import START, Fact, Position, read_fact
from pos_app.domain.leases import RETURNED_FACT_KIND
from pos_app.domain.returned import RETURN_KINDS, RETURN_VERSION
from pos_app.domain.sale import FACT_KIND, FACT_VERSION, sale_line_quantities
from sync.protocol.stream import Standing, StoredFact

READ_BY_HQ: Final = {
    FACT_KIND: FACT_VERSION,
    **dict.fromkeys(RETURN_KINDS, RETURN_VERSION),
    **dict.fromkeys(
        ("signed_in", "price_overridden", RETURNED_FACT_KIND, OPENED_FACT_KIND, COMPACTED_FACT_KIND, ADOPTED_FACT_KIND),
        1,
    ),
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
class Past:
    """What a backup of a whole disk did to a register when it was put back."""

    was_put_back: bool = False
    parted: bool = False
    """Its chain and headquarters' may have parted, and nobody has put it in order yet."""
    just_now: bool = False
    """It was not switched on since."""
    at_hq: set[bytes] = field(default_factory=set)
    """Hashes of the facts that headquarters had then: they must not be lost."""
    lost: dict[bytes, str] = field(default_factory=dict)
    """Facts that nobody had beside the disk, by their hashes: they may be lost. Of sales, which."""


@dataclass(slots=True)
class Book:
    """A register's book."""

    store: str
    facts: list[StoredFact] = field(default_factory=list)
    """Its chain."""
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
    past: Past = field(default_factory=Past)

    @property
    def end(self) -> Position:
        """Tell how far the book goes."""
        return self.facts[-1].position if self.facts else START

    def write(self, stored: StoredFact) -> Fact:
        """Write down a fact of the journal."""
        fact = meant(stored)
        self.facts.append(stored)
        if fact.kind == FACT_KIND:
            self.moved[stored.position] = sale_line_quantities(fact.body)
            self.sales_at[fact.body["sale"]] = stored.position
            self.baskets.add(fact.body["basket"])
        elif fact.kind in RETURN_KINDS:
            back = sale_line_quantities(fact.body)
            self.moved[stored.position] = {sku: -quantity for sku, quantity in back.items()}
        if fact.version > READ_BY_HQ.get(fact.kind, 0):
            self.unreadable.add(stored.position)
        return fact

    def write_again(self, chain: Iterable[StoredFact]) -> list[StoredFact]:
        """Write a chain down that took the place of this one; tell which facts are neither in it nor carried over."""
        before, self.facts = self.facts, []
        for record in (self.moved, self.sales_at, self.unreadable):
            record.clear()
        for stored in chain:
            self.write(stored)
        kept = {digest for stored in self.facts for digest in hashes_in(stored)}
        return [stored for stored in before if stored.hash not in kept]

    def sold(self, sku: str, through: Position | None = None, missing: frozenset[Position] = frozenset()) -> int:
        """Sum what left the stock of a product: all of it, or up to a fact and without some."""
        return sum(
            moved.get(sku, 0)
            for at, moved in self.moved.items()
            if (through is None or at <= through) and at not in missing
        )

    def sales(self) -> list[Fact]:
        """List the sales that headquarters can read."""
        return [fact for fact in self._readable() if fact.kind == FACT_KIND]

    def returns(self) -> list[Fact]:
        """List the returns and voids."""
        return [fact for fact in self._readable() if fact.kind in RETURN_KINDS]

    def _readable(self) -> Iterator[Fact]:
        """Give what moved goods, as far as headquarters can read it."""
        for stored in self.facts:
            if stored.position in self.moved and stored.position not in self.unreadable:
                yield meant(stored)


def meant(stored: StoredFact) -> Fact:
    """Read what a fact says, at the place where it counts; of one that was carried over, what is inside it."""
    return meaning(read_fact(stored.canonical))


def is_adopted(stored: StoredFact) -> bool:
    """Tell whether a fact carries one over that headquarters had refused."""
    return read_fact(stored.canonical).kind == ADOPTED_FACT_KIND


def hashes_in(stored: StoredFact) -> Iterator[bytes]:
    """Give a fact's hash, and those of the facts that it carries over, one inside the other."""
    fact = read_fact(stored.canonical)
    yield stored.hash
    while fact.kind == ADOPTED_FACT_KIND:
        fact = read_fact(fact.body["fact"].encode())
        yield fact.hash
