"""Promotions, coupon templates and points as headquarters' people send them, and as registers get them."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from pos_app.domain.pricing.documents import parsed
from pos_app.domain.pricing.promotion_documents import read_points, read_promotion, read_template
from sync.protocol.topics import COUPON_TEMPLATE, POINTS, POINTS_KEY, PROMOTION
from tests.integration.hq.sending import import_csv, import_json, mistakes, warnings
from tests.integration.hq.till import OIL, RICE, Till, execute
from tests.support.real_hq import RealHq

Doc = dict[str, Any]

HALF: Doc = {"id": "P1", "kind": "nth", "of": {"skus": [RICE]}, "size": 2, "discounted": 1, "percent": 50}
SPEND: Doc = {"id": "P2", "kind": "spend", "tiers": [{"spend": 10000, "off": 1000}, {"spend": 20000, "percent": 12.5}]}
TEMPLATE: Doc = {"id": "T1", "kind": "cash", "off": 500, "min_spend": 3000}
POINTS_RULES: Doc = {"earn_per": 100, "tier_multiplier": {"gold": 1.5}, "worth": {"points": 100, "amount": 100}}


def standing(till: Till) -> dict[tuple[str, str], str]:
    """List what a register has of the rules: scope by topic and key."""
    _, changes = till.all_changes("")
    rules = [change for change in changes if change.topic in {PROMOTION, COUPON_TEMPLATE, POINTS} and change.body]
    return {(change.topic, change.key): change.scope for change in rules}


def published(hq: RealHq, topic: str, key: str) -> str:
    ((body,),) = execute(hq, "SELECT body FROM publication WHERE topic = ? AND key = ?", topic, key)
    return str(body)


def test_rules_go_down_as_they_were_written_and_are_read_by_the_registers_own_reader(hq: RealHq, till: Till) -> None:
    document = {"promotions": [HALF, SPEND], "coupon_templates": [TEMPLATE], "points": POINTS_RULES}

    answer = import_json(hq, document)

    assert answer.json() == {
        "rows": {"promotions": 2, "coupon_templates": 1, "points": 1},
        "published": 4,
        "warnings": [],
    }
    assert import_json(hq, document).json()["published"] == 0
    assert set(standing(till)) == {(PROMOTION, "P1"), (PROMOTION, "P2"), (COUPON_TEMPLATE, "T1"), (POINTS, POINTS_KEY)}
    assert json.loads(published(hq, PROMOTION, "P2")) == SPEND
    assert read_promotion(parsed(published(hq, PROMOTION, "P2"))) == read_promotion(parsed(json.dumps(SPEND)))
    assert read_template(parsed(published(hq, COUPON_TEMPLATE, "T1"))) == read_template(TEMPLATE)
    assert read_points(parsed(published(hq, POINTS, POINTS_KEY))) == read_points(parsed(json.dumps(POINTS_RULES)))


def test_a_percentage_goes_down_to_the_hundredth(hq: RealHq) -> None:
    import_json(hq, {"promotions": [{**HALF, "percent": 33.33}, {**HALF, "id": "P3", "percent": 12.50}]})

    bodies = [published(hq, PROMOTION, key) for key in ("P1", "P3")]
    assert ['"percent":33.33' in bodies[0], '"percent":12.5' in bodies[1]] == [True, True]


def test_rules_of_one_kind_may_come_alone(hq: RealHq, till: Till) -> None:
    for path, document in (
        ("promotions", [HALF]),
        ("coupon-templates", [TEMPLATE]),
        ("points", POINTS_RULES),
        ("promotions", {"promotions": [SPEND]}),
        ("points", {"points": POINTS_RULES | {"step": 10}}),
    ):
        hq.administrator("POST", f"/v1/{path}/import", json=document)

    assert set(standing(till)) == {(PROMOTION, "P1"), (PROMOTION, "P2"), (COUPON_TEMPLATE, "T1"), (POINTS, POINTS_KEY)}
    assert json.loads(published(hq, POINTS, POINTS_KEY))["step"] == 10


def test_a_deletion_of_rules_whose_answer_was_lost_is_sent_again(hq: RealHq, till: Till) -> None:
    import_json(hq, {"promotions": [HALF, SPEND], "coupon_templates": [TEMPLATE]})
    gone: Doc = {"promotions": [{"id": "P1", "delete": True}], "coupon_templates": [{"id": "T1", "delete": True}]}
    assert import_json(hq, gone).json()["published"] == 2
    after = standing(till)

    assert import_json(hq, gone).json()["published"] == 0
    assert standing(till) == after


def test_no_coupon_is_made_of_a_template_that_was_deleted(hq: RealHq) -> None:
    import_json(hq, {"coupon_templates": [TEMPLATE]})
    import_json(hq, {"coupon_templates": [{"id": "T1", "delete": True}]})

    assert import_json(hq, {"coupons": [{"id": "C1", "template": "T1"}]}).status_code == 422


def test_a_promotion_reaches_its_scope_alone_moves_and_is_deleted(
    hq: RealHq, till: Till, new_till: Callable[[str], Till]
) -> None:
    other = new_till("S002")
    import_json(hq, {"promotions": [{**HALF, "scope": "zone:east"}, {**SPEND, "scope": "store:S002"}]})
    assert standing(till) == {(PROMOTION, "P1"): "zone:east"}
    assert standing(other) == {(PROMOTION, "P2"): "store:S002"}

    import_json(hq, {"promotions": [{**HALF, "scope": "store:S002"}, {"id": "P2", "delete": True}]})

    assert standing(till) == {}
    assert standing(other) == {(PROMOTION, "P1"): "store:S002"}
    assert mistakes(import_json(hq, {"promotions": [{"id": "P3", "delete": True}]})) == [(1, "id")]
    versions = execute(hq, "SELECT key, body IS NULL FROM publication_version WHERE topic = 'promotion' ORDER BY key")
    assert versions == [("P1", 0), ("P1", 0), ("P1", 1), ("P2", 0), ("P2", 1)]


def test_points_rules_are_taken_away(hq: RealHq, till: Till) -> None:
    import_json(hq, {"points": POINTS_RULES})
    import_json(hq, {"points": {"delete": True}})

    assert standing(till) == {}


LATE, EARLY = "2026-06-18T00:00:00Z", "2026-01-01T00:00:00Z"
FALLING = [{"count": 5, "percent": 10}, {"count": 3, "percent": 20}]
STINGY = [{"spend": 100, "off": 20}, {"spend": 200, "off": 10}]
BAD_PROMOTIONS: list[tuple[object, set[str]]] = [
    ({**HALF, "id": "A0"}, set()),
    ({**HALF, "id": "A1", "kind": "half_price"}, {"kind"}),
    ({**HALF, "id": "A2", "size": "2", "active": {"from": "yesterday"}}, {"size", "active.from"}),
    ({**HALF, "id": "A3", "discounted": 3}, {"discounted"}),
    ({"kind": "percent", "of": {"all": True}, "percent": 5}, {"id"}),
    ({**HALF, "id": "A5", "scope": "zone:moon", "active": {"from": LATE, "to": EARLY}}, {"scope", "active.to"}),
    ({**HALF, "id": "A0"}, {"id"}),
    (7, {""}),
    ({"id": "A8", "kind": "tiers", "of": {"all": True}, "tiers": FALLING}, {"tiers[1].count"}),
    ({"id": "A9", "kind": "spend", "tiers": STINGY}, {"tiers[1].off"}),
    ({"id": "A10", "delete": True}, {"id"}),
    ({"id": "A11", "delete": "yes"}, {"delete"}),
    ({**HALF, "id": "A12", "percent": 12.345}, {"percent"}),
    ({**HALF, "id": "A13", "of": {"skus": RICE}}, {"of.skus"}),
    ({"id": "A14", "kind": "bundle", "slots": [{"of": {"all": True}}], "price": 1}, {"slots[0].quantity"}),
]
BAD_TEMPLATES: list[tuple[object, set[str]]] = [
    (TEMPLATE, set()),
    ({"id": "T2", "kind": "gift"}, {"kind"}),
    (TEMPLATE, {"id"}),
    ({"id": "T4", "kind": "cash", "off": -5}, {"off"}),
]


def test_every_mistake_of_a_file_is_named_and_nothing_is_imported(hq: RealHq, till: Till) -> None:
    bad = {"promotions": BAD_PROMOTIONS, "coupon_templates": BAD_TEMPLATES}
    sent = {section: [row for row, _ in rows] for section, rows in bad.items()}

    answer = import_json(hq, {**sent, "points": {"earn_per": 0}})

    assert mistakes(answer)
    named = answer.json()["details"]["mistakes"]
    assert {(mistake["file"].removeprefix("chain.json: "), mistake["row"], mistake["column"]) for mistake in named} == {
        ("points", 1, "earn_per"),
        *(
            (section, number, column)
            for section, rows in bad.items()
            for number, (_, columns) in enumerate(rows, 1)
            for column in columns
        ),
    }
    assert all(mistake["reason"] for mistake in named)
    assert standing(till) == {}


def test_a_word_that_no_product_has_is_a_warning_and_no_mistake(hq: RealHq) -> None:
    import_json(hq, {"products": [{"sku": "FLOUR", "name": "面粉", "categories": ["grain"], "brand": "B1"}]})
    answer = import_json(
        hq,
        {
            "products": [{"sku": "NEW", "name": "小米", "tags": ["fresh"]}],
            "promotions": [
                {**HALF, "of": {"skus": [RICE, "RCE5"], "categories": ["grain"], "brands": ["B1"], "tags": ["fresh"]}},
                {**HALF, "id": "P2", "of": {"categories": ["grain/rice"], "except": {"tags": ["stale"]}}},
                {**HALF, "id": "P3", "of": {"skus": [RICE], "except": {"all": True}}},
                {
                    "id": "P4",
                    "kind": "addon",
                    "buy": [{"of": {"skus": ["SALT"]}, "quantity": 1}],
                    "get": {"of": {"brands": ["B9"]}, "quantity": 1, "price": 0},
                },
                {**HALF, "id": "P5", "limti": 3, "level": "item"},
            ],
            "coupon_templates": [{**TEMPLATE, "of": {}, "offline": "never"}],
        },
    )

    assert warnings(answer) == [
        (1, "of"),
        (1, "of.skus[1]"),
        (2, "of.categories[0]"),
        (2, "of.except.tags[0]"),
        (3, "of"),
        (4, "buy[0].of.skus[0]"),
        (4, "get.of.brands[0]"),
        (5, "limti"),
    ]
    assert "did you mean limit?" in answer.text


CSV = (
    "id,name,kind,scope,channel,skus,all,percent,price_yuan,size,discounted,tiers,spend_yuan,off_yuan,repeat,"
    "from,to,weekdays,daily_from,daily_to,members_only,limit,multiplier\n"
    f"C1,第二件半价,nth,,,{RICE};{OIL},,50,,2,1,,,,,,,,,,,,\n"
    f"C2,任选三件,multibuy,zone:east,store,{RICE},,,100,3,,,,,,2026-06-18T00:00:00+08:00,,6;7,22:00,02:00,1,2,\n"
    "C3,满百减十,spend,,,,,,,,,,100,10,1,,,,,,,,\n"
    "C4,满减阶梯,spend,,,,,,,,,100:10; 300:40,,,,,,,,,,,\n"
    f"C5,多买多惠,tiers,,,{OIL},,,,,,3:5; 6:12.5,,,,,,,,,,,\n"
    "C6,双倍积分,points,,,,,,,,,,,,,,,,,,,,2\n"
    "C7,满额九折,spend,,,,,10,,,,,200,,,,,,,,,,\n"
)


def test_flat_promotions_come_from_a_spreadsheet(hq: RealHq) -> None:
    answer = import_csv(hq, CSV, of="promotions")

    assert answer.json() == {"rows": {"promotions": 7}, "published": 7, "warnings": []}
    bodies = {key: json.loads(published(hq, PROMOTION, key)) for key in ("C1", "C2", "C3", "C4", "C5", "C6", "C7")}
    assert bodies["C1"] == {
        "id": "C1",
        "name": "第二件半价",
        "kind": "nth",
        "of": {"skus": [RICE, OIL]},
        "size": 2,
        "discounted": 1,
        "percent": 50,
    }
    assert bodies["C2"] == {
        "id": "C2",
        "name": "任选三件",
        "kind": "multibuy",
        "scope": "zone:east",
        "channel": "store",
        "of": {"skus": [RICE]},
        "size": 3,
        "price": 10000,
        "members_only": True,
        "limit": 2,
        "active": {
            "from": "2026-06-18T00:00:00+08:00",
            "weekdays": [6, 7],
            "daily_from": "22:00",
            "daily_to": "02:00",
        },
    }
    assert (bodies["C3"]["tiers"], bodies["C3"]["repeat"]) == ([{"spend": 10000, "off": 1000}], True)
    assert bodies["C4"]["tiers"] == [{"spend": 10000, "off": 1000}, {"spend": 30000, "off": 4000}]
    assert bodies["C5"]["tiers"] == [{"count": 3, "percent": 5}, {"count": 6, "percent": 12.5}]
    assert bodies["C6"]["multiplier"] == 2
    assert bodies["C7"]["tiers"] == [{"spend": 20000, "percent": 10}]
    assert import_csv(hq, "id,delete\nC1,1\n", of="promotions").json()["published"] == 1


def test_mistakes_of_a_promotion_file_name_its_columns(hq: RealHq) -> None:
    answer = import_csv(
        hq,
        "id,kind,skus,percent,price_yuan,size,discounted,tiers,spend_yuan,off_yuan,from,to,weekdays,scope\n"
        f"A1,nth,{RICE},50,,2,3,,,,,,,\n"
        f"A2,nth,{RICE},fifty,,2.5,,,,,,,8,\n"
        f"A3,nth,,50,,2,1,,,,,,,\n"
        "A4,bundle,,,99,,,,,,,,,\n"
        f"A5,tiers,{RICE},,,,,5:10;3:20,,,,,,\n"
        "A6,spend,,,,,,100:x,,,,,,\n"
        "A7,spend,,,,,,,100,,,,,\n"
        f"A8,price,{RICE},,-1,,,,,,,,,zone:moon\n"
        f"A9,price,{RICE},,1,,,,,,2026-06-18T00:00:00Z,2026-06-18T00:00:00Z,,zone:moon\n"
        f",price,{RICE},,1,,,,,,,,,\n"
        "A11,spend,,,,,,100;200,,,,,,\n"
        f"A12,tiers,{RICE},,,,,3:120,,,,,,\n",
        of="promotions",
    )

    assert mistakes(answer) == [
        (2, "discounted"),
        (3, "percent"),
        (3, "weekdays"),
        (4, "skus"),
        (5, "kind"),
        (6, "tiers"),
        (7, "tiers"),
        (8, "off_yuan"),
        (9, "price_yuan"),
        (10, "scope"),
        (10, "to"),
        (11, "id"),
        (12, "tiers"),
        (13, "tiers"),
    ]


@pytest.mark.parametrize("body", [[], 7, "points", [1]])
def test_points_that_are_none(hq: RealHq, body: object) -> None:
    assert [row for row, _ in mistakes(import_json(hq, {"points": body}))] == [0]
