"""Digests of what is published, tombstones that go, snapshots that grow, and registers too old for the wire."""

import base64
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pos_app.domain.instants import Instant
from sync.hq import guard
from sync.hq.publications import digests as hq_digests
from sync.hq.publications.pruning import TOMBSTONE_LIFE, prune, retire_exceptions
from sync.protocol.digests import BUCKETS, bucket_of
from sync.protocol.wire import WIRE_HEADER, cursor_text, parse_cursor
from tests.integration.hq.till import OIL, RICE, Till, execute, goods
from tests.support.real_hq import RealHq


def cursor_of(till: Till) -> str:
    return till.all_changes("")[0]


def digests(till: Till, at: str) -> dict[str, Any]:
    answer = till.ask("GET", "/v1/digests", params={"at": at}, headers={"Accept-Encoding": "identity"})
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


def set_price(hq: RealHq, fen: int, sku: str = RICE) -> None:
    row = {"id": f"B-{sku}", "sku": sku, "kind": "base", "amount": fen}
    hq.administrator("POST", "/v1/import", json={"prices": [row]})


def differs(one: dict[str, Any], other: dict[str, Any], scope: str, topic: str) -> list[int]:
    """Which buckets of a topic differ."""
    mine, theirs = (base64.b64decode(each["digests"][scope][topic]) for each in (one, other))
    return [at for at in range(BUCKETS) if mine[at * 8 : at * 8 + 8] != theirs[at * 8 : at * 8 + 8]]


def test_a_document_that_changes_changes_its_bucket_and_no_other(hq: RealHq, till: Till) -> None:
    before = digests(till, cursor_of(till))
    set_price(hq, 1)
    after = digests(till, cursor_of(till))

    assert before["moved"] == after["moved"] == []
    assert set(before["digests"]) == {"chain", "store:S001", "zone:east"}
    assert differs(before, after, "chain", "price") == [bucket_of(f"B-{RICE}")]
    assert differs(before, after, "chain", "product") == []


def test_what_moved_since_the_cursor_counts_at_neither_end(hq: RealHq, till: Till) -> None:
    at = cursor_of(till)
    set_price(hq, 1)
    till.sell(goods(OIL))
    till.push()

    said = digests(till, at)

    assert sorted(said["moved"]) == [["chain", "price", f"B-{RICE}"], ["store:S001", "stock", OIL]]
    gone = [each["key"] for each in documents(till, "chain", "price", [bucket_of(f"B-{RICE}")])["documents"]]
    assert f"B-{RICE}" in gone


