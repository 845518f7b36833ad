"""The rules in memory, taken from edition to edition: always those that a fresh look at the file would find."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import pytest

from pos_app.domain.errors import Refusal
from pos_app.domain.ids import Sku
from pos_app.domain.pricing.announced import AnnouncedPromotions
from pos_app.domain.pricing.documents import parsed, read_basket
from pos_app.domain.pricing.inputs import Rulebook
from pos_app.domain.pricing.price import price as priced
from pos_app.store.replica import touched
from pos_app.store.replica.numbered_files import NumberedFiles
from pos_app.store.replica.reader import ReplicaReader
from pos_app.store.replica.replica_store import ReplicaStore
from sync.protocol.wire import Change
from tests.support.small_shop import (
    CURSOR,
    DEVICE,
    INCARNATION,
    OIL,
    RICE,
    chunk,
    price,
    snapshot_file,
    stock,
    stocked_replica,
)

SKUS = ("A", "B", "C", "D")
ROWS = ("R1", "R2", "R3", "R4", "R5", "R6")
SCOPES = ("chain", "store:S001")
DATES: tuple[dict[str, Any], ...] = (
    {},
    {"active": {"to": "2026-06-01T00:00:00+08:00"}},
    {"active": {"from": "2026-06-18T10:00:00+08:00"}},
    {"active": {"from": "not a date"}},
    {"active": None, "limit_per_member": 2},
)
BASKET = {
    "at": "2026-06-18T10:00:00+08:00",
    "store": "S001",
    "member": {"id": "M1"},
    "lines": [{"line": at, "sku": sku, "quantity": 2000} for at, sku in enumerate(SKUS, start=1)],
    "coupons": [{"id": "C1", "template": "T1"}],
}


class Headquarters:
    """Draws changes of the rules, and keeps what holds, so that a snapshot can be built of it."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.cursor = dict.fromkeys(SCOPES, 0)
        self.holds: dict[tuple[str, str, str], Change] = {}

    def changes(self, count: int) -> list[Change]:
        return [self._change() for _ in range(count)]

    def _change(self) -> Change:
        chance = self.random
        topic, key = chance.choice(
            [
                *(("product", sku) for sku in SKUS),
                *(("price", row) for row in ROWS),
                *(("promotion", own) for own in ("P1", "P2", "P3")),
                ("coupon_template", "T1"),
                ("points", "points"),
                ("stock", "A"),
            ]
        )
        scope = "chain" if topic in {"product", "points"} else chance.choice(SCOPES)
        self.cursor[scope] += 1
        named = (topic, key, scope)
        if named in self.holds and chance.random() < 0.3:
            del self.holds[named]
            return Change(scope, self.cursor[scope], topic, key, deleted=True)
        change = Change(scope, self.cursor[scope], topic, key, self._body(topic, key, scope))
        self.holds[named] = change
        return change

    def _body(self, topic: str, key: str, scope: str) -> dict[str, Any]:
        chance = self.random
        match topic:
            case "product":
                return {"sku": key, "name": key, "categories": chance.sample(["x", "y"], chance.randint(0, 2))}
            case "price":
                kind, amount = chance.choice(["base", "base", "campaign"]), chance.randint(1, 999)
                return {"id": key, "sku": chance.choice(SKUS), "kind": kind, "amount": amount, "scope": scope}
            case "promotion":
                of = {"categories": [chance.choice("xy")]}
                kinds: list[dict[str, Any]] = [
                    {"kind": "percent", "of": of, "percent": chance.randint(1, 90)},
                    {"kind": "multibuy", "of": of, "size": 3, "price": chance.randint(1, 900)},
                    {"kind": "of the next release"},
                ]
                return {"id": key, "name": f"{chance.random()}", **chance.choice(kinds), **chance.choice(DATES)}
            case "coupon_template":
                return {"id": key, "kind": "cash", "off": chance.randint(1, 99)}
            case "points":
                return {"earn_per": chance.randint(1, 9)}
            case _:
                return {"sku": key, "on_hand": chance.randint(0, 9)}


def told(rulebook: Rulebook) -> dict[str, Any]:
    """All that a rulebook says, and what a basket costs by it."""
    basket = read_basket(parsed(json.dumps(BASKET)))
    cost: object
    try:
        cost = priced(basket, rulebook).document()
    except Refusal as refusal:
        cost = str(refusal)
    return {
        "cost": cost,
        "products": {sku: rulebook.products.get(Sku(sku)) for sku in SKUS},
        "prices": {sku: rulebook.prices.get(Sku(sku)) for sku in SKUS},
        "promotions": list(rulebook.promotions),
        "templates": list(rulebook.coupon_templates),
        "points": rulebook.points,
    }


def afresh(folder: Path) -> dict[str, Any]:
    with closing(ReplicaReader(folder, DEVICE)) as reader:
        return told(reader.rulebook())


