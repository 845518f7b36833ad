"""What comes down: in order, whole, at once; a snapshot with the changes behind it is a fresh snapshot."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from threading import Thread
from time import monotonic, sleep
from typing import Any

import pytest

from sync.hq.publications import snapshots
from sync.hq.publications.bell import LOOK_S
from sync.protocol.replica_rows import read_cursor, read_meta, write_changes, write_cursor
from sync.protocol.replica_schema import INCARNATION, TABLES
from sync.protocol.wire import CHECKSUM_HEADER, MAX_CHUNK_DOCUMENTS, SNAPSHOT_TYPE, parse_cursor
from tests.integration.hq.till import OIL, RICE, Till, execute, goods
from tests.support.real_hq import RealHq

WAIT_S = 20


def set_price(hq: RealHq, fen: int, **row: Any) -> None:  # noqa: ANN401 — a row's columns
    rows = [{"id": "P1", "sku": RICE, "kind": "campaign", "amount": fen, **row}]
    hq.administrator("POST", "/v1/prices/import", json=rows)


def test_a_register_hears_its_own_scopes_and_no_others(till: Till) -> None:
    after, changes = till.all_changes("")

    assert parse_cursor(after).keys() == {"chain", "store:S001", "zone:east"}
    assert {change.scope for change in changes} == {"chain", "store:S001"}
    assert {change.topic for change in changes} == {"product", "price", "operator", "member", "stock", "store"}


def test_a_price_for_one_zone_or_store_goes_there_alone(
    hq: RealHq, till: Till, new_till: Callable[[str], Till]
) -> None:
    west = new_till("S002")
    before, before_west = till.all_changes("")[0], west.all_changes("")[0]

    set_price(hq, 6000, scope="zone:west")

    assert till.all_changes(before)[1] == []
    (change,) = west.all_changes(before_west)[1]
    assert (change.scope, change.body) == (
        "zone:west",
        {"id": "P1", "sku": RICE, "kind": "campaign", "amount": 6000, "scope": "zone:west"},
    )


def test_a_price_that_moves_to_another_scope_leaves_the_first(
    hq: RealHq, till: Till, new_till: Callable[[str], Till]
) -> None:
    west = new_till("S002")
    set_price(hq, 6000, scope="zone:west")
    before, before_west = till.all_changes("")[0], west.all_changes("")[0]

    set_price(hq, 6000, scope="store:S001")

    assert [(one.scope, one.deleted) for one in till.all_changes(before)[1]] == [("store:S001", False)]
    assert [(one.scope, one.deleted) for one in west.all_changes(before_west)[1]] == [("zone:west", True)]


def test_only_the_newest_of_a_key_is_kept(hq: RealHq, till: Till) -> None:
    before, _ = till.all_changes("")
    for fen in (6500, 6400, 6300):
        set_price(hq, fen)

    _, (change,) = till.all_changes(before)

    assert change.body is not None
    assert change.body["amount"] == 6300


def test_every_version_of_a_price_is_kept_to_price_a_sale_again(hq: RealHq) -> None:
    for fen in (6500, 6400):
        set_price(hq, fen)
    hq.administrator("POST", "/v1/prices/import", json=[{"id": "P1", "delete": True}])

    bodies = execute(hq, "SELECT body FROM publication_version WHERE key = 'P1' ORDER BY rev")

    assert [body and '"amount":6500' in body for (body,) in bodies] == [True, False, None]


def test_a_deletion_whose_answer_was_lost_is_sent_again(hq: RealHq, till: Till) -> None:
    gone = [{"id": f"B-{RICE}", "delete": True}]
    hq.administrator("POST", "/v1/prices/import", json=gone)
    after, _ = till.all_changes("")

    assert hq.administrator("POST", "/v1/prices/import", json=gone)["published"] == 0
    assert till.all_changes(after) == (after, [])


def test_many_changes_come_in_chunks_that_follow_each_other(hq: RealHq, till: Till) -> None:
    before, _ = till.all_changes("")
    rows = [{"id": f"P{number}", "sku": RICE, "kind": "campaign", "amount": 5000 + number} for number in range(1200)]
    hq.administrator("POST", "/v1/prices/import", json=rows)

    first, changes = till.changes(before)
    after, rest = till.all_changes(first.cursor)

    assert (len(changes), first.more, first.after) == (MAX_CHUNK_DOCUMENTS, True, before)
    assert [change.key for change in [*changes, *rest]] == [row["id"] for row in rows]
    assert parse_cursor(after)["chain"] == parse_cursor(before)["chain"] + 1200


def test_a_chunk_that_is_just_full_says_that_nothing_waits(hq: RealHq, till: Till) -> None:
    before, _ = till.all_changes("")
    rows = [{"id": f"P{n}", "sku": RICE, "kind": "campaign", "amount": 5000} for n in range(MAX_CHUNK_DOCUMENTS)]
    hq.administrator("POST", "/v1/prices/import", json=rows)

    end, changes = till.changes(before)

    assert (len(changes), end.more) == (MAX_CHUNK_DOCUMENTS, False)


@pytest.mark.parametrize(
    ("after", "status", "code"),
    [
        ("rubbish", 400, "cursor_malformed"),
        ("chain:-1", 400, "cursor_malformed"),
        ("chain:" + "9" * 3000, 400, "cursor_malformed"),
        ("store:S002:0", 403, "scope_foreign"),
        ("chain:999999", 410, "cursor_expired"),
        ("chain:" + "9" * 30, 410, "cursor_expired"),
    ],
)
def test_a_cursor_from_which_nobody_can_go_on(till: Till, after: str, status: int, code: str) -> None:
    answer = till.ask("GET", "/v1/changes", params={"after": after})

    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_cursor_older_than_the_tombstones_asks_for_a_snapshot(hq: RealHq, till: Till) -> None:
    execute(hq, "UPDATE scope SET oldest = 3 WHERE scope = 'chain'")

    assert till.ask("GET", "/v1/changes", params={"after": "chain:2"}).status_code == 410
    assert till.changes("chain:3")[1]


@pytest.mark.parametrize("wait", ["26", "-1", "soon"])
def test_a_wait_that_is_none(till: Till, wait: str) -> None:
    answer = till.ask("GET", "/v1/changes", params={"after": "", "wait": wait})

    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (400, "request_malformed", "wait")


class Held:
    """A question that is held, on a thread of its own, and when it was answered."""

    def __init__(self, till: Till, after: str) -> None:
        self._till, self._after = till, after
        self.answered_at = 0.0
        self.changes: list[str] = []
        self._thread = Thread(target=self._ask)
        self._thread.start()
        sleep(0.3)

    def _ask(self) -> None:
        _, changes = self._till.changes(self._after, wait=WAIT_S)
        self.answered_at = monotonic()
        self.changes = [change.key for change in changes]

    def join(self) -> None:
        self._thread.join(WAIT_S)


def test_a_held_question_is_answered_when_there_is_news(hq: RealHq, till: Till) -> None:
    held = Held(till, till.all_changes("")[0])

    asked_at = monotonic()
    set_price(hq, 6000)
    held.join()

    assert held.changes == ["P1"]
    assert held.answered_at - asked_at < WAIT_S / 2


def test_news_of_another_store_wakes_nobody_here(hq: RealHq, till: Till, new_till: Callable[[str], Till]) -> None:
    other = new_till("S002")
    held = Held(till, till.all_changes("")[0])
    other.sell(goods(OIL))
    other.push()
    sleep(3 * LOOK_S)
    assert held.answered_at == 0.0

    till.sell()
    till.push()
    held.join()

    assert held.changes == [RICE]


def test_what_another_process_writes_is_heard_too(hq: RealHq, till: Till) -> None:
    held = Held(till, till.all_changes("")[0])

    body = '{"id":"P9","sku":"RICE5","kind":"base","amount":1}'
    execute(
        hq,
        "INSERT INTO publication (topic, key, scope, rev, body, published_at)"
        " SELECT 'price', 'P9', 'chain', rev + 1, ?, 0 FROM scope WHERE scope = 'chain'",
        body,
    )
    execute(hq, "UPDATE scope SET rev = rev + 1 WHERE scope = 'chain'")
    held.join()

    assert held.changes == ["P9"]


def test_a_question_that_nothing_answers_ends_with_its_time(till: Till) -> None:
    after, _ = till.all_changes("")

    end, changes = till.changes(after, wait=1)

    assert (end.cursor, end.more, changes) == (after, False, [])


DATA_TABLES = [words.split()[2] for words in TABLES if words.startswith("CREATE TABLE")]


def content(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Read every table of a replica but numbers that each file gives by itself."""
    with closing(sqlite3.connect(path)) as file:
        found = {
            table: sorted(file.execute(f"SELECT * FROM {table}").fetchall(), key=repr)
            for table in DATA_TABLES
            if table not in {"product", "meta", "staged"}
        }
        found["product"] = sorted(file.execute("SELECT sku, scope FROM product").fetchall())
        found["text"] = sorted(
            file.execute(
                "SELECT p.sku, t.name, t.initials, t.sku FROM product p JOIN product_text t ON t.rowid = p.number"
            ).fetchall()
        )
        found["incarnation"] = [(read_meta(file, INCARNATION),)]
        return found


