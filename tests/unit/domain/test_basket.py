"""The open basket: what scanning, changing and keeping it does."""

import json

import pytest

from pos_app.domain.basket import MAX_COUPONS, MAX_LINES, Basket
from pos_app.domain.catalog import FoundProduct, Product
from pos_app.domain.coupons import Coupon
from pos_app.domain.errors import Refusal
from pos_app.domain.holds import Hold
from pos_app.domain.ids import BasketId, CouponId, MemberId, Sku
from pos_app.domain.instants import Instant
from pos_app.domain.members import Member
from pos_app.domain.money import Fen
from pos_app.domain.quantity import Quantity

_RICE = Product(Sku("RICE5"), "五常大米 5kg", unit="袋")
_BEANS = Product(Sku("BEAN"), "散装黄豆", unit="公斤", weighed=True)
_EMPTY = Basket(BasketId("b1"))


def test_the_same_piece_scanned_twice_is_one_line_of_two() -> None:
    once, first = _EMPTY.with_found(FoundProduct(_RICE))
    twice, second = once.with_found(FoundProduct(_RICE))
    assert (first, second) == (1, 1)
    assert [line.quantity for line in twice.lines] == [2000]


def test_loose_goods_weighed_twice_are_two_lines() -> None:
    basket, _ = _EMPTY.with_found(FoundProduct(_BEANS, Quantity(500)))
    basket, _ = basket.with_found(FoundProduct(_BEANS, Quantity(750)))
    assert [line.quantity for line in basket.lines] == [500, 750]


def test_a_line_with_a_typed_price_takes_no_more_pieces() -> None:
    basket, line = _EMPTY.with_found(FoundProduct(_RICE))
    basket = basket.with_manual_price(line, Fen(100), "破损")
    basket, other = basket.with_found(FoundProduct(_RICE))
    assert other == 2
    assert [each.manual_price for each in basket.lines] == [100, None]


def test_line_numbers_are_never_used_again() -> None:
    basket, line = _EMPTY.with_found(FoundProduct(_RICE))
    basket = basket.without(line)
    basket, again = basket.with_found(FoundProduct(_RICE))
    assert again == 2


@pytest.mark.parametrize(("thousandths", "code"), [(1500, "quantity_pieces"), (0, "quantity_range")])
def test_a_piece_cannot_be_cut_nor_vanish(thousandths: int, code: str) -> None:
    basket, line = _EMPTY.with_found(FoundProduct(_RICE))
    with pytest.raises(Refusal, match=code):
        basket.with_quantity(line, thousandths)


def test_a_line_that_is_not_there_is_refused() -> None:
    with pytest.raises(Refusal, match="no_such_line"):
        _EMPTY.without(7)


def test_a_full_basket_asks_to_settle_first() -> None:
    basket = _EMPTY
    for number in range(MAX_LINES):
        basket, _ = basket.with_found(FoundProduct(Product(Sku(str(number)), "x")))
    with pytest.raises(Refusal, match="basket_full"):
        basket.with_found(FoundProduct(_RICE))


def test_a_kept_basket_comes_back_as_it_was() -> None:
    basket, line = _EMPTY.with_found(FoundProduct(_BEANS, Quantity(755), "6900000000001"))
    basket = basket.with_manual_price(line, Fen(999), "临期").with_member(
        Member(MemberId("M1"), "王芳", "gold", "13800008000", segments=("kids-0-6",), points=1200)
    )
    basket = basket.with_coupon(Coupon(CouponId("C1"), "T1", MemberId("M1"), Instant(5), Instant(9)))
    basket = basket.with_coupon(Coupon(CouponId("C2"), "T1")).with_points(300).with_rounding("jiao")
    kept = json.loads(json.dumps(basket.document()))
    assert Basket.from_document(kept) == basket


def test_a_basket_kept_before_there_were_coupons_is_read() -> None:
    basket, _ = _EMPTY.with_found(FoundProduct(_RICE))
    kept = basket.document()
    del kept["coupons"], kept["redeem_points"]
    assert Basket.from_document(kept) == basket


def test_with_another_member_go_the_coupons_and_points_of_the_first() -> None:
    mine, anyones = Coupon(CouponId("C1"), "T1", MemberId("M1")), Coupon(CouponId("C2"), "T1")
    basket = _EMPTY.with_member(Member(MemberId("M1"), "王芳")).with_coupon(mine).with_coupon(anyones).with_points(300)

    assert basket.with_member(Member(MemberId("M1"), "王芳", points=5)).redeem_points == 300
    other = basket.with_member(Member(MemberId("M2"), "李梅"))
    assert (other.coupons, other.redeem_points) == ((anyones,), 0)
    assert basket.with_member(None).coupons == (anyones,)


def test_a_basket_takes_so_many_coupons_and_no_more() -> None:
    basket = _EMPTY
    for number in range(MAX_COUPONS):
        basket = basket.with_coupon(Coupon(CouponId(str(number)), "T1"))
    assert basket.with_coupon(Coupon(CouponId("0"), "T1")) is basket
    with pytest.raises(Refusal, match="coupons_full"):
        basket.with_coupon(Coupon(CouponId("more"), "T1"))


def test_points_held_under_another_id_of_the_member_are_the_baskets_still() -> None:
    old = Hold("H1", "points", "M1", 300, is_granted=True)
    person = Member(MemberId("M2"), "", also=(MemberId("M1"),))
    basket = Basket(BasketId("B1"), member=person, redeem_points=300, holds=(old,))

    assert basket.needs(old)
    assert (basket.held("points", "M2"), basket.held("points", "M3")) == (300, 0)
    assert basket.with_hold(Hold("H2", "points", "M2", 400)).with_granted("H2").held("points", "M2") == 400
    assert not basket.with_points(0).needs(old)
    assert not basket.with_member(None).needs(old)
