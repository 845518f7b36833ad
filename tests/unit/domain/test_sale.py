"""What a sale's fact changes in the ledgers, in both of its versions."""

from typing import Any

from pos_app.domain.ids import CouponId, MemberId, Sku
from pos_app.domain.ledger import Pending, coupon_key, points_key, stock_key, use_key
from pos_app.domain.sale import pending_of

LINES = [{"sku": "B", "quantity": 2000}, {"sku": "A", "quantity": 755}, {"sku": "B", "quantity": 1000}]
OF_STOCK = [Pending(stock_key(Sku("A")), -755), Pending(stock_key(Sku("B")), -3000)]


def body(**more: Any) -> dict[str, Any]:  # noqa: ANN401 — a fact's values
    plain = {"lines": LINES, "member": {"id": "M1"}, "uses": {}, "coupons": [], "points_earned": 0, "points_used": 0}
    return plain | more


def test_goods_leave_the_stock_one_entry_a_product() -> None:
    assert pending_of(body()) == OF_STOCK


def test_points_uses_and_coupons_are_the_members() -> None:
    coupons = [{"id": "C1", "accepted": True}, {"id": "C2", "accepted": False}]
    said = pending_of(body(points_earned=12, points_used=500, uses={"P2": 1, "P1": 3}, coupons=coupons))

    member = MemberId("M1")
    assert said == [
        *OF_STOCK,
        Pending(points_key(member), -488),
        Pending(use_key("P1", member), 3),
        Pending(use_key("P2", member), 1),
        Pending(coupon_key(CouponId("C1")), 1),
    ]


def test_who_is_no_member_spends_coupons_alone() -> None:
    said = pending_of(body(member=None, coupons=[{"id": "C1", "accepted": True}]))

    assert said == [*OF_STOCK, Pending(coupon_key(CouponId("C1")), 1)]


def test_the_first_version_changed_stock_alone() -> None:
    old = body(points_earned=12, coupons=[{"id": "C1", "accepted": True}])
    del old["uses"]

    assert pending_of(old) == OF_STOCK
