"""Payments at headquarters: how each stands by its facts, held against sales; what hangs becomes an exception."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from pos_app.domain.instants import Instant, parse_instant
from sync.hq.db.database import Database
from sync.hq.payments.watching import watch_payments
from tests.integration.hq.till import AT, DAY, RICE, Till, goods
from tests.support.real_hq import RealHq

Doc = dict[str, Any]
PAYMENT, OTHER = "0198f2c0a1b27c3d8e4f5a6b7c8d9e0f", "0198f2c0a1b27c3d8e4f5a6b7c8d9e10"
LATER = Instant(parse_instant(AT) + timedelta(hours=2) // timedelta(microseconds=1))
SOON = Instant(parse_instant(AT) + timedelta(minutes=5) // timedelta(microseconds=1))


def asked(till: Till, own: str = PAYMENT, amount: int = 6900) -> None:
    till.do("payment_asked", {"payment": own, "provider": "wechat", "amount": amount, "basket": "B"})


def settled(till: Till, outcome: str, own: str = PAYMENT, reason: str = "", amount: int = 6900) -> None:
    told = {"outcome": outcome, "reason": reason, "transaction": "420000"}
    till.do("payment_settled", {"payment": own, "provider": "wechat", "amount": amount, "basket": "B"} | told)


def sold(till: Till, own: str = PAYMENT, amount: int = 6900) -> None:
    tender = {"kind": "wechat", "amount": amount, "received": amount, "change": 0, "payment": own, "reference": "4200"}
    till.sell(goods(RICE), tenders=[tender])


def payments(hq: RealHq, **query: str) -> list[tuple[str, str, str | None]]:
    rows = hq.administrator("GET", "/v1/reports/payments", params=query)["rows"]
    return [(row["id"], row["state"], row["receipt"]) for row in rows]


def exceptions(hq: RealHq) -> list[tuple[str, str]]:
    rows = hq.administrator("GET", "/v1/exceptions")["rows"]
    return [(row["code"], row["owner"]) for row in rows]


def watch(hq: RealHq, now: Instant) -> int:
    async def run() -> int:
        database = await Database.open(hq.settings.database_url, announce=lambda _: None)
        try:
            return await watch_payments(database, now)
        finally:
            await database.close()

    return asyncio.run(run())


def test_a_payment_is_followed_to_its_sale(hq: RealHq, till: Till) -> None:
    asked(till)
    till.push()
    assert payments(hq) == [(PAYMENT, "asked", None)]
    sold(till)
    till.push()

    assert payments(hq) == [(PAYMENT, "sold", f"{till.device}-20260618-0001")]
    (row,) = hq.administrator("GET", "/v1/reports/payments")["rows"]
    assert (row["amount"], row["provider"], row["store"], row["reference"]) == (6900, "wechat", "S001", "4200")
    assert watch(hq, LATER) == 0
    assert exceptions(hq) == []


@pytest.mark.parametrize("outcome", ["refused", "reversed"])
def test_one_that_came_to_nothing_is_over(hq: RealHq, till: Till, outcome: str) -> None:
    asked(till)
    settled(till, outcome, reason="balance")
    till.push()

    assert payments(hq, state=outcome) == [(PAYMENT, outcome, None)]
    assert hq.administrator("GET", "/v1/reports/payments")["rows"][0]["reason"] == "balance"
    assert watch(hq, LATER) == 0


def test_facts_that_come_twice_or_in_one_batch_count_once(hq: RealHq, till: Till) -> None:
    asked(till)
    settled(till, "paid")
    asked(till, OTHER)
    settled(till, "reversed", OTHER)
    sold(till)
    till.push()
    till.push()

    assert payments(hq) == [(PAYMENT, "sold", f"{till.device}-20260618-0001"), (OTHER, "reversed", None)]
    assert exceptions(hq) == []


def test_that_it_was_asked_for_heard_late_takes_its_end_from_no_payment(hq: RealHq, till: Till) -> None:
    settled(till, "reversed")
    till.push()
    asked(till)
    till.push()

    assert payments(hq) == [(PAYMENT, "reversed", None)]
    assert watch(hq, LATER) == 0


def test_one_that_hangs_is_its_stores_exception_and_is_resolved_when_it_is_settled(hq: RealHq, till: Till) -> None:
    asked(till)
    till.push()
    assert watch(hq, SOON) == 0
    assert watch(hq, LATER) == 1
    assert watch(hq, LATER) == 0
    assert exceptions(hq) == [("payment_open", "store")]
    _, changes = till.all_changes("")
    assert [change.body["code"] for change in changes if change.topic == "exception" and change.body] == [
        "payment_open"
    ]
    settled(till, "reversed")
    till.push()

    assert watch(hq, LATER) == 1
    assert exceptions(hq) == []
    (row,) = hq.administrator("GET", "/v1/exceptions", params={"state": "all"})["rows"]
    assert (row["state"], row["resolved_by"]) == ("resolved", "headquarters")


def test_money_that_was_charged_and_is_in_no_sale_is_told(hq: RealHq, till: Till) -> None:
    asked(till)
    till.push()
    watch(hq, LATER)
    settled(till, "paid")
    till.push()

    assert watch(hq, LATER) == 2
    assert exceptions(hq) == [("payment_without_sale", "store")]
    sold(till)
    till.push()
    assert watch(hq, LATER) == 1
    assert exceptions(hq) == []


def test_a_sale_by_a_payment_that_was_given_back_is_told_at_once(hq: RealHq, till: Till) -> None:
    asked(till)
    settled(till, "reversed")
    sold(till)
    till.push()

    assert exceptions(hq) == [("payment_not_kept", "hq")]


def test_one_payment_in_two_sales_is_told_at_once(hq: RealHq, till: Till, new_till: Callable[[str], Till]) -> None:
    asked(till)
    sold(till)
    sold(till)
    till.push()
    other = new_till("S002")
    sold(other)
    other.push()

    assert exceptions(hq) == [("payment_twice", "hq")] * 2
    assert payments(hq) == [(PAYMENT, "sold", f"{till.device}-20260618-0001")]


def test_a_sale_of_another_amount_than_was_asked_is_told(hq: RealHq, till: Till) -> None:
    asked(till, amount=6000)
    sold(till)
    till.push()

    assert exceptions(hq) == [("payment_amount", "hq")]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"payment": "", "provider": "wechat", "amount": 1},
        {"payment": PAYMENT, "provider": "wechat", "amount": 0},
        {"payment": PAYMENT, "provider": "wechat", "amount": "1"},
    ],
)
@pytest.mark.parametrize("kind", ["payment_asked", "payment_settled"])
def test_a_fact_that_cannot_be_read_is_kept_and_stops_nothing(hq: RealHq, till: Till, kind: str, body: Doc) -> None:
    till.do(kind, body)
    till.sell()
    answer = till.push()

    assert answer.acked_seq == 2
    assert exceptions(hq) == [("fact_body_unreadable", "hq")]
    assert payments(hq) == []


def test_tenders_are_added_up_by_kind_with_what_was_given_back(hq: RealHq, till: Till) -> None:
    sold(till)
    cash = {"kind": "cash", "amount": 2900, "received": 3000, "change": 100}
    card = {"kind": "card", "amount": 4000, "received": 4000, "change": 0, "reference": "6688"}
    till.sell(goods(RICE), tenders=[cash, card])
    till.push()

    rows = hq.administrator("GET", "/v1/reports/tenders", params={"store": "S001", "first": DAY})["rows"]
    assert [(row["kind"], row["tenders"], row["amount"], row["net"]) for row in rows] == [
        ("card", 1, 4000, 4000),
        ("cash", 1, 2900, 2900),
        ("wechat", 1, 6900, 6900),
    ]
    assert hq.administrator("GET", "/v1/reports/tenders", params={"store": "S002"})["rows"] == []


def test_payments_are_listed_in_portions(hq: RealHq, till: Till) -> None:
    for own in (PAYMENT, OTHER):
        asked(till, own)
    till.push()

    first = hq.administrator("GET", "/v1/reports/payments", params={"limit": 1})
    then = hq.administrator("GET", "/v1/reports/payments", params={"limit": 1, "after": first["next"]})
    assert [each["rows"][0]["id"] for each in (first, then)] == [PAYMENT, OTHER]
