"""Exceptions: who has one and what was done about it, told to the store; and quarantined facts that are read later."""

from typing import Any

import httpx
import pytest
from pytest import MonkeyPatch  # noqa: PT013 — as a type

from sync.hq.facts import effects
from sync.hq.main import main
from sync.protocol.wire import Change
from tests.integration.hq.test_epochs import adopt, opened
from tests.integration.hq.till import OIL, RICE, Till, execute, goods
from tests.support.real_hq import RealHq

PLACE = "/v1/exceptions/S001-R1/1/1/1"
BY_WHOM = {"by": "许文清", "why": "补录了商品"}


def listed(hq: RealHq, **asked: Any) -> list[dict[str, Any]]:  # noqa: ANN401 — whatever is asked by
    rows: list[dict[str, Any]] = hq.administrator("GET", "/v1/exceptions", params=asked)["rows"]
    return rows


def told(till: Till, topic: str = "exception") -> dict[str, dict[str, Any]]:
    """What the store's registers read now."""
    _, changes = till.all_changes("")
    return {change.key: dict(change.body or {}) for change in changes if change.topic == topic}


def refused(hq: RealHq, path: str, body: dict[str, str]) -> tuple[int, str]:
    token = {"Authorization": f"Bearer {hq.settings.admin_token}"}
    with httpx.Client(base_url="http://hq.test", transport=hq, headers=token) as client:
        answer = client.post(path, json=body)
    return answer.status_code, str(answer.json()["code"])


@pytest.fixture
def troubled(till: Till) -> Till:
    """A sale of a product that nobody knows is at headquarters."""
    till.sell(goods("NOBODY"))
    till.push()
    return till


def test_an_exception_goes_to_the_store_with_its_owner_and_the_receipt(hq: RealHq, troubled: Till) -> None:
    body = told(troubled)["S001-R1:1:1:1"]

    assert (body["code"], body["owner"], body["receipt"]) == ("product_unknown", "hq", "S001-R1-20260618-0001")
    assert body["details"]["sku"] == "NOBODY"
    assert "resolved_at" not in body
    assert [row["state"] for row in listed(hq, store="S001")] == ["open", "open"]
    assert listed(hq, store="S002") == []


def test_who_has_it_and_how_it_was_settled_is_told_and_kept_step_by_step(hq: RealHq, troubled: Till) -> None:
    hq.administrator("POST", f"{PLACE}/assign", json={"owner": "store", "by": "许文清", "why": "门店最清楚"})
    hq.administrator("POST", f"{PLACE}/resolve", json=BY_WHOM)

    body = told(troubled)["S001-R1:1:1:1"]
    (row,) = listed(hq, state="resolved")
    assert (body["owner"], body["resolved_by"], body["resolution"]) == ("store", "许文清", "补录了商品")
    assert [(step["action"], step["owner"], step["by"]) for step in row["steps"]] == [
        ("assign", "store", "许文清"),
        ("resolve", "store", "许文清"),
    ]
    assert [one["number"] for one in listed(hq)] == [2]


def test_what_is_settled_is_settled_once(hq: RealHq, troubled: Till) -> None:
    hq.administrator("POST", f"{PLACE}/resolve", json=BY_WHOM)

    assert refused(hq, f"{PLACE}/resolve", BY_WHOM) == (409, "exception_resolved")
    assert refused(hq, f"{PLACE}/assign", {"owner": "hq"} | BY_WHOM) == (409, "exception_resolved")


