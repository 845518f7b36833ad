"""What members have: points and uses of promotions in a ledger, told to each of their stores with what is in them."""

import asyncio
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine

from pos_app.domain.instants import Instant
from sync.hq.db.database import Database
from sync.hq.db.migrating import upgrade
from sync.hq.facts import effects
from sync.hq.reports.proof import prove_ledgers
from sync.protocol.topics import MEMBER
from tests.integration.hq.selling import basket_of, quote, ring
from tests.integration.hq.sending import import_json, mistakes
from tests.integration.hq.till import OIL, RICE, Till, execute, goods, small_chain, until_copies_went
from tests.support.real_hq import RealHq

Doc = dict[str, Any]
ME: Doc = {"id": "M1"}
CHEAP_OIL: Doc = {"id": "P2", "kind": "price", "of": {"skus": [OIL]}, "price": 5000, "limit_per_member": 2}
POINTS: Doc = {"earn_per": 100, "worth": {"points": 100, "amount": 100}}
MEMBER_ROW: Doc = small_chain()["members"][0]
DAY_US = 24 * 3600 * 1_000_000


@pytest.fixture(autouse=True)
def ruled(hq: RealHq) -> None:
    """Points, an oil at a price that each member gets twice, and a member who has 500 points."""
    assert import_json(hq, {"points": POINTS, "promotions": [CHEAP_OIL], "members": [had(500)]}).status_code == 200


def had(points: int, **otherwise: object) -> Doc:
    return MEMBER_ROW | {"points": points} | otherwise


def sells(till: Till, *, earned: int = 0, used: int = 0, **otherwise: object) -> None:
    """Sell to the member, with figures of points as the register wrote them."""
    till.receipts += 1
    points = {"member": ME, "uses": {}, "points_earned": earned, "points_used": used}
    till.do("sale", till.sale_body(goods(RICE)) | points | otherwise, version=2)


def told(till: Till) -> Doc:
    """Give the member's newest document at a register's store, but for what never changes here."""
    _, changes = till.all_changes("")
    (body,) = [change.body for change in changes if change.topic == MEMBER and change.key == "M1"]
    assert body is not None
    return {name: body[name] for name in ("points", "used", "applied") if name in body}


def rights(hq: RealHq, member: str = "M1") -> Doc:
    report = hq.administrator("GET", f"/v1/reports/rights?member={member}")
    assert report["differs"] == 0
    return {row["entitlement"]: row["stands"] for row in report["rows"]}


def test_a_sale_earns_spends_and_uses_and_its_store_hears_of_it_at_once(hq: RealHq, till: Till) -> None:
    assert told(till) == {"points": 500}
    ring(hq, till, basket_of((OIL, 1000), member=ME, redeem_points=100), ME)

    assert till.push().exceptions == []

    # 50.00 by the member's price, 1.00 of it paid with 100 points
    assert told(till) == {"points": 500 - 100 + 49, "used": {"P2": 1}, "applied": {"S001-R1": {"epoch": 1, "seq": 1}}}
    report = hq.administrator("GET", "/v1/reports/rights?member=M1")
    assert report["rows"] == [
        {"entitlement": "points", "earned": 49, "opening": 500, "spent": -100, "stands": 449, "ok": True},
        {"entitlement": "use:P2", "used": 1, "stands": 1, "ok": True},
    ]


def test_the_members_other_stores_hear_of_it_soon_with_what_is_in_it_of_their_own(
    hq: RealHq, till: Till, new_till: Callable[[str], Till]
) -> None:
    other = new_till("S002")
    other.note(3)
    other.push()
    sells(till, earned=69)
    till.push()

    until_copies_went(hq)

    assert told(other) == {"points": 569, "applied": {"S002-R1": {"epoch": 1, "seq": 3}}}


