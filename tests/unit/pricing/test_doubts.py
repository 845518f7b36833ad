"""Sentences of docs/pricing.md that could be read in two ways, each with the reading that holds here."""

import json
from typing import Any

import pytest

from pos_app.domain.errors import Refusal
from pos_app.domain.pricing.documents import parsed, read
from pos_app.domain.pricing.price import price
from pos_app.domain.pricing.quote import Quote
from tests.unit.pricing.examples import item
from tests.unit.pricing.shop import ALL, Doc, document, line, nets, quote, skus

GOLD = {"id": "M1", "tier": "gold", "points": 5000}
SPEND_10: Doc = {"tiers": [{"spend": 100, "off": 1000}]}


def as_text(doc: Doc, **written: str) -> Quote:
    """Price a document in which some numbers are written as given: ``"@name"`` stands for them."""
    text = json.dumps(doc)
    for name, number in written.items():
        text = text.replace(f'"@{name}"', number)
    return price(*read(parsed(text)))


@pytest.mark.parametrize(
    ("written", "net"),
    [
        ("12.5", 6037),
        ("12.50", 6037),
        ("1e1", 6210),
        ("10.00", 6210),
        ("1.25E1", 6037),
        ("0e-99", 6900),
        ("-0.0", 6900),
    ],
)
def test_a_percentage_may_be_written_in_any_way_that_json_has(written: str, net: int) -> None:
    doc = document([line(1, "米")], [item("percent", ALL, percent="@percent")])
    assert as_text(doc, percent=written).payable == net


@pytest.mark.parametrize("written", ["0.125", "1e-3", "100.001", "101", "-1", "1e99", "NaN", "true", '"10"', "null"])
def test_a_percentage_of_more_decimals_or_beyond_the_whole_is_refused(written: str) -> None:
    doc = document([line(1, "米")], [item("percent", ALL, percent="@percent")])
    with pytest.raises(Refusal) as refused:
        as_text(doc, percent=written)
    assert refused.value.details["field"] == "rulebook.promotions[0].percent"


@pytest.mark.parametrize("written", ["10.0", "1e1", "true", '"10"', "1.5"])
def test_an_amount_is_a_count_of_fen_and_written_as_one(written: str) -> None:
    doc = document([line(1, "米")], [item("amount", ALL, amount="@amount")])
    with pytest.raises(Refusal) as refused:
        as_text(doc, amount=written)
    assert refused.value.details["field"] == "rulebook.promotions[0].amount"


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_below_one_takes_a_promotion_out_of_effect_and_null_does_not(limit: int) -> None:
    lines = [line(1, "面", 2)]
    assert nets(document(lines, [item("percent", ALL, percent=10, limit=limit)])) == [2000]
    assert nets(document(lines, [item("percent", ALL, percent=10, limit=None)])) == [1800]
    assert nets(document(lines, [item("spend", **SPEND_10, limit=limit)])) == [2000]


def test_a_spend_promotion_out_of_effect_lends_its_group_no_turn() -> None:
    first = item("spend", own="P1", tiers=[{"spend": 9500, "percent": 10}], group="b")
    second = item("spend", own="P2", tiers=[{"spend": 9500, "off": 1000}], group="a")
    lends = item("spend", skus("盐"), own="P3", tiers=[{"spend": 1, "off": 1}], group="b", priority=9)
    lines = [line(1, "面", 10)]

    applied = quote(document(lines, [first, second])).promotions
    assert [each.id for each in applied] == ["P2"], "a before b: 100.00 − 10.00, then 90.00 is below 95.00"
    applied = quote(document(lines, [first, second, lends])).promotions
    assert [each.id for each in applied] == ["P1"], "P3 is in effect though it covers nothing: it lends its priority"
    applied = quote(document(lines, [first, second, {**lends, "limit": 0}])).promotions
    assert [each.id for each in applied] == ["P2"], "not in effect, it lends nothing"


def test_repetitions_are_counted_though_the_amount_bounds_what_they_save() -> None:
    doc = document([line(1, "面")], [item("spend", tiers=[{"spend": 400, "off": 700}], repeat=True)])
    (applied,) = quote(doc).promotions
    assert (applied.applications, applied.saving) == (2, 1000)


def test_the_empty_name_is_a_group_of_its_own() -> None:
    named = [item("spend", own="P1", **SPEND_10), item("spend", own="P2", **SPEND_10, group="")]
    assert nets(document([line(1, "茶", 2)], named)) == [2000]


def test_a_good_whose_share_is_nothing_got_no_saving_from_the_deal() -> None:
    dear_and_cheap = [item("multibuy", skus("米", "盐"), "P1", size=2, price=7199)]
    rest = item("spend", own="P2", tiers=[{"spend": 100, "off": 100}], with_item_promotions=False)
    assert nets(document([line(1, "米"), line(2, "盐")], [*dear_and_cheap, rest])) == [6899, 200]


def test_points_promotions_count_and_a_bonus_is_earned_where_no_points_rules_are() -> None:
    bonus = item("points", bonus=50)
    priced = quote(document([line(1, "面")], [bonus], rules={"points": None}, member=GOLD))
    assert priced.points_earned == 50
    assert [(each.id, each.applications, each.saving) for each in priced.promotions] == [("P1", 1, 0)]