@pytest.mark.parametrize(
    ("place", "body", "answer"),
    [
        ("/v1/exceptions/S001-R1/1/1/9/resolve", BY_WHOM, (404, "exception_unknown")),
        (f"/v1/exceptions/S001-R1/1/{10**30}/1/resolve", BY_WHOM, (404, "exception_unknown")),
        (f"{PLACE}/resolve", {"by": "x"}, (400, "body_malformed")),
        (f"{PLACE}/resolve", {"by": "", "why": "y"}, (400, "body_malformed")),
        (f"{PLACE}/assign", {"owner": "x" * 101, "by": "x", "why": "y"}, (400, "body_malformed")),
        (f"{PLACE}/assign", {**BY_WHOM, "owner": "hq", "whose": "?"}, (400, "body_malformed")),
    ],
)
def test_a_step_that_makes_no_sense_is_refused_and_changes_nothing(
    hq: RealHq, troubled: Till, place: str, body: dict[str, str], answer: tuple[int, str]
) -> None:
    assert refused(hq, place, body) == answer
    assert all(row["steps"] == [] for row in listed(hq, state="all"))


def test_a_long_list_is_read_page_by_page(hq: RealHq, till: Till) -> None:
    for _ in range(7):
        till.sell(goods("NOBODY"))
    till.push()
    rows: list[dict[str, Any]] = []
    after = ""
    while True:
        page = hq.administrator("GET", "/v1/exceptions", params={"limit": 4, "after": after})
        rows += page["rows"]
        after = page["next"]
        if not after:
            break

    assert [(row["seq"], row["number"]) for row in rows] == [(seq, number) for seq in range(1, 8) for number in (1, 2)]


def test_a_fork_is_an_exception_that_the_managers_approval_resolves(hq: RealHq, till: Till) -> None:
    till.note(2)
    till.push()
    twin = Till(till.identity, hq)
    twin.sell(goods(RICE))
    for _ in range(2):
        twin.send([twin.facts[0].canonical])
    (row,) = listed(hq)
    assert (row["code"], row["owner"], row["seq"]) == ("chain_forked", "store", 1)
    assert told(till).keys() == {"S001-R1:1:1:1"}

    anew = opened(till, till.head())
    adopt(anew, *twin.facts)
    anew.push()

    assert listed(hq) == []
    assert told(till)["S001-R1:1:1:1"]["resolved_by"] == "1001"


def unread_by_the_old_release(monkeypatch: MonkeyPatch) -> None:
    """Let this release know no sales."""
    kinds = {kind: how for kind, how in effects._KINDS.items() if kind != "sale"}
    monkeypatch.setattr(effects, "_KINDS", kinds)


def test_a_later_release_applies_what_an_earlier_one_could_not_read(
    hq: RealHq, till: Till, monkeypatch: MonkeyPatch
) -> None:
    with monkeypatch.context() as older:
        unread_by_the_old_release(older)
        till.sell(goods(RICE, 2), goods("NOBODY"))
        till.note()
        till.push()
        assert hq.administrator("GET", "/v1/reports/sales")["total"].get("sales") == 0
        hq.stop()

    hq.start()

    stock = wait_for_stock(till, RICE, 98_000)
    assert hq.administrator("GET", "/v1/reports/sales")["total"]["sales"] == 1
    assert stock["applied"] == {"S001-R1": {"epoch": 1, "seq": 2}}
    codes = {row["code"]: (row["state"], row["resolved_by"]) for row in listed(hq, state="all")}
    assert codes["fact_kind_unknown"] == ("resolved", "headquarters")
    assert codes["product_unknown"] == ("open", None)
    assert told(till)["S001-R1:1:1:1"]["resolution"] == "the fact was applied"
    assert hq.administrator("GET", "/v1/reports/stock")["differs"] == 0


def wait_for_stock(till: Till, sku: str, on_hand: int) -> dict[str, Any]:
    """Follow publications until the store knows it."""
    after, seen = "", dict[str, Any]()
    while seen.get("on_hand") != on_hand:
        end, changes = till.changes(after, wait=20)
        seen = next((dict(each.body or {}) for each in changes if is_stock(each, sku)), seen)
        after = end.cursor
    return seen


def is_stock(change: Change, sku: str) -> bool:
    return change.topic == "stock" and change.key == sku


