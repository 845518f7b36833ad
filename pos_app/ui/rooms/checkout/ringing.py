"""Ringing up, on the counter's worker: each verb of selling, with where the price of each changed line comes from.

Knows no widget. The figures are made here, so that the window only shows them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from pos_app.domain.basket import Basket, BasketLine
from pos_app.domain.ids import BasketId
from pos_app.domain.members import Member
from pos_app.domain.money import Fen
from pos_app.domain.pricing.quote import Quote, QuotedLine
from pos_app.domain.pricing.shelf import gross_of
from pos_app.services.looking_up import LookingUp, PriceOrigin
from pos_app.services.selling import BasketView
from pos_app.ui.runtime.money_text import amount_text


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line as it is shown. ``at`` counts from 1 in the order of scanning; ``line`` is the basket's own number."""

    at: int
    line: BasketLine
    quoted: QuotedLine
    origin: PriceOrigin

    @property
    def unit_price_text(self) -> str:
        return amount_text(self.quoted.unit_price)

    @property
    def was_text(self) -> str:
        """What the unit cost before; empty when it costs that."""
        was = self.origin.was
        return "" if was is None or was == self.quoted.unit_price else amount_text(was)


@dataclass(frozen=True, slots=True)
class Rung:
    """The basket as the window shows it. ``row`` is the index of the line that changed, None for none."""

    rows: tuple[LineRow, ...] = ()
    payable: Fen = Fen(0)
    pieces: int = 0
    """Whole pieces, and one for each weighed line."""
    below_base: Fen = Fen(0)
    """What the lines cost less than at their base prices."""
    member: Member | None = None
    row: int | None = None


class Ringing:
    """Keeps the rows between verbs, so that only what changed is made anew."""

    def __init__(self, looking_up: LookingUp) -> None:
        self._looking_up = looking_up
        self._basket = BasketId("")
        self._rows: dict[int, LineRow] = {}

    def ring(self, verb: Callable[[], BasketView]) -> Rung:
        """Call a verb and make the rows of its answer."""
        view = verb()
        basket, quote = view.basket, view.quote
        if basket.id != self._basket:
            self._basket, self._rows = basket.id, {}
        origins = self._origins(basket, quote)
        rows = tuple(
            self._row(at, line, quoted, origins) for at, (line, quoted) in enumerate(_paired(basket, quote), 1)
        )
        self._rows = {row.line.line: row for row in rows}
        changed = next((at for at, row in enumerate(rows) if row.line.line == view.line), None)
        return Rung(rows, quote.payable, _pieces(basket), _below_base(rows), basket.member, changed)

    def _origins(self, basket: Basket, quote: Quote) -> Mapping[int, PriceOrigin]:
        repriced = tuple(quoted for quoted in quote.lines if not self._knows(quoted))
        if not repriced:
            return {}
        wanted = {quoted.line for quoted in repriced}
        lines = tuple(line for line in basket.lines if line.line in wanted)
        return self._looking_up.origins(replace(basket, lines=lines), replace(quote, lines=repriced))

    def _knows(self, quoted: QuotedLine) -> bool:
        known = self._rows.get(quoted.line)
        return (
            known is not None
            and known.quoted.price_id == quoted.price_id
            and known.quoted.unit_price == quoted.unit_price
            and known.quoted.sku == quoted.sku
        )

    def _row(self, at: int, line: BasketLine, quoted: QuotedLine, origins: Mapping[int, PriceOrigin]) -> LineRow:
        known = self._rows.get(line.line)
        origin = origins.get(line.line)
        if known is not None and origin is None:
            if known.line is line and known.at == at and known.quoted.net == quoted.net:
                return known
            origin = known.origin
        return LineRow(at, line, quoted, origin or PriceOrigin("base"))


def _paired(basket: Basket, quote: Quote) -> list[tuple[BasketLine, QuotedLine]]:
    quoted = {line.line: line for line in quote.lines}
    return [(line, quoted[line.line]) for line in basket.lines]


def _pieces(basket: Basket) -> int:
    return sum(1 if line.weighed else line.quantity // 1000 for line in basket.lines)


def _below_base(rows: tuple[LineRow, ...]) -> Fen:
    saved = 0
    for row in rows:
        if row.origin.was is not None and row.origin.was > row.quoted.unit_price:
            saved += gross_of(row.origin.was, row.quoted.quantity) - row.quoted.gross
    return Fen(saved)
