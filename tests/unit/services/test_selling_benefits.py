"""Members, coupons, points, prices by hand and rounding at the counter, over the promoted demo chain."""

from dataclasses import replace

import pytest

from pos_app.domain.consequences import pending_of_fact
from pos_app.domain.errors import DiskFull, Refusal
from pos_app.domain.ids import CouponId, OperatorId
from pos_app.domain.ledger import coupon_key, points_key, use_key
from pos_app.domain.money import Fen
from pos_app.services.basket_pricing import BasketView
from pos_app.services.selling import Selling
from tests.support.promoted import GOLD, GOLD_PHONE, OTHER_MEMBER, RICE_2KG, RICE_5KG, coupon, promoted_register
from tests.support.till import HandRegister

CASHIER = OperatorId("1001")
SESAME = "6999999101727"
"""17.90, on which gold members get 3.00 off, twice each."""


@pytest.fixture
def register() -> HandRegister:
    return promoted_register()


@pytest.fixture
def selling(register: HandRegister) -> Selling:
    counter = register.open()
    assert counter is not None
    return counter.selling


def reopened(register: HandRegister) -> Selling:
    counter = register.open()
    assert counter is not None
    return counter.selling


def told(view: BasketView) -> tuple[str, object]:
    assert view.notice is not None
    return view.notice.code, view.notice.details.get("saving")


def taken(view: BasketView) -> list[str]:
    return [each.id for each in view.quote.coupons if each.reason is None]


@pytest.mark.parametrize("code", [GOLD, GOLD_PHONE, "SHC000000093"])
def test_a_member_scanned_by_id_phone_or_card_pays_the_members_price_at_once(selling: Selling, code: str) -> None:
    selling.scan(RICE_5KG)

    view = selling.scan(code)

    assert view.basket.member is not None
    assert (view.basket.member.id, view.basket.member.points) == (GOLD, 2217)
    assert view.quote.lines[0].unit_price == 6290


def test_a_coupon_scanned_is_used_and_says_what_it_saves(selling: Selling) -> None:
    selling.scan(RICE_5KG)

    view = selling.scan("C-ANY")

    assert told(view) == ("coupon_taken", 500)
    assert taken(view) == ["C-ANY"]
    assert view.quote.payable == 6090


def test_a_coupon_before_the_goods_waits_for_them(selling: Selling) -> None:
    assert told(selling.scan("C-ANY")) == ("coupon_no_matching_goods", 0)
    assert taken(selling.scan(RICE_5KG)) == ["C-ANY"]


def test_a_coupon_twice_is_one_coupon(selling: Selling) -> None:
    selling.scan(RICE_5KG)
    selling.scan("C-ANY")

    assert [each.id for each in selling.scan("C-ANY").basket.coupons] == ["C-ANY"]


@pytest.mark.parametrize(
    ("code", "refusal"),
    [
        ("C-NONE", "coupon_unknown"),
        ("C-10", "coupon_needs_member"),
        ("C-OTHER", "coupon_needs_member"),
        ("C-OLD", "coupon_expired"),
        ("C-SOON", "coupon_not_started"),
        ("C-ONLINE", "coupon_not_in_effect"),
        ("C-LOST", "coupon_unknown_template"),
    ],
)
def test_a_coupon_that_cannot_be_used_is_refused_and_not_kept(selling: Selling, code: str, refusal: str) -> None:
    selling.scan(RICE_5KG)

    with pytest.raises(Refusal) as refused:
        selling.present(code)

    assert refused.value.code == refusal
    assert selling.view().basket.coupons == ()


def test_a_refusal_of_a_coupon_names_it_and_its_dates(selling: Selling) -> None:
    selling.scan(RICE_5KG)

    with pytest.raises(Refusal) as refused:
        selling.present("C-OLD")

    assert refused.value.details == {"text": "C-OLD", "name": "5 元粮油券", "from": "", "until": "2026-06-18 00:00"}


def test_another_members_coupon_is_refused(selling: Selling) -> None:
    selling.scan(GOLD_PHONE)

    with pytest.raises(Refusal, match="coupon_of_other"):
        selling.present("C-OTHER")


