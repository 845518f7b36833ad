"""The price policy: published, and held against what is imported for zones and stores."""

import json
from typing import Any

import msgspec
import pytest

from sync.protocol.rules import float_range, promotion_authority
from sync.protocol.topics import FLOAT_RANGE, PROMOTION_AUTHORITY, FloatRangeBody, PromotionAuthorityBody
from tests.integration.hq.sending import ask, import_csv, import_json, mistakes, warnings
from tests.integration.hq.till import OIL, RICE, Till
from tests.support.real_hq import RealHq

Doc = dict[str, Any]

RANGES: list[Doc] = [
    {"id": "FR-ALL", "below": 1000, "above": 500},
    {"id": "FR-OIL", "of": {"skus": [OIL]}, "below": 0, "above": 0, "channel": "online"},
    {"id": "FR-LOT", "kinds": ["lot"], "below": 6000, "above": 0, "scope": "store:S001"},
]
AUTHORITIES: list[Doc] = [
    {"id": "PA-STORES", "levels": ["store"], "kinds": ["percent", "nth", "price"], "deepest": 2000},
    {"id": "PA-EAST", "scope": "zone:east", "levels": ["zone"], "kinds": ["spend"], "deepest": 1000},
]


@pytest.fixture(autouse=True)
def policy(hq: RealHq) -> None:
    answer = ask(
        hq,
        "/v1/policy/import",
        json.dumps({"float_ranges": RANGES, "promotion_authorities": AUTHORITIES}).encode(),
    )
    assert answer.json() == {
        "rows": {"float_ranges": 3, "promotion_authorities": 2},
        "published": 5,
        "warnings": [],
    }


def price(amount: int, sku: str = RICE, scope: str = "store:S001", kind: str = "campaign", **more: object) -> Doc:
    return {"id": f"X-{amount}-{scope}", "sku": sku, "kind": kind, "amount": amount, "scope": scope, **more}


def promotion(scope: str = "store:S001", **more: object) -> Doc:
    return {"id": "P1", "kind": "percent", "of": {"skus": [RICE]}, "percent": 20, "scope": scope, **more}


def test_the_policy_goes_down_to_those_that_it_binds(till: Till) -> None:
    _, changes = till.all_changes("")

    ranges = [msgspec.convert(change.body, FloatRangeBody) for change in changes if change.topic == FLOAT_RANGE]
    (authority, east) = [change for change in changes if change.topic == PROMOTION_AUTHORITY]
    assert {each.id: float_range(each).span(6900) for each in ranges} == {
        "FR-ALL": (6210, 7245),
        "FR-OIL": (6900, 6900),
        "FR-LOT": (2760, 6900),
    }
    assert (authority.scope, east.scope) == ("chain", "zone:east")
    assert promotion_authority(msgspec.convert(authority.body, PromotionAuthorityBody)).deepest == 2000


@pytest.mark.parametrize(
    "row",
    [
        price(6210),
        price(7245),
        price(1, scope="chain"),
        price(2760, kind="lot", lot="L1"),
        price(8500, OIL, channel="store"),
        price(8990, OIL),
        price(6300, scope="zone:west"),
    ],
)
def test_a_price_within_its_range_is_imported(hq: RealHq, row: Doc) -> None:
    assert import_json(hq, {"prices": [row]}).json()["published"] == 1


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        (price(6209), "float range FR-ALL: 62.10 to 72.45"),
        (price(7246, kind="base"), "float range FR-ALL"),
        (price(6209, scope="zone:west"), "float range FR-ALL"),
        (price(8989, OIL), "float range FR-OIL: 89.90 to 89.90"),
        (price(2759, kind="lot", lot="L1"), "float range FR-LOT: 27.60 to 69.00"),
        (price(2760, kind="lot", lot="L1", scope="store:S002"), "float range FR-ALL"),
    ],
)
def test_a_price_outside_is_a_mistake_that_names_the_rule(hq: RealHq, row: Doc, rule: str) -> None:
    answer = import_json(hq, {"prices": [price(6900), row]})

    assert mistakes(answer) == [(2, "amount")]
    assert rule in answer.text


def test_a_price_is_measured_by_the_base_that_is_in_effect_when_it_begins(hq: RealHq) -> None:
    later = "2099-01-01T00:00:00+08:00"
    dear = {"id": "B-LATER", "sku": RICE, "kind": "base", "amount": 10_000, "from": later}

    now = import_json(hq, {"prices": [dear, price(9500)]})
    then = import_json(hq, {"prices": [dear, price(9500, **{"from": later})]})

    assert mistakes(now) == [(2, "amount")]
    assert then.json()["published"] == 2


