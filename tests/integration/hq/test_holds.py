"""Holds: a right asked for one basket with a line, nobody else's until a fact, or a person, ends it; never by time."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.integration.hq.sending import import_json
from tests.integration.hq.till import RICE, Till, goods, small_chain, until_copies_went
from tests.support.real_hq import RealHq

Doc = dict[str, Any]
ME: Doc = {"id": "M1"}
RULES: Doc = {
    "points": {"earn_per": 100, "worth": {"points": 100, "amount": 100}},
    "members": [small_chain()["members"][0] | {"points": 500}],
    "coupon_templates": [{"id": "T1", "kind": "cash", "off": 500}],
    "coupons": [{"id": "C1", "template": "T1", "member": "M1"}, {"id": "C2", "template": "T1"}],
}


@pytest.fixture(autouse=True)
def ruled(hq: RealHq) -> None:
    assert import_json(hq, RULES).status_code == 200


@pytest.fixture
def other(new_till: Callable[[str], Till]) -> Till:
    return new_till("S002")


def ask(till: Till, name: str, points: int = 300, **otherwise: object) -> httpx.Response:
    wanted: Doc = {"hold": name, "basket": f"{till.device}-basket", "resource": "points", "key": "M1"}
    return till.ask("POST", "/v1/holds", json=wanted | {"amount": points} | otherwise)


def coupon(till: Till, name: str, key: str = "C1", **otherwise: object) -> httpx.Response:
    return ask(till, name, 1, resource="coupon", key=key, **otherwise)


def said(answer: httpx.Response) -> tuple[int, str, str]:
    return answer.status_code, answer.json().get("code", ""), answer.json().get("field", "")


def spends(till: Till, points: int, *holds: tuple[str, int], **otherwise: object) -> str:
    """Spend points, parts of them by holds; give the receipt."""
    till.receipts += 1
    body: Doc = {"member": ME, "uses": {}, "points_earned": 0, "points_used": points}
    body |= {"holds": [{"hold": hold, "amount": amount} for hold, amount in holds]}
    return str(till.do("sale", till.sale_body(goods(RICE)) | body | otherwise, version=2).body["receipt"])


def open_holds(hq: RealHq) -> list[tuple[str, str, int]]:
    return [(row["id"], row["device"], row["amount"]) for row in hq.administrator("GET", "/v1/holds")["rows"]]


def told(till: Till) -> list[tuple[int, str]]:
    return [(one.seq, one.code) for one in till.push().exceptions]


def test_points_that_a_basket_holds_are_nobody_elses_until_its_sale_arrives(
    hq: RealHq, till: Till, other: Till
) -> None:
    for _ in range(2):
        assert ask(till, "H1").json()["amount"] == 300
    refused = ask(other, "H2", 201)
    assert said(refused) == (409, "points_not_free", "amount")
    assert refused.json()["details"] == {"points": 201, "free": 200}
    assert said(ask(other, "H3", 200)) == (200, "", "")

    spends(till, 300, ("H1", 300))
    assert told(till) == []

    assert open_holds(hq) == [("H3", other.device, 200)]
    assert said(ask(till, "H4", 1)) == (409, "points_not_free", "amount")


def test_leases_and_holds_never_come_to_more_than_there_is(hq: RealHq, till: Till, other: Till) -> None:
    import_json(hq, {"points": RULES["points"] | {"lease": {"most": 200}}})
    assert said(ask(other, "H1", 400)) == (200, "", "")

    hq.administrator("POST", "/v1/leases/round")
    until_copies_went(hq)
    (lease,) = hq.administrator("GET", "/v1/leases")["rows"]
    assert lease["left"] == 100
    assert said(ask(till, "H2", 1)) == (409, "points_not_free", "amount")

    other.do("hold_released", {"basket": "b", "holds": ["H1"]})
    assert told(other) == []
    assert hq.administrator("POST", "/v1/leases/round") == {"granted": 0, "written": 1, "asked": 0}
    assert said(ask(till, "H3", 301)) == (409, "points_not_free", "amount")
    assert said(ask(till, "H3", 300)) == (200, "", "")


def test_a_coupon_that_a_basket_holds_is_refused_to_others_with_the_store(hq: RealHq, till: Till, other: Till) -> None:
    assert coupon(till, "H1").status_code == 200
    refused = coupon(other, "H2")
    assert said(refused) == (409, "coupon_held", "key")
    assert refused.json()["details"]["store"] == "S001"
    assert coupon(other, "H3", "C2").status_code == 200

    receipt = spends(till, 0, ("H1", 1), coupons=[{"id": "C1", "accepted": True}])
    assert told(till) == []

    refused = coupon(other, "H4")
    assert said(refused) == (409, "coupon_spent", "key")
    assert (refused.json()["details"]["store"], refused.json()["details"]["receipt"]) == ("S001", receipt)
    import_json(hq, {"coupons": [{"id": "C2", "delete": True}]})
    assert said(coupon(till, "H5", "C2")) == (409, "coupon_withdrawn", "key")


def test_a_fact_that_names_a_hold_ends_it_before_its_question_arrives(hq: RealHq, till: Till) -> None:
    till.do("hold_released", {"basket": "b", "holds": ["H1", "H2"]})
    spends(till, 0, ("H3", 0))
    assert told(till) == []

    for hold in ("H1", "H2", "H3"):
        assert said(ask(till, hold)) == (409, "hold_ended", "hold")
    assert open_holds(hq) == []
    assert said(ask(till, "H4", 500)) == (200, "", "")


def test_a_basket_that_asks_anew_for_the_same_right_has_the_new_hold_alone(hq: RealHq, till: Till) -> None:
    assert ask(till, "H1", 300).status_code == 200
    assert said(ask(till, "H2", 501)) == (409, "points_not_free", "amount")
    assert open_holds(hq) == [("H1", till.device, 300)]

    assert ask(till, "H3", 500).status_code == 200
    assert [coupon(till, hold).status_code for hold in ("H4", "H5")] == [200, 200]

    assert open_holds(hq) == [("H3", till.device, 500), ("H5", till.device, 1)]
    assert said(ask(till, "H1", 300)) == (409, "hold_ended", "hold")
    assert said(ask(till, "H6", 1, basket="another")) == (409, "points_not_free", "amount")


def test_no_time_ends_a_hold_a_person_does_and_what_was_spent_all_the_same_is_told(hq: RealHq, till: Till) -> None:
    ask(till, "H1")
    with pytest.raises(AssertionError, match="hold_unknown"):
        hq.administrator("POST", "/v1/holds/none/write-off", json={"by": "许文清"})
    hq.administrator("POST", "/v1/holds/H1/write-off", json={"by": "许文清"})
    assert open_holds(hq) == []

    spends(till, 300, ("H1", 300))
    for _ in range(2):
        assert told(till) == [(1, "hold_unknown")]


def test_a_hold_of_another_register_or_for_less_is_told_and_the_others_stays(
    hq: RealHq, till: Till, other: Till
) -> None:
    ask(till, "H1", 100)
    ask(other, "H2", 100)
    spends(other, 150, ("H2", 150), ("H1", 0))
    spends(other, 100, ("H1", 100), ("H2", 1))

    assert told(other) == [(1, "hold_overspent"), (2, "hold_unknown"), (2, "hold_unknown")]
    assert open_holds(hq) == [("H1", till.device, 100)]


def test_a_hold_of_a_quarantined_sale_stays_until_that_is_applied(hq: RealHq, till: Till) -> None:
    ask(till, "H1", 500)
    till.do("sale", {"holds": [{"hold": "H1", "amount": 500}]}, version=99)
    till.do("hold_released", {"basket": "next", "holds": ["H2"]})
    till.push()

    assert open_holds(hq) == [("H1", till.device, 500)]


@pytest.mark.parametrize(
    ("wrong", "status", "code", "field"),
    [
        ({"amount": 0}, 400, "body_malformed", "amount"),
        ({"amount": "7"}, 400, "body_malformed", "amount"),
        ({"resource": "stock"}, 400, "body_malformed", "resource"),
        ({"hold": ""}, 400, "body_malformed", "hold"),
        ({"basket": None}, 400, "body_malformed", "basket"),
        ({"more": 1}, 400, "body_malformed", "more"),
        ({"key": "M404"}, 404, "member_unknown", "key"),
        ({"resource": "coupon", "amount": 1, "key": "C404"}, 404, "coupon_unknown", "key"),
        ({"resource": "coupon", "amount": 2, "key": "C1"}, 400, "hold_amount", "amount"),
    ],
)
def test_what_cannot_be_held_is_refused_by_the_field(
    hq: RealHq, till: Till, wrong: Doc, status: int, code: str, field: str
) -> None:
    assert said(ask(till, "H1", 1, **wrong)) == (status, code, field)
    assert open_holds(hq) == []


def test_an_id_that_was_used_for_something_else_is_refused(till: Till, other: Till) -> None:
    ask(till, "H1", 100)

    assert said(ask(till, "H1", 200)) == (409, "hold_differs", "amount")
    assert said(coupon(till, "H1")) == (409, "hold_differs", "resource")
    assert said(ask(other, "H1", 100)) == (409, "hold_differs", "device")


def test_a_stranger_a_revoked_and_a_frozen_register_hold_nothing(hq: RealHq, till: Till) -> None:
    with httpx.Client(base_url="http://hq.test", transport=till.transport) as nobody:
        assert nobody.post("/v1/holds", json={}).json()["code"] == "signature_missing"
    till.note()
    till.push()
    twin = Till(till.identity, hq)
    twin.sell()
    twin.send([fact.canonical for fact in twin.facts])

    assert said(ask(till, "H1")) == (403, "device_frozen", "")
    hq.administrator("POST", f"/v1/devices/{till.device}/revoke")
    assert said(ask(till, "H1")) == (403, "device_revoked", "")
