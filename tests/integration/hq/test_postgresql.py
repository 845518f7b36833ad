"""The same headquarters on PostgreSQL, where two writers really write at once. Left out where there is none."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tests.integration.hq.selling import basket_of, ring
from tests.integration.hq.sending import ask, import_json, mistakes
from tests.integration.hq.test_drawers import OPERATORS, a_day, check_day
from tests.integration.hq.test_epochs import adopt, forked, opened
from tests.integration.hq.till import OIL, RICE, Till, goods, small_chain
from tests.support.postgresql import Cluster, running_cluster, started
from tests.support.real_hq import RealHq
from tests.support.whole_register import enrolled


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with running_cluster() as cluster:
        yield cluster


@pytest.fixture
def hq(cluster: Cluster, tmp_path: Path) -> Iterator[RealHq]:
    """Give a headquarters with two stores."""
    with started(cluster.headquarters(tmp_path / "hq", cluster.new_database(tmp_path.name))) as hq:
        yield hq


def test_a_chain_is_imported_once(hq: RealHq) -> None:
    assert hq.administrator("POST", "/v1/import", json=small_chain())["published"] == 0


def test_registers_of_one_store_that_push_at_once_twice_over_are_served_once(hq: RealHq) -> None:
    tills = [Till(hq.enrol("S001"), hq) for _ in range(3)]
    for till in tills:
        for _ in range(30):
            till.sell(goods(RICE), goods(OIL))
        till.do("teleported", {})
    statuses: Counter[int] = Counter()

    def push(till: Till) -> None:
        for end in range(8, 32, 8):
            lines = [fact.canonical for fact in till.facts[max(0, end - 12) : end]]
            statuses[till.send(lines, till.facts[:end]).status_code] += 1
        till.push()

    threads = [Thread(target=push, args=(till,)) for till in tills for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert statuses.keys() == {200}
    assert hq.administrator("GET", "/v1/reports/sales")["total"]["sales"] == 90
    assert hq.administrator("GET", "/v1/reports/stock")["differs"] == 0
    assert hq.administrator("GET", "/v1/reports/chains")["broken"] == 0
    _, changes = tills[0].all_changes("")
    rice = next(change for change in changes if change.topic == "stock" and change.key == RICE)
    assert rice.body is not None
    assert rice.body["on_hand"] == 100_000 - 90_000
    assert {name: one["seq"] >= 30 for name, one in rice.body["applied"].items()} == {
        till.device: True for till in tills
    }


def test_exceptions_are_settled_and_quarantined_facts_tried_again_while_registers_push(hq: RealHq) -> None:
    tills = [Till(hq.enrol("S001"), hq) for _ in range(2)]
    for till in tills:
        till.do("teleported", {})
        till.sell(goods("NOBODY"), goods(RICE))
        till.push()
    rows = hq.administrator("GET", "/v1/exceptions", params={"limit": 3})
    assert len(hq.administrator("GET", "/v1/exceptions", params={"after": rows["next"]})["rows"]) == 3
    settled: Counter[str] = Counter()

    def settle() -> None:
        for row in rows["rows"]:
            place = f"/v1/exceptions/{row['device']}/{row['epoch']}/{row['seq']}/{row['number']}"
            hq.administrator("POST", f"{place}/resolve", json={"by": "许文清", "why": "知道了"})
            settled["resolved"] += 1
            settled["left"] += hq.administrator("POST", "/v1/facts/quarantined/apply")["left"]

    def push(till: Till) -> None:
        for _ in range(10):
            till.sell()
            till.push()

    threads = [Thread(target=settle), *(Thread(target=push, args=(till,)) for till in tills)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert settled == {"resolved": 3, "left": 6}
    assert hq.administrator("GET", "/v1/reports/sales")["total"]["sales"] == 22
    assert hq.administrator("GET", "/v1/reports/stock")["differs"] == 0
    _, changes = tills[0].all_changes("")
    bodies = [change.body or {} for change in changes if change.topic == "exception"]
    assert sorted("resolved_at" in body for body in bodies) == [False] * 3 + [True] * 3


def test_a_fork_goes_on_by_approval(hq: RealHq) -> None:
    till = Till(hq.enrol("S001"), hq)
    twin = forked(till)
    anew = opened(till, till.head())
    adopt(anew, *twin.facts)

    assert anew.push().acked_epoch == 2
    assert hq.administrator("GET", "/v1/reports/sales")["total"]["sales"] == 2
    assert hq.administrator("GET", "/v1/reports/chains")["broken"] == 0
    page = till.ask("GET", f"/v1/devices/{till.device}/facts", params={"after": "1:1"}).json()
    assert [fact["epoch"] for fact in page["facts"]] == [2, 2]


def test_a_fork_a_snapshot_and_words_that_no_database_takes(hq: RealHq) -> None:
    till = Till(hq.enrol("S001"), hq)
    till.sell()
    till.do("device_note", {"note": "NUL: \0"})
    assert [one.code for one in till.push().exceptions] == ["fact_unreadable"]
    twin = Till(till.identity, hq)
    twin.note()

    assert twin.send([twin.facts[0].canonical]).json()["code"] == "fork"
    assert till.snapshot().startswith(b"SQLite format 3\0")


MEMBER = small_chain()["members"][0]
COUPONS = [{"id": f"C{number}", "template": "T1"} for number in range(20)]
RULES = {
    "promotions": [{"id": "P1", "kind": "nth", "of": {"skus": [RICE]}, "size": 2, "discounted": 1, "percent": 33.33}],
    "coupon_templates": [{"id": "T1", "kind": "cash", "off": 500}],
    "coupons": COUPONS,
}


def test_of_two_stores_that_spend_the_same_coupons_at_once_one_is_told_for_each(hq: RealHq) -> None:
    hq.administrator("POST", "/v1/import", json=RULES)
    tills = [Till(hq.enrol(store), hq, store) for store in ("S001", "S002")]
    for till, step in zip(tills, (1, -1), strict=True):
        for coupon in COUPONS[::step]:
            till.sell(goods(RICE), coupons=[{"id": coupon["id"], "accepted": True}])
    told: Counter[str] = Counter()

    def push(till: Till) -> None:
        for end in range(4, 21, 4):
            told.update(one.code for one in till.push(till.facts[:end][-4:]).exceptions)

    threads = [Thread(target=push, args=(till,)) for till in tills]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert told == {"coupon_spent": 20}
    rows = hq.administrator("GET", "/v1/reports/exceptions")["rows"]
    assert len({row["details"]["coupon"] for row in rows}) == 20
    for till in tills:
        gone: set[str] = set()
        after = ""
        while len(gone) < 20:
            end, changes = till.changes(after, wait=5)
            gone |= {change.key for change in changes if change.topic == "coupon" and change.deleted}
            after = end.cursor


def at_once(*works: Callable[[], None]) -> None:
    threads = [Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def comes_to(till: Till, wanted: dict[str, Any]) -> dict[str, Any]:
    """Follow until the register has this of the member; give all that it has."""
    newest: dict[str, Any] = {}
    after = ""
    while any(newest.get(name) != value for name, value in wanted.items()):
        end, changes = till.changes(after, wait=5)
        newest = next((change.body or {} for change in changes if change.topic == "member"), newest)
        after = end.cursor
    return newest


def test_two_stores_serve_a_member_at_once_while_the_members_are_imported_again(hq: RealHq) -> None:
    hq.administrator("POST", "/v1/import", json={"members": [MEMBER | {"points": 1000}]})
    tills = [Till(hq.enrol(store), hq, store) for store in ("S001", "S002", "S001")]
    for till in tills:
        for number in range(20):
            till.receipts += 1
            said = {"member": {"id": "M1"}, "uses": {"P1": 1}, "points_earned": 7, "points_used": 60 * (number % 2)}
            till.do("sale", till.sale_body(goods(RICE)) | said, version=2)
    told: Counter[str] = Counter()

    def push(till: Till) -> None:
        for end in range(4, 21, 4):
            told.update(one.code for one in till.push(till.facts[:end][-4:]).exceptions)
            till.push(till.facts[:end])

    def send_again() -> None:
        for number in range(10):
            hq.administrator("POST", "/v1/import", json={"members": [MEMBER | {"points": 1000, "tier": f"T{number}"}]})

    at_once(*(partial(push, till) for till in tills), send_again)

    report = hq.administrator("GET", "/v1/reports/rights?member=M1")
    left = 1000 + 60 * 7 - 30 * 60
    assert (report["differs"], [row["stands"] for row in report["rows"]]) == (0, [left, 60])
    assert hq.administrator("GET", "/v1/reports/ledgers") == {"rows": []}
    assert told.keys() == {"points_below_zero"}
    for till in tills:
        newest = comes_to(till, {"points": left, "used": {"P1": 60}, "tier": "T9"})
        assert newest["applied"][till.device] == {"epoch": 1, "seq": 20}


def test_leases_are_granted_spent_and_given_back_at_once(hq: RealHq) -> None:
    rule = {"earn_per": 100, "lease": {"most": 90}}
    hq.administrator("POST", "/v1/import", json={"members": [MEMBER | {"points": 2000}], "points": rule})
    tills = [Till(hq.enrol(store), hq, store) for store in ("S001", "S002")]

    def live() -> list[Any]:
        rows: list[Any] = hq.administrator("GET", "/v1/leases")["rows"]
        return rows

    def spend(till: Till) -> None:
        for _ in range(15):
            mine = [row for row in live() if row["device"] == till.device and row["state"] == "held"]
            parts = [{"lease": f"points:M1:{row['id']}", "amount": 7} for row in mine if row["left"] >= 7]
            till.receipts += 1
            said = {"member": {"id": "M1"}, "uses": {}, "points_earned": 0, "points_used": 7, "leases": parts}
            till.do("sale", till.sale_body(goods(RICE)) | said, version=2)
            for part in parts[: till.receipts % 3 == 0]:
                till.do("lease_returned", {"lease": part["lease"], "left": 0})
            assert till.push(till.facts[-2:]).exceptions == []

    def grant() -> None:
        for _ in range(20):
            hq.administrator("POST", "/v1/leases/round")

    at_once(*(partial(spend, till) for till in tills), grant, grant)

    assert hq.administrator("GET", "/v1/reports/ledgers") == {"rows": []}
    (row,) = hq.administrator("GET", "/v1/reports/rights?member=M1")["rows"]
    assert row["stands"] == 2000 - 2 * 15 * 7
    assert sum(each["left"] for each in live()) <= 90
    assert len(live()) <= 1


def test_a_sale_is_quoted_and_priced_again(hq: RealHq) -> None:
    hq.administrator("POST", "/v1/import", json=RULES)
    till = Till(hq.enrol("S001"), hq)
    sold = ring(hq, till, basket_of((RICE, 3000), (OIL, 1000), coupons=[{"id": "C1", "template": "T1"}]))
    assert till.push().exceptions == []
    hq.administrator("POST", "/v1/promotions/import", json=[{"id": "P1", "delete": True}])

    answer = hq.administrator("GET", f"/v1/sales/{sold.body['sale']}/repriced")

    assert (answer["same"], answer["quote"]["saving"]) == (True, sold.body["saving"])
    assert sold.body["saving"] == 500 + 2300


def test_prices_reach_the_feed_and_a_wrong_one_freezes_its_settlement(hq: RealHq) -> None:
    till = Till(hq.enrol("S001"), hq)
    hq.administrator("POST", "/v1/channels", json={"id": "app"})
    after = hq.administrator("GET", "/v1/prices/changes")["after"]
    row = {"id": "WEB", "sku": RICE, "kind": "base", "amount": 6500, "channel": "online"}
    hq.administrator("POST", "/v1/prices/import", json=[row])
    (change,) = hq.administrator("GET", f"/v1/prices/changes?after={after}")["changes"]
    hq.administrator("POST", "/v1/channels/app/listed-prices", json=[{"sku": OIL, "amount": 1}])
    sold = ring(hq, till, basket_of((RICE, 1000)))
    ring(hq, till, basket_of((RICE, 1000)), gross=1)
    till.push()

    scanned = [hq.administrator("POST", "/v1/prices/scan") for _ in range(2)]

    assert (change["id"], change["row"]["amount"]) == ("WEB", 6500)
    assert scanned[0]["frozen"] == ["store:S001"]
    assert [(said["sales"], said["alarms"]) for said in scanned] == [(2, 1), (0, 0)]
    (settlement,) = hq.administrator("GET", "/v1/settlements?state=frozen")["rows"]
    said = {"name": "许文", "reason": "checked"}
    hq.administrator("POST", f"/v1/settlements/{settlement['id']}/release", json=said)
    assert hq.administrator("GET", "/v1/settlements?state=frozen")["rows"] == []
    tried = {"id": "P9", "kind": "percent", "of": {"skus": [RICE]}, "percent": 50}
    run = ask(hq, "/v1/promotions/dry-run?until=2026-06-18", json.dumps([tried]).encode()).text.splitlines()
    assert json.loads(run[-1])["result"]["total"]["cost"] == 2 * (sold.body["payable"] // 2)


def test_alarms_of_many_scans_at_once_freeze_a_settlement_once(hq: RealHq) -> None:
    till = Till(hq.enrol("S001"), hq)
    for _ in range(20):
        ring(hq, till, basket_of((RICE, 1000)), gross=1)
    till.push()

    threads = [Thread(target=hq.administrator, args=("POST", "/v1/prices/scan?limit=5")) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    hq.administrator("POST", "/v1/prices/scan")

    (settlement,) = hq.administrator("GET", "/v1/settlements")["rows"]
    assert (settlement["state"], settlement["alarm_count"]) == ("frozen", 20)


def test_policies_and_coupons_are_imported_and_told_apart_from_mistakes(hq: RealHq) -> None:
    policy = {"float_ranges": [{"id": "FR", "below": 1000, "above": 0}]}
    price = {"id": "X", "sku": RICE, "kind": "campaign", "amount": 6000, "scope": "store:S001"}

    assert hq.administrator("POST", "/v1/import", json=RULES | policy)["published"] == 43
    assert hq.administrator("POST", "/v1/import", json=RULES | policy)["published"] == 0
    assert mistakes(import_json(hq, {"prices": [price]})) == [(1, "amount")]


def test_stores_that_register_the_same_phones_at_once_have_each_person_once(hq: RealHq) -> None:
    tills = [Till(hq.enrol(store), hq, store) for store in ("S001", "S002", "S001")]
    phones = [f"139{number:08d}" for number in range(20)]
    for at, till in enumerate(tills):
        for phone in phones if at % 2 else reversed(phones):
            own = f"{phone}-{at}"
            till.do("member_registered", {"member": own, "name": "林小满", "phone": phone, "consent": "1"})
            points = {"member": {"id": own}, "uses": {}, "points_earned": 10, "points_used": 0}
            till.receipts += 1
            till.do("sale", till.sale_body(goods(RICE)) | points, version=2)
    threads = [Thread(target=till.push) for till in tills]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    for phone in phones:
        told = [hq.administrator("GET", f"/v1/members/{phone}-{at}/family") for at in range(3)]
        assert [(sorted(each["family"]), each["points"]) for each in told] == [
            ([f"{phone}-{at}" for at in range(3)], 30)
        ] * 3
    assert hq.administrator("GET", "/v1/reports/exceptions")["rows"] == []
    assert hq.administrator("GET", "/v1/reports/ledgers")["rows"] == []


def test_a_days_shifts_add_up(hq: RealHq, tmp_path: Path) -> None:
    hq.administrator("POST", "/v1/import", json=small_chain() | {"operators": OPERATORS})
    register = enrolled(hq, tmp_path / "register", "S001")
    a_day(register)
    register.push_all()
    register.stop()

    check_day(hq)
