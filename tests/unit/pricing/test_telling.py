"""What a quote tells beside its figures: hints, explanations, which coupons to use; and a search that was cut."""

from typing import Any

from pos_app.domain.pricing.explanation import explain, explain_line
from pos_app.domain.pricing.inputs import PresentedCoupon
from pos_app.domain.pricing.suggestion import best_coupons
from tests.unit.pricing.shop import ALL, Doc, document, inputs, line, quote, skus


def hints(doc: Doc) -> list[tuple[str, str, int]]:
    return [(hint.promotion, hint.text_key, hint.amount) for hint in quote(doc).hints]


def test_twelve_more_for_ten_off() -> None:
    rule = {"id": "P1", "kind": "spend", "tiers": [{"spend": 15000, "off": 1000}]}
    assert hints(document([line(1, "米", 2)], [rule])) == [("P1", "spend_more", 1200)]


def test_one_more_for_three_for_25() -> None:
    rule = {"id": "P1", "kind": "multibuy", "of": ALL, "size": 3, "price": 2500}
    assert hints(document([line(1, "面", 2)], [rule])) == [("P1", "add_pieces", 1)]


def test_what_is_far_away_is_not_hinted_at() -> None:
    far = {"id": "P1", "kind": "spend", "tiers": [{"spend": 100000, "off": 1000}]}
    reached = {"id": "P2", "kind": "multibuy", "of": ALL, "size": 2, "price": 1500}
    assert hints(document([line(1, "面", 2)], [far, reached])) == []


def test_the_best_three_hints_come_best_first() -> None:
    rules = [
        {"id": f"P{off}", "kind": "spend", "tiers": [{"spend": 15000, "off": off}], "group": f"{off}"}
        for off in (100, 300, 200, 400)
    ]
    assert [own for own, _, _ in hints(document([line(1, "米", 2)], rules))] == ["P400", "P300", "P200"]


def test_a_line_says_why_it_costs_what_it_costs() -> None:
    doc = document(
        [line(1, "米", 2)],
        [{"id": "P1", "name": "第二件半价", "kind": "nth", "of": ALL, "size": 2, "discounted": 1, "percent": 50}],
        prices=[{"id": "K618", "sku": "米", "kind": "campaign", "amount": 5900, "from": "2026-06-18T02:00:00Z"}],
        rules={"coupon_templates": [{"id": "T1", "name": "五元券", "kind": "cash", "off": 500}]},
        coupons=[{"id": "C1", "template": "T1"}],
    )
    told = explain(*inputs(doc), quote(doc)).lines[0]
    assert (told.shelf.was, told.shelf.unit_price, told.shelf.kind, told.shelf.price_id) == (
        6900,
        5900,
        "campaign",
        "K618",
    )
    assert [(each.kind, each.id, each.name, each.amount) for each in told.discounts] == [
        ("promotion", "P1", "第二件半价", 2950),
        ("coupon", "C1", "五元券", 500),
    ]


def test_promotions_in_reach_say_why_they_were_not_taken() -> None:
    half: Doc = {"kind": "percent", "of": skus("米"), "percent": 50}
    rules: list[Doc] = [
        {"id": "A", "kind": "price", "of": skus("米"), "price": 100},
        {"id": "B", **half},
        {"id": "C", **half, "active": {"from": "2026-07-01T00:00:00Z"}},
        {"id": "D", **half, "active": {"to": "2026-06-01T00:00:00Z"}},
        {"id": "E", **half, "channel": "online"},
        {"id": "F", **half, "active": {"weekdays": [1]}},
        {"id": "G", **half, "members_only": True},
        {"id": "H", **half, "limit": 0},
        {"id": "I", "kind": "spend", "tiers": [{"spend": 150, "off": 100}]},
        {"id": "J", "kind": "percent", "of": skus("油"), "percent": 50},
    ]
    doc = document([line(1, "米")], rules)
    told = explain(*inputs(doc), quote(doc))
    assert {each.id: each.reason for each in told.not_taken} == {
        "B": "beaten",
        "C": "not_started",
        "D": "ended",
        "E": "elsewhere",
        "F": "not_now",
        "G": "members_only",
        "H": "limit",
        "I": "spend_more",
    }
    assert {each.id: each.missing for each in told.not_taken}["I"] == 50


def test_every_promotion_in_reach_says_what_it_lacks() -> None:
    rules: list[Doc] = [
        {"id": "A", "kind": "multibuy", "of": skus("米"), "size": 5, "price": 100},
        {"id": "B", "kind": "bundle", "slots": [{"of": skus("米"), "quantity": 1}, {"of": skus("油"), "quantity": 2}],
         "price": 100},
        {"id": "C", "kind": "addon", "buy": [{"of": skus("米"), "quantity": 3}],
         "get": {"of": skus("盐"), "quantity": 1, "price": 0}},
        {"id": "D", "kind": "addon", "buy": [{"of": skus("米"), "quantity": 1}],
         "get": {"of": skus("盐"), "quantity": 1, "price": 0}},
        {"id": "E", "kind": "tiers", "of": skus("米"), "tiers": [{"count": 4, "percent": 10}]},
        {"id": "F", "kind": "spend", "tiers": [{"spend": 20000, "off": 100}, {"spend": 90000, "off": 900}]},
        {"id": "G", "kind": "points", "of": ALL, "bonus": 5},
        {"id": "H", "kind": "amount", "of": skus("米"), "amount": 100, "limit_per_member": 1},
    ]  # fmt: skip
    doc = document([line(1, "米", 2)], rules)
    told = explain(*inputs(doc), quote(doc))
    assert {each.id: (each.reason, each.missing) for each in told.not_taken} == {
        "A": ("add_pieces", 3),
        "B": ("add_pieces", 2),
        "C": ("add_pieces", 1),
        "D": ("add_gift", 1),
        "E": ("add_pieces", 2),
        "F": ("spend_more", 20000 - 13800),
        "G": ("members_only", None),
        "H": ("members_only", None),
    }


