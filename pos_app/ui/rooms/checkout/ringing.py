"""Ringing up, on the counter's worker: each verb of selling, with why each changed line costs what it costs.

Knows no widget. The figures are made here, so that the window only shows them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pos_app.domain.basket import Basket, BasketLine
from pos_app.domain.ids import BasketId
from pos_app.domain.members import Member
from pos_app.domain.money import Fen
from pos_app.domain.priced import Priced, below_base
from pos_app.domain.pricing.explanation import DiscountStory, ShelfStory
from pos_app.domain.pricing.inputs import Rulebook
from pos_app.domain.pricing.quote import Quote, QuotedLine
from pos_app.services.basket_pricing import BasketView
from pos_app.ui.runtime.money_text import amount_text


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line as it is shown. ``at`` counts from 1 in the order of scanning; ``line`` is the basket's own number."""

    at: int
    line: BasketLine
    quoted: QuotedLine
    shelf: ShelfStory
    savings: tuple[DiscountStory, ...] = ()

    @property
    def unit_price_text(self) -> str:
        return amount_text(self.quoted.unit_price)

    @property
    def was_text(self) -> str:
        """What the unit cost before; empty when it costs that."""
        was = self.shelf.was
        return "" if was is None or was == self.quoted.unit_price else amount_text(was)

    @property
    def saved_text(self) -> str:
        """What came off the line; empty when nothing did."""
        return amount_text(self.quoted.net - self.quoted.gross) if self.savings else ""


@dataclass(frozen=True, slots=True)
class HintRow:
    """What is nearly earned: how much is missing (fen or pieces, by ``text_key``) for what."""

    text_key: str
    amount: int
    name: str


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
    hints: tuple[HintRow, ...] = ()
    view: BasketView | None = None
    """What was priced, for questions about it; None before the first answer."""


class Ringing:
    """Keeps the rows between verbs, so that only what changed is made anew."""

    def __init__(self) -> None:
        self._basket = BasketId("")
        self._rulebook: Rulebook | None = None
        self._rows: dict[int, LineRow] = {}

    def ring(self, verb: Callable[[], BasketView]) -> Rung:
        """Call a verb and make the rows of its answer."""
        view = verb()
        basket, quote = view.basket, view.quote
        if basket.id != self._basket or view.priced.rulebook is not self._rulebook:
            self._basket, self._rulebook, self._rows = basket.id, view.priced.rulebook, {}
        repriced = [quoted for quoted in quote.lines if not self._knows(quoted)]
        shelf = view.priced.shelf(repriced) if repriced else {}
        rows = tuple(
            self._row(at, line, (quoted, shelf), view.priced)
            for at, (line, quoted) in enumerate(_paired(basket, quote), 1)
        )
        self._rows = {row.line.line: row for row in rows}
        changed = next((at for at, row in enumerate(rows) if row.line.line == view.line), None)
        below = Fen(sum(below_base(row.quoted, row.shelf) for row in rows if row.shelf.was is not None))
        hints = tuple(
            HintRow(hint.text_key, hint.amount, view.priced.name(f"promotion:{hint.promotion}")) for hint in quote.hints
        )
        return Rung(rows, quote.payable, _pieces(basket), below, basket.member, changed, hints, view)

    def _knows(self, quoted: QuotedLine) -> bool:
        known = self._rows.get(quoted.line)
        return (
            known is not None
            and known.quoted.price_id == quoted.price_id
            and known.quoted.unit_price == quoted.unit_price
            and known.quoted.sku == quoted.sku
        )

    def _row(
        self, at: int, line: BasketLine, quoted: tuple[QuotedLine, Mapping[int, ShelfStory]], priced: Priced
    ) -> LineRow:
        own, shelves = quoted
        known, shelf = self._rows.get(line.line), shelves.get(line.line)
        if known is not None and shelf is None:
            if known.line is line and known.at == at and known.quoted.discounts == own.discounts:
                return known
            shelf = known.shelf
        if shelf is None:
            raise AssertionError("a line that was not known before was told its shelf price")
        return LineRow(at, line, own, shelf, priced.savings(own))


def _paired(basket: Basket, quote: Quote) -> list[tuple[BasketLine, QuotedLine]]:
    quoted = {line.line: line for line in quote.lines}
    return [(line, quoted[line.line]) for line in basket.lines]


def _pieces(basket: Basket) -> int:
    return sum(1 if line.weighed else line.quantity // 1000 for line in basket.lines)
