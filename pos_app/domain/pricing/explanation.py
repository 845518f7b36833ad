"""Why a basket costs what it costs: each line's way from base price to net, and why other promotions were not taken.

Made on a tap, from the quote; pricing does not need it (docs/pricing.md §2, §3; the checkout shows it).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from pos_app.domain.money import Fen
from pos_app.domain.pricing.compiled import compiled
from pos_app.domain.pricing.inputs import PricedBasket, PriceKind, PriceRow, Rulebook
from pos_app.domain.pricing.promotions import Promotion
from pos_app.domain.pricing.quote import Quote, QuotedLine
from pos_app.domain.pricing.shelf import base_row
from pos_app.domain.pricing.situation import Situation
from pos_app.domain.pricing.subjects import PricedLine


@dataclass(frozen=True, slots=True)
class ShelfStory:
    """Where a unit price comes from. ``was`` is the base price where another row, or a person, set the price."""

    kind: PriceKind | None
    """None: typed by hand."""
    price_id: str | None
    unit_price: Fen
    was: Fen | None
    since: int | None
    """The instant from which the row holds."""


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
    segment), ``limit``, ``hint`` (``missing`` fen or pieces), or ``beaten``: with what was chosen, more is saved.
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
    situation = Situation.of(basket)
    names = {promotion.id: promotion.name for promotion in rulebook.promotions}
    templates = compiled(rulebook).templates
    for coupon in basket.coupons:
        template = templates.get(coupon.template)
        names[f"coupon:{coupon.id}"] = "" if template is None else template.name
    asked = {line.line: line for line in basket.lines}
    lines = (
        LineStory(line.line, _shelf(line, asked[line.line], rulebook, situation), tuple(_discounts(line, names)))
        for line in quote.lines
    )
    return Explanation(tuple(lines), tuple(_not_taken(basket, rulebook, quote, situation)))


def _shelf(line: QuotedLine, asked: PricedLine, rulebook: Rulebook, situation: Situation) -> ShelfStory:
    rows = rulebook.prices.get(asked.sku, ())
    base = base_row(rows, situation)
    row: PriceRow | None = next((row for row in rows if row.id == line.price_id), None)
    was = None if base is None or base.id == line.price_id else base.amount
    if row is None:
        return ShelfStory(None, None, line.unit_price, was, None)
    return ShelfStory(row.kind, row.id, line.unit_price, was, row.starts)


def _discounts(line: QuotedLine, names: dict[str, str]) -> Iterator[DiscountStory]:
    for discount in line.discounts:
        kind, _, own = discount.source.partition(":")
        name = names.get(own if kind == "promotion" else discount.source, "")
        yield DiscountStory(kind, own, name, discount.amount)


def _not_taken(basket: PricedBasket, rulebook: Rulebook, quote: Quote, situation: Situation) -> Iterator[NotTaken]:
    everything = compiled(rulebook).everything()
    near: dict[str, Promotion] = {}
    for sku in {line.sku: None for line in basket.lines}:
        about = everything.about(rulebook.products[sku])
        for entry in (*(entry for entry, _ in about.items), *about.baskets):
            near[entry.promotion.id] = entry.promotion
    taken = {each.id for each in quote.promotions}
    missing = {hint.promotion: hint.amount for hint in quote.hints}
    for own, promotion in sorted(near.items()):
        if own not in taken:
            reason = _reason(promotion, situation)
            if reason is None:
                reason = "hint" if own in missing else "beaten"
            yield NotTaken(own, promotion.name, reason, missing.get(own) if reason == "hint" else None)


def _reason(promotion: Promotion, situation: Situation) -> str | None:
    """Find the first condition that does not hold."""
    when, member = promotion.when, situation.member
    bound = promotion.bound(member)
    reasons = (
        (not situation.is_within(when.starts, None), "not_started"),
        (not situation.is_within(None, when.ends), "ended"),
        (not situation.is_reached_by(when.scope, when.channel), "elsewhere"),
        (not when.window_is_open(situation), "not_now"),
        (member is None and not when.suits(None), "members_only"),
        (not when.suits(member), "not_for_member"),
        (bound is not None and bound < 1, "limit"),
    )
    return next((reason for holds, reason in reasons if holds), None)