def pulled(path: Path, till: Till) -> None:
    """Apply to a replica what came since."""
    with closing(sqlite3.connect(path)) as file, file:
        cursor, changes = till.all_changes(",".join(f"{scope}:{rev}" for scope, rev in read_cursor(file).items()))
        write_changes(file, changes)
        write_cursor(file, parse_cursor(cursor))


def actions(hq: RealHq, till: Till, random: Random) -> Iterator[Callable[[], object]]:
    """Do everything that publishes, in any order."""

    def post(what: str, rows: object) -> object:
        return hq.administrator("POST", f"/v1/{what}", json=rows)

    def product(name: str) -> object:
        row = {"sku": f"NEW{random.randrange(4)}", "name": name, "barcodes": [{"code": f"C{random.randrange(10**9)}"}]}
        return post("products/import", [row])

    def price() -> object:
        scope = random.choice(["chain", "zone:east", "zone:west", "store:S001", "store:S002"])
        row = {"id": f"P{random.randrange(4)}", "sku": OIL, "kind": "campaign", "amount": random.randrange(9999)}
        return post("prices/import", [row | {"scope": scope, "from": "2026-06-18T00:00:00+08:00"}])

    def delete() -> object:
        rows = execute(hq, "SELECT id FROM price WHERE NOT deleted AND id LIKE 'P%'")
        return rows and post("prices/import", [{"id": random.choice(rows)[0], "delete": True}])

    def sell() -> object:
        till.sell(*(goods(sku, random.randrange(1, 4)) for sku in random.sample([RICE, OIL, "GHOST"], 2)))
        return till.push(till.facts[-1:])

    def member() -> object:
        row = {"id": f"M{random.randrange(3)}", "phone": str(random.randrange(10**11))}
        return post("import", {"members": [row | {"home_store": random.choice(["S001", "S002"])}]})

    def operator() -> object:
        row = {"id": "1002", "name": "陈志鹏", "role": "cashier", "pin": f"{random.randrange(10_000):04d}"}
        return post("import", {"operators": [row | {"stores": random.choice([["S001"], ["S002"], ["S001", "S002"]])}]})

    def store() -> object:
        return post("import", {"places": [{"id": "S001", "name": f"店{random.randrange(99)}", "zone": "east"}]})

    every = [
        lambda: product("小米"),
        lambda: product("糯米粉"),
        price,
        price,
        delete,
        sell,
        sell,
        member,
        operator,
        store,
    ]
    while True:
        yield random.choice(every)