@pytest.mark.parametrize("seed", range(12))
def test_after_any_changes_what_was_kept_is_what_a_fresh_look_finds(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(touched, "MOST_TOLD", 12)
    monkeypatch.setattr(touched, "TOLD_EDITIONS", 3)
    headquarters = Headquarters(seed)
    chance = headquarters.random
    empty = snapshot_file(tmp_path / "empty.db", [], headquarters.cursor)
    with closing(ReplicaStore(tmp_path)) as store, closing(ReplicaReader(tmp_path, DEVICE)) as reader:
        store.install(empty)
        for step in range(60):
            held = reader.rulebook()
            before = told(held) if step % 5 == 0 else None
            for _ in range(chance.choice([1, 1, 1, 2, 5])):
                after = dict(headquarters.cursor)
                changes = headquarters.changes(chance.choice([1, 1, 2, 3, 14]))
                store.apply(chunk(changes, after, more=chance.random() < 0.2))
            if chance.random() < 0.05:
                changes = sorted(headquarters.holds.values(), key=lambda change: (change.scope, change.rev))
                store.install(snapshot_file(tmp_path / f"snapshot-{step}.db", changes, dict(headquarters.cursor)))
            if before is not None:
                assert told(held) == before, "a basket is priced by one edition, whatever comes meanwhile"
            if chance.random() < 0.7:
                assert told(reader.rulebook()) == afresh(tmp_path)
                reader.rest()


def test_what_nothing_touched_is_the_very_same(tmp_path: Path) -> None:
    with closing(stocked_replica(tmp_path)) as store, closing(ReplicaReader(tmp_path, DEVICE)) as reader:
        before = reader.rulebook()
        rice, oil = before.products[Sku(RICE)], before.prices[Sku(OIL)]

        store.apply(chunk([price(7, "PR1", RICE, 4000)], CURSOR))
        after = reader.rulebook()

        assert after is not before, "a changed rulebook is another object"
        assert after.prices[Sku(RICE)][0].amount == 4000
        assert after.products[Sku(RICE)] is rice
        assert after.prices[Sku(OIL)] is oil
        assert after.promotions is before.promotions


def test_of_promotions_only_those_that_hold_now_are_read(tmp_path: Path) -> None:
    past, now = {"active": {"to": "2026-06-01T00:00:00+08:00"}}, {"active": {"to": "2026-07-01T00:00:00+08:00"}}
    fields = {"kind": "percent", "of": {"all": True}, "percent": 10}
    changes = [
        Change("chain", 7, "promotion", "P1", {"id": "P1", **fields, **past}),
        Change("chain", 8, "promotion", "P2", {"id": "P2", **fields, **now}),
    ]
    with closing(stocked_replica(tmp_path)) as store, closing(ReplicaReader(tmp_path, DEVICE)) as reader:
        store.apply(chunk(changes, CURSOR))
        rulebook = reader.rulebook()
        basket = {**BASKET, "lines": [{"line": 1, "sku": RICE, "quantity": 1000}], "coupons": []}

        assert priced(read_basket(parsed(json.dumps(basket))), rulebook).saving == 659

        assert isinstance(rulebook.promotions, AnnouncedPromotions)
        assert [each.known is not None for each in rulebook.promotions.announced] == [False, True]
        assert [each.id for each in rulebook.promotions] == ["P1", "P2"], "asked for all, it reads all"


@pytest.mark.parametrize(
    "untold",
    [
        "DELETE FROM touched",
        "DROP TABLE touched",
        "UPDATE meta SET value = '40' WHERE key = 'edition'",
        "UPDATE meta SET value = '0' WHERE key = 'edition'",
    ],
)
def test_where_it_is_not_told_what_changed_all_is_read_again(tmp_path: Path, untold: str) -> None:
    """As a release wrote it that does not tell, or one that came back from a backup."""
    with closing(stocked_replica(tmp_path)) as store, closing(ReplicaReader(tmp_path, DEVICE)) as reader:
        store.apply(chunk([price(7, "PR1", RICE, 4000)], CURSOR))
        assert reader.rulebook().prices[Sku(RICE)][0].amount == 4000
        reader.rest()
        store.apply(chunk([price(8, "PR1", RICE, 5000)], {**CURSOR, "chain": 7}))
        files = NumberedFiles(tmp_path)
        with closing(sqlite3.connect(files.path(files.named().current or 0), isolation_level=None)) as connection:
            connection.execute(untold)

        assert reader.rulebook().prices[Sku(RICE)][0].amount == 5000


def test_stock_touches_no_rules(tmp_path: Path) -> None:
    with closing(stocked_replica(tmp_path)) as store, closing(ReplicaReader(tmp_path, DEVICE)) as reader:
        before = reader.rulebook()
        store.apply(chunk([stock(5, OIL, 1000)], CURSOR, incarnation=INCARNATION))
        assert reader.rulebook() is before