def test_a_coupon_that_this_register_redeemed_is_refused_the_second_time(selling: Selling) -> None:
    selling.scan(RICE_5KG)
    selling.scan("C-ANY")
    selling.complete_with_cash(Fen(100_000), CASHIER)
    selling.scan(RICE_5KG)

    with pytest.raises(Refusal, match="coupon_spent"):
        selling.scan("C-ANY")


def test_a_coupon_that_was_not_counted_is_not_spent(register: HandRegister, selling: Selling) -> None:
    selling.scan("C-ANY")
    selling.scan(RICE_2KG)
    register.replica.coupons.append(coupon("C-TEN", "T-10"))
    view = selling.scan("C-TEN")
    assert {each.id: each.reason for each in view.quote.coupons} == {"C-ANY": None, "C-TEN": "group"}

    selling.complete_with_cash(Fen(100_000), CASHIER)

    (fact,) = register.journal.facts
    assert [each.ledger for each in pending_of_fact(fact)][1:] == [coupon_key(CouponId("C-ANY"))]


def test_without_the_member_go_the_members_coupons_and_points(selling: Selling) -> None:
    selling.scan(RICE_5KG)
    selling.scan(GOLD_PHONE)
    selling.present("C-10")
    selling.redeem_points(1000)

    view = selling.set_member(OTHER_MEMBER)

    assert view.basket.coupons == ()
    assert view.quote.points_used == 0


def test_the_best_coupons_replace_those_presented(selling: Selling) -> None:
    selling.scan(RICE_5KG)
    selling.scan(GOLD_PHONE)
    selling.present("C-5")

    assert taken(selling.present_only([CouponId("C-10")])) == ["C-10"]


@pytest.mark.parametrize(
    ("points", "refusal"), [(150, "points_step"), (2300, "points_balance"), (4000, "points_balance")]
)
def test_points_that_may_not_be_spent_are_refused_with_the_reason(selling: Selling, points: int, refusal: str) -> None:
    selling.scan(RICE_2KG)
    selling.scan(GOLD_PHONE)

    with pytest.raises(Refusal, match=refusal):
        selling.redeem_points(points)

    assert selling.view().quote.points_used == 0


def test_points_pay_half_at_most(selling: Selling) -> None:
    selling.scan(RICE_2KG)
    selling.scan(GOLD_PHONE)

    with pytest.raises(Refusal) as refused:
        selling.redeem_points(1700)

    assert refused.value.details["most_fen"] == 3350 // 2
    assert selling.redeem_most_points().quote.points_used == 1600


def test_nobody_has_no_points(selling: Selling) -> None:
    selling.scan(RICE_5KG)

    with pytest.raises(Refusal, match="points_none"):
        selling.redeem_most_points()


def test_taking_goods_away_lowers_the_points_and_says_so(selling: Selling) -> None:
    selling.scan(RICE_5KG)
    selling.scan(RICE_2KG)
    selling.scan(GOLD_PHONE)
    assert selling.redeem_most_points().quote.points_used == 2200

    view = selling.remove(1)

    assert view.quote.points_used == 1600
    assert view.notice is not None
    assert (view.notice.code, view.notice.details) == ("points_lowered", {"points": 1600})
    assert selling.view().quote.points_used == 1600


def test_points_spent_and_earned_here_count_at_once(register: HandRegister, selling: Selling) -> None:
    selling.scan(RICE_2KG)
    selling.scan(GOLD_PHONE)
    selling.redeem_points(1000)
    selling.complete_with_cash(Fen(100_000), CASHIER)
    # 33.50 − 10.00 paid in money, one and a half points a yuan
    assert register.journal.facts[0].body["points_earned"] == 35

    selling.scan(RICE_2KG)
    member = selling.scan(GOLD_PHONE).basket.member

    assert member is not None
    assert member.points == 2217 - 1000 + 35


def test_a_limit_per_member_counts_what_was_used_here(register: HandRegister, selling: Selling) -> None:
    for expected in (2, 0):
        selling.scan(SESAME)
        selling.set_quantity(1, 3000)
        view = selling.scan(GOLD_PHONE)
        applied = {each.id: each.applications for each in view.quote.promotions}
        assert applied.get("P-GOLD", 0) == expected
        selling.complete_with_cash(Fen(100_000), CASHIER)
    assert [each.body["uses"] for each in register.journal.facts] == [{"P-GOLD": 2}, {}]
    uses = register.journal.pending_of(use_key("P-GOLD", GOLD))
    assert [each.delta for each in uses] == [2]