def test_points_for_spending_say_how_much_is_missing() -> None:
    rule = {"id": "G", "kind": "points", "of": skus("米"), "bonus": 5, "min_spend": 10000}
    doc = document([line(1, "米"), line(2, "油")], [rule], member={"id": "M1"})
    told = explain(*inputs(doc), quote(doc)).not_taken
    assert [(each.reason, each.missing) for each in told] == [("spend_more", 3100)]


def test_what_is_missing_counts_from_what_the_groups_before_left() -> None:
    rules: list[Doc] = [
        {"id": "A", "kind": "spend", "tiers": [{"spend": 5000, "off": 1000}], "group": "first", "priority": 9},
        {"id": "B", "kind": "spend", "tiers": [{"spend": 10000, "off": 1000}], "group": "second"},
    ]
    doc = document([line(1, "米")], rules)
    told = explain(*inputs(doc), quote(doc)).not_taken
    assert [(each.id, each.reason, each.missing) for each in told] == [("B", "spend_more", 10000 - 5900)]


def test_one_line_says_what_other_goods_took_and_what_it_cannot_take_itself() -> None:
    rules: list[Doc] = [
        {"id": "A", "name": "第二件半价", "kind": "nth", "of": {"categories": ["grain"]}, "size": 2, "discounted": 1,
         "percent": 50},
        {"id": "B", "kind": "amount", "of": skus("面"), "amount": 1},
        {"id": "C", "kind": "multibuy", "of": {"categories": ["grain"]}, "size": 9, "price": 100},
        {"id": "D", "kind": "spend", "tiers": [{"spend": 50000, "off": 100}]},
    ]  # fmt: skip
    lines = [line(1, "米"), line(2, "面"), line(3, "米", manual_price=6000), line(4, "豆", 500)]
    doc = document(lines, rules)

    def told(number: int) -> dict[str, str]:
        return {each.id: each.reason for each in explain_line(*inputs(doc), quote(doc), number).not_taken}

    assert told(1) == {"A": "on_others", "C": "add_pieces", "D": "spend_more"}
    assert told(2) == {"B": "beaten", "C": "add_pieces", "D": "spend_more"}
    assert told(3) == {"A": "manual_price", "C": "manual_price", "D": "spend_more"}
    assert told(4) == {"A": "weighed", "C": "weighed", "D": "spend_more"}


def test_of_a_members_coupons_the_best_are_suggested_with_what_each_saves() -> None:
    templates: list[dict[str, Any]] = [
        {"id": "T5", "kind": "cash", "off": 500},
        {"id": "T10", "kind": "percent", "percent": 10},
        {"id": "TX", "kind": "exchange", "price": 100, "of": skus("盐"), "group": "exchange"},
    ]
    doc = document([line(1, "米"), line(2, "盐")], rules={"coupon_templates": templates})
    own = [PresentedCoupon(f"C-{each['id']}", each["id"]) for each in templates]
    basket, rulebook = inputs(doc)
    # salt for 1.00 saves 2.00; then 10 % of 70.00 is 7.00, more than 5.00 of the same group
    suggested = best_coupons(basket, own, rulebook)
    assert [(each.id, each.saving) for each in suggested] == [("C-T10", 700), ("C-TX", 200)]


def test_a_basket_that_defies_the_search_says_that_it_was_cut() -> None:
    names = ["米", "油", "面", "盐", "茶"]
    rules: list[Doc] = [
        {
            "id": f"P{index:02}",
            "kind": "bundle",
            "slots": [
                {"of": skus(*(names[(index + step) % 5] for step in range(size))), "quantity": 1 + step}
                for step in range(3)
            ],
            "percent": 7 + index % 11,
            "limit": 3 + index % 4,
        }
        for index in range(40)
        for size in (2 + index % 3,)
    ]
    lines = [line(number, names[number % 5], 3 + number % 7, lot=f"L{number % 4}") for number in range(1, 41)]
    told = quote(document(lines, rules))
    assert not told.optimal
    assert told.saving > 0
    assert sum(each.net for each in told.lines) == told.payable


def test_many_goods_of_one_price_are_settled_to_the_fen() -> None:
    # 20 packets at 10.00, any three for 25.00: six times 5.00 over three packets, 1.67 1.67 1.66.
    # The greater saving goes to the earlier goods: twelve get 1.67, six 1.66, two stay out.
    lots = [f"L{number:02}" for number in range(20)]
    rule = {"id": "P1", "kind": "multibuy", "of": ALL, "size": 3, "price": 2500}
    told = quote(document([line(number, "面", lot=lot) for number, lot in enumerate(lots, 1)], [rule]))
    assert [each.gross - each.net for each in told.lines] == [167] * 12 + [166] * 6 + [0] * 2
    assert told.optimal
