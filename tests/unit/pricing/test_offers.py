"""Gifts and add-ons that a basket has earned: offered where one more piece would really be had at their price."""

from typing import Any

from pos_app.domain.ids import Sku
from pos_app.domain.money import Fen
from pos_app.domain.pricing.offers import Offer, offers_for
from pos_app.domain.pricing.price import price
from tests.unit.pricing.shop import Doc, document, inputs, line, skus

GIFT: Doc = {
    "id": "G1",
    "name": "买米送盐",
    "kind": "addon",
    "buy": [{"of": skus("米"), "quantity": 2}],
    "get": {"of": skus("盐", "茶"), "quantity": 1, "price": 0},
}


def offers(
    lines: list[Doc],
    *promotions: Doc,
    **basket: Any,  # noqa: ANN401 — a document's values
) -> list[tuple[str, int, tuple[str, ...]]]:
    asked, rulebook = inputs(document(lines, list(promotions), **basket))
    found = offers_for(asked, rulebook, price(asked, rulebook))
    return [(each.promotion, each.price, each.skus) for each in found]


def test_who_bought_two_bags_is_offered_each_of_the_gifts() -> None:
    assert offers([line(1, "米", 2)], GIFT) == [("G1", 0, ("盐", "茶"))]


def test_an_offer_says_its_promotions_name() -> None:
    asked, rulebook = inputs(document([line(1, "米", 2)], [GIFT]))
    gifts = (Sku("盐"), Sku("茶"))
    assert offers_for(asked, rulebook, price(asked, rulebook)) == (Offer("G1", "买米送盐", Fen(0), gifts),)


def test_one_bag_is_not_enough() -> None:
    assert offers([line(1, "米", 1)], GIFT) == []


def test_a_gift_that_is_in_the_basket_is_not_offered_again() -> None:
    assert offers([line(1, "米", 2), line(2, "盐")], GIFT) == []


def test_four_bags_earn_a_second_gift() -> None:
    assert offers([line(1, "米", 4), line(2, "盐")], GIFT) == [("G1", 0, ("盐", "茶"))]


def test_what_is_limited_is_not_offered_beyond_its_limit() -> None:
    assert offers([line(1, "米", 4), line(2, "盐")], {**GIFT, "limit": 1}) == []


def test_a_gift_whose_bags_save_more_elsewhere_is_not_promised() -> None:
    # both bags for 20.00 save 118.00: taking them for a packet of salt would cost the customer
    cheap: Doc = {"id": "A", "kind": "multibuy", "of": skus("米"), "size": 2, "price": 2000}
    assert offers([line(1, "米", 2)], GIFT, cheap) == []


def test_a_bag_at_a_price_by_hand_earns_nothing() -> None:
    assert offers([line(1, "米", 2, manual_price=6000)], GIFT) == []


def test_an_add_on_is_offered_at_its_price_behind_the_gifts() -> None:
    add_on = {**GIFT, "id": "A1", "get": {"of": skus("油"), "quantity": 1, "price": 990}}
    assert offers([line(1, "米", 4)], GIFT, add_on) == [("G1", 0, ("盐", "茶")), ("A1", 990, ("油",))]


def test_what_would_be_a_gift_is_not_offered_for_money() -> None:
    add_on = {**GIFT, "id": "A1", "get": {"of": skus("茶"), "quantity": 1, "price": 990}}
    assert offers([line(1, "米", 4)], GIFT, add_on) == [("G1", 0, ("盐", "茶"))]


def test_any_of_a_category_cannot_be_put_in_by_a_key() -> None:
    assert (
        offers([line(1, "米", 2)], {**GIFT, "get": {"of": {"categories": ["spice"]}, "quantity": 1, "price": 0}}) == []
    )


def test_a_gift_that_is_over_or_for_others_is_not_offered() -> None:
    assert offers([line(1, "米", 2)], {**GIFT, "active": {"to": "2026-06-18T00:00:00+08:00"}}) == []
    assert offers([line(1, "米", 2)], {**GIFT, "members_only": True}) == []
    assert offers([line(1, "米", 2)], {**GIFT, "members_only": True}, member={"id": "M1"}) != []


def test_points_and_rounding_do_not_hide_an_offer() -> None:
    member = {"id": "M1", "points": 500}
    rules = {"points": {"worth": {"points": 100, "amount": 100}, "step": 100}}
    asked, rulebook = inputs(
        document([line(1, "米", 2)], [GIFT], rules=rules, member=member, redeem_points=500, rounding="yuan")
    )
    assert [each.promotion for each in offers_for(asked, rulebook, price(asked, rulebook))] == ["G1"]


def test_a_basket_of_nothing_is_offered_nothing() -> None:
    assert offers([], GIFT) == []
