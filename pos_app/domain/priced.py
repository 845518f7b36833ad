"""A basket with its price: what was asked, what was answered, by which rules; and names for who shows it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pos_app.domain.pricing.explanation import DiscountStory, ShelfStory, discount_stories, shelf_stories
from pos_app.domain.pricing.inputs import PricedBasket, Rulebook
from pos_app.domain.pricing.naming import source_name
from pos_app.domain.pricing.quote import Quote, QuotedLine
from pos_app.domain.pricing.shelf import gross_of


@dataclass(frozen=True, slots=True)
class Priced:
    """One answer of pricing. ``cursor`` names the rules that gave it."""

    asked: PricedBasket
    quote: Quote
    rulebook: Rulebook = field(repr=False, compare=False)
    cursor: str

    def name(self, source: str) -> str:
        """Name a source of discounts (``promotion:P1``, ``coupon:C1``)."""
        return source_name(source, self.asked, self.rulebook)

    def savings(self, line: QuotedLine) -> tuple[DiscountStory, ...]:
        """Tell what took something off a line."""
        return discount_stories(line, self.asked, self.rulebook)

    def shelf(self, lines: Iterable[QuotedLine]) -> Mapping[int, ShelfStory]:
        """Tell for some of the lines where their unit prices come from."""
        return shelf_stories(self.asked, self.rulebook, lines)


def below_base(line: QuotedLine, shelf: ShelfStory) -> int:
    """Say how much less than at its base price a line costs before discounts; 0 where it costs as much, or more."""
    if shelf.was is None or shelf.was <= line.unit_price:
        return 0
    return gross_of(shelf.was, line.quantity) - line.gross
