"""How a source basket is rung up at a real register, and how far a register has come.

A part whose price is the published one is rung as it is; any other with a price by hand. The parts by hand come first:
a line with a typed price takes no further pieces.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from pos_app.bootstrap.register import OpenRegister
from pos_app.domain.errors import Refusal
from pos_app.domain.ids import OperatorId, Sku, uuid7
from pos_app.domain.instants import instant_of
from pos_app.domain.money import Fen
from pos_app.domain.pricing.inputs import PricedBasket, PricedLine, PricedMember, Rulebook
from pos_app.domain.pricing.price import price
from pos_app.domain.quantity import ONE
from pos_app.proving.replay.baskets import SourceBasket
from pos_app.proving.replay.published import Part, parts_of

OPERATOR = OperatorId("1001")
REASON = "replay: recorded price"
_BASKET_BYTES = 9


def sale_uuid(basket: SourceBasket) -> UUID:
    """Give a source basket's sale the same identity at every run: its time and its number in the source."""
    return uuid7(instant_of(basket.at) // 1000, b"\x01" + basket.id.to_bytes(_BASKET_BYTES, "big"))


class SourceClock:
    """The time of the basket that is being rung."""

    def __init__(self) -> None:
        """Begin before all baskets."""
        self.at = datetime(2017, 1, 1, tzinfo=UTC)

    def now(self) -> datetime:
        """Tell it."""
        return self.at


class SourceIds:
    """Identities of sales by their source basket; of baskets by a count that goes on from a given number."""

    def __init__(self, clock: SourceClock) -> None:
        """Begin with no basket."""
        self._clock = clock
        self._next: UUID | None = None
        self._counted = 0

    def announce(self, basket: SourceBasket) -> None:
        """Say whose sale is completed next."""
        self._next = sale_uuid(basket)

    def new(self) -> UUID:
        """Give the announced identity once; others are counted."""
        if self._next is not None:
            announced, self._next = self._next, None
            return announced
        self._counted += 1
        return uuid7(instant_of(self._clock.now()) // 1000, b"\x00" + self._counted.to_bytes(_BASKET_BYTES, "big"))


@dataclass(frozen=True, slots=True)
class Rung:
    """How a basket came out."""

    payable: int
    by_rows: int
    parts: int


class Ringer:
    """Rings source baskets at one register."""

    def __init__(self, register: OpenRegister, ids: SourceIds, store: str, zone: str) -> None:
        """Ring at this register."""
        self._selling = register.selling
        self._replica = register.replica
        self._ids = ids
        self._place = (store, zone)

    def ring(self, basket: SourceBasket) -> Rung:
        """Ring a basket and pay it in cash; what an earlier life of this register left open is cleared first."""
        selling = self._selling
        if selling.view().basket.lines:
            selling.clear()
        selling.set_member(basket.household)
        parts = self._parts(basket)
        for sku, part, by_rows in parts:
            view = selling.scan(sku, part.pieces)
            if not by_rows:
                if view.line is None:
                    raise AssertionError("a scan names its line")
                selling.set_manual_price(view.line, Fen(part.unit_price), REASON, OPERATOR)
        self._ids.announce(basket)
        done = selling.complete_with_cash(selling.view().quote.payable, OPERATOR)
        return Rung(done.sale.quote.payable, sum(by_rows for *_, by_rows in parts), len(parts))

    def _parts(self, basket: SourceBasket) -> list[tuple[str, Part, bool]]:
        """Split the lines, and say which parts the published rows price; those by hand come first."""
        rulebook = self._replica.rulebook()
        parts: list[tuple[str, Part, bool]] = []
        for line in basket.lines:
            shelf = self._shelf_price(basket, Sku(line.sku), rulebook)
            parts += [(line.sku, part, part.unit_price == shelf) for part in parts_of(line.paid, line.pieces)]
        return sorted(parts, key=lambda each: each[2])

    def _shelf_price(self, basket: SourceBasket, sku: Sku, rulebook: Rulebook) -> Fen | None:
        """Ask the one pricing function what the member pays for a piece; None where nothing was published."""
        store, zone = self._place
        one = PricedLine(1, sku, ONE)
        try:
            quote = price(PricedBasket(basket.at, store, zone, [one], member=PricedMember(basket.household)), rulebook)
        except Refusal:
            return None
        return quote.lines[0].unit_price
