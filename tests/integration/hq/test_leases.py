"""Leases of points: granted by rule to a register of the home store, spent from, asked back, returned, written off."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.exc import DataError

from pos_app.domain.instants import Instant
from sync.hq.db.database import Database, Writer
from sync.hq.facts import applying, effects
from sync.hq.leases.granting import lease_round
from sync.hq.leases.rounds import nightly_round
from sync.protocol.topics import LEASE, MEMBER
from tests.integration.hq.sending import import_json, mistakes
from tests.integration.hq.till import RICE, Till, execute, goods, small_chain, until_copies_went
from tests.support.real_hq import RealHq

Doc = dict[str, Any]
ME: Doc = {"id": "M1"}
POINTS: Doc = {"earn_per": 100, "worth": {"points": 100, "amount": 100}}
MEMBER_ROW: Doc = small_chain()["members"][0] | {"points": 500}
DAY_US = 24 * 3600 * 1_000_000


@pytest.fixture(autouse=True)
def ruled(hq: RealHq) -> None:
    """At most 200 points of a member lie at a register; this member has 500."""
    rules = {"points": POINTS | {"lease": {"most": 200}}, "members": [MEMBER_ROW]}
    assert import_json(hq, rules).status_code == 200


def make_round(hq: RealHq) -> tuple[int, int, int]:
    done = hq.administrator("POST", "/v1/leases/round")
    until_copies_went(hq)
    return done["granted"], done["written"], done["asked"]


def leases_at(till: Till) -> list[Doc]:
    """Give the leases that a register's store has now."""
    _, changes = till.all_changes("")
    newest = {change.key: change.body for change in changes if change.topic == LEASE}
    return [body | {"document": key} for key, body in newest.items() if body is not None]


def member_at(till: Till) -> Doc:
    _, changes = till.all_changes("")
    (body,) = [change.body for change in changes if change.topic == MEMBER and change.key == "M1"]
    assert body is not None
    return {name: body.get(name, 0) for name in ("points", "leased")}


def spends(till: Till, points: int, *leases: tuple[str, int]) -> None:
    """Spend points, parts of them from leases."""
    till.receipts += 1
    said = {"member": ME, "uses": {}, "points_earned": 0, "points_used": points}
    said |= {"leases": [{"lease": lease, "amount": amount} for lease, amount in leases]}
    till.do("sale", till.sale_body(goods(RICE)) | said, version=2)


def left(hq: RealHq) -> list[tuple[str, int, str]]:
    rows = hq.administrator("GET", "/v1/leases")["rows"]
    return [(row["device"], row["left"], row["state"]) for row in rows]


def test_the_home_stores_first_register_gets_what_the_rule_allows_and_all_stores_know(
    hq: RealHq, till: Till, new_till: Callable[[str], Till]
) -> None:
    new_till("S001")
    other = new_till("S002")

    assert make_round(hq) == (1, 0, 0)
    assert make_round(hq) == (0, 0, 0)

    (lease,) = leases_at(till)
    assert (lease["resource"], lease["key"], lease["register"], lease["amount"]) == ("points", "M1", "S001-R1", 200)
    assert lease["document"] == f"points:M1:{lease['id']}"
    assert leases_at(other) == []
    assert member_at(till) == member_at(other) == {"points": 500, "leased": 200}


def test_without_a_rule_a_register_or_points_nothing_is_leased(hq: RealHq) -> None:
    assert make_round(hq) == (0, 0, 0)
    import_json(hq, {"points": POINTS})
    Till(hq.enrol("S001"), hq)
    assert make_round(hq) == (0, 0, 0)


@pytest.mark.parametrize(
    ("rule", "amount"),
    [
        ({"most": 900}, 500),
        ({"most": 900, "tiers": {"gold": 50}}, 50),
        ({"most": 900, "tiers": {"gold": 50}, "stores": {"S001": 30}}, 30),
        ({"most": 20, "stores": {"S001": 30}}, 20),
        ({"most": 900, "stores": {"S001": 0}}, 0),
    ],
)
def test_tier_and_store_say_how_much(hq: RealHq, till: Till, rule: Doc, amount: int) -> None:
    import_json(hq, {"points": POINTS | {"lease": rule}, "members": [MEMBER_ROW | {"tier": "gold"}]})

    make_round(hq)

    assert [lease["amount"] for lease in leases_at(till)] == ([amount] if amount else [])


@pytest.mark.parametrize("rule", [{"most": -1}, {}, {"most": 1, "days": 0}, 7, {"most": 1, "tier": {}}])
def test_a_rule_that_cannot_be_is_a_mistake(hq: RealHq, rule: object) -> None:
    assert mistakes(import_json(hq, {"points": POINTS | {"lease": rule}})) == [(1, "lease")]