@pytest.mark.parametrize("seed", range(4))
def test_a_snapshot_and_the_changes_behind_it_are_a_fresh_snapshot(
    hq: RealHq, till: Till, tmp_path: Path, seed: int
) -> None:
    stale, fresh = tmp_path / "stale.db", tmp_path / "fresh.db"
    coming = actions(hq, till, Random(seed))
    for _ in range(5):
        next(coming)()
    stale.write_bytes(till.snapshot())

    for number in range(25):
        next(coming)()
        if number % 7 == 0:
            pulled(stale, till)
    pulled(stale, till)
    fresh.write_bytes(till.snapshot())

    assert content(stale) == content(fresh)
    assert len(content(fresh)["document"]) > 10


def test_a_snapshot_is_of_one_stores_scopes(till: Till, new_till: Callable[[str], Till], tmp_path: Path) -> None:
    (tmp_path / "west.db").write_bytes(new_till("S002").snapshot())

    scopes = {row[2] for row in content(tmp_path / "west.db")["document"]}

    assert scopes == {"chain", "store:S002"}


def test_registers_of_a_store_share_a_snapshot_until_something_changes(
    hq: RealHq, till: Till, new_till: Callable[[str], Till]
) -> None:
    first, second = (each.ask("GET", "/v1/snapshot").headers["ETag"] for each in (till, new_till("S001")))
    set_price(hq, 6000)
    third = till.ask("GET", "/v1/snapshot").headers["ETag"]

    assert first == second != third