def test_what_is_missing_from_an_amount_is_named_until_it_is_in_it(
    hq: RealHq, till: Till, monkeypatch: MonkeyPatch
) -> None:
    till.sell(goods(RICE))
    with monkeypatch.context() as older:
        older.setattr(effects, "FACT_VERSION", 0)
        older.setitem(effects._KINDS, "sale", (0, effects._of_sale))
        till.push()
    till.sell(goods(RICE), goods(OIL))
    till.push()
    missing = told(till, "stock")
    assert missing[RICE]["applied"]["S001-R1"] == {"epoch": 1, "seq": 2, "missing": [[1, 1]]}
    assert missing[RICE]["on_hand"] == 99_000

    done = hq.administrator("POST", "/v1/facts/quarantined/apply", json={})

    assert done == {"applied": 1, "left": 0}
    after = told(till, "stock")
    assert (after[RICE]["on_hand"], after[RICE]["applied"]) == (98_000, {"S001-R1": {"epoch": 1, "seq": 2}})
    assert hq.administrator("GET", "/v1/reports/chains")["rows"][0]["quarantined"] == 0


def test_tried_again_it_is_applied_once_and_what_cannot_be_read_stays(hq: RealHq, till: Till) -> None:
    till.do("teleported", {})
    till.sell()
    till.push()
    before = told(till)

    for _ in range(2):
        assert hq.administrator("POST", "/v1/facts/quarantined/apply") == {"applied": 0, "left": 1}

    assert told(till) == before
    assert [row["code"] for row in listed(hq)] == ["fact_kind_unknown"]


def test_one_registers_facts_alone_are_tried(hq: RealHq, till: Till) -> None:
    till.do("teleported", {})
    till.push()

    assert hq.administrator("POST", "/v1/facts/quarantined/apply", json={"device": "S001-R2"})["left"] == 0
    assert refused(hq, "/v1/facts/quarantined/apply", {"whose": "?"}) == (400, "body_malformed")


def test_bytes_that_are_not_what_the_chain_says_are_never_applied(hq: RealHq, till: Till) -> None:
    till.sell()
    till.push()
    changed = till.facts[0].canonical.replace(b"RICE5", b"OIL5")
    execute(hq, "UPDATE fact SET canonical = ?, state = 'quarantined'", changed)

    assert hq.administrator("POST", "/v1/facts/quarantined/apply") == {"applied": 0, "left": 1}


def test_many_quarantined_facts_are_applied_in_steps_and_in_order(
    hq: RealHq, till: Till, monkeypatch: MonkeyPatch
) -> None:
    with monkeypatch.context() as older:
        unread_by_the_old_release(older)
        for _ in range(250):
            till.sell()
        till.push(till.facts[:200])
        till.push(till.facts[200:])

    assert hq.administrator("POST", "/v1/facts/quarantined/apply") == {"applied": 250, "left": 0}

    assert hq.administrator("GET", "/v1/reports/sales")["total"]["sales"] == 250
    assert told(till, "stock")[RICE]["on_hand"] == 100_000 - 250_000


def test_a_fact_that_the_database_refuses_again_stays(hq: RealHq, till: Till) -> None:
    till.sell()
    till.sell(sale="S001-R1-1-1")
    assert [one.code for one in till.push().exceptions if one.seq == 2] == ["fact_failed"]

    assert hq.administrator("POST", "/v1/facts/quarantined/apply") == {"applied": 0, "left": 1}
    assert hq.administrator("GET", "/v1/reports/stock")["differs"] == 0


@pytest.mark.loopback
def test_a_person_asks_for_it_at_a_keyboard(
    tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    from sync.hq.embedded import EmbeddedHq  # noqa: PLC0415 — the only test here with a socket
    from sync.hq.settings import Settings  # noqa: PLC0415 — as above

    with EmbeddedHq(Settings.embedded(tmp_path_factory.mktemp("hq"))) as served:
        data = str(served.settings.folder)
        assert main(["apply-quarantined", "--hq", served.address, "--data", data]) == 0

    assert "0 quarantined facts applied, 0 left" in capsys.readouterr().out
