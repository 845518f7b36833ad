"""What is asked of a priced basket: the line's story, offers, and which coupons and points would help."""

import pytest

from pos_app.services.advising import Advising
from pos_app.services.selling import Selling
from tests.support.promoted import GOLD_PHONE, RICE_5KG, SESAME_OIL, SOY_SAUCE_CODE, promoted_register
from tests.support.till import HandRegister


@pytest.fixture
def register() -> HandRegister:
    return promoted_register()


@pytest.fixture
def selling(register: HandRegister) -> Selling:
    counter = register.open()
    assert counter is not None
    return counter.selling


@pytest.fixture
def advising(register: HandRegister, selling: Selling) -> Advising:
    assert register.counter is not None
    return register.counter.advising


def test_a_line_tells_its_whole_way(selling: Selling, advising: Advising) -> None:
    selling.scan(RICE_5KG, times=2)
    selling.scan(GOLD_PHONE)
    view = selling.present("C-5")

    (story,) = advising.explain(view, 1).lines

    assert (story.shelf.was, story.shelf.unit_price, story.shelf.kind) == (6590, 6290, "member")
    assert [(each.kind, each.name, each.amount) for each in story.discounts] == [
        ("promotion", "第二件半价", 3145),
        ("coupon", "5 元粮油券", 500),
    ]


def test_a_gift_is_offered_with_the_goods_that_it_may_be(selling: Selling, advising: Advising) -> None:
    (offered,) = advising.offers(selling.scan(SESAME_OIL))

    assert (offered.offer.name, offered.offer.price) == ("买香油送酱油", 0)
    assert {each.product.name for each in offered.goods} == {"味极鲜酱油 500ml", "辣椒油 100ml"}
    assert advising.offers(selling.add(offered.goods[0])) == ()


def test_a_members_coupons_come_best_first_each_with_what_it_saves(selling: Selling, advising: Advising) -> None:
    selling.scan(RICE_5KG, times=4)
    selling.scan(SOY_SAUCE_CODE)
    view = selling.scan(GOLD_PHONE)

    benefits = advising.benefits(view)

    # rice 4 × 62.90 less 2 × 31.45, soy sauce 10.90: 199.60; 10.00 off, 9.45 and 0.55 of it; soy sauce 10.35 for 1.00;
    # 10 % of 179.25 + 1.00
    assert [(each.coupon.id, each.saving, each.is_best, each.reason) for each in benefits.coupons] == [
        ("C-10", 1803, True, None),
        ("C-X", 935, True, None),
        ("C-5", 500, False, None),
    ]
    assert benefits.best_saving == 1803 + 935
    assert benefits.most_points == 2200


def test_a_coupon_in_use_comes_first_and_one_that_cannot_be_used_last_with_its_reason(
    selling: Selling, advising: Advising
) -> None:
    selling.scan(RICE_5KG)
    selling.scan(GOLD_PHONE)
    view = selling.present("C-5")

    advice = advising.benefits(view).coupons

    assert [(each.coupon.id, each.is_presented, each.is_best, each.reason) for each in advice] == [
        ("C-5", True, False, None),
        ("C-10", False, True, None),
        ("C-X", False, False, "no_matching_goods"),
    ]


def test_a_customer_who_is_no_member_has_what_was_presented(selling: Selling, advising: Advising) -> None:
    selling.scan(RICE_5KG)
    view = selling.present("C-ANY")

    benefits = advising.benefits(view)

    assert [(each.coupon.id, each.saving) for each in benefits.coupons] == [("C-ANY", 500)]
    assert benefits.most_points == 0


def test_points_in_use_do_not_change_what_may_be_used(selling: Selling, advising: Advising) -> None:
    selling.scan(RICE_5KG)
    selling.scan(GOLD_PHONE)
    before = advising.benefits(selling.view()).most_points

    assert advising.benefits(selling.redeem_points(1000)).most_points == before == 2200