def test_too_much_that_moved_is_told(hq: RealHq, till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    at = cursor_of(till)
    set_price(hq, 1)
    set_price(hq, 2, OIL)
    monkeypatch.setattr(hq_digests, "MAX_MOVED_DOCUMENTS", 1)

    answer = till.ask("GET", "/v1/digests", params={"at": at})

    assert (answer.status_code, answer.json()["code"]) == (409, "cursor_moved")


def test_many_documents_are_read_page_by_page_and_remembered(
    hq: RealHq, till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = cursor_of(till)
    whole = digests(till, at)["digests"]
    monkeypatch.setattr(hq_digests, "PAGE", 2)
    assert digests(till, at)["digests"] == whole
    hq.stop()
    hq.start()
    assert digests(till, at)["digests"] == whole


@pytest.mark.parametrize(
    ("at", "status", "code"),
    [
        ("chain:9999", 410, "cursor_expired"),
        ("store:S002:1", 403, "scope_foreign"),
        ("rubbish", 400, "cursor_malformed"),
    ],
)
def test_a_cursor_of_another_kind_is_refused(till: Till, at: str, status: int, code: str) -> None:
    answer = till.ask("GET", "/v1/digests", params={"at": at})

    assert (answer.status_code, answer.json()["code"]) == (status, code)


def documents(till: Till, scope: str, topic: str, buckets: list[int]) -> dict[str, Any]:
    params = {"scope": scope, "topic": topic, "buckets": ",".join(map(str, buckets))}
    answer = till.ask("GET", "/v1/digests/documents", params=params, headers={"Accept-Encoding": "identity"})
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


@pytest.mark.parametrize("buckets", ["", "x", "256", "-1", "1,2,3,4,5,6,7,8,9", "9999999999999999999999"])
def test_buckets_that_are_none_are_named(till: Till, buckets: str) -> None:
    answer = till.ask("GET", "/v1/digests/documents", params={"scope": "chain", "topic": "price", "buckets": buckets})

    assert (answer.status_code, answer.json()["field"]) == (400, "buckets")


def test_another_stores_buckets_are_not_given(till: Till) -> None:
    params = {"scope": "store:S002", "topic": "stock", "buckets": "1"}

    assert till.ask("GET", "/v1/digests/documents", params=params).json()["code"] == "scope_foreign"


def test_drift_is_reported_and_listed(hq: RealHq, till: Till) -> None:
    found = [{"scope": "chain", "topic": "price", "buckets": 2, "documents": 3}]
    said = till.ask("POST", f"/v1/devices/{till.device}/drift", json={"at": "chain:1", "found": found})
    other = till.ask("POST", "/v1/devices/S002-R1/drift", json={"at": "chain:1", "found": found})
    rubbish = till.ask("POST", f"/v1/devices/{till.device}/drift", json={"at": 7})

    assert said.json() == {"noted": 1}
    assert (other.status_code, rubbish.status_code) == (403, 400)
    (row,) = hq.administrator("GET", "/v1/reports/drift")["rows"]
    assert (row["device"], row["topic"], row["documents"]) == (till.device, "price", 3)


def prune_later(hq: RealHq, later: timedelta) -> int:
    """Let headquarters' job run, so much later."""
    assert hq.inside is not None
    state = hq.inside.app.state.hq
    now = Instant(state.instant() + later // timedelta(microseconds=1))
    return int(hq.inside.call(prune, state.database, now))


def test_tombstones_go_after_thirty_days_and_older_cursors_are_sent_for_a_snapshot(hq: RealHq, till: Till) -> None:
    before = cursor_of(till)
    hq.administrator("POST", "/v1/import", json={"prices": [{"id": f"B-{RICE}", "delete": True}]})
    after = cursor_of(till)
    set_price(hq, 5, OIL)
    assert prune_later(hq, TOMBSTONE_LIFE - timedelta(hours=1)) == 0
    assert till.changes(before)[1][0].deleted

    assert prune_later(hq, TOMBSTONE_LIFE + timedelta(hours=1)) == 1

    expired = till.ask("GET", "/v1/changes", params={"after": before})
    assert (expired.status_code, expired.json()["code"]) == (410, "cursor_expired")
    assert [change.key for change in till.changes(after)[1]] == [f"B-{OIL}"]
    assert prune_later(hq, TOMBSTONE_LIFE + timedelta(hours=1)) == 0
    assert execute(hq, "SELECT count(*) FROM publication WHERE body IS NULL") == [(0,)]


def test_settled_exceptions_leave_the_stores_list_when_they_are_old(hq: RealHq, till: Till) -> None:
    till.sell(goods("NOBODY"))
    till.push()
    place = f"/v1/exceptions/{till.device}/1/1/1/resolve"
    hq.administrator("POST", place, json={"by": "许文清", "why": "补录"})
    assert hq.inside is not None
    state = hq.inside.app.state.hq
    later = Instant(state.instant() + timedelta(days=31) // timedelta(microseconds=1))

    assert hq.inside.call(retire_exceptions, state.database, later) == 1

    _, changes = till.all_changes("")
    assert {each.key: each.deleted for each in changes if each.topic == "exception"} == {
        "S001-R1:1:1:1": True,
        "S001-R1:1:1:2": False,
    }
    assert [row["state"] for row in hq.administrator("GET", "/v1/exceptions?state=resolved")["rows"]] == ["resolved"]


def content(snapshot: bytes, folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of a replica, but for the numbers by which texts are found."""
    path = folder / "content.db"
    path.write_bytes(snapshot)
    with closing(sqlite3.connect(path)) as file:
        names = [
            "meta",
            "scope",
            "document",
            "staged",
            "barcode",
            "price",
            "member_code",
            "member_name",
            "member_purchase",
        ]
        found = {name: sorted(file.execute(f"SELECT * FROM {name}").fetchall(), key=repr) for name in names}
        texts = "SELECT product.sku, scope FROM product JOIN product_text AS t ON t.rowid = number ORDER BY 1"
        found["product"] = file.execute(texts).fetchall()
        assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    return found


def test_a_snapshot_that_was_extended_is_as_one_that_was_built(
    hq: RealHq, till: Till, new_till: Callable[[str], Till], tmp_path: Path
) -> None:
    first = till.snapshot()
    set_price(hq, 7)
    product = {"sku": OIL, "name": "压榨花生油", "unit": "桶", "barcodes": [{"code": "6999999000136"}]}
    hq.administrator("POST", "/v1/import", json={"products": [product], "prices": [{"id": "B-LOOSE", "delete": True}]})
    till.sell()
    till.push()

    extended = till.snapshot()
    shared = new_till("S001").snapshot()
    hq.stop()
    hq.start()
    built = till.snapshot()

    assert extended != first
    assert shared == extended
    assert content(extended, tmp_path) == content(built, tmp_path)


def test_a_snapshot_older_than_the_tombstones_is_not_extended(hq: RealHq, till: Till, tmp_path: Path) -> None:
    till.snapshot()
    hq.administrator("POST", "/v1/import", json={"prices": [{"id": f"B-{RICE}", "delete": True}]})
    prune_later(hq, TOMBSTONE_LIFE + timedelta(hours=1))

    rows = content(till.snapshot(), tmp_path)["price"]

    assert RICE not in {row[0] for row in rows}


def test_a_cursor_is_written_as_it_is_read() -> None:
    assert cursor_text(parse_cursor("chain:3,store:S001:4")) == "chain:3,store:S001:4"


@pytest.mark.parametrize(("said", "status", "code"), [("1", 426, "wire_too_old"), ("x", 400, "wire_malformed")])
def test_a_register_too_old_for_the_wire_is_told(
    till: Till, monkeypatch: pytest.MonkeyPatch, said: str, status: int, code: str
) -> None:
    monkeypatch.setattr(guard, "MIN_WIRE_VERSION", 2)
    monkeypatch.setattr(guard, "WIRE_VERSION", 3)

    answer = till.ask("GET", "/v1/changes", params={"after": ""}, headers={WIRE_HEADER: said})

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert till.ask("GET", "/v1/changes", params={"after": ""}, headers={WIRE_HEADER: "3"}).status_code == 200


def test_every_answer_says_headquarters_wire(till: Till) -> None:
    assert till.ask("GET", "/v1/changes", params={"after": ""}).headers[WIRE_HEADER] == "1"
