"""The one pricing function: basket and rulebook in, quote out (docs/pricing.md).

Shelf price → item promotions → basket promotions → coupons → points → rounding; each stage takes off what is its own
and leaves the rest to the next. No clock, no database, no randomness, no float: every end gets the same bytes.
"""

from collections.abc import Iterable, Sequence

from pos_app.domain.money import Fen
from pos_app.domain.pricing.basket_promotions import SpendSaved, covering, in_effect, save_on_basket
from pos_app.domain.pricing.choice import Saved
from pos_app.domain.pricing.compiled import compiled
from pos_app.domain.pricing.coupons import use_coupons
from pos_app.domain.pricing.goods import Good, WorkingLine, gather, net_of
from pos_app.domain.pricing.hints import hints_for
from pos_app.domain.pricing.inputs import PricedBasket, Rounding, Rulebook
from pos_app.domain.pricing.item_promotions import save_on_items
from pos_app.domain.pricing.points import counting, points_earned, spend_points
from pos_app.domain.pricing.promotions import Promotion
from pos_app.domain.pricing.quote import Quote, QuotedCoupon, QuotedLine, QuotedPromotion
from pos_app.domain.pricing.situation import Situation

_ROUNDING_STEP: dict[Rounding, int] = {"none": 1, "jiao": 10, "yuan": 100}


def price(basket: PricedBasket, rulebook: Rulebook) -> Quote:
    """Price a basket.

    Raises:
        Refusal: ``unknown_sku`` or ``no_price`` with the SKU and line, ``quantity_pieces`` when goods sold by the
            piece are not whole; ``points_step``, ``points_balance`` or ``points_max``.

    """
    situation = Situation.of(basket)
    rules = compiled(rulebook)
    allowed = rules.slice(situation)
    goods = gather(basket.lines, rulebook, situation)
    gross = net_of(goods)
    items = save_on_items(goods, allowed, situation)
    covered = covering(goods, allowed)
    spends_in_effect = in_effect(covered, situation)
    spends = save_on_basket(spends_in_effect, allowed, situation)
    coupons, best_coupons = use_coupons(basket.coupons, rules.templates, goods, situation)
    due = net_of(goods)
    points_amount = spend_points(basket.redeem_points, rulebook.points, basket.member, goods)
    counted = counting(covered, situation)
    left = due - points_amount
    rounding = left % _ROUNDING_STEP[basket.rounding]
    return Quote(
        lines=_lines(goods),
        gross=Fen(gross),
        saving=Fen(gross - due),
        rounding=Fen(rounding),
        payable=Fen(left - rounding),
        points_used=basket.redeem_points,
        points_amount=Fen(points_amount),
        points_earned=points_earned(rulebook.points, counted, goods, basket.member),
        optimal=items.is_optimal and best_coupons,
        promotions=_promotions(items.chosen, spends, (each.promotion for each in counted)),
        hints=hints_for(spends_in_effect, spends, items),
        coupons=tuple(QuotedCoupon(each.id, Fen(each.saving), each.reason) for each in coupons),
    )


def _promotions(
    items: Iterable[Saved], spends: Iterable[SpendSaved], counted: Iterable[Promotion]
) -> tuple[QuotedPromotion, ...]:
    quoted = [QuotedPromotion(each.promotion.id, each.applications, Fen(sum(each.by_good.values()))) for each in items]
    quoted += [QuotedPromotion(each.promotion.id, each.applications, Fen(each.saving)) for each in spends]
    quoted += [QuotedPromotion(promotion.id, 1, Fen(0)) for promotion in counted]
    return tuple(sorted(quoted, key=lambda each: each.id))


def _lines(goods: Sequence[Good]) -> tuple[QuotedLine, ...]:
    return tuple(sorted([_quoted(line) for good in goods for line in good.lines], key=_number))


def _number(line: QuotedLine) -> int:
    return line.line


def _quoted(line: WorkingLine) -> QuotedLine:
    asked, shelf = line.asked, line.shelf
    return QuotedLine(
        asked.line,
        asked.sku,
        asked.quantity,
        shelf.unit_price,
        shelf.price_id,
        Fen(line.gross),
        tuple(line.discounts),
        Fen(line.net),
    )
