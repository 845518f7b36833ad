"""Coupons that sales spend: by one sale each, gone from every register, the second one told with the first."""

from collections.abc import Callable
from typing import Any

import pytest

from sync.protocol.topics import COUPON
from tests.integration.hq.selling import basket_of, quote, ring
from tests.integration.hq.sending import import_json, warnings
from tests.integration.hq.till import RICE, Till, execute, goods
from tests.support.real_hq import RealHq

Doc = dict[str, Any]
COUPONS: list[Doc] = [{"id": "C1", "template": "T1", "member": "M1"}, {"id": "C2", "template": "T1"}]
MEMBER: Doc = {"id": "M1"}


@pytest.fixture(autouse=True)
def issued(hq: RealHq) -> None:
    rules = {"coupon_templates": [{"id": "T1", "kind": "cash", "off": 500}], "coupons": COUPONS}
    assert import_json(hq, rules).status_code == 200


def spends(till: Till, *coupons: str, accepted: bool = True) -> str:
    """Sell with coupons; give the receipt."""
    presented = [{"id": name, "accepted": accepted, "saving": 0, "reason": None} for name in coupons]
    return str(till.sell(goods(RICE), coupons=presented).body["receipt"])


def coupons_at(till: Till, after: str = "") -> dict[str, bool]:
    """Tell of each coupon that a register heard of whether it is still there."""
    _, changes = till.all_changes(after)
    return {change.key: not change.deleted for change in changes if change.topic == COUPON}


def comes_to(till: Till, wanted: dict[str, bool]) -> None:
    """Follow until the register has these coupons."""
    after, _ = till.all_changes("")
    while coupons_at(till) != wanted:
        end, _ = till.changes(after, wait=5)
        after = end.cursor


def test_a_spent_coupon_is_gone_from_its_own_store_at_once_and_from_the_others_soon(
    till: Till, new_till: Callable[[str], Till]
) -> None:
    other = new_till("S002")
    assert coupons_at(till) == coupons_at(other) == {"C1": True, "C2": True}
    before, _ = till.all_changes("")

    spends(till, "C1")
    assert till.push().exceptions == []

    assert coupons_at(till, before) == {"C1": False}
    comes_to(other, {"C1": False, "C2": True})


def test_copies_that_were_due_when_headquarters_went_down_follow_when_it_is_back(
    hq: RealHq, till: Till, new_till: Callable[[str], Till]
) -> None:
    other = new_till("S002")
    execute(hq, "INSERT INTO publication_due (scope, topic, key, body) VALUES ('store:S002', 'coupon', 'C2', NULL)")
    hq.stop()
    hq.start()

    comes_to(other, {"C1": True, "C2": False})
    assert execute(hq, "SELECT count(*) FROM publication_due") == [(0,)]
    assert coupons_at(till) == {"C1": True, "C2": True}


def test_the_second_to_spend_a_coupon_is_told_who_was_first(
    hq: RealHq, till: Till, new_till: Callable[[str], Till]
) -> None:
    other = new_till("S002")
    first = spends(till, "C1")
    till.push()
    spends(other, "C1")

    (exception,) = other.push().exceptions

    assert (exception.code, exception.details) == ("coupon_spent", {"coupon": "C1", "store": "S001", "receipt": first})
    assert till.push().exceptions == []
    assert execute(hq, "SELECT state, store, receipt FROM coupon WHERE id = 'C1'") == [("spent", "S001", first)]


def test_of_two_in_one_batch_the_first_spends_it(till: Till) -> None:
    first = spends(till, "C1", "C2")
    spends(till, "C2")

    answer = till.push()

    assert [(one.seq, one.code, one.details["receipt"]) for one in answer.exceptions] == [(2, "coupon_spent", first)]


def test_a_sale_that_could_not_be_applied_spends_nothing(hq: RealHq, till: Till) -> None:
    sold = till.sell()
    till.push()
    till.sell(goods(RICE), sale=sold.body["sale"], coupons=[{"id": "C1", "accepted": True}])
    third = spends(till, "C1")

    answer = till.push()

    assert [(one.seq, one.code) for one in answer.exceptions] == [(2, "fact_failed")]
    assert execute(hq, "SELECT receipt FROM coupon WHERE id = 'C1'") == [(third,)]


def test_a_coupon_that_was_refused_is_not_spent(hq: RealHq, till: Till) -> None:
    spends(till, "C1", "GHOST", accepted=False)

    assert till.push().exceptions == []
    assert execute(hq, "SELECT state FROM coupon WHERE id = 'C1'") == [("issued",)]


def test_coupons_that_nobody_issued_or_that_were_withdrawn_are_told(hq: RealHq, till: Till) -> None:
    import_json(hq, {"coupons": [{"id": "C2", "delete": True}]})
    spends(till, "GHOST", "C2")
    spends(till, "C2")

    answer = till.push()

    assert [(one.seq, one.code) for one in answer.exceptions] == [
        (1, "coupon_unknown"),
        (1, "coupon_withdrawn"),
        (2, "coupon_spent"),
    ]


def test_a_spent_coupon_stays_spent_whatever_is_sent(hq: RealHq, till: Till) -> None:
    receipt = spends(till, "C1")
    till.push()

    again = import_json(hq, {"coupons": COUPONS})
    withdrawn = import_json(hq, {"coupons": [{"id": "C1", "delete": True}]})

    assert warnings(again) == [(1, "id")]
    assert receipt in again.text
    assert (again.json()["published"], withdrawn.json()["published"]) == (0, 0)
    assert execute(hq, "SELECT state FROM coupon WHERE id = 'C1'") == [("spent",)]
    refused = quote(hq, basket_of((RICE, 1000), member=MEMBER, coupons=[{"id": "C1"}])).json()["coupons"]
    assert [coupon["reason"] for coupon in refused] == ["unknown_template"]


def test_a_real_sale_with_a_coupon_spends_it(hq: RealHq, till: Till) -> None:
    ring(hq, till, basket_of((RICE, 1000), member=MEMBER, coupons=COUPONS), MEMBER)

    assert till.push().exceptions == []
    assert execute(hq, "SELECT id, state FROM coupon ORDER BY id") == [("C1", "spent"), ("C2", "issued")]