def test_a_file_that_was_slow_to_build_is_handed_out_a_little_behind(
    hq: RealHq, till: Till, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshots, "SLOW_S", 0.0)
    monkeypatch.setattr(snapshots, "LITTLE_BEHIND", 3)
    first = till.snapshot()
    for fen in (6500, 6400, 6300):
        set_price(hq, fen)
    little_behind = till.snapshot()
    (tmp_path / "replica.db").write_bytes(little_behind)
    pulled(tmp_path / "replica.db", till)
    set_price(hq, 6200)
    too_far_behind = till.snapshot()

    assert first == little_behind != too_far_behind
    prices = content(tmp_path / "replica.db")["price"]
    assert [row[4] for row in prices if row[1] == "P1"] == [6300]


def test_a_download_goes_on_where_it_broke_although_something_changed_since(hq: RealHq, till: Till) -> None:
    whole = till.ask("GET", "/v1/snapshot")
    etag, size = whole.headers["ETag"], len(whole.content)
    set_price(hq, 6000)

    rest = till.ask("GET", "/v1/snapshot", headers={"Range": f"bytes={size // 3}-", "If-Range": etag})

    assert whole.headers["Content-Type"] == SNAPSHOT_TYPE
    assert rest.status_code == 206
    assert rest.headers["Content-Range"] == f"bytes {size // 3}-{size - 1}/{size}"
    assert (rest.headers["ETag"], rest.headers[CHECKSUM_HEADER]) == (etag, whole.headers[CHECKSUM_HEADER])
    assert rest.content == whole.content[size // 3 :]


def test_a_download_of_what_is_gone_begins_anew(hq: RealHq, till: Till) -> None:
    whole = till.ask("GET", "/v1/snapshot")

    answer = till.ask("GET", "/v1/snapshot", headers={"Range": "bytes=100-", "If-Range": '"of-last-week"'})

    assert answer.status_code == 200
    assert answer.content == whole.content


def test_a_range_behind_the_end(till: Till) -> None:
    size = len(till.ask("GET", "/v1/snapshot").content)

    answer = till.ask("GET", "/v1/snapshot", headers={"Range": f"bytes={size}-"})

    assert (answer.status_code, answer.json()["code"]) == (416, "range_wrong")


def test_a_range_with_an_end(till: Till) -> None:
    whole = till.ask("GET", "/v1/snapshot").content

    answer = till.ask("GET", "/v1/snapshot", headers={"Range": "bytes=10-19"})

    assert (answer.status_code, answer.content) == (206, whole[10:20])
