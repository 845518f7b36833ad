"""Ringing up, on the counter's worker: each verb of selling, with why each changed line costs what it costs.

Knows no widget. The figures are made here, so that the window only shows them.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from pos_app.domain.basket import BasketLine
from pos_app.domain.ids import BasketId
from pos_app.domain.members import Member
from pos_app.domain.money import Fen
from pos_app.domain.priced import below_base
from pos_app.domain.pricing.explanation import DiscountStory, ShelfStory
from pos_app.domain.pricing.inputs import Rulebook
from pos_app.domain.pricing.quote import QuotedLine
from pos_app.domain.quantity import ONE
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
    below_base: int = 0
    """How much less than at its base price it costs before discounts."""

    def at_place(self, at: int) -> "LineRow":
        """Give the same line at another place."""
        return self if self.at == at else replace(self, at=at)

    @property
    def pieces(self) -> int:
        """Whole pieces; a weighed line is one."""
        return 1 if self.line.weighed else self.line.quantity // ONE

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
        rows = self._rows_of(view)
        self._rows = {row.line.line: row for row in rows}
        changed = next((row.at - 1 for row in reversed(rows) if row.line.line == view.line), None)
        below = Fen(sum(row.below_base for row in rows))
        hints = tuple(
            HintRow(hint.text_key, hint.amount, view.priced.name(f"promotion:{hint.promotion}")) for hint in quote.hints
        )
        pieces = sum(row.pieces for row in rows)
        return Rung(tuple(rows), quote.payable, pieces, below, basket.member, changed, hints, view)

    def _rows_of(self, view: BasketView) -> list[LineRow]:
        """Make the rows; where nothing differs from the answer before, its own."""
        priced, rows = view.priced, self._rows
        # both are by number
        lines = list(zip(view.basket.lines, view.quote.lines, strict=True))
        other = [quoted for line, quoted in lines if not _shows(rows.get(line.line), line, quoted)]
        shelf = priced.shelf(other) if other else {}
        return [
            LineRow(at, line, quoted, story, priced.savings(quoted), below_base(quoted, story))
            if (story := shelf.get(line.line)) is not None
            else rows[line.line].at_place(at)
            for at, (line, quoted) in enumerate(lines, 1)
        ]


def _shows(row: LineRow | None, line: BasketLine, quoted: QuotedLine) -> bool:
    return row is not None and row.line is line and row.quoted == quoted
