"""Coupons with no line, by their template's rule: leased whole to the home store, or bounded by shares of a day."""

from collections.abc import Callable
from typing import Any

import pytest

from sync.protocol.topics import LEASE
from tests.integration.hq.sending import import_json, mistakes
from tests.integration.hq.till import RICE, Till, execute, goods, small_chain, until_copies_went
from tests.support.real_hq import RealHq

Doc = dict[str, Any]
ME: Doc = small_chain()["members"][0]
LEASED: Doc = {"id": "T1", "kind": "cash", "off": 500, "offline": "leased"}
BOUNDED: Doc = {"id": "T2", "kind": "cash", "off": 500, "offline": {"each": 500, "store_day": 1100}}
MINE: Doc = {"id": "C1", "template": "T1", "member": "M1"}


def make_round(hq: RealHq) -> tuple[int, int, int]:
    done = hq.administrator("POST", "/v1/leases/round")
    until_copies_went(hq)
    return done["granted"], done["written"], done["asked"]


def leases_at(till: Till) -> list[Doc]:
    """Give the leases that a register's store has now."""
    _, changes = till.all_changes("")
    newest = {change.key: change.body for change in changes if change.topic == LEASE}
    return [body | {"document": key} for key, body in newest.items() if body is not None]


def lying(hq: RealHq) -> list[tuple[str, str, int, str]]:
    rows = hq.administrator("GET", "/v1/leases")["rows"]
    return sorted((row["device"], row["key"], row["left"], row["state"]) for row in rows)


def ask_for(till: Till, key: str = "C1") -> Any:  # noqa: ANN401 — a JSON document
    wanted = {"hold": f"{till.device}-{key}", "basket": till.device, "resource": "coupon", "key": key}
    return till.ask("POST", "/v1/holds", json=wanted).json()


def spends(till: Till, coupon: str, *leases: str) -> None:
    said: Doc = {"coupons": [{"id": coupon, "accepted": True}], "member": {"id": "M1"}, "uses": {}}
    till.receipts += 1
    body = till.sale_body(goods(RICE)) | said | {"leases": [{"lease": lease, "amount": 1} for lease in leases]}
    till.do("sale", body, version=2)


@pytest.mark.parametrize(
    "rule",
    ["sometimes", 7, [], {"each": 500}, {"each": 0, "store_day": 500}, {"each": 600, "store_day": 500},
     {"each": "5", "store_day": 500}, {"each": True, "store_day": 5}, {"each": 5, "store_day": 5, "week": 5}],
)  # fmt: skip
def test_a_rule_that_cannot_be_is_a_mistake(hq: RealHq, rule: object) -> None:
    assert mistakes(import_json(hq, {"coupon_templates": [LEASED | {"offline": rule}]})) == [(1, "offline")]


def test_a_coupon_lies_at_one_register_of_the_home_store_and_is_spent_there_once(
    hq: RealHq, till: Till, new_till: Callable[[str], Till]
) -> None:
    other = new_till("S002")
    anybodys = {"id": "C2", "template": "T1"}
    import_json(hq, {"coupon_templates": [LEASED], "coupons": [MINE, anybodys]})

    assert make_round(hq) == (1, 0, 0)
    assert make_round(hq) == (0, 0, 0)
    (lease,) = leases_at(till)
    assert lease["document"] == f"coupon:C1:{lease['id']}"
    assert leases_at(other) == []

    spends(till, "C1", lease["document"])
    assert till.push().exceptions == []
    assert lying(hq) == []
    assert make_round(hq) == (0, 0, 0)
    refused = ask_for(other)
    assert (refused["code"], refused["details"]["store"]) == ("coupon_spent", "S001")


def test_who_wants_a_leased_coupon_is_told_where_it_lies_and_it_is_asked_for(
    hq: RealHq, till: Till, new_till: Callable[[str], Till]
) -> None:
    other = new_till("S002")
    import_json(hq, {"coupon_templates": [LEASED], "coupons": [MINE]})
    make_round(hq)

    refused = ask_for(other)
    assert (refused["code"], refused["field"], refused["details"]["store"]) == ("coupon_leased", "key", "S001")
    until_copies_went(hq)
    (lease,) = leases_at(till)
    assert lease["asked"]
    till.do("lease_returned", {"lease": lease["document"], "left": 1})
    till.push()

    assert "code" not in ask_for(other)
    assert make_round(hq) == (0, 0, 0)


def test_a_coupon_that_is_withdrawn_or_moves_is_asked_back_and_an_old_lease_is_prolonged(
    hq: RealHq, till: Till, new_till: Callable[[str], Till]
) -> None:
    other = new_till("S002")
    more = [MINE | {"id": f"C{number}"} for number in (3, 4)]
    import_json(hq, {"coupon_templates": [LEASED], "coupons": [MINE, *more]})
    assert make_round(hq) == (3, 0, 0)
    execute(hq, "UPDATE lease SET until = 1 WHERE key = 'C3'")
    import_json(hq, {"coupons": [{"id": "C1", "delete": True}]})

    assert make_round(hq) == (0, 1, 1)
    import_json(hq, {"members": [ME | {"home_store": "S002"}]})
    assert make_round(hq) == (0, 0, 2)
    for lease in leases_at(till):
        till.do("lease_returned", {"lease": lease["document"], "left": 1})
    till.push()
    assert make_round(hq) == (2, 0, 0)
    assert [row[:2] for row in lying(hq)] == [(other.device, "C3"), (other.device, "C4")]


def test_shares_of_a_store_never_come_to_more_than_its_day(hq: RealHq, till: Till) -> None:
    import_json(hq, {"coupon_templates": [BOUNDED]})
    assert make_round(hq) == (1, 0, 0)
    assert lying(hq) == [(till.device, "T2", 1100, "held")]

    beside = Till(hq.enrol("S001"), hq)
    assert make_round(hq) == (0, 0, 1)
    assert make_round(hq) == (0, 0, 0)
    (lease,) = leases_at(till)
    till.do("lease_returned", {"lease": lease["document"], "left": 1100})
    assert till.push().exceptions == []

    assert make_round(hq) == (2, 0, 0)
    assert lying(hq) == [(till.device, "T2", 550, "held"), (beside.device, "T2", 550, "held")]
    import_json(hq, {"coupon_templates": [BOUNDED | {"offline": "never"}]})
    assert make_round(hq) == (0, 0, 2)


def test_the_share_of_a_lost_register_is_free_once_a_person_wrote_it_off(hq: RealHq, till: Till) -> None:
    import_json(hq, {"coupon_templates": [BOUNDED]})
    make_round(hq)
    hq.administrator("POST", f"/v1/devices/{till.device}/revoke")
    beside = Till(hq.enrol("S001"), hq)
    assert make_round(hq) == (0, 0, 1)

    (row,) = hq.administrator("GET", "/v1/leases")["rows"]
    hq.administrator("POST", f"/v1/leases/{row['id']}/write-off", json={"by": "许文清"})

    assert make_round(hq) == (1, 0, 0)
    assert lying(hq) == [(beside.device, "T2", 1100, "held")]
