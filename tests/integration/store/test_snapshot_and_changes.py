"""Snapshot + changes = a fresh snapshot, however the changes are cut into chunks, and whatever they say."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from pos_app.store.replica.numbered_files import NumberedFiles
from pos_app.store.replica.replica_store import ReplicaStore
from sync.protocol.replica_rows import build_snapshot
from sync.protocol.wire import Change
from tests.support.small_shop import INCARNATION, chunk

SCOPES = ("chain", "zone:east", "store:S001")
CODES = ("6901234567892", "6907992500133", "20123451", "4017", "CARD-7")
LETTERS = st.text("五常大米油ab 5kg", max_size=8)
START = dict.fromkeys(SCOPES, 1)

PRODUCTS = st.fixed_dictionaries(
    {
        "name": LETTERS,
        "initials": LETTERS,
        "barcodes": st.lists(st.sampled_from(CODES).map(lambda code: {"code": code})),
    },
    optional={"plu": st.sampled_from(CODES), "weighed": st.booleans(), "shape": st.just("of tomorrow")},
)
PRICES = st.fixed_dictionaries(
    {"sku": st.sampled_from("ABC"), "kind": st.sampled_from(["base", "campaign"]), "amount": st.integers(1, 9)},
    optional={"from": st.sampled_from(["2026-06-18T00:00:00+08:00", None, "yesterday"]), "lot": st.just("L1")},
)
MEMBERS = st.fixed_dictionaries({}, optional={"phone": st.sampled_from(CODES), "card": st.sampled_from(CODES)})
BODIES = {"product": PRODUCTS, "price": PRICES, "member": MEMBERS, "horoscope": st.fixed_dictionaries({})}
NAMES = {"product": "sku", "price": "id", "member": "id", "horoscope": "sign"}


@dataclass(frozen=True)
class Said:
    """Something that headquarters publishes; no body: that it is gone."""

    topic: str
    key: str
    scope: str
    body: dict[str, object] | None
    chunk_ends: bool
    more: bool


SAID = st.sampled_from(list(BODIES)).flatmap(
    lambda topic: st.builds(
        Said,
        topic=st.just(topic),
        key=st.sampled_from("ABC"),
        scope=st.sampled_from(SCOPES),
        body=st.none() | BODIES[topic],
        chunk_ends=st.booleans(),
        more=st.booleans(),
    )
)


@dataclass
class Headquarters:
    """What was published so far."""

    revs: dict[str, int] = field(default_factory=lambda: dict(START))
    newest: dict[tuple[str, str, str], Change] = field(default_factory=dict)

    def publish(self, said: Said) -> Change:
        self.revs[said.scope] += 1
        body = None if said.body is None else {**said.body, NAMES[said.topic]: said.key}
        change = Change(said.scope, self.revs[said.scope], said.topic, said.key, body, deleted=body is None)
        self.newest[said.topic, said.key, said.scope] = change
        return change

    def snapshot(self, path: Path) -> Path:
        standing = [change for change in self.newest.values() if not change.deleted]
        build_snapshot(path, standing, cursor=self.revs, incarnation=INCARNATION)
        return path


@settings(max_examples=60, deadline=None)
@given(before=st.lists(SAID, max_size=12), after=st.lists(SAID, max_size=40), restarts=st.sets(st.integers(0, 40)))
def test_changes_on_a_snapshot_are_a_fresh_snapshot(before: list[Said], after: list[Said], restarts: set[int]) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        headquarters = Headquarters()
        for said in before:
            headquarters.publish(said)
        store = ReplicaStore(folder)
        store.install(headquarters.snapshot(folder / "snapshot.db"))
        for number, (changes, more) in enumerate(in_chunks(headquarters, after)):
            if number in restarts:
                store.close()
                store = ReplicaStore(folder)
            store.apply(chunk(changes, dict(store.standing().cursor), more=more))
        assert dict(store.standing().cursor) == headquarters.revs
        store.close()
        fresh = headquarters.snapshot(folder / "fresh.db")
        current = NumberedFiles(folder).named().current
        assert current is not None

        assert content(folder / f"replica-{current}.db") == content(fresh)


def in_chunks(headquarters: Headquarters, after: list[Said]) -> Iterator[tuple[list[Change], bool]]:
    changes: list[Change] = []
    for said in after:
        changes.append(headquarters.publish(said))
        if said.chunk_ends:
            yield changes, said.more
            changes = []
    yield changes, False


def content(path: Path) -> dict[str, list[object]]:
    """All that a replica says, but for numbers that are its own business."""
    tables = ("scope", "document", "staged", "barcode", "price", "member_code", "member_name", "member_purchase")
    queries = {table: f"SELECT * FROM {table} ORDER BY 1, 2, 3" for table in tables}
    queries["scope"] = "SELECT * FROM scope ORDER BY 1"
    queries["rules"] = "SELECT value FROM meta WHERE key IN ('rules_cursor', 'incarnation') ORDER BY key"
    queries["text"] = (
        "SELECT product.sku, product.scope, folded_name, folded_initials, folded_sku, t.name, t.initials, t.sku"
        " FROM product LEFT JOIN product_text t ON t.rowid = number ORDER BY 1, 2"
    )
    queries["texts"] = "SELECT count(*) FROM product_text"
    queries["found"] = (
        "SELECT product.sku, product.scope FROM product_text JOIN product ON number = product_text.rowid"
        ' WHERE product_text MATCH \'"大米" OR "5k kg" OR "ab"\' ORDER BY 1, 2'
    )
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("INSERT INTO product_text (product_text) VALUES ('integrity-check')")
        return {name: connection.execute(query).fetchall() for name, query in queries.items()}
