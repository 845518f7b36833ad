"""Why a basket costs what it costs: each line's way from base price to net, and why other promotions were not taken.

Made on a tap, from the quote; pricing does not need it (docs/pricing.md §2, §3; the checkout shows it).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from pos_app.domain.ids import Sku
from pos_app.domain.instants import Instant
from pos_app.domain.money import Fen
from pos_app.domain.pricing.compiled import compiled
from pos_app.domain.pricing.inputs import PricedBasket, PricedLine, PriceKind, PriceRow, Rulebook
from pos_app.domain.pricing.lacking import Lack, Lacking
from pos_app.domain.pricing.naming import source_name
from pos_app.domain.pricing.promotions import UNIT_DEALS, MorePoints, Promotion, Spend
from pos_app.domain.pricing.quote import Quote, QuotedLine
from pos_app.domain.pricing.shelf import base_row
from pos_app.domain.pricing.situation import Situation

_OF_GOODS = frozenset({"add_pieces", "add_gift", "beaten", "on_others", "manual_price", "weighed"})
"""Reasons of a promotion that is in effect."""


@dataclass(frozen=True, slots=True)
class ShelfStory:
    """Where a unit price comes from. ``was`` is the base price where another row, or a person, set the price."""

    kind: PriceKind | None
    """None: typed by hand."""
    price_id: str | None
    unit_price: Fen
    was: Fen | None
    since: Instant | None
    """The instant from which the row holds."""

    @classmethod
    def of(cls, unit_price: Fen, row: PriceRow | None, base: PriceRow | None) -> "ShelfStory":
        """Tell it of a price, the row that set it (None: a person did) and the base row in effect."""
        was = None if base is None or base is row else base.amount
        if row is None:
            return cls(None, None, unit_price, was, None)
        return cls(row.kind, row.id, unit_price, was, row.starts)


@dataclass(frozen=True, slots=True)
class DiscountStory:
    """A discount on a line: ``promotion``, ``coupon`` or ``points``, whose it is, its name, and how much."""

    kind: str
    id: str
    name: str
    amount: Fen


@dataclass(frozen=True, slots=True)
class LineStory:
    """Why a line costs what it costs."""

    line: int
    shelf: ShelfStory
    discounts: tuple[DiscountStory, ...]


@dataclass(frozen=True, slots=True)
class NotTaken:
    """A promotion on goods of the basket that does nothing, and the first reason why.

    ``not_started``, ``ended``, ``elsewhere``, ``not_now`` (day or hour), ``members_only``, ``not_for_member`` (tier or
    segment), ``limit``, ``manual_price``, ``weighed``, ``spend_more`` and ``add_pieces`` and ``add_gift`` (``missing``
    fen or pieces), ``on_others`` (told of one line: it is taken, by other goods), or ``beaten``: with what was chosen,
    more is saved.
    """

    id: str
    name: str
    reason: str
    missing: int | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """The stories of the lines, and the promotions that were not taken, by id."""

    lines: tuple[LineStory, ...]
    not_taken: tuple[NotTaken, ...]


def explain(basket: PricedBasket, rulebook: Rulebook, quote: Quote) -> Explanation:
    """Explain a quote of this basket by this rulebook."""
    shelf = shelf_stories(basket, rulebook, quote.lines)
    lines = tuple(
        LineStory(line.line, shelf[line.line], discount_stories(line, basket, rulebook)) for line in quote.lines
    )
    near = _near({line.sku for line in basket.lines}, rulebook)
    return Explanation(lines, tuple(_not_taken(near, basket, rulebook, quote)))


def explain_line(basket: PricedBasket, rulebook: Rulebook, quote: Quote, number: int) -> Explanation:
    """Explain one line; promotions on its goods that others take are told too (``on_others``)."""
    line = next(line for line in quote.lines if line.line == number)
    story = LineStory(
        number, shelf_stories(basket, rulebook, (line,))[number], discount_stories(line, basket, rulebook)
    )
    near = _near({line.sku}, rulebook)
    own = {each.id for each in story.discounts if each.kind == "promotion"}
    elsewhere = {each.id for each in quote.promotions if each.saving and each.id not in own}
    others = [NotTaken(each, near[each].name, "on_others") for each in elsewhere & near.keys()]
    asked = next(each for each in basket.lines if each.line == number)
    missed = sorted([*_not_taken(near, basket, rulebook, quote), *others], key=lambda each: each.id)
    return Explanation((story,), tuple(_on_line(each, near[each.id], asked, rulebook) for each in missed))


def shelf_stories(basket: PricedBasket, rulebook: Rulebook, lines: Iterable[QuotedLine]) -> dict[int, ShelfStory]:
    """Tell for quoted lines of a basket where their unit prices come from, by their numbers."""
    situation = Situation.of(basket)
    return {line.line: _shelf(line, rulebook, situation) for line in lines}


def _shelf(line: QuotedLine, rulebook: Rulebook, situation: Situation) -> ShelfStory:
    rows = rulebook.prices.get(line.sku, ())
    row = next((row for row in rows if row.id == line.price_id), None)
    return ShelfStory.of(line.unit_price, row, base_row(rows, situation))


def discount_stories(line: QuotedLine, basket: PricedBasket, rulebook: Rulebook) -> tuple[DiscountStory, ...]:
    """Tell what took something off a line, as it came off."""
    stories = []
    for discount in line.discounts:
        kind, _, own = discount.source.partition(":")
        stories.append(DiscountStory(kind, own, source_name(discount.source, basket, rulebook), discount.amount))
    return tuple(stories)


def _near(skus: Iterable[str], rulebook: Rulebook) -> dict[str, Promotion]:
    """Gather the promotions that speak of these goods, whenever and wherever they hold."""
    everything = compiled(rulebook).everything()
    near: dict[str, Promotion] = {}
    for sku in sorted(skus):
        about = everything.about(rulebook.products[Sku(sku)])
        for entry in (*(entry for entry, _ in about.items), *about.baskets):
            near[entry.promotion.id] = entry.promotion
    return near


def _not_taken(
    near: dict[str, Promotion], basket: PricedBasket, rulebook: Rulebook, quote: Quote
) -> Iterator[NotTaken]:
    situation = Situation.of(basket)
    lacking = Lacking.of(basket, rulebook, compiled(rulebook).slice(situation), quote)
    taken = {each.id for each in quote.promotions}
    for own, promotion in sorted(near.items()):
        if own not in taken:
            refused = _reason(promotion, situation)
            lack = lacking.of_promotion(promotion) if refused is None else Lack(refused)
            yield NotTaken(own, promotion.name, lack.reason, lack.missing)


def _on_line(told: NotTaken, promotion: Promotion, line: PricedLine, rulebook: Rulebook) -> NotTaken:
    """Say it of a line that no item promotion in effect may take, or none of several pieces, in its own words."""
    if told.reason not in _OF_GOODS or isinstance(promotion.deal, Spend | MorePoints):
        return told
    if line.manual_price is not None:
        return replace(told, reason="manual_price", missing=None)
    if rulebook.products[line.sku].weighed and not isinstance(promotion.deal, UNIT_DEALS):
        return replace(told, reason="weighed", missing=None)
    return told


def _reason(promotion: Promotion, situation: Situation) -> str | None:
    """Find the first condition that does not hold."""
    when, member = promotion.when, situation.member
    bound = promotion.bound(member)
    needs_member = isinstance(promotion.deal, MorePoints) or not when.suits(None) or promotion.limit_per_member
    reasons = (
        (not situation.is_within(when.starts, None), "not_started"),
        (not situation.is_within(None, when.ends), "ended"),
        (not situation.is_reached_by(when.scope, when.channel), "elsewhere"),
        (not when.window_is_open(situation), "not_now"),
        (member is None and needs_member, "members_only"),
        (not when.suits(member), "not_for_member"),
        (bound is not None and bound < 1, "limit"),
    )
    return next((reason for holds, reason in reasons if holds), None)