def test_what_is_spent_from_a_lease_leaves_it_at_once_and_is_filled_up_in_the_next_round(
    hq: RealHq, till: Till
) -> None:
    make_round(hq)
    (lease,) = leases_at(till)
    spends(till, 150, (lease["document"], 150))
    for _ in range(2):
        assert till.push().exceptions == []

    (after,) = leases_at(till)
    assert (after["amount"], after["applied"]) == (50, {"S001-R1": {"epoch": 1, "seq": 1}})
    assert member_at(till) == {"points": 350, "leased": 50}
    assert make_round(hq) == (0, 1, 0)
    assert [lease["amount"] for lease in leases_at(till)] == [200]
    assert member_at(till) == {"points": 350, "leased": 200}


def test_a_lease_never_comes_to_more_than_the_member_has(
    hq: RealHq, till: Till, new_till: Callable[[str], Till]
) -> None:
    other = new_till("S002")
    make_round(hq)
    spends(other, 300)
    other.push()
    (lease,) = leases_at(till)
    spends(till, 200, (lease["document"], 200))
    assert till.push().exceptions == []

    assert make_round(hq) == (0, 0, 0)
    assert left(hq) == [("S001-R1", 0, "held")]
    assert hq.administrator("GET", "/v1/reports/rights?member=M1")["rows"][0]["stands"] == 0


def test_a_lower_rule_asks_back_and_grants_anew_what_was_returned(hq: RealHq, till: Till) -> None:
    make_round(hq)
    import_json(hq, {"points": POINTS | {"lease": {"most": 80}}})

    assert make_round(hq) == (0, 0, 1)
    assert make_round(hq) == (0, 0, 0)
    (lease,) = leases_at(till)
    assert (lease["amount"], lease["asked"]) == (200, True)
    spends(till, 20, (lease["document"], 20))
    till.do("lease_returned", {"lease": lease["document"], "left": 180})
    assert till.push().exceptions == []

    assert leases_at(till) == []
    assert member_at(till) == {"points": 480, "leased": 0}
    assert make_round(hq) == (1, 0, 0)
    assert [lease["amount"] for lease in leases_at(till)] == [80]


def test_a_member_who_moves_is_leased_at_the_new_home_once_the_old_one_gave_back(
    hq: RealHq, till: Till, new_till: Callable[[str], Till]
) -> None:
    other = new_till("S002")
    make_round(hq)
    import_json(hq, {"members": [MEMBER_ROW | {"home_store": "S002", "stores": ["S001"]}]})

    assert make_round(hq) == (0, 0, 1)
    assert leases_at(other) == []
    till.do("lease_returned", {"lease": leases_at(till)[0]["document"], "left": 200})
    till.push()
    assert make_round(hq) == (1, 0, 0)

    assert [lease["register"] for lease in leases_at(other)] == ["S002-R1"]
    assert leases_at(till) == []


def test_an_overdue_lease_stays_the_registers_until_a_person_writes_it_off(
    hq: RealHq, till: Till, new_till: Callable[[str], Till]
) -> None:
    make_round(hq)
    (lease,) = leases_at(till)
    execute(hq, "UPDATE lease SET until = 1")
    (row,) = hq.administrator("GET", "/v1/leases?member=M1")["rows"]
    assert (row["overdue"], row["left"]) == (True, 200)
    hq.administrator("POST", f"/v1/devices/{till.device}/revoke")
    beside = new_till("S001")
    assert make_round(hq) == (0, 0, 1)

    hq.administrator("POST", f"/v1/leases/{lease['id']}/write-off", json={"by": "许文清"})

    assert make_round(hq) == (1, 0, 0)
    assert [one["register"] for one in leases_at(beside)] == [beside.device]
    assert execute(hq, "SELECT ended_by FROM lease WHERE id = ?", lease["id"]) == [("许文清",)]


def test_a_lease_that_was_written_off_and_spent_all_the_same_is_told(hq: RealHq, till: Till) -> None:
    make_round(hq)
    (lease,) = leases_at(till)
    hq.administrator("POST", f"/v1/leases/{lease['id']}/write-off", json={"by": "许文清"})
    spends(till, 40, (lease["document"], 40))
    till.do("lease_returned", {"lease": lease["document"], "left": 160})

    answer = till.push()

    case = {"lease": lease["document"], "amount": 40, "left": 0}
    assert [(one.seq, one.code, one.details) for one in answer.exceptions] == [(1, "lease_overspent", case)]
    assert member_at(till) == {"points": 460, "leased": 0}