def test_points_are_earned_on_what_is_left_when_points_were_spent() -> None:
    rules = {"points": {"earn_per": 100, "worth": {"points": 100, "amount": 100}, "step": 100, "max_percent": 100}}
    double = item("points", multiplier=2, min_spend=600)
    spent = quote(document([line(1, "面")], [double], rules=rules, member=GOLD, redeem_points=500))
    assert (spent.payable, spent.points_earned) == (500, 5), "5.00 does not reach 6.00: no doubling"
    paid = quote(document([line(1, "面")], [double], rules=rules, member=GOLD, redeem_points=300))
    assert (paid.payable, paid.points_earned) == (700, 14)


def test_a_multiplier_below_one_that_counts_is_the_greatest_where_no_other_counts() -> None:
    rules = {"points": {"earn_per": 100}}
    half = item("points", multiplier=0.5)
    assert quote(document([line(1, "面")], [half], rules=rules, member=GOLD)).points_earned == 5


def test_only_pieces_are_exchanged_though_loose_goods_reach_the_minimum() -> None:
    template = {"id": "T1", "kind": "exchange", "price": 1, "of": skus("豆"), "min_spend": 1200}
    rules = {"coupon_templates": [template]}
    coupons = [{"id": "C1", "template": "T1"}]
    (answer,) = quote(document([line(1, "豆", 1000)], rules=rules, coupons=coupons)).coupons
    assert answer.reason == "no_saving"
    (answer,) = quote(document([line(1, "豆", 999)], rules=rules, coupons=coupons)).coupons
    assert answer.reason == "min_spend"


def test_a_piece_is_worth_the_floor_of_its_goods_net_by_pieces_and_ties_go_to_the_earlier_good() -> None:
    rules = {"coupon_templates": [{"id": "T1", "kind": "exchange", "price": 0}]}
    third = item("multibuy", skus("面"), size=3, price=2600)
    doc = document([line(1, "面", 3)], [third], rules=rules, coupons=[{"id": "C1", "template": "T1"}])
    assert nets(doc) == [2600 - 866], "26.00 / 3 = 8.666…, floored"
    same = document(
        [line(1, "面"), line(2, "茶")],
        prices=[{"id": "K", "sku": "茶", "kind": "campaign", "amount": 1000}],
        rules=rules,
        coupons=[{"id": "C1", "template": "T1"}],
    )
    assert nets(same) == [1000, 0], "茶 (U+8336) is the earlier good"


def test_the_first_reason_that_holds_is_given() -> None:
    past, to_come = "2026-06-01T00:00:00+08:00", "2026-07-01T00:00:00+08:00"
    templates = [
        {"id": "T1", "kind": "cash", "off": 0, "of": skus("米"), "min_spend": 99999, "channel": "online"},
        {"id": "T2", "kind": "cash", "off": 0, "of": skus("茶"), "min_spend": 99999},
        {"id": "T3", "kind": "cash", "off": 0, "min_spend": 99999},
        {"id": "T4", "kind": "cash", "off": 0, "group": "g"},
        {"id": "T5", "kind": "cash", "off": 100, "group": "g"},
    ]
    dates = {"valid_from": to_come, "valid_to": past}
    coupons: list[dict[str, Any]] = [
        {"id": "C1", "template": "T0", **dates},
        {"id": "C2", "template": "T1", **dates},
        {"id": "C3", "template": "T1", "valid_to": past},
        *({"id": f"C{number + 3}", "template": f"T{number}"} for number in range(1, 6)),
        {"id": "C9", "template": "T5"},
    ]
    answers = quote(document([line(1, "米")], rules={"coupon_templates": templates}, coupons=coupons)).coupons
    assert [each.reason for each in answers] == [
        "unknown_template",
        "not_started",
        "expired",
        "not_in_effect",
        "no_matching_goods",
        "min_spend",
        "no_saving",
        None,
        "group",
    ]


def test_halves_of_a_surrogate_pair_are_told_apart_and_ordered_as_code_points() -> None:
    doc = document([line(1, "米"), line(2, "茶")], [item("percent", ALL, "\ud800", percent=10)])
    doc["rulebook"]["promotions"].append(item("percent", ALL, "\uffff", percent=10))
    (applied,) = quote(doc).promotions
    assert applied.id == "\ud800", "the smaller of equal ids"


def test_numbers_of_any_size_are_exact() -> None:
    huge = 10**30
    doc = document([line(1, "米", 3)], [item("percent", ALL, percent=33.33)])
    doc["rulebook"]["prices"][0]["amount"] = huge + 1
    assert quote(doc).payable == 3 * (huge + 1 - (3333 * (huge + 1) + 5000) // 10_000)


def test_more_pieces_than_can_be_listed_are_priced_and_said_to_be_cut_where_they_are() -> None:
    lines = [line(1, "面", 10**9), line(2, "茶", 10**9)]
    plain = quote(document(lines, [item("percent", ALL, percent=10)]))
    assert (plain.payable, plain.optimal) == (27 * 10**11, True)
    grouped = quote(document(lines, [item("nth", ALL, size=10**9, discounted=10**8, percent=50)]))
    assert not grouped.optimal
    assert grouped.saving > 0
