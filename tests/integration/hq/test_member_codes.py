"""A member's signed code is for one basket: used at two registers, the second sale is told with the first."""

from collections.abc import Callable
from typing import Any

import pytest

from sync.hq.facts import effects
from tests.integration.hq.till import RICE, Till, goods
from tests.support.real_hq import RealHq

NONCE = "a1b2c3d4e5f6"


def sells(till: Till, **otherwise: object) -> str:
    """Sell to the member whom the code named; give the receipt."""
    till.receipts += 1
    said: dict[str, Any] = {"member": {"id": "M1"}, "uses": {}, "points_earned": 3, "points_used": 0}
    body = till.sale_body(goods(RICE)) | said | {"member_code": NONCE} | otherwise
    return str(till.do("sale", body, version=2).body["receipt"])


def told(till: Till) -> list[tuple[int, str, Any]]:
    return [(one.seq, one.code, one.details) for one in till.push().exceptions]


def test_a_second_use_in_another_store_is_told_with_the_first_and_both_sales_stand(
    hq: RealHq, till: Till, new_till: Callable[[str], Till]
) -> None:
    other = new_till("S002")
    first = sells(till)
    sells(till, member_code="000000000001")
    sells(other)

    assert told(till) == []
    for _ in range(2):
        assert told(other) == [(1, "member_code_reused", {"store": "S001", "receipt": first})]
        assert told(till) == []
    assert hq.administrator("GET", "/v1/reports/sales")["total"]["sales"] == 3


def test_of_two_uses_in_one_batch_the_later_one_is_told(till: Till) -> None:
    first = sells(till)
    sells(till)

    assert told(till) == [(2, "member_code_reused", {"store": "S001", "receipt": first})]


def test_a_sale_that_waited_in_quarantine_is_told_of_a_use_meanwhile_and_never_of_its_own(
    hq: RealHq, till: Till, new_till: Callable[[str], Till], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = new_till("S002")
    for waits, nonce in ((till, NONCE), (till, "000000000001")):
        body = waits.sale_body(goods(RICE)) | {"member": {"id": "M1"}, "uses": {}, "member_code": nonce}
        waits.receipts += 1
        waits.do("sale", body | {"sale": f"{waits.device}-{nonce}"}, version=99)
    till.push()
    first = sells(other)
    assert told(other) == []

    monkeypatch.setattr(effects, "_KINDS", {**effects._KINDS, "sale": (99, effects._of_sale)})
    assert hq.administrator("POST", "/v1/facts/quarantined/apply", json={}) == {"applied": 2, "left": 0}

    rows = hq.administrator("GET", "/v1/exceptions")["rows"]
    reused = [(row["seq"], row["details"]) for row in rows if row["code"] == "member_code_reused"]
    assert reused == [(1, {"store": "S002", "receipt": first})]
