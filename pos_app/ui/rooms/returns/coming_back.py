"""What is chosen to come back of a sale, as the room shows it: rows, the refund, and its story in words. No widget."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pos_app.domain.bare_return import with_quantity as bare_quantity
from pos_app.domain.errors import Refusal
from pos_app.domain.money import Fen
from pos_app.domain.pricing.naming import POINTS
from pos_app.domain.receipt import names_of
from pos_app.domain.returned import KnownSale, Refunding, refunding
from pos_app.services.returning import VOIDED
from pos_app.ui.rooms.checkout.stories import StoryRow
from pos_app.ui.runtime.money_text import amount_text
from pos_app.ui.runtime.translations import Texts


@dataclass(frozen=True, slots=True)
class SoldRow:
    """A line of the sale: what was sold, what is left of it, what comes back now and what that brings."""

    at: int
    line: Mapping[str, Any]
    left: int
    chosen: int = 0
    amount: Fen | None = None

    @property
    def number(self) -> int:
        """The line's own number in its sale."""
        return int(self.line["line"])


@dataclass(frozen=True, slots=True)
class ComingBack:
    """A sale with what is chosen of it."""

    sale: KnownSale
    quantities: Mapping[int, int] = field(default_factory=dict)
    reason: str = "unwanted"

    @property
    def bare(self) -> bool:
        """Whether the goods are brought without a receipt."""
        return not self.sale.receipt

    @property
    def voids(self) -> bool:
        """Whether the whole sale is to be voided."""
        return self.reason == VOIDED

    def with_quantity(self, number: int, quantity: int) -> "ComingBack":
        """Choose so much of a line (thousandths); 0 chooses nothing of it, and without a receipt takes it away.

        Raises ``Refusal`` with ``refund_quantity`` or ``return_pieces``.
        """
        if self.bare:
            return replace(self, sale=bare_quantity(self.sale, number, quantity)).with_all()
        others = {line: each for line, each in self.quantities.items() if line != number}
        chosen = replace(self, quantities=others | ({number: quantity} if quantity else {}))
        if quantity:
            refunding(self.sale, chosen.quantities)
        return chosen

    def with_all(self) -> "ComingBack":
        """Choose all that is left."""
        return replace(self, quantities={line: left for line, left in self.sale.left().items() if left})

    def renewed(self, sale: KnownSale) -> "ComingBack":
        """Take the sale as it is known now; what cannot come back any more is not chosen any more."""
        left = sale.left()
        kept = {line: min(each, left[line]) for line, each in self.quantities.items()}
        return replace(self, sale=sale, quantities={line: each for line, each in kept.items() if each})

    def answer(self) -> Refunding | None:
        """Work out the refund; None while nothing is chosen, or nothing can be."""
        try:
            return refunding(self.sale, self.quantities)
        except Refusal:
            return None

    def rows(self) -> tuple[SoldRow, ...]:
        """Lay out the lines."""
        back, left = self.answer(), self.sale.left()
        amounts = {} if back is None else {each.line: each.amount for each in back.lines}
        return tuple(
            SoldRow(at, line, left[line["line"]], self.quantities.get(line["line"], 0), amounts.get(line["line"]))
            for at, line in enumerate(self.sale.body["lines"], 1)
        )


def story_of(back: Refunding, texts: Texts) -> Iterator[StoryRow]:
    """Explain a refund: what the goods cost, and the share of everything that had come off them."""
    yield StoryRow("price", texts.tr("returns.gross"), amount=amount_text(sum(line.gross for line in back.lines)))
    names, shares = names_of(back.sale.body), dict[str, int]()
    for line in back.lines:
        for each in line.discounts:
            shares[each.source] = shares.get(each.source, 0) + each.amount
    for source, share in shares.items():
        name = texts.tr("price.points") if source == POINTS else names.get(source, source)
        yield StoryRow("saving", name, texts.tr("returns.share"), amount_text(-share))
    rounding = sum(line.rounding for line in back.lines)
    if rounding:
        yield StoryRow("saving", texts.tr("returns.rounding"), amount=amount_text(-rounding))
    for key, points in (("returns.points_taken", back.points_taken), ("returns.points_given", back.points_given)):
        if points:
            yield StoryRow("near", texts.tr(key), amount=f"{points:,}")