def test_what_is_sent_together_is_measured_together(hq: RealHq) -> None:
    new = {"products": [{"sku": "NEW", "name": "小米"}]}
    base = {"id": "B-NEW", "sku": "NEW", "kind": "base", "amount": 1000}

    unmeasured = import_json(hq, {**new, "prices": [price(1, "NEW")]})
    measured = import_json(hq, {"prices": [base, price(899, "NEW")]})
    looser = import_json(
        hq, {"float_ranges": [{"id": "FR-ALL", "below": 2000, "above": 0}], "prices": [base, price(899, "NEW")]}
    )

    assert unmeasured.json()["published"] == 2
    assert mistakes(measured) == [(2, "amount")]
    assert looser.json()["published"] == 3


def test_a_range_that_is_deleted_binds_no_more(hq: RealHq) -> None:
    assert import_json(hq, {"float_ranges": [{"id": "FR-ALL", "delete": True}], "prices": [price(1)]}).is_success


@pytest.mark.parametrize(
    "row",
    [
        promotion(),
        promotion("chain", percent=90),
        promotion(kind="nth", size=2, discounted=1, percent=80) | {"percent": 40},
        promotion(kind="price", price=5520),
        promotion("zone:east", kind="spend", tiers=[{"spend": 10000, "off": 1000}]),
        {"id": "P1", "delete": True},
    ],
)
def test_a_promotion_that_may_be_started_is_imported(hq: RealHq, row: Doc) -> None:
    import_json(hq, {"promotions": [promotion("chain", percent=1)]})

    assert import_json(hq, {"promotions": [row]}).json()["published"] in {1, 2}


@pytest.mark.parametrize(
    ("row", "column", "rule"),
    [
        (promotion(percent=21), "kind", "takes up to 21.00 % off, promotion authority PA-STORES allows 20.00 %"),
        (promotion(kind="price", price=5519), "kind", "promotion authority PA-STORES allows 20.00 %"),
        (promotion(kind="multibuy", size=3, price=1), "kind", "promotion authority PA-STORES allows other kinds"),
        (promotion("zone:east"), "kind", "promotion authority PA-EAST allows other kinds: spend"),
        (promotion("zone:west"), "scope", "no zone here may start one"),
    ],
)
def test_a_promotion_that_may_not_be_started_is_a_mistake_that_names_the_rule(
    hq: RealHq, row: Doc, column: str, rule: str
) -> None:
    answer = import_json(hq, {"promotions": [row]})

    assert mistakes(answer) == [(1, column)]
    assert rule in answer.text


def test_a_file_of_promotions_is_held_too(hq: RealHq) -> None:
    answer = import_csv(hq, f"id,kind,skus,percent,scope\nP1,percent,{RICE},30,store:S001\n", of="promotions")

    assert mistakes(answer) == [(2, "kind")]


def test_every_mistake_of_a_policy_is_named(hq: RealHq) -> None:
    answer = import_json(
        hq,
        {
            "float_ranges": [
                {"id": "A1", "below": 10_001, "above": 0},
                {"id": "A2", "above": 5},
                {"id": "A3", "below": 1, "above": 1, "scope": "zone:moon"},
                {"id": "A3", "below": 1, "above": 1},
                {"id": "A5", "delete": True},
                {"id": "A6", "below": 1, "above": 1, "kinds": ["gift"]},
                {"id": "A7", "below": 1, "above": 1, "of": {"skus": "RICE5"}},
            ],
            "promotion_authorities": [
                {"id": "B1", "kinds": ["percent", "half"], "deepest": 1},
                {"id": "B2", "kinds": ["percent"]},
                {"id": "B3", "kinds": [], "deepest": 1, "levels": ["shop"]},
                {"id": "B4", "delete": True},
            ],
        },
    )

    named = answer.json()["details"]["mistakes"]
    assert mistakes(answer)
    assert {(each["file"].removeprefix("chain.json: "), each["row"], each["column"]) for each in named} == {
        ("float_ranges", 1, "below"),
        ("float_ranges", 2, "below"),
        ("float_ranges", 3, "scope"),
        ("float_ranges", 4, "id"),
        ("float_ranges", 5, "id"),
        ("float_ranges", 6, "kinds[0]"),
        ("float_ranges", 7, "of.skus"),
        ("promotion_authorities", 1, "kinds[1]"),
        ("promotion_authorities", 2, "deepest"),
        ("promotion_authorities", 3, "levels[0]"),
        ("promotion_authorities", 4, "id"),
    }


def test_a_range_of_goods_that_nobody_sells_is_warned_of(hq: RealHq) -> None:
    answer = import_json(hq, {"float_ranges": [{"id": "A", "of": {"skus": ["GHOST"]}, "below": 1, "above": 1}]})

    assert warnings(answer) == [(1, "of.skus[0]")]