def test_sent_again_or_twice_it_counts_once(hq: RealHq, till: Till) -> None:
    sells(till, earned=69)
    sells(till, used=100)
    for _ in range(3):
        till.push()

    assert rights(hq) == {"points": 469}
    assert execute(hq, "SELECT count(*) FROM right_entry WHERE source != 'opening'") == [(2,)]


def test_a_batch_publishes_a_member_once_and_facts_of_nobody_none(hq: RealHq, till: Till) -> None:
    before, _ = till.all_changes("")
    for _ in range(5):
        sells(till, earned=10)
    till.sell()
    till.push()

    _, changes = till.all_changes(before)

    assert [change.key for change in changes if change.topic == MEMBER] == ["M1"]
    till.sell()
    till.push()
    assert [change.topic for change in till.all_changes(till.all_changes("")[0])[1]] == []


def test_points_that_were_not_there_are_told_and_the_sale_counts(
    hq: RealHq, till: Till, new_till: Callable[[str], Till]
) -> None:
    other = new_till("S002")
    sells(till, used=400)
    sells(other, earned=50, used=300)
    sells(other, used=100)

    assert till.push().exceptions == []
    answer = other.push()

    assert [(one.seq, one.code, one.details) for one in answer.exceptions] == [
        (1, "points_below_zero", {"member": "M1", "spent": 300, "points": -150}),
        (2, "points_below_zero", {"member": "M1", "spent": 100, "points": -250}),
    ]
    assert rights(hq) == {"points": -250}


def test_earning_below_zero_is_no_fault(hq: RealHq, till: Till) -> None:
    sells(till, used=600)
    sells(till, earned=20)

    assert [one.seq for one in till.push().exceptions] == [1]


def test_a_member_whom_nobody_knows_is_told_and_has_it_once_known(hq: RealHq, till: Till) -> None:
    sells(till, earned=30, member={"id": "M9"})

    assert [(one.code, one.details) for one in till.push().exceptions] == [("member_unknown", {"member": "M9"})]
    import_json(hq, {"members": [{"id": "M9", "home_store": "S001", "points": 5}]})

    _, changes = till.all_changes("")
    (body,) = [change.body for change in changes if change.topic == MEMBER and change.key == "M9"]
    assert body == {"id": "M9", "points": 35, "home_store": "S001", "applied": {"S001-R1": {"epoch": 1, "seq": 1}}}


def test_amounts_below_nothing_count_for_nothing_and_are_told(hq: RealHq, till: Till) -> None:
    sells(till, earned=-10, used=-20, uses={"P2": -1})

    exceptions = till.push().exceptions

    assert {(one.code, one.details["figure"]) for one in exceptions} == {
        ("amount_negative", "points_earned"),
        ("amount_negative", "points_used"),
        ("amount_negative", "uses.P2"),
    }
    assert rights(hq) == {"points": 500}


def test_a_part_that_cannot_be_read_keeps_no_sale_back(hq: RealHq, till: Till) -> None:
    sells(till, earned=10, uses=["P2"])

    (exception,) = till.push().exceptions

    assert (exception.code, exception.details["part"]) == ("sale_part_unreadable", "member")
    assert hq.administrator("GET", "/v1/reports/sales")["total"]["sales"] == 1


def test_a_sale_of_version_1_changes_stock_alone(hq: RealHq, till: Till) -> None:
    till.sell(goods(RICE), member=ME, points_earned=69, points_used=0)

    assert till.push().exceptions == []
    assert rights(hq) == {"points": 500}


