"""Coupons: issued by a file, at the registers of their members' stores, moved with them, withdrawn."""

from collections.abc import Callable
from typing import Any

from sync.protocol.topics import COUPON, CouponBody
from tests.integration.hq.sending import import_csv, import_json, mistakes
from tests.integration.hq.till import Till, small_chain
from tests.support.real_hq import RealHq

Doc = dict[str, Any]
TEMPLATE: Doc = {"id": "T1", "kind": "cash", "off": 500}
MINE: Doc = {"id": "C1", "template": "T1", "member": "M1", "valid_to": "2026-07-01T00:00:00+08:00"}
ANYBODYS: Doc = {"id": "C2", "template": "T1"}


def coupons(till: Till) -> dict[str, Any]:
    _, changes = till.all_changes("")
    return {change.key: change.body for change in changes if change.topic == COUPON and change.body}


def test_a_members_coupon_is_at_the_members_stores_and_anybodys_at_all(
    hq: RealHq, till: Till, new_till: Callable[[str], Till]
) -> None:
    member = {"id": "M9", "home_store": "S002"}
    hers = {"id": "C9", "template": "T1", "member": "M9"}
    import_json(hq, {"members": [member], "coupon_templates": [TEMPLATE], "coupons": [MINE, ANYBODYS, hers]})

    assert coupons(till) == {"C1": MINE, "C2": ANYBODYS}
    assert coupons(new_till("S002")) == {"C1": MINE, "C2": ANYBODYS, "C9": hers}


def test_coupons_follow_their_member_and_a_new_store_gets_anybodys(
    hq: RealHq, till: Till, new_till: Callable[[str], Till]
) -> None:
    import_json(hq, {"coupon_templates": [TEMPLATE], "coupons": [MINE, ANYBODYS]})
    moved = {**small_chain()["members"][0], "home_store": "S002", "stores": []}

    import_json(hq, {"members": [moved], "places": [{"id": "S003", "name": "新店", "zone": "east"}]})

    assert set(coupons(till)) == {"C2"}
    assert set(coupons(new_till("S002"))) == {"C1", "C2"}
    assert set(coupons(new_till("S003"))) == {"C2"}


def test_coupons_sent_again_publish_nothing_and_a_withdrawn_one_is_gone(hq: RealHq, till: Till) -> None:
    document = {"coupon_templates": [TEMPLATE], "coupons": [MINE, ANYBODYS]}
    import_json(hq, document)
    assert import_json(hq, document).json()["published"] == 0

    assert import_json(hq, {"coupons": [{"id": "C2", "delete": True}]}).json()["published"] == 2
    assert set(coupons(till)) == {"C1"}

    import_json(hq, {"coupons": [ANYBODYS]})
    assert set(coupons(till)) == {"C1", "C2"}


def test_a_batch_of_coupons_comes_from_a_spreadsheet(hq: RealHq, till: Till) -> None:
    hq.administrator("POST", "/v1/coupon-templates/import", json=[TEMPLATE])
    answer = import_csv(
        hq,
        "id,template,member,valid_from,valid_to\n"
        "C1,T1,M1,2026-06-01T00:00:00+08:00,2026-07-01T00:00:00+08:00\n" + "".join(f"B{n},T1,,,\n" for n in range(50)),
        of="coupons",
    )

    assert answer.json() == {"rows": {"coupons": 51}, "published": 102, "warnings": []}
    assert len(coupons(till)) == 51
    assert coupons(till)["C1"]["valid_from"] == "2026-06-01T00:00:00+08:00"
    assert set(coupons(till)["C1"]) <= set(CouponBody.__struct_fields__)


def test_every_mistake_of_coupons_is_named(hq: RealHq) -> None:
    hq.administrator("POST", "/v1/coupon-templates/import", json=[TEMPLATE])
    answer = import_csv(
        hq,
        "id,template,member,valid_from,valid_to,delete\n"
        "A1,T9,,,,\n"
        "A2,T1,M9,,,\n"
        "A3,T1,,2026-06-01,,\n"
        "A4,T1,,2026-06-02T00:00:00Z,2026-06-01T00:00:00Z,\n"
        "A5,T1,,,,\n"
        "A5,T1,,,,\n"
        "A7,,,,,\n"
        "A8,,,,,1\n",
        of="coupons",
    )

    assert mistakes(answer) == [
        (2, "template"),
        (3, "member"),
        (4, "valid_from"),
        (5, "valid_to"),
        (7, "id"),
        (8, "template"),
        (9, "id"),
    ]


def test_a_coupon_may_not_name_a_template_that_goes_with_it(hq: RealHq) -> None:
    hq.administrator("POST", "/v1/coupon-templates/import", json=[TEMPLATE])
    document = {"coupon_templates": [{"id": "T1", "delete": True}], "coupons": [ANYBODYS]}

    assert mistakes(import_json(hq, document)) == [(1, "template")]


def test_a_template_says_whether_its_coupons_come_back_and_nothing_else(hq: RealHq, till: Till) -> None:
    assert mistakes(import_json(hq, {"coupon_templates": [{**TEMPLATE, "returns": "sometimes"}]})) == [(1, "returns")]

    answer = import_json(hq, {"coupon_templates": [{**TEMPLATE, "returns": "never"}]})

    assert answer.json()["warnings"] == []
    _, changes = till.all_changes("")
    assert [change.body["returns"] for change in changes if change.topic == "coupon_template" and change.body] == [
        "never"
    ]