def test_a_sale_whose_member_spent_points_elsewhere_meanwhile_is_not_rung(
    register: HandRegister, selling: Selling
) -> None:
    selling.scan(RICE_5KG)
    selling.scan(GOLD_PHONE)
    told_fen = selling.redeem_points(2000).quote.payable
    register.replica.members = [replace(each, points=300) for each in register.replica.members if each.id == GOLD]

    with pytest.raises(Refusal, match="price_changed"):
        selling.complete_with_cash(Fen(100_000), CASHIER, told=told_fen)

    assert selling.view().quote.points_used == 300


def test_a_coupon_withdrawn_meanwhile_is_taken_off_and_said(register: HandRegister, selling: Selling) -> None:
    selling.scan(RICE_5KG)
    selling.scan("C-ANY")
    register.replica.coupons.clear()

    view = selling.renew()

    assert view.basket.coupons == ()
    assert view.notice is not None
    assert view.notice.code == "coupon_gone"
    assert selling.view().quote.payable == 6590


def test_coupons_points_and_member_survive_a_power_cut(register: HandRegister, selling: Selling) -> None:
    selling.scan(RICE_5KG)
    selling.scan(GOLD_PHONE)
    selling.present("C-10")
    before = selling.redeem_points(500)

    after = reopened(register).view()

    assert after.basket == before.basket
    assert after.quote == before.quote


def test_a_price_by_hand_is_a_fact_of_its_own(register: HandRegister, selling: Selling) -> None:
    selling.scan(RICE_5KG)

    view = selling.set_manual_price(1, Fen(5000), "damaged", CASHIER)

    assert view.quote.payable == 5000
    (fact,) = register.journal.facts
    assert (fact.kind, fact.operator) == ("price_overridden", "1001")
    said = {name: fact.body[name] for name in ("sku", "was", "price", "reason", "line", "quantity")}
    assert said == {
        "sku": "RICE-WC-5KG", "was": 6590, "price": 5000, "reason": "damaged", "line": 1, "quantity": 1000,
    }  # fmt: skip
    assert register.tray.nudges == 1
    assert selling.restore_price(1).quote.payable == 6590


@pytest.mark.parametrize(("amount", "reason", "refusal"), [(5000, "", "price_reason_missing"), (-1, "x", "price_neg")])
def test_a_price_without_reason_or_below_nothing_is_refused_and_leaves_no_fact(
    register: HandRegister, selling: Selling, amount: int, reason: str, refusal: str
) -> None:
    selling.scan(RICE_5KG)

    with pytest.raises(Refusal, match=refusal):
        selling.set_manual_price(1, Fen(amount), reason, CASHIER)

    assert register.journal.facts == []


def test_a_full_disk_leaves_the_usual_price(register: HandRegister, selling: Selling) -> None:
    selling.scan(RICE_5KG)
    register.journal.full = True
    with pytest.raises(DiskFull):
        selling.set_manual_price(1, Fen(5000), "damaged", CASHIER)
    register.journal.full = False

    assert selling.view().quote.payable == 6590


def test_rounding_takes_the_odd_fen_off_and_the_fact_says_to_what(register: HandRegister, selling: Selling) -> None:
    selling.scan(RICE_5KG)
    selling.set_manual_price(1, Fen(5678), "agreed", CASHIER)

    assert [selling.set_rounding(each).quote.payable for each in ("jiao", "yuan")] == [5670, 5600]

    selling.complete_with_cash(Fen(5600), CASHIER)
    body = register.journal.facts[-1].body
    assert (body["rounding_to"], body["rounding"], body["payable"]) == ("yuan", 78, 5600)


def test_points_are_a_ledger_amount_of_the_member(register: HandRegister, selling: Selling) -> None:
    selling.scan(RICE_2KG)
    selling.scan(GOLD_PHONE)
    selling.complete_with_cash(Fen(100_000), CASHIER)

    assert [each.delta for each in register.journal.pending_of(points_key(GOLD))] == [50]