def test_a_lease_of_another_or_of_nobody_is_told(hq: RealHq, till: Till, new_till: Callable[[str], Till]) -> None:
    other = new_till("S002")
    make_round(hq)
    (lease,) = leases_at(till)
    spends(other, 40, (lease["document"], 30), ("points:M1:none", 10))
    other.do("lease_returned", {"lease": lease["document"], "left": 0})

    codes = [(one.seq, one.code) for one in other.push().exceptions]

    assert codes == [(1, "lease_unknown"), (1, "lease_unknown"), (2, "lease_unknown")]
    assert left(hq) == [("S001-R1", 200, "held")]


def test_a_person_asks_a_lease_back_and_a_wrong_one_is_refused(hq: RealHq, till: Till) -> None:
    make_round(hq)
    (lease,) = leases_at(till)

    hq.administrator("POST", f"/v1/leases/{lease['id']}/recall")
    until_copies_went(hq)

    assert [one["asked"] for one in leases_at(till)] == [True]
    with pytest.raises(AssertionError, match="lease_unknown"):
        hq.administrator("POST", "/v1/leases/none/recall")


@pytest.mark.parametrize("refused_by", ["version", "database"])
@pytest.mark.parametrize("pushes", ["together", "apart"])
def test_what_a_quarantined_sale_spent_stays_leased_until_it_is_applied(
    hq: RealHq,
    till: Till,
    new_till: Callable[[str], Till],
    monkeypatch: pytest.MonkeyPatch,
    refused_by: str,
    pushes: str,
) -> None:
    other = new_till("S002")
    make_round(hq)
    (lease,) = leases_at(till)
    said = {"member": ME, "uses": {}, "points_earned": 0, "points_used": 150}
    said |= {"leases": [{"lease": lease["document"], "amount": 150}]}
    till.receipts += 1
    till.do("sale", till.sale_body(goods(RICE)) | said, version=99 if refused_by == "version" else 2)

    with monkeypatch.context() as failing:
        if refused_by == "database":
            failing.setattr(applying, "_write", refuse)
        if pushes == "apart":
            till.push()
        till.do("lease_returned", {"lease": lease["document"], "left": 50})
        told = till.push()
    until_copies_went(hq)

    case = {"lease": lease["document"], "left": 50, "amount": 150}
    assert [one.details for one in told.exceptions if one.code == "lease_returned_short"] == [case]
    assert left(hq) == [("S001-R1", 150, "settling")]
    assert leases_at(till) == []
    assert member_at(other) == {"points": 500, "leased": 150}
    assert make_round(hq) == (0, 0, 0)

    newest = {**effects._KINDS, "sale": (99, effects._of_sale)}
    monkeypatch.setattr(effects, "_KINDS", newest)
    hq.administrator("POST", "/v1/facts/quarantined/apply", json={})
    until_copies_went(hq)

    assert left(hq) == []
    assert member_at(other) == {"points": 350, "leased": 0}
    open_rows = [row for row in hq.administrator("GET", "/v1/reports/exceptions")["rows"] if row["state"] == "open"]
    assert [row["code"] for row in open_rows] == []
    assert make_round(hq) == (1, 0, 0)


_WRITE = applying._write


async def refuse(writer: Writer, batch: list[effects.Effects], *facts: Any) -> None:  # noqa: ANN401 — handed on
    """Refuse sales, as a database does that cannot take them."""
    if any(one.sale is not None for one in batch):
        raise DataError("INSERT", {}, ValueError("out of range"))
    await _WRITE(writer, batch, *facts)


def test_a_short_return_with_nothing_in_quarantine_ends_the_lease(hq: RealHq, till: Till) -> None:
    make_round(hq)
    (lease,) = leases_at(till)
    till.do("lease_returned", {"lease": lease["document"], "left": 50})

    assert till.push().exceptions == []
    assert left(hq) == []


def test_a_lease_is_prolonged_when_half_its_time_is_over(hq: RealHq, till: Till) -> None:
    make_round(hq)
    (lease,) = leases_at(till)

    async def later(days: int) -> tuple[int, int]:
        database = await Database.open(hq.settings.database_url, announce=lambda _: None)
        try:
            granted_at = execute(hq, "SELECT granted_at FROM lease")[0][0]
            moment = Instant(granted_at + days * DAY_US)
            return (await lease_round(database, moment)).written, await nightly_round(database, moment)
        finally:
            await database.close()

    assert [asyncio.run(later(days)) for days in (2, 4, 5)] == [(0, 0), (1, 0), (0, 0)]
    until_copies_went(hq)
    assert leases_at(till)[0]["until"] > lease["until"]