def test_a_quarantined_sale_is_named_as_missing_until_it_is_applied(
    hq: RealHq, till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as older:
        older.setattr(effects, "_KINDS", dict(effects._KINDS) | {"sale": (1, effects._KINDS["sale"][1])})
        sells(till, earned=69)
        till.sell(goods(RICE), member=ME, uses={}, points_earned=7)
        assert [one.code for one in till.push().exceptions] == ["fact_version_unknown"]
    assert told(till) == {"points": 507, "applied": {"S001-R1": {"epoch": 1, "seq": 2, "missing": [[1, 1]]}}}

    assert hq.administrator("POST", "/v1/facts/quarantined/apply") == {"applied": 1, "left": 0}

    assert told(till) == {"points": 576, "applied": {"S001-R1": {"epoch": 1, "seq": 2}}}
    assert hq.administrator("POST", "/v1/facts/quarantined/apply") == {"applied": 0, "left": 0}
    assert rights(hq) == {"points": 576}


def test_points_are_opened_once(hq: RealHq, till: Till) -> None:
    sells(till, earned=69)
    till.push()
    until_copies_went(hq)

    assert import_json(hq, {"members": [had(500)]}).json()["published"] == 0
    assert mistakes(import_json(hq, {"members": [had(569)]})) == [(1, "points")]
    assert import_json(hq, {"members": [MEMBER_ROW | {"tier": "gold"}]}).json()["published"] == 2

    assert told(till)["points"] == 569


def test_a_member_who_moves_takes_everything_along(hq: RealHq, till: Till, new_till: Callable[[str], Till]) -> None:
    sells(till, earned=69, uses={"P2": 1})
    till.push()
    import_json(hq, {"places": [{"id": "S003", "name": "新店", "zone": "east"}]})

    import_json(hq, {"members": [MEMBER_ROW | {"home_store": "S003", "stores": []}]})

    assert told(new_till("S003")) == {"points": 569, "used": {"P2": 1}}
    _, changes = till.all_changes("")
    assert [change.deleted for change in changes if change.topic == MEMBER] == [True]


def test_another_channel_is_quoted_by_what_the_member_has(hq: RealHq, till: Till) -> None:
    sells(till, used=450, uses={"P2": 2})
    till.push()

    refused = quote(hq, basket_of((OIL, 1000), member=ME, redeem_points=100))

    assert refused.json()["error"]["code"] == "points_balance"
    assert quote(hq, basket_of((OIL, 1000), member=ME)).json()["payable"] == 8990


def test_every_use_of_a_coupon_is_kept_and_one_is_accepted(
    hq: RealHq, till: Till, new_till: Callable[[str], Till]
) -> None:
    import_json(
        hq, {"coupon_templates": [{"id": "T1", "kind": "cash", "off": 1}], "coupons": [{"id": "C1", "template": "T1"}]}
    )
    for one in (till, new_till("S002")):
        one.sell(goods(RICE), coupons=[{"id": "C1", "accepted": True}])
        one.push()
        one.push()

    uses = execute(hq, "SELECT source, store, accepted FROM coupon_use WHERE coupon = 'C1' ORDER BY source")
    assert uses == [("S001-R1:1:1", "S001", 1), ("S002-R1:1:1", "S002", 0)]
    assert hq.administrator("GET", "/v1/reports/ledgers") == {"rows": []}


def prove(hq: RealHq, day: int) -> int:
    """Prove the ledgers as the nightly job does, on a day."""

    async def once() -> int:
        database = await Database.open(hq.settings.database_url, announce=lambda _: None)
        try:
            return await prove_ledgers(database, Instant((20_000 + day) * DAY_US))
        finally:
            await database.close()

    return asyncio.run(once())


def test_what_is_not_its_ledgers_sum_is_told_to_its_store_once(hq: RealHq, till: Till) -> None:
    sells(till, earned=69)
    till.push()
    assert prove(hq, 1) == 0

    execute(hq, "UPDATE right_balance SET amount = 999 WHERE member = 'M1'")
    execute(hq, "UPDATE stock_balance SET on_hand = on_hand + 1 WHERE place = 'W001' AND sku = ?", OIL)
    execute(hq, "DELETE FROM stock_balance WHERE place = 'S002' AND sku = ?", OIL)
    execute(hq, "INSERT INTO right_balance VALUES ('M7', 'points', 3)")

    assert [prove(hq, day) for day in (1, 2, 2, 3)] == [0, 4, 0, 0]
    rows = hq.administrator("GET", "/v1/reports/exceptions")["rows"]
    assert sorted((row["store"], row["code"], row["details"]["key"], row["details"]["sum"]) for row in rows) == [
        ("", "ledger_differs", "M7 points", 0),
        ("", "ledger_differs", "W001 OIL5", 100_000),
        ("S001", "ledger_differs", "M1 points", 569),
        ("S002", "ledger_differs", "S002 OIL5", 100_000),
    ]
    _, changes = till.all_changes("")
    assert [change.body["details"]["key"] for change in changes if change.topic == "exception" and change.body] == [
        "M1 points"
    ]
    assert [row["key"] for row in hq.administrator("GET", "/v1/reports/ledgers")["rows"]] == [
        *("S002 OIL5", "W001 OIL5", "M1 points", "M7 points")
    ]


def test_a_coupon_out_of_step_is_told(hq: RealHq, till: Till) -> None:
    coupons = [{"id": f"C{number}", "template": "T1"} for number in range(3)]
    import_json(hq, {"coupon_templates": [{"id": "T1", "kind": "cash", "off": 1}], "coupons": coupons})
    till.sell(goods(RICE), coupons=[{"id": "C0", "accepted": True}])
    till.push()
    execute(hq, "UPDATE coupon SET state = 'spent' WHERE id = 'C1'")

    assert prove(hq, 1) == 1
    (row,) = hq.administrator("GET", "/v1/reports/ledgers")["rows"]
    assert row == {"ledger": "coupons", "key": "C1", "stands": 1, "sum": 0}


def test_what_an_earlier_release_took_without_counting_is_counted(hq: RealHq, till: Till, tmp_path: Path) -> None:
    sells(till, earned=69, uses={"P2": 1})
    inner = till.facts[0]
    till.push()
    hq.stop()
    old = of_release_before(hq, tmp_path)
    adopted = json.loads(inner.canonical) | {"seq": 2, "kind": "adopted", "body": {"fact": inner.canonical.decode()}}
    with closing(sqlite3.connect(old)) as database, database:
        database.execute(
            "INSERT INTO fact SELECT device, epoch, 2, hash, ?, 'adopted', at, state, received_at FROM fact",
            (json.dumps(adopted).encode(),),
        )
        database.execute(
            "INSERT INTO sale SELECT 'again', device, epoch, 2, store, receipt, receipt_number, business_date, at,"
            " operator, member, gross, saving, rounding, payable, prices_checked_at FROM sale"
        )

    with create_engine(f"sqlite:///{old}").begin() as connection:
        upgrade(connection)

    with closing(sqlite3.connect(old)) as database:
        balances = database.execute("SELECT * FROM right_balance ORDER BY entitlement").fetchall()
        due = database.execute("SELECT scope, key, body FROM publication_due ORDER BY scope").fetchall()
    assert balances == [("M1", "points", 500 + 2 * 69), ("M1", "use:P2", 2)]
    assert due == [("store:S001", "M1", None), ("store:S002", "M1", None)]


def of_release_before(hq: RealHq, tmp_path: Path) -> Path:
    """Give the stopped headquarters' database as the release before the ledgers had it."""
    old = tmp_path / "old.db"
    with create_engine(f"sqlite:///{old}").begin() as connection:
        upgrade(connection, "0011")
    with closing(sqlite3.connect(old)) as database, database:
        database.execute("ATTACH ? AS now", (str(hq.folder / "hq.db"),))
        for table in ("fact", "sale", "member", "coupon"):
            names = ", ".join(name for _, name, *_ in database.execute(f"PRAGMA main.table_info({table})").fetchall())
            database.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM now.{table}")
        database.execute("UPDATE member SET document = json_set(document, '$.points', 500)")
    return old
